using System.Diagnostics.CodeAnalysis;

namespace AotBackprop;

/// <summary>The calls of a network with class numbers or rows of values by themselves, in place of <see cref="Targets"/>.</summary>
[SuppressMessage(
    "ApiDesign",
    "RS0026:Do not add multiple public overloads with optional parameters",
    Justification = "The overloads differ in the type of a parameter before it.")]
public static class NetworkExtensions
{
    /// <inheritdoc cref="INetwork.Loss"/>
    /// <param name="network">The network.</param>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="labels">N class numbers.</param>
    public static double Loss(this INetwork network, ReadOnlySpan<float> X, ReadOnlySpan<int> labels) =>
        Own(network).Loss(X, new Targets(labels));

    /// <inheritdoc cref="INetwork.Loss"/>
    /// <param name="network">The network.</param>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="Y">N×C values.</param>
    /// <param name="normalize">Whether each row of Y is divided by its sum first; one that sums to 0 is an error.</param>
    public static double Loss(this INetwork network, ReadOnlySpan<float> X, ReadOnlySpan<float> Y, bool normalize = false) =>
        Own(network).Loss(X, Rows(Y, normalize));

    /// <inheritdoc cref="IClassifier.Evaluate"/>
    /// <param name="network">The network.</param>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="labels">N class numbers.</param>
    public static Evaluation Evaluate(this IClassifier network, ReadOnlySpan<float> X, ReadOnlySpan<int> labels) =>
        ((IClassifier)Own(network)).Evaluate(X, new Targets(labels));

    /// <inheritdoc cref="IClassifier.Evaluate"/>
    /// <param name="network">The network.</param>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="Y">N×C values.</param>
    /// <param name="normalize">Whether each row of Y is divided by its sum first; one that sums to 0 is an error.</param>
    public static Evaluation Evaluate(this IClassifier network, ReadOnlySpan<float> X, ReadOnlySpan<float> Y, bool normalize = false) =>
        ((IClassifier)Own(network)).Evaluate(X, Rows(Y, normalize));

    /// <inheritdoc cref="INetwork.Gradient"/>
    /// <param name="network">The network.</param>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="labels">N class numbers.</param>
    /// <param name="gradient">Receives a float for each parameter.</param>
    public static double Gradient(this INetwork network, ReadOnlySpan<float> X, ReadOnlySpan<int> labels, Span<float> gradient) =>
        Own(network).Gradient(X, new Targets(labels), gradient);

    /// <inheritdoc cref="INetwork.Gradient"/>
    /// <param name="network">The network.</param>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="Y">N×C values.</param>
    /// <param name="gradient">Receives a float for each parameter.</param>
    /// <param name="normalize">Whether each row of Y is divided by its sum first; one that sums to 0 is an error.</param>
    public static double Gradient(
        this INetwork network, ReadOnlySpan<float> X, ReadOnlySpan<float> Y, Span<float> gradient, bool normalize = false) =>
        Own(network).Gradient(X, Rows(Y, normalize), gradient);

    /// <inheritdoc cref="INetwork.TrainStep(ReadOnlySpan{float}, Targets, float)"/>
    /// <param name="network">The network.</param>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="labels">N class numbers.</param>
    /// <param name="learningRate">η, finite and not negative.</param>
    public static double TrainStep(this INetwork network, ReadOnlySpan<float> X, ReadOnlySpan<int> labels, float learningRate) =>
        Own(network).TrainStep(X, new Targets(labels), learningRate);

    /// <inheritdoc cref="INetwork.TrainStep(ReadOnlySpan{float}, Targets, float)"/>
    /// <param name="network">The network.</param>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="Y">N×C values.</param>
    /// <param name="learningRate">η, finite and not negative.</param>
    /// <param name="normalize">Whether each row of Y is divided by its sum first; one that sums to 0 is an error.</param>
    public static double TrainStep(
        this INetwork network, ReadOnlySpan<float> X, ReadOnlySpan<float> Y, float learningRate, bool normalize = false) =>
        Own(network).TrainStep(X, Rows(Y, normalize), learningRate);

    /// <inheritdoc cref="INetwork.TrainStep(ReadOnlySpan{float}, Targets, Optimizer)"/>
    /// <param name="network">The network.</param>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="labels">N class numbers.</param>
    /// <param name="optimizer">The optimizer, which no other network has used.</param>
    public static double TrainStep(this INetwork network, ReadOnlySpan<float> X, ReadOnlySpan<int> labels, Optimizer optimizer) =>
        Own(network).TrainStep(X, new Targets(labels), optimizer);

    /// <inheritdoc cref="INetwork.TrainStep(ReadOnlySpan{float}, Targets, Optimizer)"/>
    /// <param name="network">The network.</param>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="Y">N×C values.</param>
    /// <param name="optimizer">The optimizer, which no other network has used.</param>
    /// <param name="normalize">Whether each row of Y is divided by its sum first; one that sums to 0 is an error.</param>
    public static double TrainStep(
        this INetwork network, ReadOnlySpan<float> X, ReadOnlySpan<float> Y, Optimizer optimizer, bool normalize = false) =>
        Own(network).TrainStep(X, Rows(Y, normalize), optimizer);

    /// <inheritdoc cref="INetwork.TrainEpoch(ReadOnlySpan{float}, Targets, int, float, ulong, int)"/>
    /// <param name="network">The network.</param>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="labels">N class numbers.</param>
    /// <param name="batchSize">Samples in a batch.</param>
    /// <param name="learningRate">η, finite and not negative.</param>
    /// <param name="seed">With <paramref name="epoch"/>, decides the order of the samples.</param>
    /// <param name="epoch">The number of the epoch: each has an order of its own.</param>
    public static double TrainEpoch(
        this INetwork network, ReadOnlySpan<float> X, ReadOnlySpan<int> labels, int batchSize, float learningRate, ulong seed, int epoch) =>
        Own(network).TrainEpoch(X, new Targets(labels), batchSize, learningRate, seed, epoch);

    /// <inheritdoc cref="INetwork.TrainEpoch(ReadOnlySpan{float}, Targets, int, float, ulong, int)"/>
    /// <param name="network">The network.</param>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="Y">N×C values.</param>
    /// <param name="batchSize">Samples in a batch.</param>
    /// <param name="learningRate">η, finite and not negative.</param>
    /// <param name="seed">With <paramref name="epoch"/>, decides the order of the samples.</param>
    /// <param name="epoch">The number of the epoch: each has an order of its own.</param>
    /// <param name="normalize">Whether each row of Y is divided by its sum first; one that sums to 0 is an error.</param>
    public static double TrainEpoch(
        this INetwork network,
        ReadOnlySpan<float> X,
        ReadOnlySpan<float> Y,
        int batchSize,
        float learningRate,
        ulong seed,
        int epoch,
        bool normalize = false) =>
        Own(network).TrainEpoch(X, Rows(Y, normalize), batchSize, learningRate, seed, epoch);

    /// <inheritdoc cref="INetwork.TrainEpoch(ReadOnlySpan{float}, Targets, int, Optimizer, ulong, int)"/>
    /// <param name="network">The network.</param>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="labels">N class numbers.</param>
    /// <param name="batchSize">Samples in a batch.</param>
    /// <param name="optimizer">The optimizer, which no other network has used.</param>
    /// <param name="seed">With <paramref name="epoch"/>, decides the order of the samples.</param>
    /// <param name="epoch">The number of the epoch: each has an order of its own.</param>
    public static double TrainEpoch(
        this INetwork network, ReadOnlySpan<float> X, ReadOnlySpan<int> labels, int batchSize, Optimizer optimizer, ulong seed, int epoch) =>
        Own(network).TrainEpoch(X, new Targets(labels), batchSize, optimizer, seed, epoch);

    /// <inheritdoc cref="INetwork.TrainEpoch(ReadOnlySpan{float}, Targets, int, Optimizer, ulong, int)"/>
    /// <param name="network">The network.</param>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="Y">N×C values.</param>
    /// <param name="batchSize">Samples in a batch.</param>
    /// <param name="optimizer">The optimizer, which no other network has used.</param>
    /// <param name="seed">With <paramref name="epoch"/>, decides the order of the samples.</param>
    /// <param name="epoch">The number of the epoch: each has an order of its own.</param>
    /// <param name="normalize">Whether each row of Y is divided by its sum first; one that sums to 0 is an error.</param>
    public static double TrainEpoch(
        this INetwork network,
        ReadOnlySpan<float> X,
        ReadOnlySpan<float> Y,
        int batchSize,
        Optimizer optimizer,
        ulong seed,
        int epoch,
        bool normalize = false) =>
        Own(network).TrainEpoch(X, Rows(Y, normalize), batchSize, optimizer, seed, epoch);

    private static INetwork Own(INetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return network;
    }

    private static Targets Rows(ReadOnlySpan<float> Y, bool normalize)
    {
        Targets rows = new(Y);
        return normalize ? rows.Normalized() : rows;
    }
}
