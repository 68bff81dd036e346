using System.Text.RegularExpressions;

namespace AotBackprop.CommandLine.Data;

/// <summary>Messages about data, with the command's options in the place of C#'s.</summary>
internal static partial class DataMessages
{
    private static readonly Dictionary<string, string> s_options = new()
    {
        ["Header"] = "--header or --no-header",
        ["Delimiter"] = "--delimiter",
        ["Comment"] = "--comment",
        ["DecimalComma"] = "--decimal-comma",
        ["Encoding"] = "--encoding",
        ["Targets"] = "--target",
        ["LeaveOut"] = "--leave-out",
        ["LeaveOut = [1]"] = "--leave-out 1",
        ["Missing"] = "--missing",
        ["InputMember"] = "--input-member",
        ["TargetMember"] = "--target-member",
    };

    /// <summary>Does something, and says what is wrong with data in the words of the command.</summary>
    public static T InWords<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException(InWords(e.Message), e);
        }
    }

    public static string InWords(string message) =>
        // Told to who writes C#: in a command there are no blocks.
        Property().Replace(message, found => s_options.TryGetValue(found.Groups[1].Value, out string? option) ? $"({option})" : found.Value)
            .Replace("; read them in blocks (StreamedDataset)", "", StringComparison.Ordinal);

    [GeneratedRegex(@"\(([A-Z][A-Za-z]+(?: = \[1\])?)\)")]
    private static partial Regex Property();
}
