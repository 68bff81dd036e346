using System.Diagnostics.CodeAnalysis;

namespace AotBackprop;

/// <summary>
/// What every generated network offers, whichever its sizes and its output. Tensors are dense and row-major, a sample a
/// row: X is N×D for D inputs, A and Y are N×C for C outputs.
/// </summary>
/// <remarks>
/// Inference (<see cref="Forward"/>, <see cref="Loss"/>, and what the kinds of networks add) on one object is safe from many
/// threads at once. Whatever writes parameters or trains is exclusive: nothing else may run on the object meanwhile.
/// Where two such calls meet, the later one throws an <see cref="InvalidOperationException"/> that says what runs, and has
/// changed nothing; inference beside one throws nearly always, before or after it has computed.
/// What a call is given stays as it is until the call returns. Where it changes, no memory is touched that is not the call's,
/// but the numbers are anyone's: a NaN that comes into X in the middle of a step may reach the parameters.
/// </remarks>
public interface INetwork : IDisposable
{
    /// <summary>
    /// All parameters, W1 (row-major), b1, W2, b2, …, as the object's own memory. The span keeps it alive, and stays valid
    /// when the object is disposed.
    /// </summary>
    Span<float> Parameters { get; }

    /// <summary>How many threads share a step, from 1 to 1024: 1, unless more are asked for. The bits do not depend on it.</summary>
    int Threads { get; set; }

    /// <summary>Replaces the parameters by random ones, as of <see cref="Initializations.DefaultOf"/>.</summary>
    /// <param name="seed">The same seed gives the same bits on every machine.</param>
    void Initialize(ulong seed);

    /// <summary>Replaces the parameters by random ones.</summary>
    /// <param name="seed">The same seed gives the same bits on every machine.</param>
    /// <param name="initialization">How.</param>
    void Initialize(ulong seed, Initialization initialization);

    /// <summary>Replaces all parameters.</summary>
    /// <param name="parameters">As many finite floats as there are parameters, in the order of <see cref="Parameters"/>.</param>
    void SetParameters(ReadOnlySpan<float> parameters);

    /// <summary>A of the output layer for each sample: probabilities after a softmax or a sigmoid, else the numbers.</summary>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="outputs">Receives N×C numbers; after a softmax each row sums to 1.</param>
    void Forward(ReadOnlySpan<float> X, Span<float> outputs);

    /// <summary>The mean loss of a batch.</summary>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="targets">What the network should say.</param>
    double Loss(ReadOnlySpan<float> X, Targets targets);

    /// <summary>The loss of a batch and its derivative by every parameter.</summary>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="targets">What the network should say.</param>
    /// <param name="gradient">Receives a float for each parameter, in the order of <see cref="Parameters"/>.</param>
    /// <returns>The loss.</returns>
    double Gradient(ReadOnlySpan<float> X, Targets targets, Span<float> gradient);

    /// <summary>One step down a gradient: W ← W − η dW, b ← b − η db.</summary>
    /// <param name="gradient">A finite float for each parameter, in the order of <see cref="Parameters"/>.</param>
    /// <param name="learningRate">η, finite and not negative.</param>
    void Apply(ReadOnlySpan<float> gradient, float learningRate);

    /// <summary>One step of an optimizer by a gradient.</summary>
    /// <param name="gradient">A finite float for each parameter, in the order of <see cref="Parameters"/>.</param>
    /// <param name="optimizer">The optimizer, which no other network has used.</param>
    void Apply(ReadOnlySpan<float> gradient, Optimizer optimizer);

    /// <summary>
    /// One step of gradient descent on a batch: the same bits as Gradient and Apply, in one pass that
    /// stores no weight gradient.
    /// </summary>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="targets">What the network should say.</param>
    /// <param name="learningRate">η, finite and not negative.</param>
    /// <returns>The loss before the update.</returns>
    double TrainStep(ReadOnlySpan<float> X, Targets targets, float learningRate);

    /// <summary>
    /// One step of an optimizer on a batch: the same bits as Gradient and Apply, in one pass that stores no weight
    /// gradient but where it has to be clipped.
    /// </summary>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="targets">What the network should say.</param>
    /// <param name="optimizer">The optimizer, which no other network has used.</param>
    /// <returns>The loss before the update.</returns>
    double TrainStep(ReadOnlySpan<float> X, Targets targets, Optimizer optimizer);

    /// <summary>
    /// One pass over a training set in shuffled batches; the last may be short, and counts with its own mean. A batch whose
    /// weights are all 0 is left out: it is no step.
    /// </summary>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="targets">What the network should say.</param>
    /// <param name="batchSize">Samples in a batch.</param>
    /// <param name="learningRate">η, finite and not negative.</param>
    /// <param name="seed">With <paramref name="epoch"/>, decides the order of the samples.</param>
    /// <param name="epoch">The number of the epoch: each has an order of its own.</param>
    /// <returns>The mean over the samples of the loss before each one's update.</returns>
    double TrainEpoch(ReadOnlySpan<float> X, Targets targets, int batchSize, float learningRate, ulong seed, int epoch);

    /// <summary>The same with an optimizer.</summary>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="targets">What the network should say.</param>
    /// <param name="batchSize">Samples in a batch.</param>
    /// <param name="optimizer">The optimizer, which no other network has used.</param>
    /// <param name="seed">With <paramref name="epoch"/>, decides the order of the samples.</param>
    /// <param name="epoch">The number of the epoch: each has an order of its own.</param>
    /// <returns>The mean over the samples of the loss before each one's update.</returns>
    double TrainEpoch(ReadOnlySpan<float> X, Targets targets, int batchSize, Optimizer optimizer, ulong seed, int epoch);
}

/// <summary>What belongs to a generated type itself, so that generic code can make and train any of them.</summary>
/// <typeparam name="TSelf">The generated type.</typeparam>
[SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "They are the type's.")]
public interface INetwork<TSelf> : INetwork
    where TSelf : class, INetwork<TSelf>
{
    /// <summary>The number of inputs, of the units of each hidden layer, and of outputs.</summary>
    static abstract ReadOnlySpan<int> LayerSizes { get; }

    /// <summary>What Z of a hidden layer passes through.</summary>
    static virtual Activation HiddenActivation => Activation.Relu;

    /// <summary>What the output layer makes of its Z, and the loss that belongs to it.</summary>
    static virtual Output OutputKind => Output.Softmax;

    /// <summary>δ of Output.Huber.</summary>
    static virtual float HuberDelta => 1;

    /// <summary>Weights and biases in all.</summary>
    static abstract int ParameterCount { get; }

    /// <summary>A new network, its first weights drawn as by <see cref="Initializations.DefaultOf"/>.</summary>
    /// <param name="seed">The same seed gives the same bits on every machine.</param>
    static abstract TSelf Create(ulong seed);

    /// <summary>A new network.</summary>
    /// <param name="seed">The same seed gives the same bits on every machine.</param>
    /// <param name="initialization">How the parameters are drawn.</param>
    static abstract TSelf Create(ulong seed, Initialization initialization);
}
