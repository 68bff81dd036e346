using System.Runtime.InteropServices;
using AotBackprop.Numerics;

namespace AotBackprop.CommandLine.Data;

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

    /// <summary>Holds a share of the labelled samples out, in all classes alike; both parts keep the order of the whole.</summary>
    public (Samples Training, Samples HeldOut) Split(decimal share, ulong seed)
    {
        bool[] chosen = new bool[Count];
        Holdout.Choose(Labels, share, seed, chosen);
        Samples training = new(inputs);
        Samples heldOut = new(inputs);
        for (int n = 0; n < Count; n++)
        {
            Samples part = chosen[n] ? heldOut : training;
            part._X.AddRange(X.Slice(n * inputs, inputs));
            part._labels.Add(_labels[n]);
        }

        return (training, heldOut);
    }
}
