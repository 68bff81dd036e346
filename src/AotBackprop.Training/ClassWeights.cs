namespace AotBackprop.Training;

/// <summary>How much the samples of each class count in a training, times what each sample counts itself.</summary>
public sealed class ClassWeights
{
    private readonly double[]? _byClass;

    private ClassWeights(double[]? byClass) => _byClass = byClass;

    /// <summary>
    /// N / (K·n) for a class of n of the N samples to learn from, where K classes occur: each class counts as much as any
    /// other. King and Zeng (2001), scikit-learn's <c>balanced</c>.
    /// </summary>
    public static ClassWeights Balanced { get; } = new(null);

    /// <summary>A number for each class, in the order of the class numbers.</summary>
    /// <param name="weights">Finite, none negative.</param>
    public static ClassWeights Of(params ReadOnlySpan<double> weights)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            Checks.Finite(weights[i], 0, $"weights[{i}]");
        }

        return new(weights.ToArray());
    }

    internal string Text => _byClass is null ? "balanced" : string.Join(',', _byClass.Select(NumberText.Of));

    /// <summary>The weight of each sample: the product in double precision, rounded once.</summary>
    /// <param name="data">Samples of class numbers that exist.</param>
    /// <param name="classes">How many classes there are.</param>
    internal float[] Weigh(TrainingData data, int classes)
    {
        ReadOnlySpan<int> labels = data.Labels.Span;
        long[] counts = new long[classes];
        foreach (int label in labels)
        {
            counts[label]++;
        }

        float[] weights = new float[labels.Length];
        Weigh(ByClass(data.AreLabels, counts, classes), labels, data.Weights.Span, weights);
        return weights;
    }

    /// <summary>How much each class counts.</summary>
    /// <param name="areLabels">Whether the targets are class numbers.</param>
    /// <param name="counts">How many samples each class has.</param>
    /// <param name="classes">How many classes there are.</param>
    internal double[] ByClass(bool areLabels, IReadOnlyList<long> counts, int classes)
    {
        if (!areLabels)
        {
            throw new ArgumentException("Classes have weights and targets are rows of values; wanted class numbers, or weights of samples.");
        }

        double[] of = _byClass ?? Balance(counts);
        return of.Length == classes ? of
            : throw new ArgumentException($"There are {of.Length} weights of classes; wanted {classes}, one for each.");
    }

    /// <summary>The weight of each of some samples: the product in double precision, rounded once.</summary>
    /// <param name="byClass">How much each class counts.</param>
    /// <param name="labels">The classes of the samples.</param>
    /// <param name="own">Their own weights, or empty.</param>
    /// <param name="weights">Receives the products; it may have more places.</param>
    internal static void Weigh(double[] byClass, ReadOnlySpan<int> labels, ReadOnlySpan<float> own, Span<float> weights)
    {
        for (int n = 0; n < labels.Length; n++)
        {
            weights[n] = (float)(byClass[labels[n]] * (own.IsEmpty ? 1 : own[n]));
        }
    }

    private static double[] Balance(IReadOnlyList<long> counts)
    {
        int occurring = counts.Count(count => count > 0);
        double samples = counts.Sum();
        return [.. counts.Select(count => count > 0 ? samples / (occurring * (double)count) : 0)];
    }
}
