namespace AotBackprop;

/// <summary>
/// Makes a partial class a fully connected feedforward network of these sizes: the generator writes its forward
/// pass, its loss, its backward pass and its training.
/// </summary>
/// <remarks>
/// <c>[Network(784, 128, 10)]</c> takes 784 inputs, has one hidden layer of 128 units and gives the
/// probabilities of 10 classes; <c>[Network(13, 32, 1, Output = Output.Linear)]</c> gives a number. Two sizes make a
/// regression; up to eight sizes are taken, each up to 65,536 (the last at least 2 with a softmax), with fewer than 2²⁹
/// weights and biases in all.
/// </remarks>
/// <param name="sizes">The number of inputs, of the units of each hidden layer, and of outputs, in this order.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class NetworkAttribute(params int[] sizes) : Attribute
{
    // An array as an argument of an attribute is a warning where code is to comply with the CLS, so each number of
    // sizes has a constructor of its own.

    /// <summary>A network of two sizes.</summary>
    /// <param name="inputs">The number of inputs.</param>
    /// <param name="outputs">The number of outputs.</param>
    public NetworkAttribute(int inputs, int outputs)
        : this(new[] { inputs, outputs })
    {
    }

    /// <summary>A network of three sizes.</summary>
    /// <param name="inputs">The number of inputs.</param>
    /// <param name="hidden">The units of the hidden layer.</param>
    /// <param name="outputs">The number of outputs.</param>
    public NetworkAttribute(int inputs, int hidden, int outputs)
        : this(new[] { inputs, hidden, outputs })
    {
    }

    /// <summary>A network of four sizes.</summary>
    /// <param name="inputs">The number of inputs.</param>
    /// <param name="hidden1">The units of hidden layer 1.</param>
    /// <param name="hidden2">The units of hidden layer 2.</param>
    /// <param name="outputs">The number of outputs.</param>
    public NetworkAttribute(int inputs, int hidden1, int hidden2, int outputs)
        : this(new[] { inputs, hidden1, hidden2, outputs })
    {
    }

    /// <summary>A network of five sizes.</summary>
    /// <param name="inputs">The number of inputs.</param>
    /// <param name="hidden1">The units of hidden layer 1.</param>
    /// <param name="hidden2">The units of hidden layer 2.</param>
    /// <param name="hidden3">The units of hidden layer 3.</param>
    /// <param name="outputs">The number of outputs.</param>
    public NetworkAttribute(int inputs, int hidden1, int hidden2, int hidden3, int outputs)
        : this(new[] { inputs, hidden1, hidden2, hidden3, outputs })
    {
    }

    /// <summary>A network of six sizes.</summary>
    /// <param name="inputs">The number of inputs.</param>
    /// <param name="hidden1">The units of hidden layer 1.</param>
    /// <param name="hidden2">The units of hidden layer 2.</param>
    /// <param name="hidden3">The units of hidden layer 3.</param>
    /// <param name="hidden4">The units of hidden layer 4.</param>
    /// <param name="outputs">The number of outputs.</param>
    public NetworkAttribute(int inputs, int hidden1, int hidden2, int hidden3, int hidden4, int outputs)
        : this(new[] { inputs, hidden1, hidden2, hidden3, hidden4, outputs })
    {
    }

    /// <summary>A network of seven sizes.</summary>
    /// <param name="inputs">The number of inputs.</param>
    /// <param name="hidden1">The units of hidden layer 1.</param>
    /// <param name="hidden2">The units of hidden layer 2.</param>
    /// <param name="hidden3">The units of hidden layer 3.</param>
    /// <param name="hidden4">The units of hidden layer 4.</param>
    /// <param name="hidden5">The units of hidden layer 5.</param>
    /// <param name="outputs">The number of outputs.</param>
    public NetworkAttribute(int inputs, int hidden1, int hidden2, int hidden3, int hidden4, int hidden5, int outputs)
        : this(new[] { inputs, hidden1, hidden2, hidden3, hidden4, hidden5, outputs })
    {
    }

    /// <summary>A network of eight sizes.</summary>
    /// <param name="inputs">The number of inputs.</param>
    /// <param name="hidden1">The units of hidden layer 1.</param>
    /// <param name="hidden2">The units of hidden layer 2.</param>
    /// <param name="hidden3">The units of hidden layer 3.</param>
    /// <param name="hidden4">The units of hidden layer 4.</param>
    /// <param name="hidden5">The units of hidden layer 5.</param>
    /// <param name="hidden6">The units of hidden layer 6.</param>
    /// <param name="outputs">The number of outputs.</param>
    public NetworkAttribute(int inputs, int hidden1, int hidden2, int hidden3, int hidden4, int hidden5, int hidden6, int outputs)
        : this(new[] { inputs, hidden1, hidden2, hidden3, hidden4, hidden5, hidden6, outputs })
    {
    }

    /// <summary>The number of inputs, of the units of each hidden layer, and of outputs.</summary>
    public IReadOnlyList<int> Sizes { get; } = sizes;

    /// <summary>What Z of a hidden layer passes through; left alone, the ReLU.</summary>
    public Activation Activation { get; init; }

    /// <summary>What the output layer makes of its Z, and the loss that belongs to it; left alone, the softmax.</summary>
    public Output Output { get; init; }

    /// <summary>δ of <see cref="Output.Huber"/>: how far off an output may be for its error to count squared.</summary>
    public float HuberDelta { get; init; } = 1;

    /// <summary>The form of the emitted code; left alone, each pass gets the one that suits its size.</summary>
    public Unrolling Unroll { get; init; }
}
