namespace AotBackprop.Data;

/// <summary>
/// Fits what takes the place of missing values, and a scaling. It is given all training rows in their order in each of its
/// passes, whether they are in memory or read again. Sums are in float64, in that order.
/// </summary>
internal sealed class ScalingFitter
{
    private enum Pass
    {
        Missing,
        Sums,
        Squares,
    }

    private readonly ScalingKind? _kind;
    private readonly Queue<Pass> _passes = new();
    private readonly double[] _sums;
    private readonly double[] _least;
    private readonly double[] _most;
    private readonly double[] _means;
    private readonly long[] _present;
    private long _count;

    public ScalingFitter(int inputs, ScalingKind? kind, MissingValues missing)
    {
        _kind = kind;
        _sums = new double[inputs];
        _least = new double[inputs];
        _most = new double[inputs];
        _means = new double[inputs];
        _present = new long[inputs];
        Missing = missing.For(inputs);
        if (missing.IsMean)
        {
            _passes.Enqueue(Pass.Missing);
        }

        if (kind is not null)
        {
            _passes.Enqueue(Pass.Sums);
        }

        if (kind == ScalingKind.Standard)
        {
            _passes.Enqueue(Pass.Squares);
        }
    }

    /// <summary>What takes the place of missing values, once it is known.</summary>
    public double[]? Missing { get; private set; }

    /// <summary>The scaling, once the last pass has ended.</summary>
    public InputScaling? Scaling { get; private set; }

    /// <summary>Whether there is a pass to be made.</summary>
    public bool Begin()
    {
        Array.Clear(_sums);
        Array.Clear(_present);
        Array.Fill(_least, double.PositiveInfinity);
        Array.Fill(_most, double.NegativeInfinity);
        _count = 0;
        return _passes.Count > 0;
    }

    /// <summary>A training row; NaN is a value that is missing.</summary>
    public void Add(ReadOnlySpan<double> row)
    {
        _count++;
        switch (_passes.Peek())
        {
            case Pass.Missing:
                for (int i = 0; i < row.Length; i++)
                {
                    if (!double.IsNaN(row[i]))
                    {
                        _sums[i] += row[i];
                        _present[i]++;
                    }
                }

                break;
            case Pass.Sums:
                for (int i = 0; i < row.Length; i++)
                {
                    double value = Filled(row, i);
                    _sums[i] += value;
                    _least[i] = Math.Min(_least[i], value);
                    _most[i] = Math.Max(_most[i], value);
                }

                break;
            default:
                for (int i = 0; i < row.Length; i++)
                {
                    double off = Filled(row, i) - _means[i];
                    _sums[i] += off * off;
                }

                break;
        }
    }

    /// <summary>Ends a pass.</summary>
    /// <param name="column">What a message calls a column.</param>
    /// <exception cref="InvalidDataException">A column has no mean, or none that a float64 can hold.</exception>
    public void End(Func<int, string> column)
    {
        switch (_passes.Dequeue())
        {
            case Pass.Missing:
                Missing = new double[_sums.Length];
                for (int i = 0; i < _sums.Length; i++)
                {
                    Missing[i] = _present[i] > 0 && double.IsFinite(_sums[i]) ? _sums[i] / _present[i]
                        : throw new InvalidDataException($"{column(i)} has no value in the training samples, or too large ones, so no mean; leave it out.");
                }

                break;
            case Pass.Sums when _kind == ScalingKind.MinMax:
                RequireFinite(column, i => _most[i] - _least[i]);
                Scaling = InputScaling.MinMax(_least, _most);
                break;
            case Pass.Sums:
                RequireFinite(column, i => _sums[i]);
                for (int i = 0; i < _sums.Length; i++)
                {
                    // Rounding must not give a column of one value a deviation.
                    _means[i] = _least[i] == _most[i] ? _least[i] : _sums[i] / _count;
                }

                break;
            default:
                RequireFinite(column, i => _sums[i]);
                Scaling = InputScaling.Standard(_means, Array.ConvertAll(_sums, sum => Math.Sqrt(sum / _count) is > 0 and double deviation ? deviation : 1));
                break;
        }
    }

    private double Filled(ReadOnlySpan<double> row, int i) => double.IsNaN(row[i]) ? Missing![i] : row[i];

    private void RequireFinite(Func<int, string> column, Func<int, double> number)
    {
        for (int i = 0; i < _sums.Length; i++)
        {
            if (!double.IsFinite(number(i)))
            {
                throw new InvalidDataException($"{column(i)} has numbers too large to be scaled; leave it out, or divide it.");
            }
        }
    }
}
