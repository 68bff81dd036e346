namespace AotBackprop.Tests.Support;

/// <summary>N samples, with what the network should say as class numbers or, where there are none, as rows of probabilities.</summary>
internal sealed record Batch(int N, float[] X, int[]? Labels, float[] Y)
{
    private int Inputs => X.Length / N;

    private int Classes => Y.Length / N;

    /// <summary>Inputs in [−1, 1), a quarter of them 0; probabilities are multiples of 1/4096, some of them 0, and sum to exactly 1.</summary>
    public static Batch Draw(int seed, ReadOnlySpan<int> sizes, int N, bool soft = false)
    {
        Random random = new(seed);
        float[] X = new float[N * sizes[0]];
        foreach (ref float x in X.AsSpan())
        {
            x = random.Next(4) == 0 ? 0 : (2 * random.NextSingle()) - 1;
        }

        int classes = sizes[^1];
        int[]? labels = soft ? null : [.. Enumerable.Range(0, N).Select(_ => random.Next(classes))];
        float[] Y = new float[N * classes];
        for (int n = 0; n < N; n++)
        {
            if (labels is not null)
            {
                Y[(n * classes) + labels[n]] = 1;
                continue;
            }

            for (int left = 4096, share; left > 0; left -= share)
            {
                share = random.Next(1, left + 1);
                Y[(n * classes) + random.Next(classes)] += share / 4096f;
            }
        }

        return new Batch(N, X, labels, Y);
    }

    /// <summary>Samples for a network, whatever its output: soft targets, or such as samples mostly have.</summary>
    public static Batch Draw(int seed, Subject subject, int N, bool soft = false)
    {
        int[] sizes = subject.Sizes;
        if (subject.Output == Output.Softmax)
        {
            return Draw(seed, sizes, N, soft);
        }

        Batch inputs = Draw(seed, [sizes[0], 2], N);
        Random random = new(seed + 1);
        float[] Y = new float[N * sizes[^1]];
        foreach (ref float y in Y.AsSpan())
        {
            y = subject.Output != Output.Sigmoid ? (4 * random.NextSingle()) - 2
                : soft && random.Next(4) > 0 ? random.NextSingle()
                : random.Next(2);
        }

        bool areLabels = !soft && subject.Output == Output.Sigmoid && sizes[^1] == 1;
        return inputs with { Labels = areLabels ? [.. Y.Select(y => (int)y)] : null, Y = Y };
    }

    /// <summary>How much each sample counts, where they do not count the same.</summary>
    public float[] Weights { get; init; } = [];

    /// <summary>What a call takes.</summary>
    public Targets Targets => (Labels is null ? new Targets(Y) : new Targets(Labels)).WithWeights(Weights);

    /// <summary>The same samples with random weights, some of them 0.</summary>
    public Batch Weighted(int seed)
    {
        Random random = new(seed);
        float[] weights = [.. Enumerable.Range(0, N).Select(_ => random.Next(5) == 0 ? 0 : 4 * random.NextSingle())];
        weights[random.Next(N)] = 1.5f;
        return this with { Weights = weights };
    }

    /// <summary>The same samples, their classes given as one-hot rows.</summary>
    public Batch AsRows() => this with { Labels = null };

    /// <summary>The samples of these numbers, in this order.</summary>
    public Batch Pick(ReadOnlySpan<int> samples) => new(
        samples.Length, PickRows(X, samples), Labels is null ? null : [.. samples.ToArray().Select(n => Labels[n])], PickRows(Y, samples))
    {
        Weights = Weights.Length == 0 ? [] : PickRows(Weights, samples),
    };

    /// <summary>Some samples that lie one behind the other.</summary>
    public Batch Slice(int first, int count) => Pick([.. Enumerable.Range(first, count)]);

    public override string ToString() => $"{N} × {Inputs} to {Classes}, {(Labels is null ? "probabilities" : "labels")}";

    private float[] PickRows(float[] matrix, ReadOnlySpan<int> samples)
    {
        int columns = matrix.Length / N;
        return [.. samples.ToArray().SelectMany(n => matrix[(n * columns)..((n + 1) * columns)])];
    }
}
