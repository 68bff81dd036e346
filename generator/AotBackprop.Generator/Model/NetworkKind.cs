namespace AotBackprop.Generator.Model;

/// <summary>What a network says of a sample, and so which calls it has.</summary>
internal enum NetworkKind
{
    /// <summary>One of several classes.</summary>
    Classifier,

    /// <summary>Of several labels which of them hold.</summary>
    MultiLabelClassifier,

    /// <summary>Numbers.</summary>
    Regressor,
}

/// <summary>From an output to the kind of network.</summary>
internal static class NetworkKinds
{
    public static NetworkKind Of(Output output, int count) =>
        Outputs.ClassesOf(output, count) > 0 ? NetworkKind.Classifier
        : output == Output.Sigmoid ? NetworkKind.MultiLabelClassifier
        : NetworkKind.Regressor;
}
