using System.Buffers;
using System.Text;

namespace AotBackprop.CommandLine.IO;

/// <summary>
/// Names of files as texts. Names are bytes: one that is not UTF-8 becomes a lone surrogate, U+DC00 and the byte, as
/// Python has it, and goes back to its bytes.
/// </summary>
internal static class NameBytes
{
    private const int Escape = 0xDC00;

    public static string ToText(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new(bytes.Length);
        while (bytes.Length > 0)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int length) == OperationStatus.Done)
            {
                text.Append(rune);
            }
            else
            {
                foreach (byte b in bytes[..length])
                {
                    text.Append((char)(Escape + b));
                }
            }

            bytes = bytes[length..];
        }

        return text.ToString();
    }

    public static byte[] Of(string name)
    {
        List<byte> bytes = new(name.Length);
        for (int i = 0; i < name.Length; i++)
        {
            if (name[i] is >= (char)(Escape + 0x80) and <= (char)(Escape + 0xFF) && (i == 0 || !char.IsHighSurrogate(name[i - 1])))
            {
                bytes.Add((byte)(name[i] - Escape));
            }
            else
            {
                int length = char.IsSurrogatePair(name, i) ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(name.Substring(i, length)));
                i += length - 1;
            }
        }

        return [.. bytes];
    }
}
