using System.Globalization;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Json;
using AotBackprop.Files;

namespace AotBackprop.Data;

/// <summary>
/// What was done to inputs before a network learned from them. It computes in float64, and rounds once to float32.
/// </summary>
public sealed class InputScaling
{
    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false, MaxDepth = 4 };

    private readonly double[] _first;
    private readonly double[] _second;
    private readonly double[] _divisors;

    private InputScaling(ScalingKind kind, double[] first, double[] second, double[] divisors)
    {
        Kind = kind;
        _first = first;
        _second = second;
        _divisors = divisors;
    }

    /// <summary>How.</summary>
    public ScalingKind Kind { get; }

    /// <summary>D; 0 of a factor, which any number of inputs is divided by.</summary>
    public int Inputs => _first.Length;

    /// <summary>What all are divided by, of a factor; else 1.</summary>
    public double By => Kind == ScalingKind.Factor ? _divisors[0] : 1;

    /// <summary>Of each column, of a standard scaling; else empty.</summary>
    public ReadOnlySpan<double> Mean => Kind == ScalingKind.Standard ? _first : [];

    /// <summary>Of each column, of a standard scaling; else empty.</summary>
    public ReadOnlySpan<double> Deviation => Kind == ScalingKind.Standard ? _second : [];

    /// <summary>Of each column, of a scaling to 0 … 1; else empty.</summary>
    public ReadOnlySpan<double> Minimum => Kind == ScalingKind.MinMax ? _first : [];

    /// <summary>Of each column, of a scaling to 0 … 1; else empty.</summary>
    public ReadOnlySpan<double> Maximum => Kind == ScalingKind.MinMax ? _second : [];

    /// <summary>x/factor.</summary>
    /// <param name="factor">As a float a normal number above 0.</param>
    public static InputScaling DivideBy(float factor) => float.IsNormal(factor) && factor > 0
        ? new InputScaling(ScalingKind.Factor, [], [], [factor])
        : throw new ArgumentOutOfRangeException(nameof(factor), factor, "Wanted a normal number above 0.");

    /// <summary>(x − mean)/deviation; a deviation of 0 counts as 1.</summary>
    /// <param name="mean">D finite numbers.</param>
    /// <param name="deviation">D finite numbers, none negative.</param>
    public static InputScaling Standard(ReadOnlySpan<double> mean, ReadOnlySpan<double> deviation)
    {
        RequirePair(mean, deviation, nameof(deviation));
        foreach (double one in deviation)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(one, nameof(deviation));
        }

        double[] second = deviation.ToArray();
        return new InputScaling(ScalingKind.Standard, mean.ToArray(), second, NotZero(second));
    }

    /// <summary>(x − minimum)/(maximum − minimum); a range of 0 counts as 1.</summary>
    /// <param name="minimum">D finite numbers.</param>
    /// <param name="maximum">D finite numbers, none below its minimum.</param>
    public static InputScaling MinMax(ReadOnlySpan<double> minimum, ReadOnlySpan<double> maximum)
    {
        RequirePair(minimum, maximum, nameof(maximum));
        double[] ranges = new double[minimum.Length];
        for (int i = 0; i < ranges.Length; i++)
        {
            ranges[i] = maximum[i] - minimum[i];
            ArgumentOutOfRangeException.ThrowIfNegative(ranges[i], nameof(maximum));
        }

        return new InputScaling(ScalingKind.MinMax, minimum.ToArray(), maximum.ToArray(), NotZero(ranges));
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">As in <c>{"kind":"factor","factor":16}</c>.</param>
    /// <exception cref="InvalidDataException">It is no such text, or of another kind.</exception>
    public static InputScaling Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, s_strict);
            Dictionary<string, JsonElement> found = document.RootElement.EnumerateObject().ToDictionary(one => one.Name, one => one.Value);
            string? kind = found.Remove("kind", out JsonElement value) ? value.GetString() : null;
            InputScaling? scaling = (kind, found.Count) switch
            {
                ("factor", 1) => DivideBy(found["factor"].GetSingle()),
                ("standard", 2) => Standard(Numbers(found["mean"]), Numbers(found["deviation"])),
                ("minmax", 2) => MinMax(Numbers(found["minimum"]), Numbers(found["maximum"])),
                _ => null,
            };
            return scaling ?? throw Unknown(json);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw Unknown(json, e);
        }
    }

    /// <summary>
    /// As a model file keeps it, without spaces: <c>{"kind":"standard","mean":[…],"deviation":[…]}</c>. Numbers are the
    /// shortest texts that give the same bits.
    /// </summary>
    public string ToJson() => Kind switch
    {
        // A factor is a float, whose shortest text is not that of the float64 of the same value.
        ScalingKind.Factor => $$"""{"kind":"factor","factor":{{NumberText.Of((float)By)}}}""",
        ScalingKind.Standard => $$"""{"kind":"standard","mean":{{List(_first)}},"deviation":{{List(_second)}}}""",
        _ => $$"""{"kind":"minmax","minimum":{{List(_first)}},"maximum":{{List(_second)}}}""",
    };

    /// <summary>Scales samples.</summary>
    /// <param name="values">N×D numbers.</param>
    /// <param name="scaled">Receives N×D numbers, infinite where one is too large for a float.</param>
    public void Apply(ReadOnlySpan<double> values, Span<float> scaled)
    {
        if (scaled.Length != values.Length)
        {
            throw new ArgumentException($"scaled has {scaled.Length} places; wanted one for each of {values.Length} values.", nameof(scaled));
        }

        if (Inputs > 0 && values.Length % Inputs != 0)
        {
            throw new ArgumentException($"There are {values.Length} values; wanted a multiple of {Inputs} inputs.", nameof(values));
        }

        if (Inputs == 0)
        {
            Divide(values, _divisors[0], scaled);
            return;
        }

        for (int start = 0; start < values.Length; start += Inputs)
        {
            ReadOnlySpan<double> row = values.Slice(start, Inputs);
            Span<float> to = scaled.Slice(start, Inputs);
            for (int i = 0; i < row.Length; i++)
            {
                to[i] = (float)((row[i] - _first[i]) / _divisors[i]);
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        ScalingKind.Factor => string.Create(CultureInfo.InvariantCulture, $"divided by {By}"),
        ScalingKind.Standard => "to mean 0 and deviation 1",
        _ => "to 0 … 1",
    };

    internal static string List(ReadOnlySpan<double> numbers)
    {
        StringBuilder text = new("[");
        foreach (double number in numbers)
        {
            text.Append(text.Length > 1 ? "," : "").Append(NumberText.Of(number));
        }

        return text.Append(']').ToString();
    }

    private static void Divide(ReadOnlySpan<double> values, double by, Span<float> quotients)
    {
        int i = 0;
        Vector256<double> divisor = Vector256.Create(by);
        for (; i <= values.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256<double> lower = Vector256.Create(values[i..]) / divisor;
            Vector256<double> upper = Vector256.Create(values[(i + Vector256<double>.Count)..]) / divisor;
            Vector256.Narrow(lower, upper).CopyTo(quotients[i..]);
        }

        for (; i < values.Length; i++)
        {
            quotients[i] = (float)(values[i] / by);
        }
    }

    private static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(one => one.GetDouble())];

    private static double[] NotZero(double[] divisors) => Array.ConvertAll(divisors, one => one == 0 ? 1 : one);

    private static void RequirePair(ReadOnlySpan<double> first, ReadOnlySpan<double> second, string name)
    {
        if (first.IsEmpty || first.Length != second.Length || !Finite.All(first) || !Finite.All(second))
        {
            throw new ArgumentException("Wanted two lists of as many finite numbers as there are inputs.", name);
        }
    }

    private static InvalidDataException Unknown(string json, Exception? cause = null) =>
        new($$"""The scaling is {{Printable.Quote(json)}}; wanted one as in '{"kind":"factor","factor":16}', of kind factor, standard or minmax.""", cause);
}
