using AotBackprop.Data;
using AotBackprop.Runtime;
using AotBackprop.Training;
using AotBackprop.Training.Metrics;

namespace AotBackprop.CommandLine;

/// <summary>How a network does on samples of a file.</summary>
internal static class Evaluating
{
    /// <summary>What it is judged by, and the loss. Weights of samples count in all of it.</summary>
    /// <exception cref="InvalidDataException">Something is larger than a float can hold: the message says what, and where it stands.</exception>
    public static IReadOnlyList<Figure> Figures<TNetwork>(NetworkTask task, TNetwork network, Dataset samples)
        where TNetwork : class, INetwork<TNetwork>
    {
        try
        {
            return Figures(task, network, new TrainingData(samples));
        }
        catch (NotFiniteNumberException e)
        {
            throw new InvalidDataException(Located(e.Message, CulpritInput.Of(e), samples), e);
        }
    }

    /// <summary>The same of samples of which one block is in memory: each is a mean over the samples, but R².</summary>
    /// <inheritdoc cref="Figures{TNetwork}(NetworkTask, TNetwork, Dataset)"/>
    public static IReadOnlyList<Figure> Figures<TNetwork>(NetworkTask task, TNetwork network, StreamedDataset samples)
        where TNetwork : class, INetwork<TNetwork>
    {
        Figure[] sums = [];
        double all = 0;
        ExplainedVariance? explained = network is IRegressor ? new(samples.Shape.Outputs) : null;
        foreach (SampleBlock block in samples.InOrder())
        {
            double weight = block.Weights.IsEmpty ? block.Count : Sum(block.Weights);
            if (weight == 0)
            {
                continue;
            }

            Figure[] figures = FiguresOf(task, network, block);
            sums = [.. figures.Select((one, i) => one with { Value = (i < sums.Length ? sums[i].Value : 0) + (weight * one.Value) })];
            all += weight;
            explained?.Add(network, block);
        }

        return
        [
            .. sums.Select((one, i) => one with { Value = i == 0 && explained is not null ? explained.RSquared : one.Value / all }),
        ];
    }

    /// <summary>A message that knows an input by its indices, with the place in the file.</summary>
    public static string Located(string message, CulpritInput? culprit, Dataset samples) => culprit is { } input
        ? message.Replace(input.ToString(), $"{samples.Place(input.Row, input.Column)}, scaled,", StringComparison.Ordinal)
        : message;

    private static Figure[] FiguresOf<TNetwork>(NetworkTask task, TNetwork network, SampleBlock block)
        where TNetwork : class, INetwork<TNetwork>
    {
        int inputs = TNetwork.LayerSizes[0];
        ReadOnlyMemory<float> X = block.AllInputs[..(block.Count * inputs)];
        Targets targets = block.Targets;
        TrainingData data = targets.AreLabels
            ? new(X, block.AllLabels[..block.Count]) { Weights = block.Weights.ToArray() }
            : new(X, block.AllValues[..targets.Values.Length]) { Weights = block.Weights.ToArray() };
        try
        {
            return Figures(task, network, data);
        }
        catch (NotFiniteNumberException e) when (CulpritInput.Of(e) is { } input)
        {
            string place = $"{block.Place(input.Row, input.Column)}, scaled,";
            throw new InvalidDataException(e.Message.Replace(input.ToString(), place, StringComparison.Ordinal), e);
        }
    }

    private static Figure[] Figures<TNetwork>(NetworkTask task, TNetwork network, TrainingData data)
        where TNetwork : class, INetwork<TNetwork>
    {
        Figure[] figures = task.Evaluate(network, data.X.Span, data.Targets);
        if (data.Weights.IsEmpty)
        {
            return figures;
        }

        // Of what the network tells, weights count in the loss alone, which is the last.
        double[] weighted = NetworkMetrics.Of(network, data, null) switch
        {
            ClassificationMetrics of => [of.Accuracy],
            MultiLabelMetrics of => [of.LabelAccuracy, of.SubsetAccuracy],
            RegressionMetrics of => [of.RSquared, of.MeanAbsoluteError],
            _ => [],
        };
        return [.. figures.Select((one, i) => i < weighted.Length ? one with { Value = weighted[i] } : one)];
    }

    private static double Sum(ReadOnlySpan<float> weights)
    {
        double sum = 0;
        foreach (float weight in weights)
        {
            sum += weight;
        }

        return sum;
    }
}
