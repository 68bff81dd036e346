using System.ComponentModel;
using System.Runtime.Intrinsics;

namespace AotBackprop.Runtime;

/// <summary>
/// What a network should say about a batch: N class numbers, or Y, N rows of values; and how much each sample counts.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct BatchTargets
{
    private BatchTargets(int* labels, float* values, float* weights, double totalWeight)
    {
        Labels = labels;
        Values = values;
        Weights = weights;
        TotalWeight = totalWeight;
    }

    /// <summary>N class numbers, or null.</summary>
    public int* Labels { get; }

    /// <summary>Y, N×C and dense, or null.</summary>
    public float* Values { get; }

    /// <summary>N weights, or null where every sample counts the same.</summary>
    public float* Weights { get; }

    /// <summary>Σw of the whole batch, once <see cref="Weighed"/> has formed it or <see cref="WithTotal"/> was told.</summary>
    public double TotalWeight { get; }

    /// <summary>Whether there are neither class numbers nor values.</summary>
    internal bool AreMissing => Labels == null && Values == null;

    /// <summary>Whether samples have weights that are all 0, of which no mean can be taken.</summary>
    internal bool WeighNothing => Weights != null && TotalWeight == 0;

    /// <summary>The targets from a later sample on.</summary>
    /// <param name="first">The sample.</param>
    /// <param name="outputs">C.</param>
    public BatchTargets From(nint first, int outputs) => new(
        Labels == null ? null : Labels + first,
        Values == null ? null : Values + (first * outputs),
        Weights == null ? null : Weights + first,
        TotalWeight);

    /// <summary>The class of a sample: of a row of values that of the largest one, the first of several.</summary>
    /// <param name="n">The sample.</param>
    /// <param name="outputs">C.</param>
    internal int ClassOf(nint n, int outputs) =>
        Labels != null ? Labels[n] : IndexOfLargest(Values + (n * outputs), outputs);

    /// <summary>Targets given as class numbers.</summary>
    public static BatchTargets Of(int* labels) => new(labels, null, null, 0);

    /// <summary>Targets given as rows of values.</summary>
    public static BatchTargets Of(float* values) => new(null, values, null, 0);

    /// <summary>Targets as they come: null for what there is not.</summary>
    /// <param name="labels">N class numbers.</param>
    /// <param name="values">N rows of values.</param>
    /// <param name="weights">N weights.</param>
    internal static BatchTargets Of(int* labels, float* values, float* weights) => new(labels, values, weights, 0);

    /// <summary>The same with the sum of the first weights, one added to the other.</summary>
    /// <param name="N">How many: the samples of the batch.</param>
    internal BatchTargets Weighed(nint N) => WithTotal(TotalOf(N, null));

    /// <summary>The same with that sum of the weights.</summary>
    /// <param name="total">Σw.</param>
    internal BatchTargets WithTotal(double total) => new(Labels, Values, Weights, total);

    /// <summary>The sum of weights, one added to the other; without weights the number of samples.</summary>
    /// <param name="N">Samples.</param>
    /// <param name="order">Their numbers, or null for the first ones.</param>
    internal double TotalOf(nint N, int* order)
    {
        if (Weights == null)
        {
            return N;
        }

        double sum = 0;
        for (nint n = 0; n < N; n++)
        {
            sum += Weights[order == null ? n : order[n]];
        }

        return sum;
    }

    /// <summary>
    /// What dZ of the output layer is multiplied with as it is formed: 1/N; 1 where samples have weights, which
    /// <see cref="WeighRows"/> or <see cref="WeighBlocks"/> apply then.
    /// </summary>
    /// <param name="N">The samples of the batch.</param>
    public float Scale(nint N) => Weights == null ? 1f / N : 1;

    /// <summary>dZ of each sample times cᵢ = wᵢ/Σw.</summary>
    /// <param name="N">The samples, from that of the first weight on.</param>
    /// <param name="stride">Floats of a row, a multiple of 16.</param>
    /// <param name="dZ">The rows.</param>
    public void WeighRows(nint N, int stride, float* dZ)
    {
        for (nint n = 0; Weights != null && n < N; n++, dZ += stride)
        {
            Vector128<float> c = Vector128.Create(Share(n));
            for (int j = 0; j < stride; j += 4)
            {
                (Vector128.Load(dZ + j) * c).Store(dZ + j);
            }
        }
    }

    /// <summary>dZ of each sample times cᵢ = wᵢ/Σw, with a sample in each lane.</summary>
    /// <param name="N">The samples, from that of the first weight on.</param>
    /// <param name="units">C.</param>
    /// <param name="dZ">Blocks of C·16 floats; what lies behind the last sample is 0.</param>
    public void WeighBlocks(nint N, int units, float* dZ)
    {
        for (nint n = 0; Weights != null && n < N; n++)
        {
            float c = Share(n);
            float* lane = dZ + (n / SampleLanes.Samples * SampleLanes.Samples * units) + (n % SampleLanes.Samples);
            for (int j = 0; j < units; j++)
            {
                lane[j * SampleLanes.Samples] *= c;
            }
        }
    }

    /// <summary>The share of a sample in the mean: cᵢ = wᵢ/Σw, or 1/N.</summary>
    /// <param name="n">The sample.</param>
    /// <param name="count">The samples of the batch.</param>
    internal float ShareOf(nint n, nint count) => Weights == null ? 1f / count : Share(n);

    /// <summary>The class that a row names: that of the largest value, the first of several.</summary>
    internal static int IndexOfLargest(float* row, int outputs)
    {
        int largest = 0;
        for (int j = 1; j < outputs; j++)
        {
            if (row[j] > row[largest])
            {
                largest = j;
            }
        }

        return largest;
    }

    private float Share(nint n) => (float)(Weights[n] / TotalWeight);
}
