using System.Runtime.CompilerServices;

namespace AotBackprop.Data;

/// <summary>
/// The samples of a table, one after the other: its inputs as float64, and its targets. It finds what is missing, and says
/// what is wrong.
/// </summary>
internal sealed class SampleRows : IDisposable
{
    private readonly Sources _sources;
    private readonly DataShape _shape;
    private readonly DataOptions _options;
    private readonly RowSource _inputs;
    private readonly RowSource? _targets;
    private readonly RowSource? _weights;
    private readonly ColumnPlan _weightPlan;
    private readonly int[] _weightColumns;
    private readonly ColumnPlan _targetPlan;
    private readonly double[]? _missing;
    private readonly double[] _values;

    public SampleRows(Sources sources, DataShape shape, DataOptions options, bool hasTargets)
    {
        _sources = sources;
        _shape = shape;
        _options = options;
        _inputs = sources.Inputs;
        bool isApart = sources.Targets is not null;
        if (_inputs.Columns == 0)
        {
            throw NoSample(hasTargets && !isApart);
        }

        Plan = ColumnPlan.Of(_inputs, shape, options, isApart ? false : hasTargets ? true : null);
        _targets = !hasTargets ? null : sources.Targets ?? _inputs;
        _targetPlan = hasTargets && sources.Targets is { } apart ? ColumnPlan.OfTargets(apart, shape) : Plan;
        _weights = !hasTargets ? null : sources.Weights ?? (Plan.Weights is null ? null : _inputs);
        _weightPlan = sources.Weights is null ? Plan : new() { Inputs = [], Targets = [], Weights = 0, Names = null };
        _weightColumns = _weightPlan.Weights is { } column ? [column] : [];
        _missing = options.Missing.For(shape.Inputs);
        _values = new double[_targetPlan.Targets.Length];
        Row = new double[shape.Inputs];
        AreLabels = hasTargets && shape.Classes > 0 && _targetPlan.Targets.Length == 1;
        if (hasTargets && !AreLabels && _targetPlan.Targets.Length != shape.Outputs)
        {
            throw new ArgumentException(
                $"There are {_targetPlan.Targets.Length} columns of targets; "
                + $"wanted {(shape.Classes > 0 ? "1, the class, or " : "")}{shape.Outputs}, one for each output.",
                nameof(options));
        }

        Labels = AreLabels ? new ClassLabels(shape.Classes, options.Classes) : null;
        Origin = new Origin(_inputs.Name, _inputs.IsText, Plan);
        TargetOrigin = sources.Targets is null ? Origin : new Origin(sources.Targets.Name, sources.Targets.IsText, _targetPlan);
    }

    /// <summary>Which columns are which.</summary>
    public ColumnPlan Plan { get; }

    /// <summary>Where the rows come from; the lines are added by whoever keeps them.</summary>
    public Origin Origin { get; }

    /// <summary>Where the targets come from.</summary>
    public Origin TargetOrigin { get; }

    /// <summary>What was found out of the file.</summary>
    public TableFormat Format => _inputs.Format;

    /// <summary>The names of the targets; null where there are none.</summary>
    public string[]? TargetNames => _targetPlan.TargetNames;

    /// <summary>How many there will be, as far as can be told; else 0.</summary>
    public long Expected => _inputs.Expected;

    /// <summary>Whether the targets are classes.</summary>
    public bool AreLabels { get; }

    /// <summary>The classes, where the targets are.</summary>
    public ClassLabels? Labels { get; }

    /// <summary>The inputs of the current sample. NaN is one that is missing and has the mean in its place.</summary>
    public double[] Row { get; }

    /// <summary>The label of the current sample, by <see cref="Labels"/>.</summary>
    public int Label { get; private set; }

    /// <summary>The targets of the current sample, where they are values.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>Whether samples have weights.</summary>
    public bool HasWeights => _weights is not null;

    /// <summary>The weight of the current sample.</summary>
    public float Weight { get; private set; } = 1;

    /// <summary>The line of the current sample.</summary>
    public long Line => _inputs.Line;

    /// <summary>How many samples there were.</summary>
    public long Count { get; private set; }

    /// <summary>Goes to the next sample.</summary>
    public bool Next()
    {
        int at = _inputs.Next(Plan.Inputs, Row);
        bool isThere = at >= 0;
        NextOf(_targets, isThere, "targets");
        NextOf(_weights, isThere, "weights");

        if (!isThere)
        {
            return Count > 0 ? false : throw NoSample(_targets == _inputs);
        }

        if (at < Row.Length)
        {
            FillInputs(at);
        }

        if (_targets is not null)
        {
            ReadTargets();
        }

        if (_weights is not null)
        {
            ReadWeight(_weights);
        }

        Count++;
        return true;
    }

    public void Dispose() => _sources.Dispose();

    /// <summary>Goes to the next row of what is apart from the inputs.</summary>
    private void NextOf(RowSource? other, bool isThere, string what)
    {
        if (other is not null && other != _inputs && other.Next() != isThere)
        {
            (RowSource shorter, RowSource longer) = isThere ? (other, _inputs) : (_inputs, other);
            string hint = _inputs.IsText || other.IsText ? " Where a file begins with names of columns, say so (Header)." : "";
            throw new InvalidDataException($"{shorter.Name} has {Count} samples, and {longer.Name} has more; wanted {what} for each.{hint}");
        }
    }

    /// <summary>Goes on where an input is no number.</summary>
    private void FillInputs(int at)
    {
        int[] columns = Plan.Inputs;
        for (; at < columns.Length; at = _inputs.Numbers(columns, at + 1, Row))
        {
            if (!Field.IsMissing(_inputs.Text(columns[at])) || (_missing is null && !_options.Missing.IsMean))
            {
                throw Fault(_inputs, Plan, columns[at], "a finite number");
            }

            Row[at] = _missing is null ? double.NaN : _missing[at];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReadTargets()
    {
        int[] columns = _targetPlan.Targets;
        if (Labels is not null)
        {
            Label = Labels.Add(_targets!.Text(columns[0]), _targets.Line);
            if (Label < 0)
            {
                throw Fault(_targets, _targetPlan, columns[0], Labels.Wanted, "the class, ");
            }

            return;
        }

        int at = _targets!.Numbers(columns, 0, _values);
        if (at == columns.Length)
        {
            at = Array.FindIndex(_values, one => !IsTarget(one));
        }

        if (at >= 0 && at < columns.Length)
        {
            throw Fault(_targets, _targetPlan, columns[at], _shape.AreTargetsShares ? "a number from 0 to 1" : "a finite number", "a target, ");
        }
    }

    private void ReadWeight(RowSource weights)
    {
        double weight = 0;
        int column = _weightPlan.Weights!.Value;
        if (weights.Numbers(_weightColumns, 0, new Span<double>(ref weight)) == 0 || weight < 0 || !float.IsFinite((float)weight))
        {
            throw Fault(weights, _weightPlan, column, "a finite number, 0 or more", "the weight, ", "weights (Weights)");
        }

        Weight = (float)weight;
    }

    private bool IsTarget(double value) => _shape.AreTargetsShares ? value is >= 0 and <= 1 : float.IsFinite((float)value);

    private InvalidDataException Fault(
        RowSource source, ColumnPlan plan, int column, string wanted, string what = "", string whose = "targets (Targets)")
    {
        Origin origin = source == _inputs ? Origin : new Origin(source.Name, source.IsText, plan);
        ReadOnlySpan<byte> text = source.Text(column);
        string came = text.IsEmpty ? "empty" : Field.Shown(text);
        string hint = what.Length == 0 ? source.HintOfValue(column)
            : Field.IsMissing(text) ? " It is missing; leave the sample out, or complete it."
            : Field.HintOfCharacters(text);
        if (hint.Length == 0)
        {
            // A header that was found to be none has a number in it.
            bool mayBeHeader = Count == 0 && source.IsText && source.Names is null && text.ContainsAnyInRange((byte)'A', (byte)'z');
            hint = what.Length > 0 ? $" Correct it, or say the column of the {whose}."
                : " Correct it, or leave the column out (LeaveOut)." + (mayBeHeader ? " Where the line is names of columns, say so (Header)." : "");
        }

        return new InvalidDataException(
            $"{origin.PlaceOf(source.Line)}: {plan.Called(column)}{(what.Length > 0 ? ", " + what[..^2] + "," : "")} is {came}; "
            + $"wanted {wanted}.{hint}");
    }

    private InvalidDataException NoSample(bool hasTargets) => new(
        $"{_inputs.Name} holds no sample{(_inputs.Names is null ? "" : ", only names of columns")}; "
        + $"wanted lines of values, {_shape.Inputs} inputs{(hasTargets ? $" and {_shape.TargetWords}" : "")}.");
}
