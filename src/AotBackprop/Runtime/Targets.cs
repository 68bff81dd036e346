using System.ComponentModel;

namespace AotBackprop.Runtime;

/// <summary>The desired outputs of a batch: N class numbers, or Y, N rows of probabilities.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct Targets
{
    private Targets(int* labels, float* probabilities)
    {
        Labels = labels;
        Probabilities = probabilities;
    }

    /// <summary>N class numbers, or null.</summary>
    public int* Labels { get; }

    /// <summary>Y, N×C and dense, or null.</summary>
    public float* Probabilities { get; }

    /// <summary>Whether there are neither.</summary>
    internal bool AreMissing => Labels == null && Probabilities == null;

    /// <summary>The targets from a later sample on.</summary>
    /// <param name="first">The sample.</param>
    /// <param name="classes">C.</param>
    public Targets From(nint first, int classes) => Labels != null
        ? new(Labels + first, null)
        : new(null, Probabilities + (first * classes));

    /// <summary>The class of a sample: of a row of probabilities the most probable one, the first of several.</summary>
    /// <param name="n">The sample.</param>
    /// <param name="classes">C.</param>
    internal int ClassOf(nint n, int classes) =>
        Labels != null ? Labels[n] : IndexOfLargest(Probabilities + (n * classes), classes);

    /// <summary>Targets given as class numbers.</summary>
    public static Targets Of(int* labels) => new(labels, null);

    /// <summary>Targets given as rows of probabilities.</summary>
    public static Targets Of(float* probabilities) => new(null, probabilities);

    /// <summary>The class that a row of probabilities names: the most probable one, the first of several.</summary>
    internal static int IndexOfLargest(float* row, int classes)
    {
        int largest = 0;
        for (int j = 1; j < classes; j++)
        {
            if (row[j] > row[largest])
            {
                largest = j;
            }
        }

        return largest;
    }
}
