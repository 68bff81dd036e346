using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AotBackprop.Data;

/// <summary>All samples of a table, as they are read: their inputs as float32, or as float64 where a scaling has yet to be fitted.</summary>
internal sealed class LoadedSamples(SampleRows rows, InputScaling? scaling, bool keepsDoubles)
{
    private readonly GrowingArray<float> _floats = new();
    private readonly GrowingArray<double> _doubles = new();
    private readonly GrowingArray<int> _labels = new();
    private readonly GrowingArray<float> _values = new();
    private readonly GrowingArray<float> _weights = new();

    /// <summary>N×D, scaled; null where they are <see cref="Doubles"/>.</summary>
    public float[]? Floats { get; private set; }

    /// <summary>N×D as they were read.</summary>
    public double[]? Doubles { get; private set; }

    /// <summary>N, where the targets are classes.</summary>
    public int[]? Labels { get; private set; }

    /// <summary>N×C, where they are values.</summary>
    public float[]? Values { get; private set; }

    /// <summary>N, where samples have weights.</summary>
    public float[]? Weights { get; private set; }

    /// <summary>Scales a row in float64, and rounds it.</summary>
    /// <exception cref="InvalidDataException">A number is too large for a float.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Round(ReadOnlySpan<double> row, InputScaling? scaling, Span<float> rounded, Func<int, string> place)
    {
        int bad = scaling is null ? Round(row, rounded) : Scale(row, scaling, rounded);
        if (bad >= 0)
        {
            throw TooLarge(row[bad], scaling, place(bad));
        }
    }

    private static InvalidDataException TooLarge(double number, InputScaling? scaling, string place) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"{place} is {number}, which{(scaling is null ? "" : ", scaled,")} is larger than a float32 can hold; "
        + $"wanted a finite number. Correct it, or scale the column."));

    /// <summary>Scales a row. The place of the first number that is not finite; −1 where all are.</summary>
    private static int Scale(ReadOnlySpan<double> row, InputScaling scaling, Span<float> rounded)
    {
        scaling.Apply(row, rounded);
        int i = 0;
        while (i <= rounded.Length - Vector128<float>.Count && AreFinite(Vector128.Create(rounded[i..])))
        {
            i += Vector128<float>.Count;
        }

        return IndexOfNotFinite(rounded, i);
    }

    /// <summary>Rounds a row. The place of the first number that is not finite; −1 where all are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Round(ReadOnlySpan<double> row, Span<float> rounded)
    {
        int i = 0;
        for (; i <= row.Length - Vector128<float>.Count; i += Vector128<float>.Count)
        {
            Vector128<double> lower = Vector128.Create(row[i..]);
            Vector128<double> upper = Vector128.Create(row[(i + Vector128<double>.Count)..]);
            Vector128<float> some = Vector128.Narrow(lower, upper);
            some.CopyTo(rounded[i..]);
            if (!AreFinite(some))
            {
                return IndexOfNotFinite(rounded, i);
            }
        }

        for (int tail = i; tail < row.Length; tail++)
        {
            rounded[tail] = (float)row[tail];
        }

        return IndexOfNotFinite(rounded, i);
    }

    // Of what is not finite, the difference to itself is NaN.
    private static bool AreFinite(Vector128<float> numbers) => Vector128.EqualsAll(numbers - numbers, Vector128<float>.Zero);

    private static int IndexOfNotFinite(ReadOnlySpan<float> numbers, int from)
    {
        for (int i = from; i < numbers.Length; i++)
        {
            if (!float.IsFinite(numbers[i]))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Reads them.</summary>
    public void Read()
    {
        double[] row = rows.Row;
        bool isReserved = false;
        Func<int, string> place = i => $"{rows.Origin.PlaceOf(rows.Line)}, {rows.Origin.Input(i)}";
        for (int n = 0; rows.Next(); n++)
        {
            if (!isReserved && (n & 0xFF) == 0 && rows.Expected is > 0 and long expected)
            {
                Reserve(expected);
                isReserved = true;
            }

            if (keepsDoubles)
            {
                _doubles.Add(row);
            }
            else
            {
                Round(row, scaling, _floats.Extend(row.Length), place);
            }

            AddTargets();
            if (rows.HasWeights)
            {
                _weights.Add(rows.Weight);
            }

            rows.Origin.Lines.Add(rows.Line);
            if (rows.Labels is { AreTooMany: true })
            {
                break;
            }
        }
    }

    /// <summary>Gives each label the number of its class, and makes arrays of all. The names of the classes; null where there are none.</summary>
    public string[]? AssignClasses()
    {
        string[]? names = null;
        if (rows.Labels is { } labels)
        {
            (int[] classOf, names) = labels.Assign(rows.TargetOrigin.Plan.Called(rows.TargetOrigin.Plan.Targets[0]), rows.TargetOrigin);
            Labels = _labels.ToArray();
            foreach (ref int label in Labels.AsSpan(0, (int)_labels.Count))
            {
                label = classOf[label];
            }
        }
        else if (_values.Count > 0)
        {
            Values = _values.ToArray();
        }

        Weights = _weights.Count > 0 ? _weights.ToArray() : null;
        Floats = keepsDoubles ? null : _floats.ToArray();
        Doubles = keepsDoubles ? _doubles.ToArray() : null;
        return names;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddTargets()
    {
        if (rows.AreLabels)
        {
            _labels.Add(rows.Label);
            return;
        }

        Round(rows.Values, _values.Extend(rows.Values.Length));
    }

    private void Reserve(long expected)
    {
        if (keepsDoubles)
        {
            _doubles.Reserve(expected * rows.Row.Length);
        }
        else
        {
            _floats.Reserve(expected * rows.Row.Length);
        }

        if (rows.HasWeights)
        {
            _weights.Reserve(expected);
        }

        if (rows.AreLabels)
        {
            _labels.Reserve(expected);
        }
        else if (rows.Values.Length > 0)
        {
            _values.Reserve(expected * rows.Values.Length);
        }
    }
}
