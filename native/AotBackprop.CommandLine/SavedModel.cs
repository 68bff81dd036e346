using AotBackprop.CommandLine.IO;
using AotBackprop.Training;

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
        TNetwork network = ModelFile.Load<TNetwork>(NameBytes.Of(path), out ModelFileInfo info);
        TellsScaling = info.Metadata["format_version"] != SilentVersion;
        Model = new(network, new()
        {
            Facts = info.Facts,
            Scaling = info.Scaling,
            Classes = info.Classes,
            Columns = info.Columns,
            Target = info.Target,
            Missing = info.Missing,
        });
    }

    public Model<TNetwork> Model { get; }

    public TNetwork Network => Model.Network;

    /// <summary>Whether the file tells how inputs are scaled, be it not at all.</summary>
    public bool TellsScaling { get; }

    public void Dispose() => Model.Dispose();
}
