namespace AotBackprop.Packaging;

/// <summary>What a build is told, as MSBuild knows errors and warnings.</summary>
internal static class BuildMessage
{
    // The page that explains each message, as AotBackprop.Tools.targets and the generator have it too.
    private const string Help = "https://github.com/aotbackprop/aotbackprop/blob/main/docs/diagnostics.md";

    public static string Error(string place, string code, string text) => Of(place, "error", code, text);

    public static string Warning(string place, string code, string text) => Of(place, "warning", code, text);

    private static string Of(string place, string kind, string code, string text) =>
        $"{place} : {kind} {code}: {text} ({Help}#{code.ToLowerInvariant()})";
}
