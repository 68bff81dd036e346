using System.Text;

namespace AotBackprop.Data;

/// <summary>A file that is open, decompressed where it is gzip.</summary>
internal sealed class Opened : IDisposable
{
    /// <summary>How many bytes are looked at to find out what it is.</summary>
    public const int Ahead = 1 << 18;

    // As soon as so much of a file is read, what it takes to read all is known well enough.
    private const long Telling = 1 << 23;

    private readonly Stream _file;
    private readonly bool _isOwned;
    private readonly long _length;
    private Action<int>? _report;
    private long _read;

    public Opened(Stream file, string name, bool isOwned, Action<int>? report = null)
    {
        _file = file;
        _isOwned = isOwned;
        _report = report;
        Name = name;
        try
        {
            _length = file.CanSeek ? file.Length - file.Position : 0;
            Stream bytes = Decompression.Open(file, Count, Ahead);
            IsCompressed = bytes is not AheadStream;
            Bytes = bytes as AheadStream ?? new AheadStream(bytes, size: Ahead);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw Located(e);
        }
    }

    /// <summary>What a message calls it.</summary>
    public string Name { get; }

    /// <summary>What it holds.</summary>
    public AheadStream Bytes { get; }

    /// <summary>Whether someone writes it at this moment, and waits for what is said of each line: no more of it is waited for.</summary>
    public bool IsLive { get; init; }

    /// <summary>Whether it is compressed.</summary>
    public bool IsCompressed { get; }

    /// <summary>The encoding of its text, once that was asked for.</summary>
    public string? Encoding { get; private set; }

    /// <summary>The file itself.</summary>
    public Stream File => _file;

    /// <summary>Its text in UTF-8, without a byte order mark.</summary>
    public AheadStream Text(Encoding? told)
    {
        (Encoding encoding, int mark) = TextEncoding.Of(Look(Bytes, Ahead), told);
        Bytes.Take(mark);
        Encoding = TextEncoding.NameOf(encoding);
        return Encoding == "UTF-8" ? Bytes
            : new AheadStream(System.Text.Encoding.CreateTranscodingStream(Bytes, encoding, System.Text.Encoding.UTF8, leaveOpen: true), size: Ahead);
    }

    /// <summary>What comes next: as many bytes, unless it ends before.</summary>
    public ArraySegment<byte> Look(AheadStream stream, int count)
    {
        try
        {
            // A format of numbers begins with one of these, and its lines are none.
            return IsLive && stream.Look(2) is not ([0 or 0x93, ..] or [(byte)'P', (byte)'K', ..]) ? stream.LookAtLine() : stream.Look(count);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw Located(e);
        }
    }

    /// <summary>How many rows there will be, or 0 where that can't be told yet.</summary>
    /// <param name="rows">How many there were.</param>
    /// <param name="position">How far they reach in the file, where that is known better than by what was read of it.</param>
    public long Expected(long rows, long? position)
    {
        double share = (double)(position ?? _read) / Math.Max(_length, 1);
        return _length > 0 && _read >= Telling && share > 0 ? (long)(rows / share * 1.03) + 4096 : 0;
    }

    /// <summary>An error of reading, with the name.</summary>
    public Exception Located(Exception error) => error is InvalidDataException
        ? new InvalidDataException($"{Name}: {error.Message}", error)
        : new IOException($"{Name}: {error.Message}", error);

    public void Dispose()
    {
        _report = null;
        if (_isOwned)
        {
            _file.Dispose();
        }
    }

    private void Count(int bytes)
    {
        _read += bytes;
        _report?.Invoke(bytes);
    }
}
