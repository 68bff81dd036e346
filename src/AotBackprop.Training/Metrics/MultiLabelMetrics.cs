namespace AotBackprop.Training.Metrics;

/// <summary>How a network of several labels does: scikit-learn's figures, by its definitions. Each sample counts its weight, or once.</summary>
public sealed class MultiLabelMetrics : NetworkMetrics
{
    private readonly BinaryCounts[] _counts;
    private readonly IReadOnlyList<string>? _names;

    private readonly bool _isWeighted;

    private MultiLabelMetrics(BinaryCounts[] counts, bool isWeighted, IReadOnlyList<string>? names)
    {
        _isWeighted = isWeighted;
        _counts = counts;
        _names = names;
    }

    /// <summary>The share of all labels of all samples that are right.</summary>
    public required double LabelAccuracy { get; init; }

    /// <summary>The share of samples of which every label is right.</summary>
    public required double SubsetAccuracy { get; init; }

    /// <summary>By label, the share of the samples said to have it that do; 0 where none is said to.</summary>
    public IReadOnlyList<double> Precision => Array.ConvertAll(_counts, one => one.Precision);

    /// <summary>By label, the share of the samples that have it that are found; 0 where there are none.</summary>
    public IReadOnlyList<double> Recall => Array.ConvertAll(_counts, one => one.Recall);

    /// <summary>By label, the harmonic mean of precision and recall; 0 where both are.</summary>
    public IReadOnlyList<double> F1 => Array.ConvertAll(_counts, one => one.F1);

    /// <summary>The mean F1 of all labels.</summary>
    public double MacroF1 => _counts.Average(one => one.F1);

    /// <inheritdoc/>
    public override IReadOnlyList<Figure> Figures =>
        [new("label_accuracy", LabelAccuracy), new("subset_accuracy", SubsetAccuracy), new("macro_f1", MacroF1)];

    internal override string Tables => TablesOf();

    /// <summary>From the outputs of a network of several labels; above ½ a label holds.</summary>
    /// <param name="outputs">N×C probabilities.</param>
    /// <param name="targets">N×C of 0 and 1, or probabilities.</param>
    /// <param name="labels">C.</param>
    /// <param name="labelNames">The names of the labels, for the text; null for their numbers.</param>
    /// <param name="weights">How much each sample counts: N weights, finite and 0 or more; none where all count the same.</param>
    public static MultiLabelMetrics Of(
        ReadOnlySpan<float> outputs,
        ReadOnlySpan<float> targets,
        int labels,
        IReadOnlyList<string>? labelNames = null,
        ReadOnlySpan<float> weights = default)
    {
        RegressionMetrics.RequireRows(outputs, targets, labels);
        if (labelNames is not null && labelNames.Count != labels)
        {
            throw new ArgumentException($"There are {labelNames.Count} names of labels; wanted {labels}.", nameof(labelNames));
        }

        BinaryCounts[] counts = new BinaryCounts[labels];
        int rows = outputs.Length / labels;
        RequireWeights(weights, rows);
        double right = 0;
        double allRight = 0;
        double all = 0;
        for (int n = 0; n < rows; n++)
        {
            double weight = weights.IsEmpty ? 1 : weights[n];
            int rightOfRow = 0;
            for (int j = 0; j < labels; j++)
            {
                bool said = outputs[(n * labels) + j] > 0.5f;
                bool holds = targets[(n * labels) + j] > 0.5f;
                rightOfRow += said == holds ? 1 : 0;
                counts[j] = counts[j].With(said, holds, weight);
            }

            right += weight * rightOfRow;
            allRight += rightOfRow == labels ? weight : 0;
            all += weight;
        }

        return new(counts, isWeighted: !weights.IsEmpty, labelNames)
        {
            Count = rows,
            LabelAccuracy = right / (all * labels),
            SubsetAccuracy = allRight / all,
        };
    }

    /// <summary>All figures as a JSON object.</summary>
    public override string ToJson() => MetricJson.Of(json =>
    {
        MetricJson.Number(json, "label_accuracy", LabelAccuracy);
        MetricJson.Number(json, "subset_accuracy", SubsetAccuracy);
        MetricJson.Numbers(json, "precision", Precision);
        MetricJson.Numbers(json, "recall", Recall);
        MetricJson.Numbers(json, "f1", F1);
        MetricJson.Number(json, "macro_f1", MacroF1);
    });

    /// <summary>All figures, to be read.</summary>
    public override string ToString()
    {
        string figures = MetricText.Figures(("label accuracy", LabelAccuracy), ("subset accuracy", SubsetAccuracy), ("macro F1", MacroF1));
        return $"{figures}\n{Tables}";
    }

    private string TablesOf()
    {
        string[] names = MetricText.Names(_names, _counts.Length);
        return MetricText.Table("label", ["precision", "recall", "F1", _isWeighted ? "weight" : "samples"], names, (i, j) => j switch
        {
            0 => MetricText.Share(_counts[i].Precision),
            1 => MetricText.Share(_counts[i].Recall),
            2 => MetricText.Share(_counts[i].F1),
            _ => MetricText.Amount(_counts[i].TruePositives + _counts[i].FalseNegatives),
        });
    }
}
