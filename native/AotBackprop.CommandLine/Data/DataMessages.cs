namespace AotBackprop.CommandLine.Data;

/// <summary>Messages about data, with the command's options in the place of C#'s.</summary>
internal static class DataMessages
{
    private static readonly (string Property, string Option)[] s_options =
    [
        ("(Header)", "(--header or --no-header)"),
        ("(Delimiter)", "(--delimiter)"),
        ("(Comment)", "(--comment)"),
        ("(DecimalComma)", "(--decimal-comma)"),
        ("(Encoding)", "(--encoding)"),
        ("(Targets)", "(--target)"),
        ("(Weights)", "(--weights)"),
        ("(LeaveOut)", "(--leave-out)"),
        ("(LeaveOut = [1])", "(--leave-out 1)"),
        ("(Missing)", "(--missing)"),
        ("(InputMember)", "(--input-member)"),
        ("(TargetMember)", "(--target-member)"),
        ("; read them in blocks (StreamedDataset)", "; read a file in blocks (train --block-size)"),
    ];

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
        s_options.Aggregate(message, (text, one) => text.Replace(one.Property, one.Option, StringComparison.Ordinal));
}
