using System.Runtime.CompilerServices;

namespace AotBackprop.Runtime;

/// <summary>The arguments of a call: N samples, and their targets, if it takes any.</summary>
internal readonly ref struct Samples
{
    /// <summary>Samples with class numbers.</summary>
    public Samples(ReadOnlySpan<float> X, ReadOnlySpan<int> labels, int inputs)
    {
        this.X = X;
        Labels = labels;
        Count = CountOf(X, inputs);
        Guard.Length(labels.Length, Count, nameof(labels), "one class number for each sample of X");
    }

    /// <summary>Samples with rows of probabilities.</summary>
    public Samples(ReadOnlySpan<float> X, ReadOnlySpan<float> Y, bool normalize, int inputs, int classes)
    {
        this.X = X;
        this.Y = Y;
        Normalizes = normalize;
        Count = CountOf(X, inputs);
        Guard.Length(Y.Length, (long)Count * classes, nameof(Y), "one probability for each class and each sample of X");
    }

    /// <summary>N×D inputs.</summary>
    public ReadOnlySpan<float> X { get; }

    /// <summary>N class numbers, or empty.</summary>
    public ReadOnlySpan<int> Labels { get; }

    /// <summary>N×C probabilities, or empty.</summary>
    public ReadOnlySpan<float> Y { get; }

    /// <summary>Whether each row of Y is divided by its sum.</summary>
    public bool Normalizes { get; }

    /// <summary>N.</summary>
    public int Count { get; }

    /// <summary>N of inputs alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountOf(ReadOnlySpan<float> X, int inputs)
    {
        Guard.WholeSamples(X.Length, inputs, nameof(X));
        return (int)((uint)X.Length / (uint)inputs);
    }

    /// <summary>Y as the network takes it.</summary>
    /// <param name="memory">Room for it, where rows have to be divided.</param>
    /// <param name="classes">C.</param>
    public ReadOnlySpan<float> Divided(Span<float> memory, int classes)
    {
        for (int n = 0; n < Count; n++)
        {
            ReadOnlySpan<float> row = Y.Slice(n * classes, classes);
            double sum = 0;
            foreach (float y in row)
            {
                sum += y;
            }

            Guard.CanBeDivided(row, sum, n, nameof(Y));
            Span<float> divided = memory.Slice(n * classes, classes);
            for (int j = 0; j < classes; j++)
            {
                divided[j] = (float)(row[j] / sum);
            }
        }

        return memory;
    }
}
