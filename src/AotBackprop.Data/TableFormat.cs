using AotBackprop.Files;

namespace AotBackprop.Data;

/// <summary>What was found out of a file: its format, and of a table its dialect.</summary>
public sealed record TableFormat
{
    /// <summary>The format.</summary>
    public required DataFormat Format { get; init; }

    /// <summary>Whether the file is compressed by gzip.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>The encoding of its text: <c>UTF-8</c>, <c>UTF-16LE</c>, …; null of a format of numbers.</summary>
    public string? Encoding { get; init; }

    /// <summary>What stands between values; a blank stands for one or more. Null of other formats.</summary>
    public char? Delimiter { get; init; }

    /// <summary>Whether the first line was taken for names, or passed over.</summary>
    public bool HasHeader { get; init; }

    /// <summary>Whether each line has a delimiter behind its last value.</summary>
    public bool HasTrailingDelimiter { get; init; }

    /// <summary>In a line, as a log tells it: <c>CSV, UTF-8, comma, with a header</c>.</summary>
    public override string ToString()
    {
        List<string> words = [Format switch { DataFormat.Csv => "CSV", DataFormat.JsonLines => "JSON lines", _ => Format.ToString().ToUpperInvariant() }];
        if (IsCompressed)
        {
            words.Add("gzip");
        }

        if (Encoding is not null)
        {
            words.Add(Encoding);
        }

        if (Delimiter is { } delimiter)
        {
            words.Add(WordOf(delimiter));
            words.Add(HasHeader ? "with a header" : "without header");
        }

        return string.Join(", ", words) + (HasTrailingDelimiter ? ", a delimiter at the end of each line" : "");
    }

    internal static string WordOf(char delimiter) => delimiter switch
    {
        ',' => "comma",
        ';' => "semicolon",
        '\t' => "tab",
        ' ' => "space",
        _ => Printable.Quote(delimiter.ToString()),
    };
}
