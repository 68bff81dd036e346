using System.Globalization;
using System.Numerics;
using System.Text;
using AotBackprop.Files;

namespace AotBackprop.CommandLine.Data;

/// <summary>What stands between two commas.</summary>
internal static class Field
{
    /// <summary>More than any float takes that a program would write.</summary>
    public const int Longest = 64;

    private const byte Quotation = (byte)'"';
    private const byte LastControl = 0x1F;
    private const byte Delete = 0x7F;

    /// <summary>A number alone: .NET's parser takes NULs behind one.</summary>
    public static bool TryParse<T>(ReadOnlySpan<byte> field, out T number)
        where T : struct, INumber<T>
    {
        number = default;
        return !HasControls(field) && T.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>What is in quotation marks, or the field itself.</summary>
    public static ReadOnlySpan<byte> Unquoted(ReadOnlySpan<byte> field) =>
        field.Length > 1 && field[0] == Quotation && field[^1] == Quotation ? field[1..^1] : field;

    /// <summary>As it may stand in a message: short, and without what a terminal would obey.</summary>
    public static string Shown(ReadOnlySpan<byte> field) => $"'{Printable.Of(Encoding.UTF8.GetString(field), Longest)}'";

    /// <summary>Whether a message has a question mark for something in it, such as a byte order mark.</summary>
    public static bool IsShownOtherwise(ReadOnlySpan<byte> field)
    {
        string text = Encoding.UTF8.GetString(field);
        return Printable.Of(text, text.Length) != text;
    }

    private static bool HasControls(ReadOnlySpan<byte> field) => field.ContainsAnyInRange((byte)0, LastControl) || field.Contains(Delete);
}
