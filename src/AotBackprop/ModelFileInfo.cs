namespace AotBackprop;

/// <summary>What a model file says of itself.</summary>
public sealed class ModelFileInfo
{
    internal ModelFileInfo(ModelFileHeader header)
    {
        Sizes = header.Sizes;
        Activation = header.Functions.Activation;
        Output = header.Functions.Output;
        Metadata = header.Metadata;
        Facts = header.Facts;
        Scaling = header.Scaling;
        Classes = header.Classes;
        Columns = header.Columns;
        Target = header.Target;
        Missing = header.Missing;
    }

    /// <summary>The number of inputs, of the units of each hidden layer, and of outputs.</summary>
    public IReadOnlyList<int> Sizes { get; }

    /// <summary>The name of the activation of the hidden layers: "relu".</summary>
    public string Activation { get; }

    /// <summary>The name of what the last layer makes of its Z: "softmax".</summary>
    public string Output { get; }

    /// <summary>How inputs are to be scaled; null where they are taken as they are.</summary>
    public ModelScaling? Scaling { get; }

    /// <summary>The names of the classes; null where none were given.</summary>
    public IReadOnlyList<string>? Classes { get; }

    /// <summary>The names of the columns that are the inputs; null where none were given.</summary>
    public IReadOnlyList<string>? Columns { get; }

    /// <summary>The names of the columns that say what the network should say; null where none were given.</summary>
    public IReadOnlyList<string>? Target { get; }

    /// <summary>What takes the place of a value that is missing, of each input, before it is scaled; null where none may be missing.</summary>
    public IReadOnlyList<double>? Missing { get; }

    /// <summary>The texts given when it was saved.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; }

    /// <summary>All its texts as they stand: the facts, and the format's own.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }
}
