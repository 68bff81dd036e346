using CsvHelper;

namespace AotBackprop.Data;

/// <summary>What may be the cause where a line has another number of values than wanted: a sentence for a message, or nothing.</summary>
internal static class LineHint
{
    private static readonly (char Delimiter, string Word)[] s_delimiters = [(',', "commas"), (';', "semicolons"), ('\t', "tabs"), (' ', "spaces")];

    /// <summary>Of the current record.</summary>
    public static string OfCount(CsvReader reader, int columns, int wanted, char delimiter, DataOptions options)
    {
        ReadOnlySpan<byte> line = Field.Trimmed(reader.RawRecord);
        if (line.Contains((byte)0))
        {
            return " It holds NUL characters, as files that are cut off or no text do.";
        }

        if (options.Comment is null && line is [(byte)'#' or (byte)'%' or (byte)';', ..])
        {
            return $" It begins with {(char)line[0]}; say so where that is a comment (Comment).";
        }

        foreach ((char other, string word) in s_delimiters)
        {
            if (other != delimiter && Parts(line, (byte)other) == wanted)
            {
                return $" Its values seem to be separated by {word}; say the delimiter (Delimiter).";
            }
        }

        return columns > wanted && line.EndsWith((byte)delimiter) ? " It ends in a delimiter." : "";
    }

    /// <summary>Of a column more than wanted: whether the first one seems to number the rows.</summary>
    public static string OfIndex(RowSource source, string[]? names)
    {
        bool isNamed = names is { Length: > 0 } && IsIndexName(names[0]);
        bool isCounted = names is null && source.Text(0) is [(byte)'0' or (byte)'1'];
        return isNamed || isCounted ? " Column 1 seems to number the rows; leave it out (LeaveOut = [1])." : "";
    }

    /// <summary>Whether a column of this name, or of none, is one that numbers the rows in most tables.</summary>
    public static bool IsIndexName(string name) => name.Length == 0 || name.StartsWith("Unnamed", StringComparison.Ordinal)
        || name.Equals("index", StringComparison.OrdinalIgnoreCase) || name.Equals("id", StringComparison.OrdinalIgnoreCase);

    private static int Parts(ReadOnlySpan<byte> line, byte delimiter)
    {
        int parts = 0;
        foreach (Range range in line.Split(delimiter))
        {
            // Several spaces part as one does.
            parts += delimiter == ' ' && line[range].IsEmpty ? 0 : 1;
        }

        return parts;
    }
}
