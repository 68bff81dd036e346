namespace AotBackprop.Data;

/// <summary>
/// The whole records of a text that are there already: CsvHelper reads ahead, and would keep a line until others follow it.
/// </summary>
/// <param name="text">The text, in UTF-8.</param>
/// <param name="longest">Bytes that a record may have; what is longer is given in part, for the reader to refuse.</param>
internal sealed class LiveText(Stream text, int longest)
{
    private byte[] _bytes = new byte[1 << 16];
    private int _count;
    private int _searched;
    private int _whole;
    private bool _isQuoted;

    /// <summary>The next records; null behind the last.</summary>
    public byte[]? Next()
    {
        while (true)
        {
            Search();
            if (_whole > 0 || _count > longest)
            {
                return Take(_whole > 0 ? _whole : _count);
            }

            if (_count == _bytes.Length)
            {
                Array.Resize(ref _bytes, _count * 2);
            }

            int read = text.Read(_bytes, _count, _bytes.Length - _count);
            _count += read;
            if (read == 0)
            {
                // The last line may lack its end.
                return _count > 0 ? Take(_count) : null;
            }
        }
    }

    /// <summary>Finds the last end of a line that stands in no quotation marks.</summary>
    private void Search()
    {
        for (; _searched < _count; _searched++)
        {
            if (_bytes[_searched] == (byte)'"')
            {
                _isQuoted = !_isQuoted;
            }
            else if (_bytes[_searched] == (byte)'\n' && !_isQuoted)
            {
                _whole = _searched + 1;
            }
        }
    }

    private byte[] Take(int count)
    {
        byte[] taken = _bytes[..count];
        _bytes.AsSpan(count.._count).CopyTo(_bytes);
        _count -= count;
        _searched -= count;
        _whole = 0;
        return taken;
    }
}
