namespace AotBackprop;

/// <summary>A network that says which of several classes a sample is: of a softmax, or of one sigmoid output.</summary>
public interface IClassifier : INetwork
{
    /// <summary>
    /// The most probable class of each sample, the lowest among equals; of one sigmoid output 1 where A is above ½, else 0.
    /// </summary>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="classes">Receives N class numbers.</param>
    void Classify(ReadOnlySpan<float> X, Span<int> classes);

    /// <summary>Loss and accuracy over a set of samples.</summary>
    /// <param name="X">N×D inputs, finite.</param>
    /// <param name="targets">What the network should say.</param>
    Evaluation Evaluate(ReadOnlySpan<float> X, Targets targets);
}
