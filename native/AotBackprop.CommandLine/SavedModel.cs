namespace AotBackprop.CommandLine;

/// <summary>A model file, and what it says of the inputs that its network takes.</summary>
internal sealed class SavedModel
{
    private readonly string _path;

    private SavedModel(string path, float? scale)
    {
        _path = path;
        Scale = scale;
    }

    /// <summary>What inputs are divided by; null where the file is of a time when none said so.</summary>
    public float? Scale { get; }

    public static SavedModel Open(string path) => new(path, null);

    public TNetwork Load<TNetwork>()
        where TNetwork : class, INetwork<TNetwork> =>
        ModelFile.Load<TNetwork>(_path);
}
