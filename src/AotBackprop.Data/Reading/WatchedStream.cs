using System.Buffers;

namespace AotBackprop.Data;

/// <summary>A stream that knows where certain bytes stand in what was read of it: to search blocks costs less than to search each record.</summary>
/// <param name="stream">Where the bytes come from.</param>
/// <param name="watched">The bytes.</param>
internal sealed class WatchedStream(Stream stream, SearchValues<byte> watched) : ReadOnlyStream
{
    private long _read;

    /// <summary>The offset behind the last of them, as far as was read.</summary>
    public long End { get; private set; }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int count = stream.Read(buffer);
        int last = buffer[..count].LastIndexOfAny(watched);
        End = last < 0 ? End : _read + last + 1;
        _read += count;
        return count;
    }
}
