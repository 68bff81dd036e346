namespace AotBackprop.Data;

/// <summary>What a network wants of a table: how many inputs, and which targets.</summary>
public sealed record DataShape
{
    /// <summary>The shape of a network.</summary>
    /// <param name="inputs">D, the inputs of a sample.</param>
    /// <param name="outputs">C, the outputs of the network.</param>
    /// <param name="output">What its output layer makes of them.</param>
    public DataShape(int inputs, int outputs, Output output)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        Inputs = inputs;
        Outputs = outputs;
        Output = output;
    }

    /// <summary>D, the inputs of a sample.</summary>
    public int Inputs { get; }

    /// <summary>C, the outputs of the network.</summary>
    public int Outputs { get; }

    /// <summary>What the output layer makes of its Z.</summary>
    public Output Output { get; }

    /// <summary>How many classes it chooses from: C, or 2 of one sigmoid; 0 of a network that says numbers or several labels.</summary>
    public int Classes => Output == Output.Softmax ? Outputs : Output == Output.Sigmoid && Outputs == 1 ? 2 : 0;

    /// <summary>The columns of targets that a table has unless told otherwise: the class, or a number for each output.</summary>
    internal int TargetCount => Classes > 0 ? 1 : Outputs;

    /// <summary>Whether values of targets are probabilities.</summary>
    internal bool AreTargetsShares => Output is Output.Softmax or Output.Sigmoid;

    /// <summary>What the targets are called in a message.</summary>
    internal string TargetWords => Classes > 0 ? "the class"
        : Output == Output.Sigmoid ? $"the {Outputs} labels, numbers from 0 to 1"
        : Outputs == 1 ? "the target"
        : $"the {Outputs} targets";

    /// <summary>The shape of a generated type.</summary>
    public static DataShape Of<TNetwork>()
        where TNetwork : class, INetwork<TNetwork> => new(TNetwork.LayerSizes[0], TNetwork.LayerSizes[^1], TNetwork.OutputKind);
}
