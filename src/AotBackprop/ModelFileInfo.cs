namespace AotBackprop;

/// <summary>What a model file says of itself.</summary>
public sealed class ModelFileInfo
{
    internal ModelFileInfo(IReadOnlyList<int> sizes, IReadOnlyDictionary<string, string> metadata)
    {
        Sizes = sizes;
        Metadata = metadata;
    }

    /// <summary>The number of inputs, of the units of each hidden layer, and of classes.</summary>
    public IReadOnlyList<int> Sizes { get; }

    /// <summary>All its texts: the format, its version, the sizes, and the facts given when it was saved.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }
}
