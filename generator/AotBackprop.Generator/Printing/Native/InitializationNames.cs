namespace AotBackprop.Generator.Printing.Native;

/// <summary>Initializations as C names them, behind the library's prefix.</summary>
internal static class InitializationNames
{
    public static string CName(this Initialization initialization) =>
        Initializations.NameOf(initialization).ToUpperInvariant();
}
