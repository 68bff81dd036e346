namespace AotBackprop.Data;

/// <summary>A stream that is read in blocks, so that what lies ahead can be looked at before it is taken.</summary>
/// <param name="stream">Where the bytes come from.</param>
/// <param name="report">Is told how many bytes come, if there is anyone to tell.</param>
/// <param name="size">The bytes of a block.</param>
internal sealed class AheadStream(Stream stream, Action<int>? report = null, int size = 1 << 16) : ReadOnlyStream
{
    // From how many wanted bytes on the block is passed by.
    private const int Direct = 1 << 14;

    private readonly byte[] _block = new byte[size];
    private int _start;
    private int _end;

    /// <summary>
    /// What comes next: as many bytes at least, unless the stream ends before. Valid until the next look or read.
    /// </summary>
    /// <param name="count">At most the size of a block.</param>
    public ArraySegment<byte> Look(int count)
    {
        if (_end - _start < count)
        {
            _block.AsSpan(_start.._end).CopyTo(_block);
            _end -= _start;
            _start = 0;
            while (_end < count && stream.Read(_block, _end, _block.Length - _end) is > 0 and int read)
            {
                _end += read;
                report?.Invoke(read);
            }
        }

        return new ArraySegment<byte>(_block, _start, _end - _start);
    }

    /// <summary>What comes next up to the end of a line at least, unless the stream ends before, or the block is full.</summary>
    public ArraySegment<byte> LookAtLine()
    {
        int count = 1;
        ArraySegment<byte> found = Look(count);
        while (found.Count >= count && found.Count < _block.Length && !found.AsSpan().Contains((byte)'\n'))
        {
            count = found.Count + 1;
            found = Look(count);
        }

        return found;
    }

    /// <summary>Goes on by bytes that were looked at.</summary>
    public void Take(int count) => _start += count;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (_start == _end && buffer.Length >= Direct)
        {
            int read = stream.Read(buffer);
            report?.Invoke(read);
            return read;
        }

        ReadOnlySpan<byte> ahead = Look(1);
        int count = Math.Min(buffer.Length, ahead.Length);
        ahead[..count].CopyTo(buffer);
        Take(count);
        return count;
    }
}
