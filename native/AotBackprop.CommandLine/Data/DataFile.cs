using AotBackprop.CommandLine.Display;
using AotBackprop.CommandLine.IO;

namespace AotBackprop.CommandLine.Data;

/// <summary>The bytes that a user names: of a file or of the standard input, decompressed where they begin as gzip does.</summary>
internal sealed class DataFile : IDisposable
{
    private const string StandardInput = "-";

    private readonly Stream _file;
    private readonly ReadProgress _progress;

    public DataFile(string path, bool isQuiet)
    {
        bool isInput = path == StandardInput;
        Name = isInput ? "standard input" : FileName.Printable(path);
        try
        {
            _file = isInput ? Standard.OpenInput()
                : OperatingSystem.IsLinux() ? new DescriptorStream(SystemCalls.OpenToRead(path), isOwned: true)
                : File.OpenRead(path);
        }
        catch (IOException e)
        {
            throw new IOException($"{Name}: {e.Message}", e);
        }

        _progress = new ReadProgress(Name, Facts(path)?.Size, isQuiet);
    }

    /// <summary>What a message calls it.</summary>
    public string Name { get; }

    /// <summary>What the system tells of a path, or of the standard input; null where there is nothing to tell.</summary>
    public static FileFacts? Facts(string path) => SystemCalls.Facts(path == StandardInput ? null : path, SystemCalls.Input);

    /// <summary>Its bytes, from the first to the last.</summary>
    public Stream Open() => Decompression.Open(_file, _progress.Add);

    public void Dispose()
    {
        _progress.Dispose();
        _file.Dispose();
    }
}
