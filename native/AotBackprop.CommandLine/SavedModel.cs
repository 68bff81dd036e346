using AotBackprop.CommandLine.IO;

namespace AotBackprop.CommandLine;

/// <summary>What a model file holds: a network, and what it says of the inputs that the network takes.</summary>
internal sealed class SavedModel<TNetwork> : IDisposable
    where TNetwork : class, INetwork<TNetwork>
{
    /// <summary>Version 2 says what the inputs are divided by, if by anything; version 1 never did.</summary>
    private const string SilentVersion = "1";

    /// <summary>Both are read at once: another file may have the name a moment later.</summary>
    public SavedModel(string path)
    {
        Network = ModelFile.Load<TNetwork>(NameBytes.Of(path), out ModelFileInfo info);
        Scale = info.Metadata["format_version"] == SilentVersion ? null : info.Scaling?.Factor ?? 1;
    }

    public TNetwork Network { get; }

    /// <summary>What inputs are divided by; null where the file is of a version that does not say.</summary>
    public float? Scale { get; }

    public void Dispose() => Network.Dispose();
}
