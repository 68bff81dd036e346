namespace AotBackprop.Generator.Printing.Native;

/// <summary>Initializations and statuses as C names them, behind the library's prefix.</summary>
internal static class EnumeratorNames
{
    public static string CName(this Initialization initialization) =>
        Initializations.NameOf(initialization).ToUpperInvariant();

    /// <summary>NULL_POINTER.</summary>
    public static string CName(this NetworkStatus status) => string.Concat(
        status.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{char.ToUpperInvariant(c)}"));
}
