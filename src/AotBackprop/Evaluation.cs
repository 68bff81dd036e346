namespace AotBackprop;

/// <summary>How a classifier does on a set of samples.</summary>
/// <param name="Loss">The mean cross-entropy, that of training, in nats; weights count in it.</param>
/// <param name="Correct">Samples whose most probable class is the one with the largest label.</param>
/// <param name="Count">Samples in all.</param>
public readonly record struct Evaluation(double Loss, long Correct, long Count)
{
    /// <summary>The share of samples classified correctly, from 0 to 1.</summary>
    public double Accuracy => (double)Correct / Count;
}
