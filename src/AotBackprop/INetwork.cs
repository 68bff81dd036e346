using System.Diagnostics.CodeAnalysis;

namespace AotBackprop;

/// <summary>
/// What every generated network offers, so that generic code can train any of them. Tensors are dense and
/// row-major, a sample a row: X is N×D for D inputs, Y and the probabilities are N×C for C classes.
/// </summary>
/// <remarks>
/// Inference (<see cref="Forward"/>, <see cref="Classify"/>, Loss, Evaluate) on one object is safe from many
/// threads at once. Whatever writes parameters or trains is exclusive: nothing else may run on the object meanwhile.
/// Where two such calls meet, the later one throws an <see cref="InvalidOperationException"/> that says what runs, and has
/// changed nothing; inference beside one throws nearly always, before or after it has computed.
/// </remarks>
/// <typeparam name="TSelf">The generated type.</typeparam>
[SuppressMessage(
    "ApiDesign",
    "RS0026:Do not add multiple public overloads with optional parameters",
    Justification = "The overloads differ in the type of a parameter before it.")]
public interface INetwork<TSelf> : IDisposable
    where TSelf : class, INetwork<TSelf>
{
    /// <summary>The number of inputs, of the units of each hidden layer, and of classes.</summary>
    static abstract ReadOnlySpan<int> LayerSizes { get; }

    /// <summary>What Z of a hidden layer passes through.</summary>
    static virtual Activation HiddenActivation => Activation.Relu;

    /// <summary>Weights and biases in all.</summary>
    static abstract int ParameterCount { get; }

    /// <summary>A new network, its first weights drawn as by <see cref="Initializations.DefaultOf"/>.</summary>
    /// <param name="seed">The same seed gives the same bits on every machine.</param>
    static abstract TSelf Create(ulong seed);

    /// <summary>A new network.</summary>
    /// <param name="seed">The same seed gives the same bits on every machine.</param>
    /// <param name="initialization">How the parameters are drawn.</param>
    static abstract TSelf Create(ulong seed, Initialization initialization);

    /// <summary>
    /// All parameters, W1 (row-major), b1, W2, b2, …, as the object's own memory. The span keeps it alive, and stays valid
    /// when the object is disposed.
    /// </summary>
    Span<float> Parameters { get; }

    /// <summary>Replaces the parameters by random ones, as of <see cref="Initializations.DefaultOf"/>.</summary>
    /// <param name="seed">The same seed gives the same bits on every machine.</param>
    void Initialize(ulong seed);

    /// <summary>Replaces the parameters by random ones.</summary>
    /// <param name="seed">The same seed gives the same bits on every machine.</param>
    /// <param name="initialization">How.</param>
    void Initialize(ulong seed, Initialization initialization);

    /// <summary>Replaces all parameters.</summary>
    /// <param name="parameters"><see cref="ParameterCount"/> finite floats in the order of <see cref="Parameters"/>.</param>
    void SetParameters(ReadOnlySpan<float> parameters);

    /// <summary>The probabilities of the classes for each sample.</summary>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="probabilities">Receives N×C probabilities, each row summing to 1.</param>
    void Forward(ReadOnlySpan<float> X, Span<float> probabilities);

    /// <summary>The most probable class of each sample, the lowest among equals.</summary>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="classes">Receives N class numbers.</param>
    void Classify(ReadOnlySpan<float> X, Span<int> classes);

    /// <summary>The mean cross-entropy of a batch.</summary>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="labels">N class numbers.</param>
    double Loss(ReadOnlySpan<float> X, ReadOnlySpan<int> labels);

    /// <inheritdoc cref="Loss(ReadOnlySpan{float}, ReadOnlySpan{int})"/>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="Y">N×C probabilities, each row summing to 1.</param>
    /// <param name="normalize">Whether each row of Y is divided by its sum first; one that sums to 0 is an error.</param>
    double Loss(ReadOnlySpan<float> X, ReadOnlySpan<float> Y, bool normalize = false);

    /// <summary>How many threads share a step, from 1 to 1024: 1, unless more are asked for. The bits do not depend on it.</summary>
    int Threads { get; set; }

    /// <summary>The loss of a batch and its derivative by every parameter.</summary>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="labels">N class numbers.</param>
    /// <param name="gradient">Receives <see cref="ParameterCount"/> floats in the order of <see cref="Parameters"/>.</param>
    /// <returns>The loss.</returns>
    double Gradient(ReadOnlySpan<float> X, ReadOnlySpan<int> labels, Span<float> gradient);

    /// <inheritdoc cref="Gradient(ReadOnlySpan{float}, ReadOnlySpan{int}, Span{float})"/>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="Y">N×C probabilities, each row summing to 1.</param>
    /// <param name="gradient">Receives <see cref="ParameterCount"/> floats in the order of <see cref="Parameters"/>.</param>
    /// <param name="normalize">Whether each row of Y is divided by its sum first; one that sums to 0 is an error.</param>
    double Gradient(ReadOnlySpan<float> X, ReadOnlySpan<float> Y, Span<float> gradient, bool normalize = false);

    /// <summary>One step down a gradient: W ← W − η dW, b ← b − η db.</summary>
    /// <param name="gradient"><see cref="ParameterCount"/> finite floats in the order of <see cref="Parameters"/>.</param>
    /// <param name="learningRate">η, finite and not negative.</param>
    void Apply(ReadOnlySpan<float> gradient, float learningRate);

    /// <summary>One step of an optimizer by a gradient.</summary>
    /// <param name="gradient"><see cref="ParameterCount"/> finite floats in the order of <see cref="Parameters"/>.</param>
    /// <param name="optimizer">The optimizer, which no other network has used.</param>
    void Apply(ReadOnlySpan<float> gradient, Optimizer optimizer);

    /// <summary>
    /// One step of gradient descent on a batch: the same bits as Gradient and Apply, in one pass that
    /// stores no weight gradient.
    /// </summary>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="labels">N class numbers.</param>
    /// <param name="learningRate">η, finite and not negative.</param>
    /// <returns>The loss before the update.</returns>
    double TrainStep(ReadOnlySpan<float> X, ReadOnlySpan<int> labels, float learningRate);

    /// <inheritdoc cref="TrainStep(ReadOnlySpan{float}, ReadOnlySpan{int}, float)"/>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="Y">N×C probabilities, each row summing to 1.</param>
    /// <param name="learningRate">η, finite and not negative.</param>
    /// <param name="normalize">Whether each row of Y is divided by its sum first; one that sums to 0 is an error.</param>
    double TrainStep(ReadOnlySpan<float> X, ReadOnlySpan<float> Y, float learningRate, bool normalize = false);

    /// <summary>
    /// One step of an optimizer on a batch: the same bits as Gradient and Apply, in one pass that stores no weight
    /// gradient but where it has to be clipped.
    /// </summary>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="labels">N class numbers.</param>
    /// <param name="optimizer">The optimizer, which no other network has used.</param>
    /// <returns>The loss before the update.</returns>
    double TrainStep(ReadOnlySpan<float> X, ReadOnlySpan<int> labels, Optimizer optimizer);

    /// <inheritdoc cref="TrainStep(ReadOnlySpan{float}, ReadOnlySpan{int}, Optimizer)"/>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="Y">N×C probabilities, each row summing to 1.</param>
    /// <param name="optimizer">The optimizer, which no other network has used.</param>
    /// <param name="normalize">Whether each row of Y is divided by its sum first; one that sums to 0 is an error.</param>
    double TrainStep(ReadOnlySpan<float> X, ReadOnlySpan<float> Y, Optimizer optimizer, bool normalize = false);

    /// <summary>One pass over a training set in shuffled batches; the last may be short, and counts with its own mean.</summary>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="labels">N class numbers.</param>
    /// <param name="batchSize">Samples in a batch.</param>
    /// <param name="learningRate">η, finite and not negative.</param>
    /// <param name="seed">With <paramref name="epoch"/>, decides the order of the samples.</param>
    /// <param name="epoch">The number of the epoch: each has an order of its own.</param>
    /// <returns>The mean over the samples of the loss before each one's update.</returns>
    double TrainEpoch(ReadOnlySpan<float> X, ReadOnlySpan<int> labels, int batchSize, float learningRate, ulong seed, int epoch);

    /// <inheritdoc cref="TrainEpoch(ReadOnlySpan{float}, ReadOnlySpan{int}, int, float, ulong, int)"/>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="Y">N×C probabilities, each row summing to 1.</param>
    /// <param name="batchSize">Samples in a batch.</param>
    /// <param name="learningRate">η, finite and not negative.</param>
    /// <param name="seed">With <paramref name="epoch"/>, decides the order of the samples.</param>
    /// <param name="epoch">The number of the epoch: each has an order of its own.</param>
    /// <param name="normalize">Whether each row of Y is divided by its sum first; one that sums to 0 is an error.</param>
    double TrainEpoch(ReadOnlySpan<float> X, ReadOnlySpan<float> Y, int batchSize, float learningRate, ulong seed, int epoch, bool normalize = false);

    /// <summary>One pass of an optimizer over a training set in shuffled batches; the last may be short, and counts with its own mean.</summary>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="labels">N class numbers.</param>
    /// <param name="batchSize">Samples in a batch.</param>
    /// <param name="optimizer">The optimizer, which no other network has used.</param>
    /// <param name="seed">With <paramref name="epoch"/>, decides the order of the samples.</param>
    /// <param name="epoch">The number of the epoch: each has an order of its own.</param>
    /// <returns>The mean over the samples of the loss before each one's update.</returns>
    double TrainEpoch(ReadOnlySpan<float> X, ReadOnlySpan<int> labels, int batchSize, Optimizer optimizer, ulong seed, int epoch);

    /// <inheritdoc cref="TrainEpoch(ReadOnlySpan{float}, ReadOnlySpan{int}, int, Optimizer, ulong, int)"/>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="Y">N×C probabilities, each row summing to 1.</param>
    /// <param name="batchSize">Samples in a batch.</param>
    /// <param name="optimizer">The optimizer, which no other network has used.</param>
    /// <param name="seed">With <paramref name="epoch"/>, decides the order of the samples.</param>
    /// <param name="epoch">The number of the epoch: each has an order of its own.</param>
    /// <param name="normalize">Whether each row of Y is divided by its sum first; one that sums to 0 is an error.</param>
    double TrainEpoch(ReadOnlySpan<float> X, ReadOnlySpan<float> Y, int batchSize, Optimizer optimizer, ulong seed, int epoch, bool normalize = false);

    /// <summary>Loss and accuracy over a set of samples.</summary>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="labels">N class numbers.</param>
    Evaluation Evaluate(ReadOnlySpan<float> X, ReadOnlySpan<int> labels);

    /// <inheritdoc cref="Evaluate(ReadOnlySpan{float}, ReadOnlySpan{int})"/>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="Y">N×C probabilities, each row summing to 1.</param>
    /// <param name="normalize">Whether each row of Y is divided by its sum first; one that sums to 0 is an error.</param>
    Evaluation Evaluate(ReadOnlySpan<float> X, ReadOnlySpan<float> Y, bool normalize = false);
}
