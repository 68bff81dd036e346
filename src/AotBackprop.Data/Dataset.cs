using System.Runtime.InteropServices;
using AotBackprop.Numerics;

namespace AotBackprop.Data;

/// <summary>
/// Samples in memory as a network takes them, what was found out of their file, and where each stands in it.
/// </summary>
/// <remarks>
/// Where a scaling or a mean has to be fitted, inputs are kept as float64 until <see cref="Split"/> has fitted it on the
/// training part; only its parts have <see cref="X"/>.
/// </remarks>
public sealed class Dataset
{
    private readonly Origin _origin;
    private readonly RowSelection? _selection;
    private readonly MissingValues _toFill;
    private readonly ScalingKind? _toFit;
    private float[]? _floats;
    private double[]? _doubles;
    private bool _isPacked;
    private int[]? _labels;
    private float[]? _values;
    private float[]? _weights;

    private Dataset(Origin origin, RowSelection? selection, MissingValues toFill, ScalingKind? toFit)
    {
        _origin = origin;
        _selection = selection;
        _toFill = toFill;
        _toFit = toFit;
    }

    /// <summary>N.</summary>
    public int Count { get; private init; }

    /// <summary>D.</summary>
    public int InputCount { get; private init; }

    /// <summary>N×D, row-major, scaled.</summary>
    public ReadOnlySpan<float> X => Numbers();

    /// <summary>
    /// What the network should say, class numbers or rows of values, and how much each sample counts; empty where only inputs
    /// were read.
    /// </summary>
    public Targets Targets => (Required(_values) is { } values
        ? new Targets(values.AsSpan(0, Count * TargetCount))
        : new Targets(_labels.AsSpan(0, _labels is null ? 0 : Count))).WithWeights(Weights);

    /// <summary>How much each sample counts; empty where all count the same.</summary>
    public ReadOnlySpan<float> Weights => Required(_weights).AsSpan(0, _weights is null ? 0 : Count);

    /// <summary>Whether targets were read.</summary>
    public bool HasTargets => _labels is not null || _values is not null;

    /// <summary>Numbers in a row of targets: 1 of class numbers.</summary>
    public int TargetCount { get; private init; }

    /// <summary>The names of the inputs; null where the file has none.</summary>
    public IReadOnlyList<string>? Columns { get; private init; }

    /// <summary>The names of the targets; null where the file has none.</summary>
    public IReadOnlyList<string>? TargetNames { get; private init; }

    /// <summary>The names of the classes, by their numbers; null where the labels are the numbers, or targets no classes.</summary>
    public IReadOnlyList<string>? Classes { get; private init; }

    /// <summary>What was done to the inputs; null where nothing was.</summary>
    public InputScaling? Scaling { get; private set; }

    /// <summary>What took the place of missing values, a number for each input; null where they were refused.</summary>
    public IReadOnlyList<double>? Missing { get; private set; }

    /// <summary>What was found out of the file.</summary>
    public TableFormat Format { get; private init; } = null!;

    /// <summary>What may be wrong, though it could be read: sentences for a log.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>Reads the samples of a file, with their targets.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What is known of it; the rest is found out.</param>
    /// <exception cref="InvalidDataException">It is not as wanted: the message says where, and how.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Dataset Read<TNetwork>(string path, DataOptions? options)
        where TNetwork : class, INetwork<TNetwork> => Read(path, DataShape.Of<TNetwork>(), options);

    /// <inheritdoc cref="Read{TNetwork}(string, DataOptions)"/>
    public static Dataset Read<TNetwork>(string path)
        where TNetwork : class, INetwork<TNetwork> => Read(path, DataShape.Of<TNetwork>(), null);

    /// <inheritdoc cref="Read{TNetwork}(string, DataOptions)"/>
    /// <param name="path">The file.</param>
    /// <param name="shape">What a network wants of it.</param>
    /// <param name="options">What is known of it; the rest is found out.</param>
    public static Dataset Read(string path, DataShape shape, DataOptions? options) => Read(path, shape, options, hasTargets: true);

    /// <inheritdoc cref="Read{TNetwork}(string, DataOptions)"/>
    /// <param name="stream">What the file holds, which is read to its end and left open.</param>
    /// <param name="name">What a message calls it.</param>
    /// <param name="shape">What a network wants of it.</param>
    /// <param name="options">What is known of it; the rest is found out.</param>
    /// <param name="report">Is told how many bytes are read, if there is anyone to tell.</param>
    public static Dataset Read(Stream stream, string name, DataShape shape, DataOptions? options, Action<int>? report) =>
        Read(stream, name, shape, options, report, hasTargets: true);

    /// <summary>Reads the inputs alone, to predict. Where targets are beside them, they are passed over.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What is known of it; the rest is found out.</param>
    /// <exception cref="InvalidDataException">It is not as wanted: the message says where, and how.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Dataset ReadInputs<TNetwork>(string path, DataOptions? options)
        where TNetwork : class, INetwork<TNetwork> => ReadInputs(path, DataShape.Of<TNetwork>(), options);

    /// <inheritdoc cref="ReadInputs{TNetwork}(string, DataOptions)"/>
    public static Dataset ReadInputs<TNetwork>(string path)
        where TNetwork : class, INetwork<TNetwork> => ReadInputs(path, DataShape.Of<TNetwork>(), null);

    /// <inheritdoc cref="ReadInputs{TNetwork}(string, DataOptions)"/>
    /// <param name="path">The file.</param>
    /// <param name="shape">What a network wants of it.</param>
    /// <param name="options">What is known of it; the rest is found out.</param>
    public static Dataset ReadInputs(string path, DataShape shape, DataOptions? options) => Read(path, shape, options, hasTargets: false);

    /// <inheritdoc cref="ReadInputs{TNetwork}(string, DataOptions)"/>
    /// <param name="stream">What the file holds, which is read to its end and left open.</param>
    /// <param name="name">What a message calls it.</param>
    /// <param name="shape">What a network wants of it.</param>
    /// <param name="options">What is known of it; the rest is found out.</param>
    /// <param name="report">Is told how many bytes are read, if there is anyone to tell.</param>
    public static Dataset ReadInputs(Stream stream, string name, DataShape shape, DataOptions? options, Action<int>? report) =>
        Read(stream, name, shape, options, report, hasTargets: false);

    /// <summary>What a message calls a sample: the file, and the line.</summary>
    /// <param name="row">From 0.</param>
    public string Place(int row) => _origin.Place(_selection?[Checked(row)] ?? Checked(row));

    /// <summary>What a message calls an input of a sample: the file, the line and the column.</summary>
    /// <param name="row">From 0.</param>
    /// <param name="input">From 0.</param>
    public string Place(int row, int input) => $"{Place(row)}, {_origin.Input(input)}";

    /// <summary>
    /// Holds a share of the samples out, drawn by the seed and of each class alike; fits the scaling and what takes the
    /// place of missing values on the others, and applies them to both parts. Both keep the order of the table.
    /// </summary>
    /// <param name="share">From 0 up to, and not, 1.</param>
    /// <param name="seed">The seed of the training.</param>
    /// <param name="consume">
    /// Whether the training part takes over the memory of this dataset, which then is used up: a large table is never in
    /// memory twice.
    /// </param>
    /// <exception cref="InvalidDataException">A number is too large for a float: the message says where.</exception>
    public (Dataset Training, Dataset HeldOut) Split(decimal share, ulong seed, bool consume = false)
    {
        RequireUnused();
        if (!HasTargets)
        {
            throw new InvalidOperationException("Only inputs were read; wanted samples with their targets.");
        }

        // Values are of no class.
        bool[] heldOut = new bool[Count];
        int count = Holdout.Choose(_labels is null ? new int[Count] : _labels.AsSpan(0, Count), share, seed, heldOut);
        ScalingFitter fitter = Fit(heldOut);
        Dataset training = Part(heldOut, isHeldOut: false, Count - count, consume, fitter);
        Dataset held = Part(heldOut, isHeldOut: true, count, inPlace: false, fitter);
        Fill(training, held, heldOut, consume, fitter);
        return (training, held);
    }

    private static Dataset Read(string path, DataShape shape, DataOptions? options, bool hasTargets)
    {
        options = Checked(options, hasTargets);
        using SampleRows rows = new(Sources.Open(path, shape, options), shape, options, hasTargets);
        return Read(rows, shape, options, hasTargets);
    }

    private static Dataset Read(Stream stream, string name, DataShape shape, DataOptions? options, Action<int>? report, bool hasTargets)
    {
        ArgumentNullException.ThrowIfNull(stream);
        options = Checked(options, hasTargets);
        using SampleRows rows = new(Sources.Open(new Opened(stream, name, isOwned: false, report), shape, options), shape, options, hasTargets);
        return Read(rows, shape, options, hasTargets);
    }

    private static DataOptions Checked(DataOptions? options, bool hasTargets)
    {
        options ??= DataOptions.Default;
        options.Validate();

        // Inputs alone need no weights.
        return hasTargets ? options : options with { AreWeightsOptional = true };
    }

    private static Dataset Read(SampleRows rows, DataShape shape, DataOptions options, bool hasTargets)
    {
        bool isFitted = options.Fit is not null || options.Missing.IsMean;
        if (isFitted && !hasTargets)
        {
            throw new ArgumentException("A scaling is fitted on training samples alone; wanted that of the model (Scaling, Missing).", nameof(options));
        }

        LoadedSamples samples = new(rows, options.Scaling, isFitted);
        try
        {
            samples.Read();
        }
        catch (OutOfMemoryException e)
        {
            throw new InvalidDataException(
                $"{rows.Origin.PlaceOf(rows.Line)}: the samples up to here take more memory than there is; read them in blocks (StreamedDataset).", e);
        }

        string[]? classes = samples.AssignClasses();
        return new Dataset(rows.Origin, null, options.Missing, options.Fit)
        {
            Count = (int)rows.Count,
            InputCount = shape.Inputs,
            TargetCount = !hasTargets ? 0 : rows.AreLabels ? 1 : rows.Values.Length,
            Columns = rows.Plan.InputNames,
            TargetNames = hasTargets ? rows.TargetNames : null,
            Classes = classes,
            Format = rows.Format,
            Notes = NotesOn(rows.Plan),
            Scaling = options.Scaling,
            Missing = options.Missing.For(shape.Inputs),
            _floats = samples.Floats,
            _doubles = samples.Doubles,
            _labels = samples.Labels,
            _values = samples.Values,
            _weights = samples.Weights,
        };
    }

    internal static string[] NotesOn(ColumnPlan plan) => plan.Names is { } names && plan.Inputs.Contains(0) && LineHint.IsIndexName(names[0])
        ? [$"{plan.Called(0)} is an input, and seems to number the rows; leave it out (LeaveOut = [1]) where it does."]
        : [];

    private int Checked(int row) => (uint)row < (uint)Count ? row
        : throw new ArgumentOutOfRangeException(nameof(row), row, $"Wanted a row from 0 to {Count - 1}.");

    /// <summary>What <see cref="X"/> is, to be kept.</summary>
    internal ReadOnlyMemory<float> Inputs
    {
        get
        {
            int length = Numbers().Length;
            return _floats is not null ? _floats.AsMemory(0, length) : new PackedFloats(_doubles!, length).Memory;
        }
    }

    /// <summary>N class numbers, or empty.</summary>
    internal ReadOnlyMemory<int> Labels => _labels.AsMemory(0, _labels is null ? 0 : Count);

    /// <summary>N×C values, or empty.</summary>
    internal ReadOnlyMemory<float> Values => _values.AsMemory(0, _values is null ? 0 : Count * TargetCount);

    /// <summary>N weights, or empty.</summary>
    internal ReadOnlyMemory<float> SampleWeights => _weights.AsMemory(0, _weights is null ? 0 : Count);

    /// <summary>The scaling that a split is to fit.</summary>
    internal ScalingKind? ToFit => _toFit;

    /// <summary>Whether a split is to find the means that take the place of missing values.</summary>
    internal bool IsToFill => _toFill.IsMean;

    /// <summary>Whether there is no X before a split.</summary>
    internal bool IsToBeFitted => _doubles is not null && !_isPacked;

    /// <summary>How another file is read as this one was, with what was fitted on this one.</summary>
    internal DataOptions OptionsOfAnother(DataOptions options) =>
        options.OfAnother(Scaling, Missing, Columns, TargetNames, Classes);

    private Span<float> Numbers()
    {
        RequireUnused();
        return _floats is not null ? _floats.AsSpan(0, Count * InputCount)
            : _isPacked ? MemoryMarshal.Cast<double, float>(_doubles.AsSpan())[..(Count * InputCount)]
            : throw new InvalidOperationException("The scaling is fitted on the training samples; wanted Split first, and X of its parts.");
    }

    private T? Required<T>(T? value)
    {
        RequireUnused();
        return value;
    }

    private void RequireUnused()
    {
        if (_floats is null && _doubles is null)
        {
            throw new InvalidOperationException(
                "The training part of a split took over this dataset's memory; wanted its parts, or a split that does not consume.");
        }
    }

    /// <summary>Fits on the rows that are not held out, in their order.</summary>
    private ScalingFitter Fit(bool[] heldOut)
    {
        ScalingFitter fitter = new(InputCount, _doubles is null || _isPacked ? null : _toFit, _doubles is null || _isPacked ? MissingValues.Refused : _toFill);
        while (fitter.Begin())
        {
            for (int n = 0; n < Count; n++)
            {
                if (!heldOut[n])
                {
                    fitter.Add(_doubles.AsSpan(n * InputCount, InputCount));
                }
            }

            fitter.End(i => $"{_origin.Name}: {_origin.Input(i)}");
        }

        return fitter;
    }

    private Dataset Part(bool[] heldOut, bool isHeldOut, int count, bool inPlace, ScalingFitter fitter) =>
        new(_origin, new RowSelection(heldOut, isHeldOut, _selection), MissingValues.Refused, null)
        {
            Count = count,
            InputCount = InputCount,
            TargetCount = TargetCount,
            Columns = Columns,
            TargetNames = TargetNames,
            Classes = Classes,
            Format = Format,
            Notes = Notes,
            Scaling = fitter.Scaling ?? Scaling,
            Missing = fitter.Missing ?? Missing,
            _floats = inPlace ? _floats : GC.AllocateUninitializedArray<float>(count * InputCount),
            _doubles = inPlace ? _doubles : null,
            _isPacked = inPlace && _doubles is not null,
            _labels = inPlace ? _labels : _labels is null ? null : new int[count],
            _values = inPlace ? _values : _values is null ? null : new float[count * TargetCount],
            _weights = inPlace ? _weights : _weights is null ? null : new float[count],
        };

    /// <summary>
    /// Gives each part its rows. In place a row moves to the front, to where its source was read already: a float is half
    /// as large as a double, and no row comes before its place.
    /// </summary>
    private void Fill(Dataset training, Dataset held, bool[] heldOut, bool consume, ScalingFitter fitter)
    {
        double[] row = new double[InputCount];
        double[]? missing = fitter.Missing;
        int[] next = new int[2];
        for (int n = 0; n < Count; n++)
        {
            Dataset part = heldOut[n] ? held : training;
            int place = next[heldOut[n] ? 1 : 0]++;
            Span<float> to = part.Numbers().Slice(place * InputCount, InputCount);
            if (_doubles is null || _isPacked)
            {
                Numbers().Slice(n * InputCount, InputCount).CopyTo(to);
            }
            else
            {
                _doubles.AsSpan(n * InputCount, InputCount).CopyTo(row);
                for (int i = 0; i < row.Length && missing is not null; i++)
                {
                    row[i] = double.IsNaN(row[i]) ? missing[i] : row[i];
                }

                LoadedSamples.Round(row, part.Scaling, to, i => part.Place(place, i));
            }

            if (_labels is not null)
            {
                part._labels![place] = _labels[n];
            }

            if (_weights is not null)
            {
                part._weights![place] = _weights[n];
            }

            _values?.AsSpan(n * TargetCount, TargetCount).CopyTo(part._values.AsSpan(place * TargetCount, TargetCount));
        }

        if (consume)
        {
            (_floats, _doubles, _labels, _values, _weights) = (null, null, null, null, null);
        }
    }
}
