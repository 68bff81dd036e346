using System.Globalization;
using System.Runtime.InteropServices;
using AotBackprop.Numerics;

namespace AotBackprop.CommandLine.Data;

/// <summary>Samples as a network takes them, and where they come from.</summary>
/// <param name="inputs">D, the inputs of a sample.</param>
/// <param name="name">What a message calls their file.</param>
/// <param name="capacity">N, where it is known.</param>
internal sealed class Samples(int inputs, string name, int capacity = 0)
{
    private readonly List<float> _X = new(capacity * inputs);
    private readonly List<int> _labels = [];
    private readonly List<float> _values = [];
    private readonly List<long> _lines = new(capacity);

    /// <summary>N×D, row-major.</summary>
    public ReadOnlySpan<float> X => CollectionsMarshal.AsSpan(_X);

    /// <summary>What the network should say of them: class numbers, or rows of values.</summary>
    public Targets Targets =>
        _values.Count > 0 ? CollectionsMarshal.AsSpan(_values) : CollectionsMarshal.AsSpan(_labels);

    /// <summary>N.</summary>
    public int Count => _lines.Count;

    /// <summary>What a message calls a line of a file.</summary>
    public static string Place(string name, long line) => string.Create(CultureInfo.InvariantCulture, $"{name}, line {line}");

    /// <summary>What a message calls a sample.</summary>
    public string Place(int n) => Place(name, _lines[n]);

    public void AddInput(float input) => _X.Add(input);

    public void AddLabel(int label) => _labels.Add(label);

    public void AddValue(float value) => _values.Add(value);

    /// <summary>Ends the sample whose inputs, and targets if it has any, were added.</summary>
    /// <param name="line">Where in the file it stands, from 1.</param>
    public void EndSample(long line) => _lines.Add(line);

    /// <summary>Holds a share of the labelled samples out, in all classes alike; both parts keep the order of the whole.</summary>
    public (Samples Training, Samples HeldOut) Split(decimal share, ulong seed)
    {
        // Values are of no class.
        bool[] chosen = new bool[Count];
        int count = Holdout.Choose(
            _values.Count > 0 ? new int[Count] : CollectionsMarshal.AsSpan(_labels), share, seed, chosen);
        Samples heldOut = new(inputs, name, count);
        if (count == 0)
        {
            return (this, heldOut);
        }

        Samples training = new(inputs, name, Count - count);
        for (int n = 0; n < Count; n++)
        {
            Samples part = chosen[n] ? heldOut : training;
            part._X.AddRange(X.Slice(n * inputs, inputs));
            if (_values.Count > 0)
            {
                int outputs = _values.Count / Count;
                part._values.AddRange(CollectionsMarshal.AsSpan(_values).Slice(n * outputs, outputs));
            }
            else
            {
                part._labels.Add(_labels[n]);
            }

            part._lines.Add(_lines[n]);
        }

        return (training, heldOut);
    }

    /// <exception cref="InvalidDataException">Something is larger than a float can hold: the message says what, and where it stands.</exception>
    public Figure[] Evaluate(NetworkTask task, INetwork network)
    {
        try
        {
            return task.Evaluate(network, X, Targets);
        }
        catch (NotFiniteNumberException e)
        {
            throw new InvalidDataException(Located(e.Message), e);
        }
    }

    /// <summary>A network's message about the largest input, which it knows by its indices, with the place in the file.</summary>
    public string Located(string message)
    {
        int largest = 0;
        for (int i = 1; i < _X.Count; i++)
        {
            largest = Math.Abs(_X[i]) > Math.Abs(_X[largest]) ? i : largest;
        }

        (int n, int column) = Math.DivRem(largest, inputs);
        return message.Replace($"X[{n}, {column}] is", $"value {column + 1} in {Place(n)}, scaled, is", StringComparison.Ordinal);
    }
}
