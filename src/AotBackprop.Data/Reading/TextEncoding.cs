using System.Text;

namespace AotBackprop.Data;

/// <summary>The encoding of a text, by its first bytes.</summary>
internal static class TextEncoding
{
    private const int Looked = 4096;

    /// <summary>The encoding, and the length of the byte order mark in front.</summary>
    /// <param name="start">The first bytes.</param>
    /// <param name="told">What is told of a text without a mark.</param>
    public static (Encoding Encoding, int Mark) Of(ReadOnlySpan<byte> start, Encoding? told)
    {
        // That of UTF-32 begins with that of UTF-16.
        Encoding[] marked =
        [
            new UTF32Encoding(bigEndian: false, byteOrderMark: true), new UTF32Encoding(true, true), new UTF8Encoding(true), Encoding.Unicode,
            Encoding.BigEndianUnicode,
        ];
        foreach (Encoding encoding in marked)
        {
            if (start.StartsWith(encoding.Preamble))
            {
                return (encoding, encoding.Preamble.Length);
            }
        }

        return (told ?? Unmarked(start[..Math.Min(start.Length, Looked)]), 0);
    }

    /// <summary>As people call it.</summary>
    public static string NameOf(Encoding encoding) => encoding.CodePage switch
    {
        65001 => "UTF-8",
        1200 => "UTF-16LE",
        1201 => "UTF-16BE",
        12000 => "UTF-32LE",
        12001 => "UTF-32BE",
        _ => encoding.WebName,
    };

    /// <summary>UTF-8, unless most characters, which in tables are ASCII, have NULs beside them and no others.</summary>
    private static Encoding Unmarked(ReadOnlySpan<byte> start)
    {
        if (Fits(start, [true, false, false, false]))
        {
            return new UTF32Encoding(bigEndian: false, byteOrderMark: false);
        }

        if (Fits(start, [false, false, false, true]))
        {
            return new UTF32Encoding(bigEndian: true, byteOrderMark: false);
        }

        return Fits(start, [true, false]) ? Encoding.Unicode
            : Fits(start, [false, true]) ? Encoding.BigEndianUnicode
            : Encoding.UTF8;
    }

    private static bool Fits(ReadOnlySpan<byte> start, ReadOnlySpan<bool> isText)
    {
        int characters = start.Length / isText.Length;
        int fitting = 0;
        for (int i = 0; i < characters; i++)
        {
            bool fits = true;
            for (int j = 0; j < isText.Length; j++)
            {
                fits &= isText[j] == (start[(i * isText.Length) + j] != 0);
            }

            fitting += fits ? 1 : 0;
        }

        return characters > 1 && fitting >= characters * 9L / 10;
    }
}
