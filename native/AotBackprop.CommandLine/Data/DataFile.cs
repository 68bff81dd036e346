using AotBackprop.CommandLine.Display;
using AotBackprop.CommandLine.IO;
using AotBackprop.Data;
using AotBackprop.Files;

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
        Name = isInput ? "standard input" : Printable.Of(path);
        try
        {
            _file = isInput ? Standard.OpenInput()
                : OperatingSystem.IsLinux() ? SystemCalls.OpenToRead(path)
                : File.OpenRead(path);
        }
        catch (IOException e)
        {
            throw new IOException($"{Name}: {e.Message}", e);
        }

        _progress = new ReadProgress(Name, Status(path)?.FileSize, isQuiet);
    }

    /// <summary>What a message calls it.</summary>
    public string Name { get; }

    /// <summary>What the system tells of a path, or of the standard input; null where there is nothing to tell.</summary>
    public static LinuxCalls.FileStatus? Status(string path) => SystemCalls.Status(path == StandardInput ? null : path, SystemCalls.Input);

    /// <summary>Its bytes, from the first to the last.</summary>
    public Stream Open() => Decompression.Open(_file, _progress.Add);

    public void Dispose()
    {
        _progress.Dispose();
        _file.Dispose();
    }
}
