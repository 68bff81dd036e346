namespace AotBackprop.CommandLine.Data;

/// <summary>A stream to which bytes that were read too many are given back.</summary>
/// <param name="stream">Where they come from.</param>
/// <param name="report">Is told how many bytes come, if there is anyone to tell.</param>
internal sealed class PushbackStream(Stream stream, Action<int>? report = null) : ReadOnlyStream
{
    private byte[] _returned = [];
    private int _start;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_start < _returned.Length)
        {
            int count = Math.Min(buffer.Length, _returned.Length - _start);
            _returned.AsSpan(_start, count).CopyTo(buffer);
            _start += count;
            return count;
        }

        int read = stream.Read(buffer);
        report?.Invoke(read);
        return read;
    }

    public void PushBack(ReadOnlySpan<byte> bytes)
    {
        _returned = [.. bytes, .. _returned.AsSpan(_start)];
        _start = 0;
    }
}
