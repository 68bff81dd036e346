namespace AotBackprop.Data;

/// <summary>Files that may be compressed.</summary>
public static class Decompression
{
    /// <summary>
    /// The bytes of a file, or what was compressed into it where it begins as gzip does. A compressed file that is
    /// damaged or cut off, or has something behind it, fails as it is read.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="report">Is told how many bytes are read of it, if there is anyone to tell.</param>
    public static Stream Open(Stream file, Action<int>? report = null) => Open(file, report, 1 << 16);

    /// <summary>The same with the size of what can be looked at of a file that is not compressed.</summary>
    internal static Stream Open(Stream file, Action<int>? report, int size)
    {
        AheadStream bytes = new(file, report, size);
        return bytes.Look(GzipMembers.Magic.Length).AsSpan().StartsWith(GzipMembers.Magic) ? new GzipMembers(bytes) : bytes;
    }
}
