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

    /// <summary>Targets given as class numbers.</summary>
    public static Targets Of(int* labels) => new(labels, null);

    /// <summary>Targets given as rows of probabilities.</summary>
    public static Targets Of(float* probabilities) => new(null, probabilities);
}
