namespace AotBackprop.Data;

/// <summary>Some samples of a <see cref="StreamedDataset"/>. Valid until the next block is asked for.</summary>
public sealed class SampleBlock
{
    private readonly float[] _X;
    private readonly int[]? _labels;
    private readonly float[]? _values;
    private readonly int _inputs;
    private readonly int _targets;

    internal SampleBlock(int size, int inputs, int targets, bool areLabels)
    {
        _inputs = inputs;
        _targets = targets;
        _X = new float[checked(size * inputs)];
        _labels = areLabels ? new int[size] : null;
        _values = areLabels ? null : new float[checked(size * targets)];
    }

    /// <summary>The number of the block, from 0.</summary>
    public int Index { get; internal set; }

    /// <summary>The samples in it.</summary>
    public int Count { get; internal set; }

    /// <summary>Count×D, row-major, scaled.</summary>
    public ReadOnlySpan<float> X => _X.AsSpan(0, Count * _inputs);

    /// <summary>What the network should say of them.</summary>
    public Targets Targets => _labels is null ? _values.AsSpan(0, Count * _targets) : _labels.AsSpan(0, Count);

    internal Span<float> Row(int place) => _X.AsSpan(place * _inputs, _inputs);

    internal void Set(int place, int label) => _labels![place] = label;

    internal void Set(int place, ReadOnlySpan<double> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            _values![(place * _targets) + i] = (float)values[i];
        }
    }
}
