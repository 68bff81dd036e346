namespace AotBackprop.Numerics;

/// <summary>Draws the first values of the parameters.</summary>
internal static unsafe class FirstWeights
{
    // Of the interval that the output layer's weights have in Initialization.HeSmallOutput.
    private const double SmallOutput = 0.3;

    /// <summary>Whether there is an initialization of this number.</summary>
    /// <param name="initialization">Any number.</param>
    public static bool Exists(Initialization initialization) => initialization is >= Initialization.He and <= Initialization.GlorotSigmoid;

    /// <summary>Draws W1, b1, W2, b2, … in this order, each row by row; biases that are not drawn are 0.</summary>
    /// <param name="parameters">Receives them, in the same order.</param>
    /// <param name="sizes">The number of inputs, of the units of each hidden layer, and of classes.</param>
    /// <param name="initialization">One that exists.</param>
    /// <param name="seed">The same seed gives the same bits on every machine.</param>
    public static void Draw(float* parameters, ReadOnlySpan<int> sizes, Initialization initialization, ulong seed)
    {
        Xoshiro256 random = new(seed);
        bool drawsBiases = initialization is Initialization.ScikitLearn or Initialization.PyTorch;
        int inputs = 0;
        int following = sizes.Length;
        foreach (int outputs in sizes)
        {
            following--;
            if (inputs > 0)
            {
                double limit = Limit(initialization, inputs, outputs, isOutput: following == 0);
                parameters = Fill(parameters, (nint)inputs * outputs, limit, ref random);
                parameters = drawsBiases ? Fill(parameters, outputs, limit, ref random) : Clear(parameters, outputs);
            }

            inputs = outputs;
        }
    }

    /// <summary>The end of the interval around 0 from which the weights of a layer are drawn.</summary>
    private static double Limit(Initialization initialization, int inputs, int outputs, bool isOutput) => initialization switch
    {
        Initialization.Glorot or Initialization.ScikitLearn => Math.Sqrt(6.0 / ((double)inputs + outputs)),
        Initialization.GlorotSigmoid => Math.Sqrt(2.0 / ((double)inputs + outputs)),
        Initialization.PyTorch => Math.Sqrt(1.0 / inputs),
        Initialization.HeSmallOutput when isOutput => SmallOutput * Math.Sqrt(6.0 / inputs),
        _ => Math.Sqrt(6.0 / inputs),
    };

    private static float* Fill(float* numbers, nint count, double limit, ref Xoshiro256 random)
    {
        float* end = numbers + count;
        for (; numbers < end; numbers++)
        {
            *numbers = (float)(((2 * random.NextUnit()) - 1) * limit);
        }

        return end;
    }

    private static float* Clear(float* numbers, nint count)
    {
        float* end = numbers + count;
        for (; numbers < end; numbers++)
        {
            *numbers = 0;
        }

        return end;
    }
}
