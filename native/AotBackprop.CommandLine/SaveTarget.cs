using AotBackprop.CommandLine.Data;
using AotBackprop.CommandLine.IO;
using AotBackprop.Files;

namespace AotBackprop.CommandLine;

/// <summary>A file that a command writes, as a whole.</summary>
/// <param name="option">The option that names it.</param>
/// <param name="path">The file.</param>
/// <param name="kind">What is in it, as a sentence begins.</param>
internal sealed class SaveTarget(string option, string path, string kind = "Model file")
{
    private readonly byte[] _name = NameBytes.Of(path);

    private readonly string _path = path;

    /// <summary>The option that names it.</summary>
    public string Option { get; } = option;

    /// <summary>What a message calls it.</summary>
    public string Shown => Printable.Of(_path);

    /// <exception cref="UsageException">It is the file that the samples come from, or that results or log go to.</exception>
    /// <param name="data">The files that are read.</param>
    /// <param name="others">What else is written.</param>
    public void RefuseTaken(IEnumerable<string> data, IEnumerable<SaveTarget> others)
    {
        if (others.FirstOrDefault(IsSame) is { } other)
        {
            throw new UsageException($"{Option} is '{Shown}', which is the file of {other.Option}; wanted another.");
        }

        foreach (string one in data)
        {
            RefuseTaken(one);
        }
    }

    private void RefuseTaken(string data)
    {
        // Elsewhere than on Linux nothing tells of two names that they are one file.
        string? use = OperatingSystem.IsLinux() ? Use(data)
            : string.Equals(Path.GetFullPath(_path), Path.GetFullPath(data), StringComparison.OrdinalIgnoreCase) ? "samples"
            : null;
        if (use is not null)
        {
            throw new UsageException($"{Option} is '{Shown}', which is the file of the {use}; wanted another.");
        }
    }

    /// <exception cref="IOException">Nothing can be written there: the message says why.</exception>
    public void RequireWritable() => WholeFile.RequireReplaceable(FileName.Of(_name, kind));

    /// <summary>Writes a model.</summary>
    public void Write<TNetwork>(TNetwork network, ModelDescription description)
        where TNetwork : class, INetwork<TNetwork> => ModelFile.Save(network, _name, description);

    /// <summary>Writes text.</summary>
    public void Write(Action<TextWriter> write)
    {
        FileName name = FileName.Of(_name, kind);
        try
        {
            WholeFile.Replace(name, stream =>
            {
                using StreamWriter writer = new(stream, bufferSize: 1 << 16, leaveOpen: true) { NewLine = "\n" };
                write(writer);
            });
        }
        catch (IOException e)
        {
            throw new IOException($"{name.Described}: {e.Message}", e);
        }
    }

    private bool IsSame(SaveTarget other) => OperatingSystem.IsLinux() && DataFile.Status(_path) is { } own && DataFile.Status(other._path) is { } others
        ? own.IsSameFile(others)
        : string.Equals(Path.GetFullPath(_path), Path.GetFullPath(other._path), StringComparison.Ordinal);

    private string? Use(string data)
    {
        return Is(DataFile.Status(data)) ? "samples"
            : Is(SystemCalls.Status(null, SystemCalls.Output)) ? "results"
            : Is(SystemCalls.Status(null, SystemCalls.Error)) ? "log"
            : null;

        bool Is(LinuxCalls.FileStatus? other) => other is { } others && DataFile.Status(_path) is { } own && own.IsSameFile(others);
    }
}
