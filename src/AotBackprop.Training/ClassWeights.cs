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
        if (!data.AreLabels)
        {
            throw new ArgumentException("Classes have weights and targets are rows of values; wanted class numbers, or weights of samples.", nameof(data));
        }

        ReadOnlySpan<int> labels = data.Labels.Span;
        ReadOnlySpan<float> own = data.Weights.Span;
        double[] of = _byClass ?? OfCounts(labels, classes);
        if (of.Length != classes)
        {
            throw new ArgumentException($"There are {of.Length} weights of classes; wanted {classes}, one for each.", nameof(data));
        }

        float[] weights = new float[labels.Length];
        for (int n = 0; n < weights.Length; n++)
        {
            weights[n] = (float)(of[labels[n]] * (own.IsEmpty ? 1 : own[n]));
        }

        return weights;
    }

    private static double[] OfCounts(ReadOnlySpan<int> labels, int classes)
    {
        double[] counts = new double[classes];
        foreach (int label in labels)
        {
            counts[label]++;
        }

        int occurring = counts.Count(count => count > 0);
        double samples = labels.Length;
        return [.. counts.Select(count => count > 0 ? samples / (occurring * count) : 0)];
    }
}
