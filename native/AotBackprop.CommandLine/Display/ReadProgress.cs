using System.Globalization;

namespace AotBackprop.CommandLine.Display;

/// <summary>How far a file is read, where that takes long enough to ask.</summary>
internal sealed class ReadProgress : IDisposable
{
    private const double Million = 1e6;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly StatusLine _line;
    private readonly string _name;
    private readonly long? _size;
    private long _read;

    /// <param name="name">The file's.</param>
    /// <param name="size">Its bytes, if that is known.</param>
    /// <param name="isQuiet">Whether nothing is to be shown.</param>
    public ReadProgress(string name, long? size, bool isQuiet)
    {
        _line = new StatusLine(isQuiet);
        _line.Wait(Patience);
        _name = name;
        _size = size;
    }

    /// <summary>Whether the file may be read several times, so that how much there is to read is not known.</summary>
    public bool IsRepeated { get; init; }

    public void Add(int bytes)
    {
        _read += bytes;
        if (_line.IsDue)
        {
            string all = _size is { } size && !IsRepeated ? string.Create(CultureInfo.InvariantCulture, $" of {size / Million:F1}") : "";
            _line.Show(IsRepeated ? null : (double?)_read / _size, string.Create(CultureInfo.InvariantCulture, $"reading {_name}: {_read / Million:F1}{all} MB"));
        }
    }

    /// <summary>Takes away what was shown.</summary>
    public void Clear() => _line.Clear();

    public void Dispose() => Clear();
}
