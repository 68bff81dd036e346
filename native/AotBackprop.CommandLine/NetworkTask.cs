using System.Globalization;
using AotBackprop.CommandLine.Data;

namespace AotBackprop.CommandLine;

/// <summary>A figure of an evaluation, as results, the log and model files name it.</summary>
internal readonly record struct Figure(string Name, double Value);

/// <summary>What a network is for: which targets its samples have, how it is judged, and what it tells of a sample.</summary>
internal abstract class NetworkTask
{
    /// <summary>The columns behind the inputs of a labelled sample.</summary>
    public required TargetColumns Targets { get; init; }

    /// <summary>What <c>predict</c> tells.</summary>
    public required string Told { get; init; }

    /// <summary>What <c>predict --probabilities</c> tells; null of a network that has none.</summary>
    public string? Probabilities { get; init; }

    /// <summary>The task of a type.</summary>
    public static NetworkTask Of<TNetwork>()
        where TNetwork : class, INetwork<TNetwork>
    {
        int outputs = TNetwork.LayerSizes[^1];
        if (typeof(IClassifier).IsAssignableFrom(typeof(TNetwork)))
        {
            int classes = Math.Max(2, outputs);
            return new Classification
            {
                Targets = new() { Classes = classes, Count = 1, What = "the class" },
                Told = "the class",
                Probabilities = "The probability of each class, comma-separated, instead of the class",
            };
        }

        string many = outputs == 1 ? "" : $"{outputs} ";
        return typeof(IRegressor).IsAssignableFrom(typeof(TNetwork))
            ? new Regression
            {
                Targets = new() { Count = outputs, What = outputs == 1 ? "the target" : $"the {many}targets" },
                Told = outputs == 1 ? "the number" : $"the {many}numbers",
            }
            : new Labelling
            {
                Targets = new() { Count = outputs, Least = 0, Most = 1, What = $"the {many}labels, numbers from 0 to 1" },
                Told = $"which of the {many}labels hold, 1 or 0,",
                Probabilities = "The probability of each label, comma-separated, instead of 1 or 0",
            };
    }

    /// <summary>The name of the figure that a network is judged by.</summary>
    public abstract string Judge { get; }

    /// <summary>How a network does on labelled samples: what it is judged by first.</summary>
    public abstract Figure[] Evaluate(INetwork network, ReadOnlySpan<float> X, Targets targets);

    /// <summary>The lines of <c>predict</c>, from A of some samples.</summary>
    /// <param name="row">A of a sample.</param>
    /// <param name="probabilities">Whether probabilities are asked for.</param>
    public abstract string Line(ReadOnlySpan<float> row, bool probabilities);

    private protected static string Join<T>(ReadOnlySpan<T> numbers)
        where T : IFormattable
    {
        string[] texts = new string[numbers.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = numbers[i].ToString(null, CultureInfo.InvariantCulture);
        }

        return string.Join(',', texts);
    }

    private sealed class Classification : NetworkTask
    {
        public override string Judge => "accuracy";

        public override Figure[] Evaluate(INetwork network, ReadOnlySpan<float> X, Targets targets)
        {
            Evaluation found = ((IClassifier)network).Evaluate(X, targets);
            return [new(Judge, found.Accuracy), new("loss", found.Loss)];
        }

        public override string Line(ReadOnlySpan<float> row, bool probabilities)
        {
            // One output is the probability of class 1.
            ReadOnlySpan<float> all = row.Length > 1 ? row : [1 - row[0], row[0]];
            return probabilities ? Join(all) : Largest(all).ToString(CultureInfo.InvariantCulture);
        }

        private static int Largest(ReadOnlySpan<float> row)
        {
            int largest = 0;
            for (int j = 1; j < row.Length; j++)
            {
                largest = row[j] > row[largest] ? j : largest;
            }

            return largest;
        }
    }

    private sealed class Labelling : NetworkTask
    {
        public override string Judge => "accuracy";

        public override Figure[] Evaluate(INetwork network, ReadOnlySpan<float> X, Targets targets)
        {
            MultiLabelEvaluation found = ((IMultiLabelClassifier)network).Evaluate(X, targets);
            return
            [
                new(Judge, found.LabelAccuracy.Average()),
                new("all right", found.Accuracy),
                new("loss", found.Loss),
            ];
        }

        public override string Line(ReadOnlySpan<float> row, bool probabilities)
        {
            if (probabilities)
            {
                return Join(row);
            }

            int[] labels = new int[row.Length];
            for (int j = 0; j < labels.Length; j++)
            {
                labels[j] = row[j] > 0.5f ? 1 : 0;
            }

            return Join<int>(labels);
        }
    }

    private sealed class Regression : NetworkTask
    {
        public override string Judge => "R2";

        public override Figure[] Evaluate(INetwork network, ReadOnlySpan<float> X, Targets targets)
        {
            RegressionEvaluation found = ((IRegressor)network).Evaluate(X, targets);
            return [new(Judge, found.RSquared), new("mean error", found.MeanAbsoluteError), new("loss", found.Loss)];
        }

        public override string Line(ReadOnlySpan<float> row, bool probabilities) => Join(row);
    }
}
