using System.Runtime.CompilerServices;

namespace AotBackprop.Runtime;

/// <summary>The arguments of a call: N samples, and their targets, if it takes any.</summary>
internal readonly ref struct Samples
{
    /// <summary>Samples with their targets.</summary>
    public Samples(ReadOnlySpan<float> X, Targets targets, int inputs, OutputShape output)
    {
        this.X = X;
        Targets = targets;
        Count = CountOf(X, inputs);
        if (targets.AreLabels)
        {
            Guard.TakesLabels(output, nameof(targets));
            Guard.Length(targets.Labels.Length, Count, nameof(targets), "one class number for each sample of X");
        }
        else
        {
            Guard.Length(targets.Values.Length, (long)Count * output.Count, nameof(targets), "one value for each output and each sample of X");
        }

        if (targets.Weights.Length > 0)
        {
            Guard.Length(targets.Weights.Length, Count, nameof(targets), "one weight for each sample of X");
        }

        if (targets.Normalizes)
        {
            Guard.IsSoftmax(output, nameof(targets));
        }
    }

    /// <summary>N×D inputs.</summary>
    public ReadOnlySpan<float> X { get; }

    /// <summary>What the network should say.</summary>
    public Targets Targets { get; }

    /// <summary>N.</summary>
    public int Count { get; }

    /// <summary>N of inputs alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountOf(ReadOnlySpan<float> X, int inputs)
    {
        Guard.WholeSamples(X.Length, inputs, nameof(X));
        return (int)((uint)X.Length / (uint)inputs);
    }

    /// <summary>The rows of probabilities, each divided by its sum.</summary>
    /// <param name="memory">Room for it, where rows have to be divided.</param>
    /// <param name="classes">C.</param>
    public ReadOnlySpan<float> Divided(Span<float> memory, int classes)
    {
        for (int n = 0; n < Count; n++)
        {
            ReadOnlySpan<float> row = Targets.Values.Slice(n * classes, classes);
            double sum = 0;
            foreach (float y in row)
            {
                sum += y;
            }

            Guard.CanBeDivided(row, sum, n, "targets");
            Span<float> divided = memory.Slice(n * classes, classes);
            for (int j = 0; j < classes; j++)
            {
                divided[j] = (float)(row[j] / sum);
            }
        }

        return memory;
    }
}

/// <summary>The output of a network, as messages name it.</summary>
/// <param name="Kind">What it makes of Z.</param>
/// <param name="Count">C.</param>
internal readonly record struct OutputShape(Output Kind, int Count);
