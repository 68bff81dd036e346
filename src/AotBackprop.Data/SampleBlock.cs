namespace AotBackprop.Data;

/// <summary>Some samples of a <see cref="StreamedDataset"/>. Valid until the next block is asked for.</summary>
public sealed class SampleBlock
{
    private readonly float[] _X;
    private readonly int[]? _labels;
    private readonly float[]? _values;
    private readonly float[]? _weights;
    private readonly int _inputs;
    private readonly int _targets;

    internal SampleBlock(int size, int inputs, int targets, bool areLabels, bool hasWeights)
    {
        Order = new int[size];
        _inputs = inputs;
        _targets = targets;
        _X = new float[checked(size * inputs)];
        _labels = areLabels ? new int[size] : null;
        _values = areLabels ? null : new float[checked(size * targets)];
        _weights = hasWeights ? new float[size] : null;
    }

    /// <summary>The number of the block, from 0.</summary>
    public int Index { get; internal set; }

    /// <summary>The samples in it.</summary>
    public int Count { get; internal set; }

    /// <summary>Count×D, row-major, scaled.</summary>
    public ReadOnlySpan<float> X => _X.AsSpan(0, Count * _inputs);

    /// <summary>What the network should say of them, and how much each counts.</summary>
    public Targets Targets =>
        (_labels is null ? new Targets(_values.AsSpan(0, Count * _targets)) : new Targets(_labels.AsSpan(0, Count))).WithWeights(Weights);

    /// <summary>How much each of them counts; empty where all count the same.</summary>
    public ReadOnlySpan<float> Weights => _weights.AsSpan(0, _weights is null ? 0 : Count);

    /// <summary>Which row of the block, in the order of the file, is in each place.</summary>
    internal int[] Order { get; }

    /// <summary>The lines of the rows, in the order of the file.</summary>
    internal LineMap Lines { get; set; } = new();

    /// <summary>Where the rows come from.</summary>
    internal Origin Origin { get; set; } = null!;

    /// <summary>All places, of which the first <see cref="Count"/> are in use: size×D inputs.</summary>
    internal ReadOnlyMemory<float> AllInputs => _X;

    /// <summary>Of all places the class numbers, or empty.</summary>
    internal ReadOnlyMemory<int> AllLabels => _labels;

    /// <summary>Of all places the values, or empty.</summary>
    internal ReadOnlyMemory<float> AllValues => _values;

    /// <summary>What a message calls a sample: the file, and the line.</summary>
    internal string Place(int place) => Origin.PlaceOf(Lines[Order[place]]);

    /// <summary>What a message calls an input of a sample: the file, the line and the column.</summary>
    internal string Place(int place, int input) => $"{Place(place)}, {Origin.Input(input)}";

    internal Span<float> Row(int place) => _X.AsSpan(place * _inputs, _inputs);

    internal void Set(int place, int label) => _labels![place] = label;

    internal void SetWeight(int place, float weight) => _weights![place] = weight;

    internal void Set(int place, ReadOnlySpan<double> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            _values![(place * _targets) + i] = (float)values[i];
        }
    }
}
