namespace AotBackprop.Runtime;

/// <summary>What the network should have said: N class numbers, or Y, N rows of probabilities.</summary>
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

    /// <summary>The same from a later sample on.</summary>
    /// <param name="first">The sample.</param>
    /// <param name="classes">C.</param>
    public Targets From(nint first, int classes) => Labels != null
        ? new(Labels + first, null)
        : new(null, Probabilities + (first * classes));

    /// <summary>Targets given as class numbers.</summary>
    public static Targets Of(int* labels) => new(labels, null);

    /// <summary>Targets given as rows of probabilities.</summary>
    public static Targets Of(float* probabilities) => new(null, probabilities);
}
