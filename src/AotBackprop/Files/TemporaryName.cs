using System.Buffers;
using System.Globalization;
using System.Text;

namespace AotBackprop.Files;

/// <summary>
/// What a file is called until it is whole: a point, the name that it will have, 16 random digits, <c>.tmp</c>. Where that
/// would be longer than the name and than what any file system allows, the name is cut and has its check behind it.
/// </summary>
internal static class TemporaryName
{
    private const int Digits = 16;
    private const int ShortEnough = 64;

    private static readonly SearchValues<byte> s_hexadecimal = SearchValues.Create("0123456789abcdef"u8);

    private static ReadOnlySpan<byte> Ending => ".tmp"u8;

    /// <summary>Another one at each call.</summary>
    public static byte[] Next(ReadOnlySpan<byte> name) =>
        [.. Stem(name), .. Encoding.ASCII.GetBytes(Random.Shared.NextInt64().ToString("x16", CultureInfo.InvariantCulture)), .. Ending];

    /// <summary>Whether one begins with this stem, and has nothing but the digits and the ending behind it.</summary>
    public static bool HasStem(ReadOnlySpan<byte> temporary, ReadOnlySpan<byte> stem) =>
        temporary.Length == stem.Length + Digits + Ending.Length && temporary.StartsWith(stem) && temporary.EndsWith(Ending)
            && !temporary.Slice(stem.Length, Digits).ContainsAnyExcept(s_hexadecimal);

    /// <summary>What all those of a name begin with.</summary>
    public static byte[] Stem(ReadOnlySpan<byte> name)
    {
        int longest = Math.Max(ShortEnough, name.Length) - 2 - Digits - Ending.Length;
        if (name.Length <= longest)
        {
            return [(byte)'.', .. name, (byte)'.'];
        }

        Crc32 crc = Crc32.Start();
        crc.Add(name);
        int cut = longest - 9;

        // Not within a character: there are file systems that refuse such names.
        while (cut > 0 && (name[cut] & 0xC0) == 0x80)
        {
            cut--;
        }

        return [(byte)'.', .. name[..cut], .. Encoding.ASCII.GetBytes($"~{crc.Value:x8}.")];
    }
}
