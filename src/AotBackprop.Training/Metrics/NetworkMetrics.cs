namespace AotBackprop.Training.Metrics;

/// <summary>
/// How a network does on samples: <see cref="ClassificationMetrics"/>, <see cref="MultiLabelMetrics"/> or
/// <see cref="RegressionMetrics"/>, by its output. Its text is to be read.
/// </summary>
public abstract class NetworkMetrics
{
    // Rows at a time: what the network says of all of them is kept, what it computes on the way is not.
    private const int Block = 1 << 12;

    private protected NetworkMetrics()
    {
    }

    /// <summary>Samples in all.</summary>
    public long Count { get; private protected init; }

    /// <summary>The figures of the whole, as JSON names them; not those by class.</summary>
    public abstract IReadOnlyList<Figure> Figures { get; }

    /// <summary>What is told by class or label, to be read; empty where there is nothing.</summary>
    internal virtual string Tables => "";

    /// <summary>All figures as a JSON object; what is not a number is null.</summary>
    public abstract string ToJson();

    /// <summary>Those of a network on samples. Of rows of probabilities the largest is the class.</summary>
    /// <param name="network">The network.</param>
    /// <param name="samples">Samples as the network takes them.</param>
    /// <param name="names">The names of the classes or labels, for the text; null for their numbers.</param>
    internal static NetworkMetrics Of<TNetwork>(TNetwork network, TrainingData samples, IReadOnlyList<string>? names)
        where TNetwork : class, INetwork<TNetwork>
    {
        int outputs = TNetwork.LayerSizes[^1];
        float[] said = Said(network, samples.X.Span, TNetwork.LayerSizes[0], outputs);
        ReadOnlySpan<float> weights = samples.Weights.Span;
        return Outputs.ClassesOf(TNetwork.OutputKind, outputs) > 0
            ? ClassificationMetrics.Of(said, samples.AreLabels ? samples.Labels.Span : Classes(samples.Values.Span, outputs), names, weights)
            : TNetwork.OutputKind == Output.Sigmoid
            ? MultiLabelMetrics.Of(said, samples.Values.Span, outputs, names, weights)
            : RegressionMetrics.Of(said, samples.Values.Span, outputs, weights);
    }

    private protected static void RequireWeights(ReadOnlySpan<float> weights, int count)
    {
        if (!weights.IsEmpty && weights.Length != count)
        {
            throw new ArgumentException($"There are {weights.Length} weights of {count} samples; wanted one for each, or none.", nameof(weights));
        }

        Runs.DataCheck.RequireWeights(weights);
    }

    private static float[] Said(INetwork network, ReadOnlySpan<float> X, int inputs, int outputs)
    {
        int rows = X.Length / inputs;
        float[] said = new float[(long)rows * outputs];
        for (int first = 0; first < rows; first += Block)
        {
            int count = Math.Min(Block, rows - first);
            network.Forward(X.Slice(first * inputs, count * inputs), said.AsSpan(first * outputs, count * outputs));
        }

        return said;
    }

    private static int[] Classes(ReadOnlySpan<float> values, int outputs)
    {
        int[] classes = new int[values.Length / outputs];
        for (int n = 0; n < classes.Length; n++)
        {
            ReadOnlySpan<float> row = values.Slice(n * outputs, outputs);
            classes[n] = outputs == 1 ? (row[0] > 0.5f ? 1 : 0) : IndexOfLargest(row);
        }

        return classes;
    }

    private static int IndexOfLargest(ReadOnlySpan<float> row)
    {
        int largest = 0;
        for (int j = 1; j < row.Length; j++)
        {
            largest = row[j] > row[largest] ? j : largest;
        }

        return largest;
    }
}
