using System.Text.Json;

namespace AotBackprop.Training.Metrics;

/// <summary>How a classifier does: scikit-learn's figures, by its definitions. Each sample counts its weight, or once.</summary>
public sealed class ClassificationMetrics : NetworkMetrics
{
    private const int TopClasses = 3;

    // What a probability counts at least in the log loss, so that none is infinitely wrong: scikit-learn's, in double precision.
    private static readonly double s_least = double.BitIncrement(1) - 1;

    private readonly IReadOnlyList<string>? _names;
    private readonly BinaryCounts[] _counts;

    private readonly bool[] _areThere;
    private readonly bool _isWeighted;

    private ClassificationMetrics(double[,] confusion, bool[] areThere, bool isWeighted, IReadOnlyList<string>? names)
    {
        ConfusionMatrix = confusion;
        _names = names;
        _areThere = areThere;
        _isWeighted = isWeighted;
        int classes = confusion.GetLength(0);
        _counts = [.. Enumerable.Range(0, classes).Select(k => Counts(confusion, k))];
        Accuracy = Enumerable.Range(0, classes).Sum(k => confusion[k, k]) / confusion.Cast<double>().Sum();
        BalancedAccuracy = _counts.Where(one => one.TruePositives + one.FalseNegatives > 0).Average(one => one.Recall);
    }

    /// <summary>The share of samples whose class is right.</summary>
    public double Accuracy { get; }

    /// <summary>The mean recall of the classes that occur.</summary>
    public double BalancedAccuracy { get; }

    /// <summary>The share of samples whose class is among the three most probable; of equal ones the lower class is.</summary>
    public double Top3Accuracy { get; private init; }

    /// <summary>The mean of −log of the right class's probability.</summary>
    public double LogLoss { get; private init; }

    /// <summary>
    /// The area under the curve of true over false positives; of more than two classes the mean over them of each against
    /// the rest. NaN where a class does not occur.
    /// </summary>
    public double Auc { get; private init; }

    /// <summary>Samples, or how much they count, by what they are, in rows, and what the network says, in columns.</summary>
    public double[,] ConfusionMatrix { get; }

    /// <summary>By class, the share of the samples said to be of it that are; 0 where none is said to be.</summary>
    public IReadOnlyList<double> Precision => Array.ConvertAll(_counts, one => one.Precision);

    /// <summary>By class, the share of its samples that are found; 0 where there are none.</summary>
    public IReadOnlyList<double> Recall => Array.ConvertAll(_counts, one => one.Recall);

    /// <summary>By class, the harmonic mean of precision and recall; 0 where both are.</summary>
    public IReadOnlyList<double> F1 => Array.ConvertAll(_counts, one => one.F1);

    /// <summary>The mean precision of the classes that occur or are said.</summary>
    public double MacroPrecision => Macro(one => one.Precision);

    /// <summary>The mean recall of the classes that occur or are said.</summary>
    public double MacroRecall => Macro(one => one.Recall);

    /// <summary>The mean F1 of the classes that occur or are said.</summary>
    public double MacroF1 => Macro(one => one.F1);

    /// <inheritdoc/>
    public override IReadOnlyList<Figure> Figures =>
    [
        new("accuracy", Accuracy), new("balanced_accuracy", BalancedAccuracy), new("top_3_accuracy", Top3Accuracy), new("log_loss", LogLoss),
        new("auc", Auc), new("macro_precision", MacroPrecision), new("macro_recall", MacroRecall), new("macro_f1", MacroF1),
    ];

    internal override string Tables => TablesOf();

    /// <summary>From the outputs of a classifier.</summary>
    /// <param name="outputs">N×C probabilities of C classes; or N probabilities of the second of two.</param>
    /// <param name="labels">N class numbers.</param>
    /// <param name="classNames">The names of the classes, for the text; null for their numbers.</param>
    /// <param name="weights">How much each sample counts: N weights, finite and 0 or more; none where all count the same.</param>
    public static ClassificationMetrics Of(
        ReadOnlySpan<float> outputs, ReadOnlySpan<int> labels, IReadOnlyList<string>? classNames = null, ReadOnlySpan<float> weights = default)
    {
        if (labels.IsEmpty || outputs.Length == 0 || outputs.Length % labels.Length != 0)
        {
            throw new ArgumentException(
                $"There are {outputs.Length} outputs and {labels.Length} labels; wanted as many outputs for each label, and at least one label.",
                nameof(outputs));
        }

        int columns = outputs.Length / labels.Length;
        int classes = Math.Max(2, columns);
        if (classNames is not null && classNames.Count != classes)
        {
            throw new ArgumentException($"There are {classNames.Count} names of classes; wanted {classes}.", nameof(classNames));
        }

        Runtime.Guard.Labels(labels, classes, nameof(labels));
        Runtime.Guard.Finite(outputs, columns, nameof(outputs));
        RequireWeights(weights, labels.Length);
        double[,] confusion = new double[classes, classes];
        bool[] areThere = new bool[classes];
        double top = 0;
        double loss = 0;
        double all = 0;
        for (int n = 0; n < labels.Length; n++)
        {
            ReadOnlySpan<float> row = outputs.Slice(n * columns, columns);
            double weight = weights.IsEmpty ? 1 : weights[n];
            int said = ClassOf(row);
            confusion[labels[n], said] += weight;
            areThere[labels[n]] = true;
            areThere[said] = true;
            top += PlaceOf(labels[n], row) < TopClasses ? weight : 0;
            loss -= weight * Math.Log(ProbabilityOf(labels[n], row));
            all += weight;
        }

        return new(confusion, areThere, isWeighted: !weights.IsEmpty, classNames)
        {
            Count = labels.Length,
            Top3Accuracy = top / all,
            LogLoss = loss / all,
            Auc = AucOf(outputs, labels, weights, columns),
        };
    }

    /// <summary>All figures as a JSON object; what is not a number is null.</summary>
    public override string ToJson() => MetricJson.Of(json =>
    {
        MetricJson.Number(json, "accuracy", Accuracy);
        MetricJson.Number(json, "balanced_accuracy", BalancedAccuracy);
        MetricJson.Number(json, "top_3_accuracy", Top3Accuracy);
        MetricJson.Number(json, "log_loss", LogLoss);
        MetricJson.Number(json, "auc", Auc);
        WriteConfusion(json);
        MetricJson.Numbers(json, "precision", Precision);
        MetricJson.Numbers(json, "recall", Recall);
        MetricJson.Numbers(json, "f1", F1);
        MetricJson.Number(json, "macro_precision", MacroPrecision);
        MetricJson.Number(json, "macro_recall", MacroRecall);
        MetricJson.Number(json, "macro_f1", MacroF1);
    });

    /// <summary>All figures, to be read.</summary>
    public override string ToString()
    {
        string figures = MetricText.Figures(
            ("accuracy", Accuracy), ("balanced accuracy", BalancedAccuracy), ("top-3 accuracy", Top3Accuracy), ("log loss", LogLoss), ("AUC", Auc));
        return $"{figures}\n{Tables}";
    }

    private string TablesOf()
    {
        string[] names = MetricText.Names(_names, _counts.Length);
        string[] rows = [.. names, "macro"];
        string byClass = MetricText.Table("class", ["precision", "recall", "F1", _isWeighted ? "weight" : "samples"], rows, (i, j) => j switch
        {
            0 => MetricText.Share(i < names.Length ? _counts[i].Precision : MacroPrecision),
            1 => MetricText.Share(i < names.Length ? _counts[i].Recall : MacroRecall),
            2 => MetricText.Share(i < names.Length ? _counts[i].F1 : MacroF1),
            _ => MetricText.Amount(i < names.Length ? _counts[i].TruePositives + _counts[i].FalseNegatives : ConfusionMatrix.Cast<double>().Sum()),
        });
        string confusion = MetricText.Table("is \\ said", names, names, (i, j) => MetricText.Amount(ConfusionMatrix[i, j]));
        return $"{byClass}\n{confusion}";
    }

    private static BinaryCounts Counts(double[,] confusion, int k)
    {
        int[] others = [.. Enumerable.Range(0, confusion.GetLength(0)).Where(j => j != k)];
        return new(confusion[k, k], others.Sum(i => confusion[i, k]), others.Sum(j => confusion[k, j]));
    }

    private static int ClassOf(ReadOnlySpan<float> row)
    {
        if (row.Length == 1)
        {
            return row[0] > 0.5f ? 1 : 0;
        }

        int largest = 0;
        for (int j = 1; j < row.Length; j++)
        {
            largest = row[j] > row[largest] ? j : largest;
        }

        return largest;
    }

    /// <summary>The probability of the right class, as its share of the row.</summary>
    private static double ProbabilityOf(int label, ReadOnlySpan<float> row)
    {
        if (row.Length == 1)
        {
            double other = Within(1.0 - row[0]);
            double said = Within(row[0]);
            return (label == 1 ? said : other) / (said + other);
        }

        double sum = 0;
        foreach (float probability in row)
        {
            sum += Within(probability);
        }

        return Within(row[label]) / sum;
    }

    private static double Within(double probability) => Math.Clamp(probability, s_least, 1 - s_least);

    /// <summary>How many classes are more probable, or as probable and lower.</summary>
    private static int PlaceOf(int label, ReadOnlySpan<float> row)
    {
        int place = 0;
        for (int j = 0; j < row.Length; j++)
        {
            place += row[j] > row[label % row.Length] || (row[j] == row[label % row.Length] && j < label) ? 1 : 0;
        }

        return row.Length == 1 ? 0 : place;
    }

    private static double AucOf(ReadOnlySpan<float> outputs, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights, int columns)
    {
        double sum = 0;
        int first = columns == 2 ? 1 : 0;
        for (int k = first; k < columns; k++)
        {
            float[] scores = new float[labels.Length];
            bool[] arePositive = new bool[labels.Length];
            for (int n = 0; n < labels.Length; n++)
            {
                scores[n] = outputs[(n * columns) + k];
                arePositive[n] = labels[n] == (columns == 1 ? 1 : k);
            }

            sum += weights.IsEmpty ? RankedScores.Auc(scores, arePositive) : RankedScores.Auc(scores, arePositive, weights);
        }

        return sum / (columns - first);
    }

    private double Macro(Func<BinaryCounts, double> of) => _counts.Where((_, k) => _areThere[k]).Average(of);

    private void WriteConfusion(Utf8JsonWriter json)
    {
        json.WriteStartArray("confusion_matrix");
        for (int i = 0; i < _counts.Length; i++)
        {
            json.WriteStartArray();
            for (int j = 0; j < _counts.Length; j++)
            {
                MetricJson.Value(json, ConfusionMatrix[i, j]);
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
    }
}
