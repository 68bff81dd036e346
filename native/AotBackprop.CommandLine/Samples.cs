using System.Runtime.InteropServices;

namespace AotBackprop.CommandLine;

/// <summary>Samples as a network takes them.</summary>
/// <param name="inputs">D, the inputs of a sample.</param>
internal sealed class Samples(int inputs)
{
    private readonly List<float> _X = [];
    private readonly List<int> _labels = [];

    /// <summary>N×D, row-major.</summary>
    public ReadOnlySpan<float> X => CollectionsMarshal.AsSpan(_X);

    /// <summary>N class numbers, or none where the samples have no labels.</summary>
    public ReadOnlySpan<int> Labels => CollectionsMarshal.AsSpan(_labels);

    /// <summary>N.</summary>
    public int Count => _X.Count / inputs;

    public void AddInput(float input) => _X.Add(input);

    public void AddLabel(int label) => _labels.Add(label);

    /// <summary>Holds a share of the labelled samples out, evenly spaced: at 0.2 every fifth.</summary>
    public (Samples Training, Samples HeldOut) Split(decimal share)
    {
        Samples training = new(inputs);
        Samples heldOut = new(inputs);
        for (int n = 0; n < Count; n++)
        {
            Samples part = decimal.Floor((n + 1) * share) > decimal.Floor(n * share) ? heldOut : training;
            part._X.AddRange(X.Slice(n * inputs, inputs));
            part._labels.Add(_labels[n]);
        }

        return (training, heldOut);
    }
}
