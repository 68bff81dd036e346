using AotBackprop.CommandLine.IO;

namespace AotBackprop.CommandLine;

/// <summary>A model file, and what it says of the inputs that its network takes.</summary>
internal sealed class SavedModel
{
    /// <summary>Version 2 says what the inputs are divided by, if by anything; version 1 never did.</summary>
    private const string SilentVersion = "1";

    private readonly byte[] _path;

    private SavedModel(byte[] path, float? scale)
    {
        _path = path;
        Scale = scale;
    }

    /// <summary>What inputs are divided by; null where the file is of a version that does not say.</summary>
    public float? Scale { get; }

    public static SavedModel Open(string path)
    {
        byte[] bytes = FileName.ToBytes(path);
        ModelFileInfo info = ModelFile.ReadInfo(bytes);
        return new SavedModel(bytes, info.Metadata["format_version"] == SilentVersion ? null : info.Scaling?.Factor ?? 1);
    }

    public TNetwork Load<TNetwork>()
        where TNetwork : class, INetwork<TNetwork> =>
        ModelFile.Load<TNetwork>(_path, ScalingUse.Ignore);
}
