namespace AotBackprop.CommandLine.Data;

/// <summary>The columns behind the inputs of a labelled sample: one class number, or numbers.</summary>
internal sealed record TargetColumns
{
    /// <summary>How many there are.</summary>
    public required int Count { get; init; }

    /// <summary>What they are called: "the class".</summary>
    public required string What { get; init; }

    /// <summary>How many classes the one column chooses from; null where columns are numbers.</summary>
    public int? Classes { get; init; }

    /// <summary>The least that a number may be.</summary>
    public float Least { get; init; } = -float.MaxValue;

    /// <summary>The most that a number may be.</summary>
    public float Most { get; init; } = float.MaxValue;

    /// <summary>What a value of them has to be.</summary>
    public string Wanted => Classes is { } classes ? $"a whole number from 0 to {classes - 1}"
        : Most == 1 ? "a number from 0 to 1"
        : "a finite number";
}
