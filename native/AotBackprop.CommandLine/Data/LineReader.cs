namespace AotBackprop.CommandLine.Data;

/// <summary>The lines of a text in UTF-8, in a buffer that does not grow with what comes.</summary>
/// <param name="stream">The text.</param>
/// <param name="longest">Bytes of the longest line taken.</param>
internal sealed class LineReader(Stream stream, int longest)
{
    private const int Smallest = 1 << 16;

    private readonly byte[] _buffer = new byte[Math.Max(Smallest, longest)];
    private int _start;
    private int _end;
    private bool _begun;

    /// <summary>The next line without its end, LF or CR LF; valid until the next call.</summary>
    /// <exception cref="InvalidDataException">The line is too long.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        int length;
        int searched = 0;
        while ((length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n')) < 0)
        {
            searched = _end - _start;
            if (!Fill())
            {
                // The last line may lack its end.
                line = Take(searched, next: _end);
                return searched > 0;
            }
        }

        length += searched;
        line = Take(length, next: _start + length + 1);
        return true;
    }

    private ReadOnlySpan<byte> Take(int length, int next)
    {
        ReadOnlySpan<byte> line = _buffer.AsSpan(_start, length);
        _start = next;
        return line.EndsWith((byte)'\r') ? line[..^1] : line;
    }

    private bool Fill()
    {
        _buffer.AsSpan(_start.._end).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_end == _buffer.Length)
        {
            throw new InvalidDataException($"the line has more than {_buffer.Length} bytes.{LineHint.OfLength(_buffer)}");
        }

        int read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        if (!_begun && read > 0)
        {
            _begun = true;
            SkipByteOrderMark();
        }

        return read > 0;
    }

    private void SkipByteOrderMark()
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        while (_end < mark.Length && stream.Read(_buffer, _end, _buffer.Length - _end) is > 0 and int read)
        {
            _end += read;
        }

        if (_buffer.AsSpan(0, _end).StartsWith(mark))
        {
            _start = mark.Length;
        }
    }
}
