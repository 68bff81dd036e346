using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using AotBackprop.Files;

namespace AotBackprop.Data;

/// <summary>What stands between two delimiters.</summary>
internal static class Field
{
    private const int LongestShown = 64;
    private const byte LastControl = 0x1F;
    private const byte Delete = 0x7F;

    private static readonly byte[][] s_missing = [.. MissingValues.Words.Select(Encoding.UTF8.GetBytes)];
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A number alone, as a float64: .NET's parser takes NULs behind one, and thousands where asked.</summary>
    public static bool TryParse(ReadOnlySpan<byte> field, bool hasDecimalComma, out double number)
    {
        number = 0;
        if (field.ContainsAnyInRange((byte)0, LastControl) || field.Contains(Delete))
        {
            return false;
        }

        if (!hasDecimalComma)
        {
            return double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
        }

        if (field.Contains((byte)'.') || field.Length > 4096)
        {
            return false;
        }

        Span<byte> point = stackalloc byte[field.Length];
        field.Replace(point, (byte)',', (byte)'.');
        return double.TryParse(point, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>Whether it stands for a value that is missing.</summary>
    public static bool IsMissing(ReadOnlySpan<byte> field)
    {
        if (field.IsEmpty)
        {
            return true;
        }

        foreach (byte[] word in s_missing)
        {
            if (field.SequenceEqual(word))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Without blanks around it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> field) =>
        field is [> (byte)' ', .., > (byte)' '] or [> (byte)' '] ? field : field.Trim(" \t"u8);

    /// <summary>As it may stand in a message: short, and without what a terminal would obey.</summary>
    public static string Shown(ReadOnlySpan<byte> field) =>
        $"'{Printable.Of(Encoding.UTF8.GetString(field.Length > LongestShown * 4 ? field[..(LongestShown * 4)] : field), LongestShown)}'";

    /// <summary>Its text; null where its bytes are no UTF-8.</summary>
    public static string? Decoded(ReadOnlySpan<byte> field)
    {
        try
        {
            return s_strict.GetString(field);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>What may be wrong with a field that is no number: a sentence, or nothing.</summary>
    public static string Hint(ReadOnlySpan<byte> field, bool hasDecimalComma, char delimiter)
    {
        if (IsMissing(field))
        {
            return " It is missing; say what takes its place (Missing).";
        }

        string characters = HintOfCharacters(field);
        return characters.Length > 0 ? characters
            : hasDecimalComma && field.Contains((byte)'.') ? " Numbers with a decimal comma were announced (DecimalComma), and this has a point."
            : !hasDecimalComma && delimiter != ',' && TryParse(field, hasDecimalComma: true, out _)
            ? " It seems to have a decimal comma; say so (DecimalComma)."
            : field.Contains((byte)'"') ? " It holds a quotation mark; wanted one on each side of the value, or none."
            : field.Contains((byte)';') && delimiter != ';' ? " It holds a semicolon; say the delimiter where that is one (Delimiter)."
            : IsPair(field) ? " It seems to be of LIBSVM's format; wanted a number in each column."
            : double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsInfinity(number)
            ? " It is infinite, or larger than a float64 can hold; correct it, or leave the column out (LeaveOut)."
            : "";
    }

    /// <summary>Of characters that no value has.</summary>
    public static string HintOfCharacters(ReadOnlySpan<byte> field)
    {
        string text = Encoding.UTF8.GetString(field.Length > 1024 ? field[..1024] : field);
        return field.Contains((byte)0) ? " It holds NUL characters, as UTF-16 and files that are cut off or no text do."
            : Decoded(field) is null ? " It is no UTF-8; say the encoding (Encoding)."
            : Printable.Of(text, text.Length) != text ? " It holds a character that can't be seen, shown as ?; remove it."
            : "";
    }

    /// <summary>A number as text.</summary>
    public static ReadOnlySpan<byte> Format(double number, Span<byte> place) =>
        Utf8Formatter.TryFormat(number, place, out int written) ? place[..written] : [];

    // As in 3:0.5, the number of a column and its value.
    private static bool IsPair(ReadOnlySpan<byte> field) =>
        field.IndexOf((byte)':') is > 0 and int colon && TryParse(field[..colon], false, out _) && TryParse(field[(colon + 1)..], false, out _);
}
