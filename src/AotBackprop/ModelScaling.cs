using System.Globalization;

namespace AotBackprop;

/// <summary>How inputs are scaled.</summary>
public enum ModelScalingKind
{
    /// <summary>x / factor, the same for all inputs.</summary>
    Factor = 0,

    /// <summary>(x − mean) / deviation, each input by its own; a deviation of 0 counts as 1.</summary>
    Standard = 1,

    /// <summary>(x − minimum) / (maximum − minimum), each input by its own; a range of 0 counts as 1.</summary>
    MinMax = 2,
}

/// <summary>How inputs were scaled before a network learned from them, and are to be before it is asked.</summary>
public sealed class ModelScaling
{
    private readonly float _factor;
    private readonly double[] _first = [];
    private readonly double[] _second = [];

    // What an input is divided by once the first number was subtracted: never 0.
    private readonly double[] _divisors = [];

    private ModelScaling(float factor) => _factor = factor;

    private ModelScaling(ModelScalingKind kind, double[] first, double[] second)
    {
        Kind = kind;
        _first = first;
        _second = second;
        _divisors = [.. first.Zip(second, (from, to) => kind == ModelScalingKind.Standard ? to : to - from).Select(by => by == 0 ? 1 : by)];
    }

    /// <summary>Which formula it is.</summary>
    public ModelScalingKind Kind { get; }

    /// <summary>What every input was divided by.</summary>
    /// <exception cref="InvalidOperationException">Each input is scaled by numbers of its own.</exception>
    public float Factor => Kind == ModelScalingKind.Factor
        ? _factor
        : throw new InvalidOperationException($"Inputs are {this}, and have no common factor; wanted a look at Kind before.");

    /// <summary>The inputs that it has numbers for; 0 where it takes any number of them.</summary>
    public int Columns => _first.Length;

    /// <summary>The mean of each input, where they are standardized; else empty.</summary>
    public IReadOnlyList<double> Mean => Of(ModelScalingKind.Standard, _first);

    /// <summary>The standard deviation of each input, where they are standardized; else empty.</summary>
    public IReadOnlyList<double> Deviation => Of(ModelScalingKind.Standard, _second);

    /// <summary>What becomes 0 of each input, where a range becomes that from 0 to 1; else empty.</summary>
    public IReadOnlyList<double> Minimum => Of(ModelScalingKind.MinMax, _first);

    /// <summary>What becomes 1 of each input, where a range becomes that from 0 to 1; else empty.</summary>
    public IReadOnlyList<double> Maximum => Of(ModelScalingKind.MinMax, _second);

    /// <summary>Every input was divided by a number.</summary>
    /// <param name="factor">The number, normal and above 0.</param>
    public static ModelScaling DivideBy(float factor) => IsFactor(factor)
        ? new ModelScaling(factor)
        : throw new ArgumentOutOfRangeException(nameof(factor), factor, "Wanted a normal number above 0.");

    /// <summary>From every input its mean was subtracted, and it was divided by its standard deviation.</summary>
    /// <param name="mean">A finite number for each input.</param>
    /// <param name="deviation">A finite number for each input, 0 or more; 0 counts as 1.</param>
    public static ModelScaling Standard(ReadOnlySpan<double> mean, ReadOnlySpan<double> deviation) =>
        WhyNot(ModelScalingKind.Standard, mean, deviation) is { } why
            ? throw new ArgumentException(why, nameof(deviation))
            : new ModelScaling(ModelScalingKind.Standard, mean.ToArray(), deviation.ToArray());

    /// <summary>Of every input its minimum became 0 and its maximum 1.</summary>
    /// <param name="minimum">A finite number for each input.</param>
    /// <param name="maximum">A finite number for each input, the minimum or more; where they are equal, their range counts as 1.</param>
    public static ModelScaling MinMax(ReadOnlySpan<double> minimum, ReadOnlySpan<double> maximum) =>
        WhyNot(ModelScalingKind.MinMax, minimum, maximum) is { } why
            ? throw new ArgumentException(why, nameof(maximum))
            : new ModelScaling(ModelScalingKind.MinMax, minimum.ToArray(), maximum.ToArray());

    /// <summary>
    /// Scales rows of inputs: in double precision, rounded once. What is too large for a float becomes infinite.
    /// </summary>
    /// <param name="X">Whole rows.</param>
    /// <param name="scaled">Receives as many numbers.</param>
    public void Apply(ReadOnlySpan<double> X, Span<float> scaled)
    {
        RequireRows(X.Length, scaled.Length);
        for (int i = 0, column = 0; i < X.Length; i++, column = column + 1 < Columns ? column + 1 : 0)
        {
            scaled[i] = Of(X[i], column);
        }
    }

    /// <inheritdoc cref="Apply(ReadOnlySpan{double}, Span{float})"/>
    public void Apply(ReadOnlySpan<float> X, Span<float> scaled)
    {
        RequireRows(X.Length, scaled.Length);
        for (int i = 0, column = 0; i < X.Length; i++, column = column + 1 < Columns ? column + 1 : 0)
        {
            scaled[i] = Of(X[i], column);
        }
    }

    /// <summary>As in <c>divided by 16</c>.</summary>
    public override string ToString() => Kind switch
    {
        ModelScalingKind.Factor => string.Create(CultureInfo.InvariantCulture, $"divided by {_factor}"),
        ModelScalingKind.Standard => "standardized by the mean and the deviation of each",
        _ => "scaled by the minimum and the maximum of each",
    };

    internal static bool IsFactor(float factor) => float.IsNormal(factor) && factor > 0;

    /// <summary>What is wrong with numbers for each input; null where nothing is.</summary>
    internal static string? WhyNot(ModelScalingKind kind, ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        if (first.Length == 0 || first.Length != second.Length)
        {
            return $"There are {first.Length} and {second.Length} numbers; wanted as many of each, one for each input.";
        }

        for (int j = 0; j < first.Length; j++)
        {
            double least = kind == ModelScalingKind.Standard ? 0 : first[j];
            if (!double.IsFinite(first[j]) || !double.IsFinite(second[j]) || second[j] < least)
            {
                string wanted = kind == ModelScalingKind.Standard
                    ? "a finite mean, and a finite deviation of 0 or more"
                    : "a finite minimum, and a finite maximum no less";
                return string.Create(CultureInfo.InvariantCulture, $"Input {j} has {first[j]} and {second[j]}; wanted {wanted}.");
            }
        }

        return null;
    }

    internal float Of(double x, int column) =>
        Kind == ModelScalingKind.Factor ? (float)(x / _factor) : (float)((x - _first[column]) / _divisors[column]);

    private double[] Of(ModelScalingKind kind, double[] numbers) => Kind == kind ? numbers : [];

    private void RequireRows(int came, int room)
    {
        if (room != came || (Columns > 0 && came % Columns != 0))
        {
            throw new ArgumentException(
                $"There are {came} numbers, and room for {room}; wanted as many of each, in rows of {Math.Max(1, Columns)}.", nameof(room));
        }
    }
}
