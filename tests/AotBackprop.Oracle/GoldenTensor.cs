using System.Globalization;

namespace AotBackprop.Oracle;

/// <summary>
/// What is known of a tensor that PyTorch computed: all of its values or 200 of them, its sums and norms, and its
/// dot products with four random vectors, in which an error of any element shows.
/// </summary>
public sealed class GoldenTensor
{
    private const ulong FirstProjectionSeed = 1000;

    private readonly double sum;
    private readonly double sumAbs;
    private readonly double norm;
    private readonly double maxAbs;
    private readonly int maxAbsIndex;
    private readonly double[] projections;
    private readonly double[] values;

    internal GoldenTensor(
        string name,
        int count,
        double sum,
        double sumAbs,
        double norm,
        double maxAbs,
        int maxAbsIndex,
        double[] projections,
        double[] values)
    {
        Name = name;
        Count = count;
        this.sum = sum;
        this.sumAbs = sumAbs;
        this.norm = norm;
        this.maxAbs = maxAbs;
        this.maxAbsIndex = maxAbsIndex;
        this.projections = projections;
        this.values = values;
    }

    /// <summary>A2, dW1, b1, …</summary>
    public string Name { get; }

    /// <summary>The number of elements.</summary>
    public int Count { get; }

    /// <summary>How many of them are stored: all, or as many as are spread over the tensor.</summary>
    public int Stored => values.Length;

    /// <summary>The largest absolute value.</summary>
    public double MaxAbs => maxAbs;

    /// <summary>Where in the tensor the i-th stored value lies: ⌊i (Count − 1) / (Stored − 1)⌋.</summary>
    public int StoredIndex(int i) =>
        values.Length == Count ? i : (int)((long)i * (Count - 1) / (values.Length - 1));

    /// <summary>The i-th stored value.</summary>
    public double StoredValue(int i) => values[i];

    /// <summary>Null where the tensor agrees, else what differs first. See <see cref="GoldenCase.Check(string, ReadOnlySpan{double}, double)"/>.</summary>
    public string? Difference(ReadOnlySpan<double> actual, double relativeTolerance)
    {
        if (actual.Length != Count)
        {
            return $"{Name} has {Count} elements, not {actual.Length}";
        }

        for (int i = 0; i < values.Length; i++)
        {
            int k = StoredIndex(i);
            if (Differ($"{Name}[{k}]", values[i], actual[k], relativeTolerance, maxAbs) is { } entry)
            {
                return entry;
            }
        }

        double actualSum = 0;
        double actualSumAbs = 0;
        double actualSquares = 0;
        double actualMaxAbs = 0;
        double[] actualProjections = new double[projections.Length];
        for (int k = 0; k < actual.Length; k++)
        {
            actualSum += actual[k];
            actualSumAbs += Math.Abs(actual[k]);
            actualSquares += actual[k] * actual[k];
            actualMaxAbs = Math.Max(actualMaxAbs, Math.Abs(actual[k]));
            for (int p = 0; p < projections.Length; p++)
            {
                actualProjections[p] += actual[k] * SplitMix64.Symmetric(FirstProjectionSeed + (ulong)p, k);
            }
        }

        string? difference =
            Differ($"{Name}'s sum", sum, actualSum, relativeTolerance, sumAbs) ??
            Differ($"{Name}'s sum of absolute values", sumAbs, actualSumAbs, relativeTolerance, sumAbs) ??
            Differ($"{Name}'s norm", norm, Math.Sqrt(actualSquares), relativeTolerance, norm) ??
            Differ($"{Name}'s largest absolute value", maxAbs, actualMaxAbs, relativeTolerance, maxAbs) ??
            Differ($"|{Name}[{maxAbsIndex}]|", maxAbs, Math.Abs(actual[maxAbsIndex]), relativeTolerance, maxAbs);

        // The projection of an error e on a vector of uniform random numbers in [−1, 1) has mean 0 and standard
        // deviation ‖e‖/√3: within 3 ‖e‖, five deviations, whatever the error's sign pattern.
        for (int p = 0; p < projections.Length && difference is null; p++)
        {
            difference = Differ($"{Name}'s projection {p}", projections[p], actualProjections[p], relativeTolerance, 3 * norm);
        }

        return difference;
    }

    internal static string? Differ(string what, double expected, double actual, double relativeTolerance, double scale)
    {
        double error = Math.Abs(actual - expected);

        // A NaN is not within anything.
        return error <= relativeTolerance * scale
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{what} is {actual:R}, golden {expected:R}: off by {error:E2}, allowed {relativeTolerance * scale:E2}");
    }
}
