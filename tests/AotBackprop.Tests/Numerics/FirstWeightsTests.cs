using AotBackprop.Numerics;
using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests.Numerics;

public sealed unsafe class FirstWeightsTests
{
    private static readonly int[] Sizes = [200, 300, 150, 100];

    public static TheoryData<Initialization> All => [.. Enum.GetValues<Initialization>()];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_tensor_is_uniform_within_the_limit_of_its_formula(Initialization initialization)
    {
        float[] parameters = Draw(Sizes, initialization, seed: 4);
        int offset = 0;
        for (int l = 1; l < Sizes.Length; l++)
        {
            int weights = Sizes[l - 1] * Sizes[l];
            double limit = Limit(initialization, Sizes[l - 1], Sizes[l], isOutput: l == Sizes.Length - 1);
            float[] W = parameters[offset..(offset + weights)];
            float[] b = parameters[(offset + weights)..(offset + weights + Sizes[l])];
            AssertUniform(W, limit);
            if (initialization is Initialization.ScikitLearn or Initialization.PyTorch)
            {
                Assert.All(b, value => Assert.InRange(Math.Abs(value), 0, (float)limit));
                Assert.True(b.Max() > 0.9 * limit && b.Min() < -0.9 * limit);
            }
            else
            {
                Assert.All(b, value => Assert.Equal(0, BitConverter.SingleToInt32Bits(value)));
            }

            offset += weights + Sizes[l];
        }

        Assert.Equal(parameters.Length, offset);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Each_number_takes_one_draw_in_the_order_of_the_parameters(Initialization initialization)
    {
        bool drawsBiases = initialization is Initialization.ScikitLearn or Initialization.PyTorch;
        int[] sizes = [3, 2, 5];
        float[] parameters = Draw(sizes, initialization, seed: 9);
        Xoshiro256 draws = new(9);
        int at = 0;
        for (int l = 1; l < sizes.Length; l++)
        {
            double limit = Limit(initialization, sizes[l - 1], sizes[l], isOutput: l == sizes.Length - 1);
            int drawn = (sizes[l - 1] * sizes[l]) + (drawsBiases ? sizes[l] : 0);
            for (int i = 0; i < drawn; i++)
            {
                Assert.Equal((float)(((2 * draws.NextUnit()) - 1) * limit), parameters[at++]);
            }

            at += drawsBiases ? 0 : sizes[l];
        }
    }

    [Fact]
    public void A_number_that_is_no_initialization_is_refused_by_its_name()
    {
        using Digits net = new(1);
        float[] before = net.Parameters.ToArray();
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => net.Initialize(1, (Initialization)99));
        Assert.Contains("initialization is 99; wanted one of He, Glorot", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, net.Parameters.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => new Digits(1, (Initialization)(-1)));
    }

    [Fact]
    public void A_network_takes_the_default_where_none_is_named()
    {
        using Digits net = new(7);
        using Digits named = new(7, Initializations.Default);
        using Digits drawn = Digits.Create(1, Initialization.PyTorch);
        drawn.Initialize(7);
        Assert.Equal(named.Parameters.ToArray(), net.Parameters.ToArray());
        Assert.Equal(named.Parameters.ToArray(), drawn.Parameters.ToArray());
        drawn.Initialize(7, Initialization.PyTorch);
        Assert.NotEqual(named.Parameters.ToArray(), drawn.Parameters.ToArray());
    }

    [Theory]
    [InlineData(typeof(IrisLeakyRelu), Initialization.HeSmallOutput)]
    [InlineData(typeof(IrisTanh), Initialization.Glorot)]
    [InlineData(typeof(IrisIdentity), Initialization.Glorot)]
    [InlineData(typeof(IrisSigmoid), Initialization.GlorotSigmoid)]
    [InlineData(typeof(IrisSilu), Initialization.HeSmallOutput)]
    public void The_default_is_that_of_the_activation(Type network, Initialization expected)
    {
        using Subject subject = Subject.Of(network, 7);
        Assert.Equal(expected, Initializations.DefaultOf(subject.Activation));
        Assert.Equal(Draw(subject.Sizes, expected, 7), subject.Parameters.ToArray());
    }

    private static void AssertUniform(float[] weights, double limit)
    {
        Assert.All(weights, w => Assert.InRange(Math.Abs(w), 0, (float)limit));
        Assert.True(weights.Max() > 0.999 * limit && weights.Min() < -0.999 * limit);
        Assert.Equal(0, weights.Average() / limit, 0.02);
        Assert.Equal(1.0 / 3, weights.Average(w => (double)w * w) / (limit * limit), 0.01);
    }

    private static double Limit(Initialization initialization, int inputs, int outputs, bool isOutput) => initialization switch
    {
        Initialization.He => Math.Sqrt(6.0 / inputs),
        Initialization.Glorot or Initialization.ScikitLearn => Math.Sqrt(6.0 / (inputs + outputs)),
        Initialization.PyTorch => 1 / Math.Sqrt(inputs),
        Initialization.GlorotSigmoid => Math.Sqrt(2.0 / (inputs + outputs)),
        Initialization.HeSmallOutput => (isOutput ? 0.3 : 1) * Math.Sqrt(6.0 / inputs),
        _ => throw new ArgumentOutOfRangeException(nameof(initialization)),
    };

    private static float[] Draw(int[] sizes, Initialization initialization, ulong seed)
    {
        float[] parameters = new float[sizes.Zip(sizes.Skip(1), (inputs, outputs) => (inputs + 1) * outputs).Sum()];
        parameters.AsSpan().Fill(float.NaN);
        fixed (float* p = parameters)
        {
            FirstWeights.Draw(p, sizes, initialization, seed);
        }

        return parameters;
    }
}
