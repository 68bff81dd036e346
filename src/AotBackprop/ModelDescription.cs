namespace AotBackprop;

/// <summary>What a model file may tell besides its network. docs/files.md has the keys.</summary>
public sealed class ModelDescription
{
    /// <summary>Texts to keep in the file, such as how the network was trained.</summary>
    public IReadOnlyDictionary<string, string>? Facts { get; init; }

    /// <summary>How the network's inputs are scaled, where they are.</summary>
    public ModelScaling? Scaling { get; init; }

    /// <summary>The names of all classes.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>The names of the columns that are the inputs, one for each.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>The names of the columns that say what the network should say, one at least.</summary>
    public IReadOnlyList<string>? Target { get; init; }

    /// <summary>What takes the place of a value that is missing, a finite number for each input, before inputs are scaled.</summary>
    public IReadOnlyList<double>? Missing { get; init; }
}
