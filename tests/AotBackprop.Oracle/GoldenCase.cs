namespace AotBackprop.Oracle;

/// <summary>A value differs from the golden one by more than its tolerance.</summary>
public sealed class GoldenMismatchException : Exception
{
    /// <summary>A mismatch without a message.</summary>
    public GoldenMismatchException()
    {
    }

    /// <summary>A mismatch with a message.</summary>
    public GoldenMismatchException(string message)
        : base(message)
    {
    }

    /// <summary>A mismatch with a message and its cause.</summary>
    public GoldenMismatchException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>
/// One network, its data and its first parameters, with what PyTorch computed from them in double: the loss, the
/// gradient, and ten steps of SGD. Inputs and parameters are floats that PyTorch started from exactly.
/// </summary>
/// <remarks>
/// No hidden Z of the eleven forward passes comes within <see cref="SmallestHiddenZ"/> of 0: where the activation has a
/// kink there, a float run is on the same side of it.
/// </remarks>
public sealed class GoldenCase
{
    private readonly int[] sizes;
    private readonly float[] inputs;
    private readonly int[]? labels;
    private readonly float[] targets;
    private readonly float[] parameters;
    private readonly double[] losses;
    private readonly Dictionary<string, GoldenTensor> tensors;

    internal GoldenCase(
        string name,
        int[] sizes,
        string activation,
        int samples,
        float learningRate,
        double smallestHiddenZ,
        float[] inputs,
        int[]? labels,
        float[] targets,
        float[] parameters,
        double[] losses,
        double finalLoss,
        Dictionary<string, GoldenTensor> tensors)
    {
        Name = name;
        Activation = activation;
        N = samples;
        LearningRate = learningRate;
        SmallestHiddenZ = smallestHiddenZ;
        FinalLoss = finalLoss;
        this.sizes = sizes;
        this.inputs = inputs;
        this.labels = labels;
        this.targets = targets;
        this.parameters = parameters;
        this.losses = losses;
        this.tensors = tensors;
    }

    /// <summary>The name of the case and of its file.</summary>
    public string Name { get; }

    /// <summary>The name of the hidden layers' activation.</summary>
    public string Activation { get; }

    /// <summary>The name of the output.</summary>
    public string Output { get; internal init; } = "softmax";

    /// <summary>δ of Huber's loss.</summary>
    public double HuberDelta { get; internal init; } = 1;

    /// <summary>The number of samples, one batch.</summary>
    public int N { get; }

    /// <summary>η of the steps, the float nearest 0.1.</summary>
    public float LearningRate { get; }

    /// <summary>The smallest |Z| of a hidden layer in any of the passes.</summary>
    public double SmallestHiddenZ { get; }

    /// <summary>The loss before the first step.</summary>
    public double Loss => losses[0];

    /// <summary>The number of steps, ten.</summary>
    public int Steps => losses.Length;

    /// <summary>The loss of each step, before its update.</summary>
    public IReadOnlyList<double> StepLosses => losses;

    /// <summary>The loss after the last step.</summary>
    public double FinalLoss { get; }

    /// <summary>True where Y is given as class numbers, false where it is probabilities.</summary>
    public bool HasLabels => labels is not null;

    /// <summary>The tensors that can be checked: A_L, dW1, db1, …, W1, b1, …</summary>
    public IReadOnlyDictionary<string, GoldenTensor> Tensors => tensors;

    /// <summary>A copy of the layer sizes.</summary>
    public int[] Sizes() => [.. sizes];

    /// <summary>A copy of the inputs, N×D.</summary>
    public float[] X() => [.. inputs];

    /// <summary>A copy of the N class numbers.</summary>
    public int[] Labels() =>
        labels is null ? throw new InvalidOperationException($"{Name} has probabilities, not class numbers.") : [.. labels];

    /// <summary>A copy of Y, N×C: probabilities, or one-hot rows of the class numbers.</summary>
    public float[] Y() => [.. targets];

    /// <summary>A copy of the first parameters: W1 (row-major), b1, W2, b2, …</summary>
    public float[] Parameters() => [.. parameters];

    /// <summary>
    /// Throws where the tensor differs from PyTorch's: A_L (the first probabilities, A2 where there are two layers),
    /// dW1, db1, … (the first gradient) or W1, b1, … (the parameters after the last step).
    /// </summary>
    /// <param name="tensorName">The tensor's name.</param>
    /// <param name="actual">All of its elements, row-major.</param>
    /// <param name="relativeTolerance">
    /// Allowed error as a part of the tensor's own scale: an element may be off by this part of the tensor's largest
    /// absolute value, the sums by this part of the sum of absolute values, the norm by this part of it, a random
    /// projection by this part of three times the norm.
    /// </param>
    /// <exception cref="GoldenMismatchException">They differ.</exception>
    public void Check(string tensorName, ReadOnlySpan<double> actual, double relativeTolerance)
    {
        if (Tensor(tensorName).Difference(actual, relativeTolerance) is { } difference)
        {
            throw new GoldenMismatchException($"{Name}: {difference}");
        }
    }

    /// <inheritdoc cref="Check(string, ReadOnlySpan{double}, double)"/>
    public void Check(string tensorName, ReadOnlySpan<float> actual, double relativeTolerance) =>
        Check(tensorName, ReferenceNetwork.Widen(actual), relativeTolerance);

    /// <summary>Checks every tensor of the first gradient, which has the layout of the parameters: dW1, db1, dW2, db2, …</summary>
    /// <exception cref="GoldenMismatchException">They differ.</exception>
    public void CheckGradient(ReadOnlySpan<double> gradient, double relativeTolerance) =>
        CheckAll("d", gradient, relativeTolerance);

    /// <inheritdoc cref="CheckGradient(ReadOnlySpan{double}, double)"/>
    public void CheckGradient(ReadOnlySpan<float> gradient, double relativeTolerance) =>
        CheckGradient(ReferenceNetwork.Widen(gradient), relativeTolerance);

    /// <summary>Checks every tensor of the parameters after the last step: W1, b1, W2, b2, …</summary>
    /// <exception cref="GoldenMismatchException">They differ.</exception>
    public void CheckFinalParameters(ReadOnlySpan<double> final, double relativeTolerance) =>
        CheckAll("", final, relativeTolerance);

    /// <inheritdoc cref="CheckFinalParameters(ReadOnlySpan{double}, double)"/>
    public void CheckFinalParameters(ReadOnlySpan<float> final, double relativeTolerance) =>
        CheckFinalParameters(ReferenceNetwork.Widen(final), relativeTolerance);

    /// <summary>Checks the loss of step 0 … 9, or with step 10 the loss after the last, relative to itself.</summary>
    /// <exception cref="GoldenMismatchException">They differ.</exception>
    public void CheckLoss(int step, double actual, double relativeTolerance)
    {
        double expected = step == Steps ? FinalLoss : losses[step];
        if (GoldenTensor.Differ($"the loss of step {step}", expected, actual, relativeTolerance, expected) is { } difference)
        {
            throw new GoldenMismatchException($"{Name}: {difference}");
        }
    }

    /// <summary>The name of the case.</summary>
    public override string ToString() => Name;

    private void CheckAll(string prefix, ReadOnlySpan<double> flat, double relativeTolerance)
    {
        if (flat.Length != parameters.Length)
        {
            throw new GoldenMismatchException($"{Name}: {parameters.Length} elements are needed, not {flat.Length}");
        }

        foreach (ParameterTensor tensor in ParameterTensor.Of(sizes))
        {
            Check(prefix + tensor.Name, flat.Slice(tensor.Offset, tensor.Count), relativeTolerance);
        }
    }

    private GoldenTensor Tensor(string tensorName) =>
        tensors.TryGetValue(tensorName, out GoldenTensor? tensor)
            ? tensor
            : throw new ArgumentException($"{Name} has no {tensorName}, but {string.Join(", ", tensors.Keys)}.", nameof(tensorName));
}
