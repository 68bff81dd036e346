using AotBackprop.Numerics;
using Microsoft.Win32.SafeHandles;

namespace AotBackprop.Data;

/// <summary>
/// The samples of a file that need not fit into memory: each epoch reads it again, block by block. What is held in memory
/// is one block.
/// </summary>
/// <remarks>
/// The samples of a block are shuffled, the blocks are not: a file that is sorted by its classes trains badly. What comes
/// depends on the file, the seed, the epoch and the size of a block alone; in one block all samples come in the order in
/// which <see cref="INetwork.TrainEpoch(ReadOnlySpan{float}, Targets, int, float, ulong, int)"/> takes them.
/// </remarks>
public sealed class StreamedDataset
{
    // Rows between two looks at whether someone has cancelled.
    private const int RowsAtATime = 1 << 10;

    private readonly string _path;
    private readonly string[] _files;
    private readonly DataShape _shape;
    private readonly DataOptions _asGiven;
    private readonly DataOptions _options;
    private readonly Action<int>? _report;
    private readonly (long Length, DateTime Written)[] _states;

    private StreamedDataset(string path, DataShape shape, DataOptions options, int blockSize, Action<int>? report)
    {
        _asGiven = options;
        _report = report;
        _path = path;
        _shape = shape;
        BlockSize = blockSize;
        _files = options.TargetFile is { } targets ? [path, targets] : [path];
        _states = Array.ConvertAll(_files, State);
        ScalingFitter fitter = new(shape.Inputs, options.Fit, options.Missing);
        bool isFitted = fitter.Begin();

        // Labels are counted in the first of the passes, in which a mean or sums are fitted as well.
        using (SampleRows rows = Open(options, report))
        {
            while (rows.Next())
            {
                if (isFitted)
                {
                    fitter.Add(rows.Row);
                }

                if (rows.Labels is { AreTooMany: true })
                {
                    break;
                }
            }

            End(fitter, isFitted, rows);
            Count = rows.Count;
            Columns = rows.Plan.InputNames;
            TargetNames = rows.TargetNames;
            Format = rows.Format;
            Notes = Dataset.NotesOn(rows.Plan);
            HasWeights = rows.HasWeights;
            AreLabels = rows.AreLabels;
            TargetCount = rows.AreLabels ? 1 : rows.Values.Length;
            if (rows.Labels is { } labels)
            {
                (int[] classOf, Classes) = labels.Assign(rows.TargetOrigin.Plan.Called(rows.TargetOrigin.Plan.Targets[0]), rows.TargetOrigin);
                ClassCounts = labels.Counts(classOf);
            }
        }

        while (fitter.Begin())
        {
            using SampleRows rows = Open(options, report);
            while (rows.Next())
            {
                fitter.Add(rows.Row);
            }

            End(fitter, isFitted, rows);
        }

        Scaling = fitter.Scaling ?? options.Scaling;
        Missing = fitter.Missing;

        // What was found out is known from now on.
        _options = options with
        {
            Fit = null,
            Scaling = Scaling,
            Missing = fitter.Missing is null ? MissingValues.Refused : MissingValues.By(fitter.Missing),
            Classes = Classes ?? [],
        };
    }

    /// <summary>What it was read for.</summary>
    internal DataShape Shape => _shape;

    /// <summary>N.</summary>
    public long Count { get; }

    /// <summary>Samples in a block; the last may have fewer.</summary>
    public int BlockSize { get; }

    /// <summary>Blocks in an epoch.</summary>
    public long BlockCount => (Count + BlockSize - 1) / BlockSize;

    /// <summary>D.</summary>
    public int InputCount => _shape.Inputs;

    /// <summary>Numbers in a row of targets: 1 of class numbers.</summary>
    public int TargetCount { get; }

    /// <summary>The names of the inputs; null where the file has none.</summary>
    public IReadOnlyList<string>? Columns { get; }

    /// <summary>The names of the targets; null where the file has none.</summary>
    public IReadOnlyList<string>? TargetNames { get; }

    /// <summary>The names of the classes, by their numbers; null where the labels are the numbers, or targets no classes.</summary>
    public IReadOnlyList<string>? Classes { get; }

    /// <summary>What is done to the inputs, fitted on all samples where it was to be; null where nothing is.</summary>
    public InputScaling? Scaling { get; }

    /// <summary>What takes the place of missing values, a number for each input; null where they are refused.</summary>
    public IReadOnlyList<double>? Missing { get; }

    /// <summary>Whether samples have weights.</summary>
    public bool HasWeights { get; }

    /// <summary>What was found out of the file.</summary>
    public TableFormat Format { get; }

    /// <summary>What may be wrong, though it could be read: sentences for a log.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>How another file is read as this one was, with what was fitted on this one: one to judge a network by.</summary>
    public DataOptions DataOptions => _asGiven.OfAnother(Scaling, Missing, Columns, TargetNames, Classes);

    /// <summary>Whether the targets are classes.</summary>
    internal bool AreLabels { get; }

    /// <summary>How many samples each class has; empty where targets are no classes.</summary>
    internal IReadOnlyList<long> ClassCounts { get; } = [];

    /// <summary>Reads a file once, or up to three times to fit what is asked for, and finds out all that is to be known.</summary>
    /// <param name="path">The file, which is read again for each epoch.</param>
    /// <param name="blockSize">Samples in a block: a multiple of the size of a batch, and as many as memory allows.</param>
    /// <param name="options">What is known of it; the rest is found out.</param>
    /// <exception cref="InvalidDataException">It is not as wanted: the message says where, and how.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static StreamedDataset Open<TNetwork>(string path, int blockSize, DataOptions? options)
        where TNetwork : class, INetwork<TNetwork> => Open(path, DataShape.Of<TNetwork>(), blockSize, options);

    /// <inheritdoc cref="Open{TNetwork}(string, int, DataOptions)"/>
    /// <param name="path">The file, which is read again for each epoch.</param>
    /// <param name="shape">What a network wants of it.</param>
    /// <param name="blockSize">Samples in a block: a multiple of the size of a batch, and as many as memory allows.</param>
    /// <param name="options">What is known of it; the rest is found out.</param>
    public static StreamedDataset Open(string path, DataShape shape, int blockSize, DataOptions? options) => Open(path, shape, blockSize, options, null);

    /// <inheritdoc cref="Open{TNetwork}(string, int, DataOptions)"/>
    /// <param name="path">The file, which is read again for each epoch.</param>
    /// <param name="shape">What a network wants of it.</param>
    /// <param name="blockSize">Samples in a block: a multiple of the size of a batch, and as many as memory allows.</param>
    /// <param name="options">What is known of it; the rest is found out.</param>
    /// <param name="report">Is told how many bytes are read before the first epoch, if there is anyone to tell.</param>
    internal static StreamedDataset Open(string path, DataShape shape, int blockSize, DataOptions? options, Action<int>? report)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentOutOfRangeException.ThrowIfLessThan(blockSize, 1);
        int largest = LargestBlock(shape);
        if (blockSize > largest)
        {
            throw new ArgumentOutOfRangeException(
                nameof(blockSize), blockSize, $"A block has {blockSize} samples; wanted at most {largest} of {shape.Inputs} inputs.");
        }

        options ??= DataOptions.Default;
        options.Validate();
        return new StreamedDataset(path, shape, options, blockSize, report);
    }

    /// <summary>How many samples an array can hold.</summary>
    internal static int LargestBlock(DataShape shape) => Array.MaxLength / Math.Max(shape.Inputs, shape.Outputs);

    /// <summary>The blocks of an epoch, the samples of each in a random order.</summary>
    /// <param name="seed">The seed of the training.</param>
    /// <param name="epoch">The number of the epoch, from 0: each has orders of its own.</param>
    /// <returns>One object, which holds the next block each time.</returns>
    /// <exception cref="IOException">The file cannot be read, or is another one by now.</exception>
    public IEnumerable<SampleBlock> Blocks(ulong seed, int epoch) => Blocks(MakeBlock(), seed, epoch, default);

    /// <summary>The blocks in the order of the file.</summary>
    /// <returns>One object, which holds the next block each time.</returns>
    /// <exception cref="IOException">The file cannot be read, or is another one by now.</exception>
    public IEnumerable<SampleBlock> InOrder() => InOrder(MakeBlock(), default);

    /// <summary>A block of this file, to be filled.</summary>
    internal SampleBlock MakeBlock()
    {
        int size = (int)Math.Min(BlockSize, Count);
        try
        {
            return new(size, InputCount, TargetCount, AreLabels, HasWeights);
        }
        catch (OutOfMemoryException e)
        {
            throw new InvalidDataException($"{Files.Printable.Of(_path)}: a block of {size} samples takes more memory than there is; wanted a smaller one.", e);
        }
    }

    /// <summary>The blocks of an epoch, all in one; they end early where someone cancels.</summary>
    internal IEnumerable<SampleBlock> Blocks(SampleBlock block, ulong seed, int epoch, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        return Blocks(block, (order, number) => Shuffle.Fill(order, seed, ((ulong)epoch * (ulong)BlockCount) + (ulong)number), null, cancellation);
    }

    /// <summary>The blocks in the order of the file, before the first epoch.</summary>
    internal IEnumerable<SampleBlock> InOrder(SampleBlock block, CancellationToken cancellation) => Blocks(
        block,
        (order, _) =>
        {
            for (int i = 0; i < order.Length; i++)
            {
                order[i] = i;
            }
        },
        _report,
        cancellation);

    private delegate void Order(Span<int> order, int block);

    private IEnumerable<SampleBlock> Blocks(SampleBlock block, Order order, Action<int>? report, CancellationToken cancellation)
    {
        using SampleRows rows = Open(_options, report);
        int[] places = new int[block.Order.Length];
        block.Origin = rows.Origin;
        for (block.Index = 0; block.Index < BlockCount; block.Index++)
        {
            block.Count = (int)Math.Min(BlockSize, Count - ((long)block.Index * BlockSize));
            order(block.Order.AsSpan(0, block.Count), block.Index);
            for (int i = 0; i < block.Count; i++)
            {
                places[block.Order[i]] = i;
            }

            Fill(block, places, rows, cancellation);
            if (cancellation.IsCancellationRequested)
            {
                yield break;
            }

            yield return block;
        }

        if (rows.Next())
        {
            throw Changed(_path);
        }
    }

    private void Fill(SampleBlock block, int[] places, SampleRows rows, CancellationToken cancellation)
    {
        Func<int, string> place = i => $"{rows.Origin.PlaceOf(rows.Line)}, {rows.Origin.Input(i)}";
        block.Lines = new LineMap();
        for (int n = 0; n < block.Count; n++)
        {
            if (n % RowsAtATime == 0 && cancellation.IsCancellationRequested)
            {
                return;
            }

            if (!rows.Next())
            {
                throw Changed(_path);
            }

            block.Lines.Add(rows.Line);
            LoadedSamples.Round(rows.Row, Scaling, block.Row(places[n]), place);
            if (HasWeights)
            {
                block.SetWeight(places[n], rows.Weight);
            }

            if (AreLabels)
            {
                block.Set(places[n], rows.Labels!.ClassOf(rows.Label));
            }
            else
            {
                block.Set(places[n], rows.Values);
            }
        }
    }

    private SampleRows Open(DataOptions options, Action<int>? report)
    {
        for (int i = 0; i < _files.Length; i++)
        {
            if (State(_files[i]) != _states[i])
            {
                throw Changed(_files[i]);
            }
        }

        return new SampleRows(Sources.Open(_path, _shape, options, report), _shape, options, hasTargets: true);
    }

    /// <summary>By what it is seen that a file has changed: of the file itself, where the name is a link's.</summary>
    private static (long Length, DateTime Written) State(string path)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return (RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));
        }
        catch (NotSupportedException e)
        {
            throw new InvalidDataException($"{Files.Printable.Of(path)} can be read once only, as a pipe can; wanted a file, which each epoch reads again.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{Files.Printable.Of(path)}: {e.Message}", e);
        }
    }

    private static IOException Changed(string path) => new(
        $"{Files.Printable.Of(path)} is not what it was when it was read first; wanted a file that nobody changes meanwhile.");

    private static void End(ScalingFitter fitter, bool isFitted, SampleRows rows)
    {
        if (isFitted)
        {
            fitter.End(i => $"{rows.Origin.Name}: {rows.Origin.Input(i)}");
        }
    }
}
