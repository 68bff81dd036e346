namespace AotBackprop.Generator.Tests.Compiler.MemoryCheck;

/// <summary>What is known of a value of a kernel: of integers and pointers all that decides where memory is touched.</summary>
internal abstract record Value
{
    /// <summary>A float, a vector, an update: nothing that an address depends on.</summary>
    public static readonly Value Any = new AnyValue();

    public static readonly Value Null = new NullValue();

    private sealed record AnyValue : Value;

    private sealed record NullValue : Value;
}

/// <summary>A whole number: one, or where it comes from data each from the least to the most.</summary>
internal sealed record Whole(long Least, long Most) : Value
{
    public static implicit operator Whole(long value) => new(value, value);

    public static Whole operator +(Whole a, Whole b) => new(a.Least + b.Least, a.Most + b.Most);

    public static Whole operator -(Whole a, Whole b) => new(a.Least - b.Most, a.Most - b.Least);

    public static Whole operator *(Whole a, Whole b)
    {
        long[] corners = [a.Least * b.Least, a.Least * b.Most, a.Most * b.Least, a.Most * b.Most];
        return new(corners.Min(), corners.Max());
    }

    public bool IsOne => Least == Most;

    public override string ToString() => IsOne ? $"{Least}" : $"{Least} to {Most}";
}

/// <summary>A condition, where it is known.</summary>
internal sealed record Flag(bool? Holds) : Value;

/// <summary>A place in memory, in elements from its start.</summary>
internal sealed record Pointer(Memory Memory, Whole Offset) : Value
{
    public Pointer Plus(Whole elements) => this with { Offset = Offset + elements };
}

/// <summary>Scratch memory by the names of its regions.</summary>
internal sealed record WorkspaceValue(IReadOnlyDictionary<string, Memory> Regions) : Value
{
    public Pointer this[string region] => new(Regions[region], 0);
}

/// <summary>The lists of the entries that are not 0: from a row on, and from a column on once they are chained.</summary>
internal sealed record EntriesValue(WorkspaceValue Workspace) : Value
{
    public Whole Row { get; init; } = 0;

    public Whole Column { get; init; } = 0;

    public Whole ChainedCount { get; init; } = 0;

    public Value this[string field] => field switch
    {
        "Starts" or "Ends" => Workspace[$"Entries.{field}"].Plus(Row),
        "Chained" => Workspace["Entries.Chained"].Plus(Column),
        "ChainedCount" => ChainedCount,
        _ => Workspace[$"Entries.{field}"],
    };
}

/// <summary>Class numbers or rows of probabilities, of which one is missing.</summary>
internal sealed record TargetsValue(Value Labels, Value Values) : Value;
