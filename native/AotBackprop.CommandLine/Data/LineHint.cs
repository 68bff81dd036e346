namespace AotBackprop.CommandLine.Data;

/// <summary>What may be the cause where a line is not as wanted: a sentence for a message, or nothing.</summary>
internal static class LineHint
{
    private static readonly (byte Delimiter, string Word)[] Delimiters = [((byte)';', "semicolons"), ((byte)'\t', "tabs"), ((byte)' ', "spaces")];

    private const string LoneReturn = " Lines seem to end in CR alone; wanted LF or CR LF.";
    private const string Nul = " It holds NUL characters, as UTF-16 and files that are no text do; wanted UTF-8.";

    /// <summary>Of a line with another number of values than wanted.</summary>
    public static string OfCount(ReadOnlySpan<byte> line, int columns, int wanted)
    {
        ReadOnlySpan<byte> text = line.Trim(" \t"u8);
        foreach ((byte delimiter, string word) in Delimiters)
        {
            int parts = Parts(text, delimiter);
            if (parts == wanted || (columns == 1 && parts > 1 && (delimiter != ' ' || BeginsWithNumber(text))))
            {
                return $" The values seem to be separated by {word}; wanted commas.";
            }
        }

        return text.Contains((byte)0) ? Nul
            : text.Contains((byte)'\r') ? LoneReturn
            : text.EndsWith((byte)',') ? " It ends in a comma."
            : "";
    }

    /// <summary>Of a line that is too long.</summary>
    public static string OfLength(ReadOnlySpan<byte> begin) => begin.Contains((byte)'\r') ? LoneReturn : "";

    /// <summary>Of a value that is no number, or not one that was wanted.</summary>
    public static string OfValue(ReadOnlySpan<byte> field)
    {
        ReadOnlySpan<byte> inner = Field.Unquoted(field);
        return field.Contains((byte)0) ? Nul
            : Field.IsShownOtherwise(field) ? " It holds a character that can't be seen, shown as ?."
            : inner.Length < field.Length && Field.TryParse(inner, out double _) ? " It is in quotation marks; wanted the number without."
            : inner.Contains((byte)';') ? " It holds a semicolon; wanted commas between values, and a point in a number."
            : "";
    }

    /// <summary>Of the first line: whether it seems to be names, since nothing in it is a number.</summary>
    public static bool SeemsHeader(ReadOnlySpan<byte> line)
    {
        int names = 0;
        foreach (Range range in line.SplitAny((byte)',', (byte)';', (byte)'\t'))
        {
            ReadOnlySpan<byte> field = Field.Unquoted(line[range].Trim(" "u8));
            if (Field.TryParse(field, out double _))
            {
                return false;
            }

            names += field.ContainsAnyInRange((byte)'A', (byte)'z') ? 1 : 0;
        }

        return names > 1 && !line.Contains((byte)0);
    }

    private static bool BeginsWithNumber(ReadOnlySpan<byte> text) =>
        text.IndexOf((byte)' ') is > 0 and int end && Field.TryParse(text[..end], out double _);

    private static int Parts(ReadOnlySpan<byte> text, byte delimiter)
    {
        int parts = 0;
        foreach (Range range in text.Split(delimiter))
        {
            // Several spaces part as one does.
            parts += delimiter == ' ' && text[range].IsEmpty ? 0 : 1;
        }

        return parts;
    }
}
