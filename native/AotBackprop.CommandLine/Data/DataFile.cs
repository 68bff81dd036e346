using AotBackprop.CommandLine.Display;
using AotBackprop.CommandLine.IO;
using AotBackprop.Data;
using AotBackprop.Files;

namespace AotBackprop.CommandLine.Data;

/// <summary>The bytes that a user names: of a file or of the standard input.</summary>
internal sealed class DataFile : IDisposable
{
    /// <summary>The name of the standard input.</summary>
    public const string StandardInput = "-";

    private readonly Stream _file;
    private readonly ReadProgress _progress;

    public DataFile(string path, bool isQuiet)
    {
        IsInput = path == StandardInput;
        Name = IsInput ? "standard input" : Printable.Of(path);
        try
        {
            _file = IsInput ? Standard.OpenInput()
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

    /// <summary>Whether it is the standard input.</summary>
    public bool IsInput { get; }

    /// <summary>What the system tells of a path, or of the standard input; null where there is nothing to tell.</summary>
    public static LinuxCalls.FileStatus? Status(string path) => SystemCalls.Status(path == StandardInput ? null : path, SystemCalls.Input);

    /// <summary>All samples, with their targets.</summary>
    /// <exception cref="InvalidDataException">They are not as wanted: the message says where, and how.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public Dataset Read(DataShape shape, DataOptions options)
    {
        Dataset samples = DataMessages.InWords(() => Dataset.Read(_file, Name, shape, options, _progress.Add));
        _progress.Clear();
        return samples;
    }

    /// <summary>The inputs, one sample after the other.</summary>
    /// <param name="shape">What is wanted of the file.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="waits">Called before the standard input is waited for.</param>
    public SampleRows OpenInputs(DataShape shape, DataOptions options, Action waits)
    {
        Stream stream = IsInput ? new WaitingStream(_file, waits) : _file;
        return DataMessages.InWords(() => new SampleRows(
            Sources.Open(new Opened(stream, Name, isOwned: false, _progress.Add) { IsLive = IsInput }, shape, options), shape, options, hasTargets: false));
    }

    public void Dispose()
    {
        _progress.Dispose();
        _file.Dispose();
    }
}
