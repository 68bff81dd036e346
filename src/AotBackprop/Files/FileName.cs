using System.Text;

namespace AotBackprop.Files;

/// <summary>The name of a file: on Unix bytes, which need not be text.</summary>
internal sealed class FileName
{
    private const string ModelFileKind = "Model file";

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private FileName(byte[] bytes, string text, string kind)
    {
        Bytes = bytes;
        Text = text;
        Described = $"{kind} '{Printable.Of(text)}'";
    }

    /// <summary>Without a zero at the end.</summary>
    public byte[] Bytes { get; }

    /// <summary>As text, which names the same file where the bytes are UTF-8.</summary>
    public string Text { get; }

    /// <summary>What is in the file and its name, as they may stand in a message: what is longer is cut.</summary>
    public string Described { get; }

    /// <param name="path">The name.</param>
    /// <param name="kind">What is in the file, as a sentence begins.</param>
    public static FileName Of(string path, string kind = ModelFileKind)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        RequireNoZero(path.Contains('\0', StringComparison.Ordinal), nameof(path));
        try
        {
            return new FileName(s_strict.GetBytes(path), path, kind);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException("The path has half a surrogate pair; wanted text, or the bytes of the name.", nameof(path), e);
        }
    }

    /// <param name="path">The name.</param>
    /// <param name="kind">What is in the file, as a sentence begins.</param>
    public static FileName Of(ReadOnlySpan<byte> path, string kind = ModelFileKind)
    {
        if (path.IsEmpty)
        {
            throw new ArgumentException("The path is empty; wanted the name of a file.", nameof(path));
        }

        RequireNoZero(path.Contains((byte)0), nameof(path));
        return new FileName(path.ToArray(), Encoding.UTF8.GetString(path), kind);
    }

    private static void RequireNoZero(bool hasZero, string parameter)
    {
        if (hasZero)
        {
            throw new ArgumentException("The path has a zero byte; wanted the name of a file.", parameter);
        }
    }
}
