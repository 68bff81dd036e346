using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Nodes;

/// <summary>A method: a pass of a layer, or a part of one.</summary>
internal sealed record Kernel
{
    public required string Name { get; init; }

    public required EquatableArray<Parameter> Parameters { get; init; }

    public required EquatableArray<Statement> Body { get; init; }

    /// <summary>What it returns, if anything.</summary>
    public DataType? Returns { get; init; }

    /// <summary>Lines for the reader above it.</summary>
    public EquatableArray<string> Notes { get; init; } = new([]);

    /// <summary>Whether it is generic over the update of a parameter.</summary>
    public bool Updates { get; init; }

    /// <summary>Whether it is called from outside its class.</summary>
    public bool IsPublic { get; init; }

    public Compilation Compilation { get; init; } = Compilation.InFull;

    /// <summary>
    /// Whether loads, stores and multiply-adds are functions of V, the system's class for vectors of the width, because
    /// the kernel has more words than the compiler inlines.
    /// </summary>
    public bool IsDirect { get; init; }
}

internal sealed record Parameter(DataType Type, string Name);

/// <summary>How a method is compiled.</summary>
internal enum Compilation
{
    /// <summary>As the compiler sees fit.</summary>
    Free,

    /// <summary>At once and in full, as a method of its own.</summary>
    InFull,

    /// <summary>Into its caller.</summary>
    Inlined,
}

/// <summary>The types of variables and parameters.</summary>
internal enum DataType
{
    Vector,
    VectorReference,

    /// <summary>In which the largest input is looked for, at every width.</summary>
    Bytes256,
    Float,
    DoubleOut,
    Bool,
    Int,

    /// <summary>A whole number as wide as a pointer.</summary>
    Size,
    FloatPointer,
    IntPointer,
    DoublePointer,
    Update,

    /// <summary>A copy, which the compiler may keep in registers: no store can change it.</summary>
    UpdateCopy,
    Part,
    Workspace,
    WorkspaceReference,
    Zeros,
    Targets,
    TargetsCopy,
    Entries,
    EntriesCopy,
}
