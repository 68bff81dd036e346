namespace AotBackprop;

/// <summary>A network that says of several labels which of them hold: of more than one sigmoid output.</summary>
public interface IMultiLabelClassifier : INetwork
{
    /// <summary>Which labels hold for each sample: 1 where A is above ½, else 0.</summary>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="labels">Receives N×C of 0 and 1.</param>
    void Predict(ReadOnlySpan<float> X, Span<int> labels);

    /// <summary>Loss and accuracy, by label, over a set of samples.</summary>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="targets">N×C values from 0 to 1.</param>
    MultiLabelEvaluation Evaluate(ReadOnlySpan<float> X, Targets targets);
}
