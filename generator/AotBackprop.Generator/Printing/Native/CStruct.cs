namespace AotBackprop.Generator.Printing.Native;

/// <summary>A struct of the C interface: the header and the table for other languages are printed from it.</summary>
internal sealed record CStruct(string Name, string Documentation, IReadOnlyList<CField> Fields)
{
    /// <summary>Its bytes, where pointers and sizes have eight.</summary>
    public int Bytes => Aligned(Fields.Aggregate(0, After), Fields.Max(f => f.Type.Bytes));

    /// <summary>Where a field begins: each lies at the next multiple of what one element of it takes.</summary>
    public int Offset(CField field) =>
        Aligned(Fields.TakeWhile(other => other != field).Aggregate(0, After), field.Type.Bytes);

    /// <summary>The declaration in C, the fields' comments one below the other.</summary>
    public string Declaration
    {
        get
        {
            int width = Fields.Max(f => f.Declaration.Length);
            IEnumerable<string> fields = Fields.Select(f => f.Comment.Length == 0
                ? $"    {f.Declaration}\n"
                : $"    {f.Declaration.PadRight(width)} /* {f.Comment} */\n");
            return $"typedef struct {Name} {{\n{string.Concat(fields)}}} {Name};";
        }
    }

    private static int After(int end, CField field) => Aligned(end, field.Type.Bytes) + field.Bytes;

    private static int Aligned(int offset, int alignment) => (offset + alignment - 1) / alignment * alignment;
}

/// <summary>A field of a C struct, an array where it has dimensions.</summary>
internal sealed record CField(CType Type, string Name, IReadOnlyList<int> Dimensions, string Comment)
{
    public CField(CType type, string name, string comment)
        : this(type, name, [], comment)
    {
    }

    public int Bytes => Dimensions.Aggregate(Type.Bytes, (bytes, dimension) => bytes * dimension);

    public string Declaration => $"{Type.Declare(Name)}{string.Concat(Dimensions.Select(d => $"[{d}]"))};";
}
