namespace AotBackprop.Generator.Printing.Native;

/// <summary>
/// A function of the C interface: the header, the export and the table for other languages are printed from it.
/// </summary>
/// <param name="Prefix">The network's or the library's.</param>
/// <param name="Name">What follows the prefix and '_'.</param>
/// <param name="Returns">What it gives back.</param>
/// <param name="Parameters">What it takes.</param>
internal sealed record CFunction(string Prefix, string Name, CType Returns, IReadOnlyList<CParameter> Parameters)
{
    /// <summary>The method of the runtime library behind it, and its arguments in C#.</summary>
    public required string Call { get; init; }

    /// <summary>The comment in the header, in lines.</summary>
    public required string Documentation { get; init; }

    public string EntryPoint => $"{Prefix}_{Name}";

    /// <summary>The declaration in C, without the semicolon.</summary>
    public string Declaration
    {
        get
        {
            IEnumerable<string> parameters = Parameters.Select(p => p.Type.Declare(p.Name));
            return Returns.Declare($"{EntryPoint}({(Parameters.Count == 0 ? "void" : string.Join(", ", parameters))})");
        }
    }

    /// <summary>TrainStep of train_step.</summary>
    public static string Method(string name) =>
        string.Concat(name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word.Substring(1)));

    /// <summary>A method that has the parameters of the function for its arguments.</summary>
    public static string CallOf(string method, IEnumerable<CParameter> parameters) =>
        $"{method}({string.Join(", ", parameters.Select(p => p.Name))})";
}

/// <summary>A parameter of a C function.</summary>
internal sealed record CParameter(CType Type, string Name);

/// <summary>A type as C, as C# and as the table name it.</summary>
/// <param name="C">Where it ends in '*', the name follows without a space.</param>
/// <param name="CSharp">The same in an unmanaged export.</param>
/// <param name="Table">What a foreign function interface needs to know.</param>
internal sealed record CType(string C, string CSharp, string Table)
{
    public static readonly CType Status = new("int32_t", "int", "int32");
    public static readonly CType Int32 = new("int32_t", "int", "int32");
    public static readonly CType Size = new("size_t", "nuint", "size");
    public static readonly CType Seed = new("uint64_t", "ulong", "uint64");
    public static readonly CType UInt32 = new("uint32_t", "uint", "uint32");
    public static readonly CType UInt64 = new("uint64_t", "ulong", "uint64");
    public static readonly CType Float = new("float", "float", "float32");
    public static readonly CType Text = new("const char *", "byte*", "text");
    public static readonly CType Buffer = new("char *", "byte*", "pointer");
    public static readonly CType Floats = new("float *", "float*", "pointer");
    public static readonly CType ConstFloats = new("const float *", "float*", "pointer");
    public static readonly CType Classes = new("int32_t *", "int*", "pointer");
    public static readonly CType Labels = new("const int32_t *", "int*", "pointer");
    public static readonly CType Memory = new("void *", "void*", "pointer");
    public static readonly CType DoubleResult = new("double *", "double*", "pointer");
    public static readonly CType SizeResult = new("size_t *", "nuint*", "pointer");

    public static CType Parameters(string prefix) => new($"{prefix}_parameters *", "float*", "pointer");

    public static CType ConstParameters(string prefix) => new($"const {prefix}_parameters *", "float*", "pointer");

    public static CType Options(string library) =>
        new($"const {library}_options *", "global::AotBackprop.Native.NativeOptions*", "pointer");

    public static CType Epoch(string library) =>
        new($"const {library}_epoch *", "global::AotBackprop.Native.NativeEpoch*", "pointer");

    public static CType Targets(string library) =>
        new($"const {library}_targets *", "global::AotBackprop.Native.NativeTargets*", "pointer");

    public static CType Barrier(string library) =>
        new($"{library}_barrier *", "global::AotBackprop.Runtime.Team.Barrier*", "pointer");

    /// <summary>Its bytes, where pointers and sizes have eight.</summary>
    public int Bytes => Table is "int32" or "uint32" or "float32" ? 4 : 8;

    public string Declare(string name) => C.EndsWith("*", StringComparison.Ordinal) ? C + name : $"{C} {name}";
}
