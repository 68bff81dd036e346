using AotBackprop.Numerics;
using AotBackprop.Runtime;

namespace AotBackprop.Training.Runs;

/// <summary>Copies the samples of a batch to consecutive rows, in the order of the epoch. It allocates nothing after it is made.</summary>
internal sealed class BatchGatherer : Batches
{
    // Samples between the one that is copied and the one that is fetched from memory.
    private const int FetchedAhead = 3;

    private readonly TrainingData _data;
    private readonly ReadOnlyMemory<float> _allWeights;
    private readonly LabelSmoothing _smoothing;
    private readonly int _inputs;
    private readonly int _outputs;
    private readonly int _batchSize;
    private readonly int[] _order;
    private readonly float[] _x;
    private readonly int[] _labels;
    private readonly float[] _values;
    private readonly float[] _weights;
    private int _count;
    private int _rows;
    private double _totalWeight;

    /// <param name="data">The samples.</param>
    /// <param name="weights">How much each counts, or empty.</param>
    /// <param name="smoothing">What becomes of labels.</param>
    /// <param name="inputs">D.</param>
    /// <param name="outputs">C.</param>
    /// <param name="batchSize">Samples in a batch; the last may be short.</param>
    public BatchGatherer(TrainingData data, ReadOnlyMemory<float> weights, LabelSmoothing smoothing, int inputs, int outputs, int batchSize)
    {
        _data = data;
        _allWeights = weights;
        _smoothing = smoothing;
        _inputs = inputs;
        _outputs = outputs;
        _order = new int[data.X.Length / inputs];
        _count = _order.Length;
        _batchSize = Math.Min(batchSize, _order.Length);
        bool areRows = !data.AreLabels || !smoothing.IsOff;
        _x = new float[checked(_batchSize * inputs)];
        _labels = new int[areRows ? 0 : _batchSize];
        _values = new float[areRows ? checked(_batchSize * outputs) : 0];
        _weights = new float[weights.IsEmpty ? 0 : _batchSize];
    }

    /// <inheritdoc/>
    public override int BatchCount => ((_count - 1) / _batchSize) + 1;

    /// <inheritdoc/>
    public override string Fingerprint => Checkpoints.Fingerprint.Of(_data);

    /// <inheritdoc/>
    public override ReadOnlySpan<float> X => _x.AsSpan(0, _rows * _inputs);

    /// <inheritdoc/>
    public override Targets Targets =>
        (_values.Length == 0 ? new Targets(_labels.AsSpan(0, _rows)) : new Targets(_values.AsSpan(0, _rows * _outputs)))
        .WithWeights(_weights.AsSpan(0, _weights.Length == 0 ? 0 : _rows));

    /// <inheritdoc/>
    public override double TotalWeight => _totalWeight;

    /// <inheritdoc/>
    public override int? SampleOf(int batch, int row) => _order[(batch * _batchSize) + row];

    /// <inheritdoc/>
    public override string NameOf(int batch, int row, int column) => new CulpritInput(SampleOf(batch, row)!.Value, column).ToString();

    /// <summary>Draws the order of an epoch.</summary>
    public override void Begin(ulong seed, int epoch) => Shuffle.Fill(_order, seed, (ulong)epoch);

    /// <summary>The first samples alone, in the order that they have.</summary>
    /// <param name="count">How many.</param>
    public void BeginInOrder(int count)
    {
        _count = count;
        for (int n = 0; n < count; n++)
        {
            _order[n] = n;
        }
    }

    /// <inheritdoc/>
    public override bool Gather(int batch)
    {
        int first = batch * _batchSize;
        _rows = Math.Min(_batchSize, _count - first);
        ReadOnlySpan<int> samples = _order.AsSpan(first, _rows);
        GatherInputs(first);
        GatherTargets(samples);
        GatherWeights(samples);
        return true;
    }

    private unsafe void GatherInputs(int first)
    {
        nuint inputs = (nuint)_inputs;
        fixed (float* all = _data.X.Span, x = _x)
        {
            for (int n = 0; n < _rows; n++)
            {
                int coming = _order[Math.Min(first + n + FetchedAhead, _count - 1)];
                Scan.Copy(all + ((nuint)_order[first + n] * inputs), x + ((nuint)n * inputs), inputs, all + ((nuint)coming * inputs));
            }
        }
    }

    private void GatherTargets(ReadOnlySpan<int> samples)
    {
        ReadOnlySpan<int> labels = _data.Labels.Span;
        ReadOnlySpan<float> values = _data.Values.Span;
        if (_labels.Length > 0)
        {
            for (int n = 0; n < samples.Length; n++)
            {
                _labels[n] = labels[samples[n]];
            }

            return;
        }

        for (int n = 0; n < samples.Length; n++)
        {
            Span<float> row = _values.AsSpan(n * _outputs, _outputs);
            if (_data.AreLabels)
            {
                _smoothing.Row(labels[samples[n]], row);
                continue;
            }

            ReadOnlySpan<float> given = values.Slice(samples[n] * _outputs, _outputs);
            if (_smoothing.IsOff)
            {
                given.CopyTo(row);
            }
            else
            {
                _smoothing.Row(given, row);
            }
        }
    }

    private void GatherWeights(ReadOnlySpan<int> samples)
    {
        _totalWeight = samples.Length;
        if (_weights.Length == 0)
        {
            return;
        }

        double sum = 0;
        ReadOnlySpan<float> all = _allWeights.Span;
        for (int n = 0; n < samples.Length; n++)
        {
            float weight = all[samples[n]];
            _weights[n] = weight;
            sum += weight;
        }

        _totalWeight = sum;
    }
}
