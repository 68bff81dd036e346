namespace AotBackprop.Packaging;

/// <summary>The texts that this program holds.</summary>
internal static class Resource
{
    public static string Text(string name)
    {
        using Stream stream = typeof(Resource).Assembly.GetManifestResourceStream(name)!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    /// <summary>The lines that are neither empty nor a comment.</summary>
    public static IEnumerable<string> Lines(string name) =>
        Text(name).Split('\n').Where(line => line.Length > 0 && line[0] != '#');

    /// <summary>The words of these lines.</summary>
    public static IEnumerable<string> Words(string name) => Lines(name).SelectMany(line => line.Split(' '));
}
