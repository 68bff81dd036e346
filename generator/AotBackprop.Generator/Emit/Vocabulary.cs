namespace AotBackprop.Generator.Emit;

/// <summary>
/// The words in which kernels are written. Each is a method of the runtime library's Lanes class of the width, so a
/// kernel reads the same for all of them.
/// </summary>
internal sealed class Vocabulary(int lanes)
{
    public int Lanes { get; } = lanes;

    /// <summary>The type of a vector.</summary>
    public string Vector { get; } = $"Vector{lanes * 32}<float>";

    /// <summary>The class of the runtime library that has the words.</summary>
    public string Class { get; } = $"Lanes{lanes * 32}";

    /// <summary>A whole vector, or its first lanes where <paramref name="part"/> is not 0.</summary>
    public static string Load(string p, int part = 0) => part == 0 ? $"Load({p})" : $"LoadPart({p}, {part})";

    public static string Store(string p, string v, int part = 0) =>
        part == 0 ? $"Store({p}, {v});" : $"StorePart({p}, {part}, {v});";

    /// <summary>The constraint of a method that is generic over the update.</summary>
    public const string UpdateConstraint = "where TUpdate : struct, global::AotBackprop.Runtime.IUpdate";

    public static string Broadcast(string p) => $"Broadcast({p})";

    public static string MultiplyAdd(string a, string b, string c) => $"MultiplyAdd({a}, {b}, {c})";

    public static string Relu(string z) => $"Relu({z})";

    public static string Mask(string dA, string A) => $"Mask({dA}, {A})";

    /// <summary>p + offset.</summary>
    public static string At(string p, long offset) => offset == 0 ? p : offset < 0 ? $"{p} - {-offset}" : $"{p} + {offset}";

    /// <summary>p + n * stride, where n is a variable or 0.</summary>
    public static string Row(string p, string n, int stride) =>
        n == "0" ? p : stride == 1 ? $"{p} + {n}" : $"{p} + ({n} * {stride})";

    /// <summary>The name of one of the sums in which a long one is formed: s, sb, sc, sd.</summary>
    public static string Chunk(string sum, int chunk) => chunk == 0 ? sum : $"{sum}{(char)('a' + chunk)}";

    /// <summary>The sums added in their order: ((s + sb) + sc) + sd.</summary>
    public static string Joined(IEnumerable<string> sums)
    {
        string joined = "";
        int added = 0;
        foreach (string sum in sums)
        {
            joined = added switch { 0 => sum, 1 => $"{joined} + {sum}", _ => $"({joined}) + {sum}" };
            added++;
        }

        return joined;
    }
}
