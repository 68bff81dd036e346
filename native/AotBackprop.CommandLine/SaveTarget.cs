using AotBackprop.CommandLine.Data;
using AotBackprop.CommandLine.IO;
using AotBackprop.Files;

namespace AotBackprop.CommandLine;

/// <summary>Where <c>--save</c> writes.</summary>
internal sealed class SaveTarget(string path)
{
    private readonly byte[] _name = NameBytes.Of(path);

    /// <summary>What a message calls it.</summary>
    public string Shown => Printable.Of(path);

    /// <exception cref="UsageException">It is the file that the samples come from, or that results or log go to.</exception>
    public void RefuseTaken(string data)
    {
        // Elsewhere than on Linux nothing tells of two names that they are one file.
        string? use = OperatingSystem.IsLinux() ? Use(data)
            : string.Equals(Path.GetFullPath(path), Path.GetFullPath(data), StringComparison.OrdinalIgnoreCase) ? "samples"
            : null;
        if (use is not null)
        {
            throw new UsageException($"--save is '{Shown}', which is the file of the {use}; wanted another.");
        }
    }

    /// <exception cref="IOException">Nothing can be written there: the message says why.</exception>
    public void RequireWritable() => ModelFile.RequireWritable(_name);

    public void Write<TNetwork>(TNetwork network, float scale, IReadOnlyDictionary<string, string> facts)
        where TNetwork : class, INetwork<TNetwork> =>
        ModelFile.Save(network, _name, facts, scale == 1 ? null : ModelScaling.DivideBy(scale));

    private string? Use(string data)
    {
        return Is(DataFile.Status(data)) ? "samples"
            : Is(SystemCalls.Status(null, SystemCalls.Output)) ? "results"
            : Is(SystemCalls.Status(null, SystemCalls.Error)) ? "log"
            : null;

        bool Is(LinuxCalls.FileStatus? other) => other is { } others && DataFile.Status(path) is { } own && own.IsSameFile(others);
    }
}
