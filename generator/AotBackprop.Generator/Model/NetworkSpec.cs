namespace AotBackprop.Generator.Model;

/// <summary>What was asked for: a valid network and the place of its type. It holds no position in a file.</summary>
internal sealed record NetworkSpec
{
    /// <summary>Weights up to which <see cref="Unrolling.Full"/> is taken.</summary>
    public const int LargestFullUnrolling = 16_384;

    /// <summary>Bits of the vectors that there can be kernels for, the widest first.</summary>
    public static readonly EquatableArray<int> AllVectorWidths = new([512, 256, 128]);

    /// <summary>Empty for the global namespace.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>The types around the network's, from the outside in.</summary>
    public EquatableArray<ContainingType> Containers { get; init; }

    /// <summary>The name of the type, as C# needs it written.</summary>
    public required string Name { get; init; }

    /// <summary>Inputs, units of each hidden layer, outputs.</summary>
    public required EquatableArray<int> Sizes { get; init; }

    /// <summary>The form that was asked for.</summary>
    public Unrolling Unroll { get; init; }

    /// <summary>What Z of a hidden layer passes through.</summary>
    public Activation Activation { get; init; }

    /// <summary>What the output layer makes of its Z.</summary>
    public Output Output { get; init; }

    /// <summary>δ of Huber's output.</summary>
    public float HuberDelta { get; init; } = 1;

    /// <summary>Bits of the vectors that kernels are wanted for, the widest first.</summary>
    public EquatableArray<int> VectorWidths { get; init; } = AllVectorWidths;

    /// <summary>What the names of its C functions begin with, or null where it has none.</summary>
    public string? ExportPrefix { get; init; }

    /// <summary>
    /// Whether no member of the type is written by hand, so that the type itself counts as generated.
    /// </summary>
    public bool IsEntirelyGenerated { get; init; }

    /// <summary>The full name of the type, which no other type of the compilation has, letter case counted.</summary>
    public string FullName =>
        string.Join(".", Path.Where(name => name.Length > 0)).Replace("@", "");

    private IEnumerable<string> Path => [Namespace, .. Containers.Select(container => container.Name), Name];

    /// <summary>
    /// The namespace of the types that the network's own stands on: that of no other network, because a name ends in
    /// '_' where something lies in it, and in "Code" where it is the network's.
    /// </summary>
    public string EmittedNamespace
    {
        get
        {
            string[] path = FullName.Split('.');
            string around = string.Concat(path.Take(path.Length - 1).Select(name => $"{name}_."));
            return $"{LibrarySpec.EmittedNamespace}.{around}{path[path.Length - 1]}Code";
        }
    }

    /// <summary>What the network says of a sample.</summary>
    public NetworkKind Kind => NetworkKinds.Of(Output, Sizes[Sizes.Count - 1]);

    /// <summary>784-128-10.</summary>
    public string Shape => string.Join("-", Sizes);
}

/// <summary>A type around another.</summary>
/// <param name="Keyword">What it is declared with: class, struct, record, record struct or interface.</param>
/// <param name="Name">Its name, as C# needs it written.</param>
internal sealed record ContainingType(string Keyword, string Name);

/// <summary>The shared library of a compilation.</summary>
/// <param name="Name">The prefix of its own functions.</param>
/// <param name="Networks">The networks with C functions, ordered by their prefix.</param>
internal sealed record LibrarySpec(string Name, EquatableArray<NetworkSpec> Networks)
{
    /// <summary>Around everything that is emitted but members of the user's types.</summary>
    public const string EmittedNamespace = "AotBackprop.Emitted";

    /// <summary>The name of a library that was given none.</summary>
    public const string DefaultName = "aotbackprop";
}
