using AotBackprop.Data;
using AotBackprop.Runtime;

namespace AotBackprop.Training.Runs;

/// <summary>Batches of a file of which one block is in memory: those of a block, as the gatherer cuts them, then those of the next.</summary>
internal sealed class StreamedBatches : Batches
{
    private readonly StreamedDataset _samples;
    private readonly CancellationToken _cancellation;
    private readonly double[]? _ofClasses;
    private readonly SampleBlock _block;
    private readonly float[] _weights;
    private readonly BatchGatherer _gatherer;
    private readonly int _batchesOfBlock;
    private IEnumerator<SampleBlock>? _blocks;
    private int _number;

    /// <param name="samples">The file.</param>
    /// <param name="ofClasses">How much each class counts, or null.</param>
    /// <param name="smoothing">What becomes of labels.</param>
    /// <param name="outputs">C.</param>
    /// <param name="batchSize">Samples in a batch; a block has a multiple of it.</param>
    /// <param name="cancellation">Ends the reading of a block.</param>
    public StreamedBatches(
        StreamedDataset samples, double[]? ofClasses, LabelSmoothing smoothing, int outputs, int batchSize, CancellationToken cancellation)
    {
        _samples = samples;
        _ofClasses = ofClasses;
        _cancellation = cancellation;
        _block = samples.MakeBlock();
        _weights = new float[samples.HasWeights || ofClasses is not null ? _block.Order.Length : 0];
        TrainingData data = samples.AreLabels
            ? new(_block.AllInputs, _block.AllLabels)
            : new(_block.AllInputs, _block.AllValues);
        _gatherer = new(data, _weights, smoothing, samples.InputCount, outputs, batchSize);
        _batchesOfBlock = samples.BlockSize / batchSize;
        BatchCount = checked((int)((samples.Count + batchSize - 1) / batchSize));
    }

    /// <inheritdoc/>
    public override int BatchCount { get; }

    /// <inheritdoc/>
    public override ReadOnlySpan<float> X => _gatherer.X;

    /// <inheritdoc/>
    public override Targets Targets => _gatherer.Targets;

    /// <inheritdoc/>
    public override double TotalWeight => _gatherer.TotalWeight;

    /// <inheritdoc/>
    public override string Fingerprint => FoundFingerprint;

    /// <inheritdoc/>
    public override int? BlockSize => _samples.BlockSize;

    private string FoundFingerprint { get; set; } = "";

    /// <summary>Refuses samples that a network would refuse, before the first step: reads all of them once.</summary>
    /// <returns>False where someone has cancelled before the end.</returns>
    /// <exception cref="InvalidDataException">A sample is not as wanted: the message says where.</exception>
    /// <exception cref="ArgumentException">No sample counts.</exception>
    public bool Check(OutputShape output)
    {
        Checkpoints.Fingerprint fingerprint = Checkpoints.Fingerprint.Begin();
        bool isAnyOwn = !_samples.HasWeights;
        bool isAny = _weights.Length == 0;
        foreach (SampleBlock block in _samples.InOrder(_block, _cancellation))
        {
            StreamCheck.RequireProbabilities(block, output);
            Weigh(block);
            for (int n = 0; n < block.Count && _weights.Length > 0; n++)
            {
                isAny |= _weights[n] > 0;
                isAnyOwn |= block.Weights.IsEmpty || block.Weights[n] > 0;
                if (!float.IsFinite(_weights[n]))
                {
                    throw new ArgumentException(
                        $"{block.Place(n)}: the weight, times that of its class, is {Guard.Text(_weights[n])}; wanted finite weights, 0 or more.");
                }
            }

            fingerprint.Add(block.X, block.Targets);
        }

        if (_cancellation.IsCancellationRequested)
        {
            return false;
        }

        if (!isAny || !isAnyOwn)
        {
            string whose = isAnyOwn ? "" : "The training data: ";
            throw new ArgumentException($"{whose}All {_samples.Count} weights of samples are 0; wanted one at least above 0.");
        }

        FoundFingerprint = fingerprint.Text;
        return true;
    }

    /// <inheritdoc/>
    public override void Begin(ulong seed, int epoch)
    {
        _blocks?.Dispose();
        _blocks = _samples.Blocks(_block, seed, epoch, _cancellation).GetEnumerator();
        _number = -1;
    }

    /// <inheritdoc/>
    public override bool Gather(int batch)
    {
        int wanted = batch / _batchesOfBlock;
        while (_number < wanted)
        {
            if (!_blocks!.MoveNext())
            {
                return false;
            }

            _number++;
            if (_number == wanted)
            {
                Weigh(_block);
                _gatherer.BeginInOrder(_block.Count);
            }
        }

        return _gatherer.Gather(batch % _batchesOfBlock);
    }

    /// <inheritdoc/>
    public override string NameOf(int batch, int row, int column)
    {
        int place = _gatherer.SampleOf(batch % _batchesOfBlock, row)!.Value;
        return _block.Place(place, column) + (_samples.Scaling is null ? "" : ", scaled,");
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _blocks?.Dispose();
        base.Dispose();
    }

    /// <summary>How much each sample of a block counts, as the gatherer has it.</summary>
    private void Weigh(SampleBlock block)
    {
        if (_ofClasses is not null)
        {
            ClassWeights.Weigh(_ofClasses, block.Targets.Labels, block.Weights, _weights);
        }
        else
        {
            block.Weights.CopyTo(_weights);
        }
    }
}
