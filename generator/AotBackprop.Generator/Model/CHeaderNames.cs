namespace AotBackprop.Generator.Model;

/// <summary>The file and the identifiers of the C headers, by what follows the prefix in them.</summary>
/// <param name="Network">Of a network's header.</param>
/// <param name="Library">Of the library's.</param>
internal sealed record CHeaderNames(EquatableArray<string> Network, EquatableArray<string> Library)
{
    /// <summary>Everything that a network's header has for itself.</summary>
    public IReadOnlyList<string> OfNetwork(string prefix) => Of(prefix, Network);

    /// <summary>Everything that the library's header has for itself.</summary>
    public IReadOnlyList<string> OfLibrary(string name) => Of(name, Library);

    /// <summary>What follows the prefix in the identifiers of a header, each once.</summary>
    public static EquatableArray<string> In(string header, string prefix)
    {
        string identifiers = new([.. header.Select(c => char.IsLetterOrDigit(c) || c == '_' ? c : ' ')]);
        return new(identifiers.Split(' ')
            .Where(word => word.StartsWith(prefix + "_", StringComparison.OrdinalIgnoreCase))
            .Select(word => word.Substring(prefix.Length))
            .Distinct());
    }

    // An ending without lower-case letters belongs to a macro, whose prefix is in capitals.
    private static IReadOnlyList<string> Of(string prefix, IEnumerable<string> endings) =>
    [
        prefix + ".h",
        .. endings.Select(ending => (ending.Any(char.IsLower) ? prefix : prefix.ToUpperInvariant()) + ending),
    ];
}
