namespace AotBackprop;

/// <summary>How a network of several sigmoid outputs does on a set of samples.</summary>
/// <param name="Loss">The mean loss, that of training; weights count in it.</param>
/// <param name="Correct">Samples of which every label is right.</param>
/// <param name="LabelAccuracy">For each label the share of samples of which it is right, from 0 to 1.</param>
/// <param name="Count">Samples in all.</param>
public readonly record struct MultiLabelEvaluation(double Loss, long Correct, IReadOnlyList<double> LabelAccuracy, long Count)
{
    /// <summary>The share of samples of which every label is right, from 0 to 1.</summary>
    public double Accuracy => (double)Correct / Count;
}
