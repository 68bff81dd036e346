namespace AotBackprop.Data;

/// <summary>What takes the place of an input that is missing. A target that is missing is an error always.</summary>
public sealed class MissingValues
{
    private MissingValues()
    {
    }

    /// <summary>Nothing: a value that is missing is an error.</summary>
    public static MissingValues Refused { get; } = new();

    /// <summary>The mean of the values that are present in its column among the training samples.</summary>
    public static MissingValues Mean { get; } = new() { IsMean = true };

    /// <summary>What stands for a missing value in a table, beside nothing at all.</summary>
    public static IReadOnlyList<string> Words { get; } = ["NA", "N/A", "?", "null", "nan", "NaN", "None"];

    /// <summary>Whether it is the mean.</summary>
    public bool IsMean { get; private init; }

    /// <summary>One number for each input, or one for all; null where there is none.</summary>
    internal double[]? Numbers { get; private init; }

    /// <summary>One number for all inputs.</summary>
    /// <param name="value">The number, finite.</param>
    public static MissingValues By(double value) => By([value]);

    /// <summary>A number for each input, as a model keeps them.</summary>
    /// <param name="values">As many finite numbers as there are inputs.</param>
    public static MissingValues By(ReadOnlySpan<double> values) => !values.IsEmpty && Finite.All(values)
        ? new() { Numbers = values.ToArray() }
        : throw new ArgumentException(
            "What takes the place of missing values is not finite, or nothing; wanted a finite number, or one for each input.", nameof(values));

    /// <summary>A number for each of some inputs, or null.</summary>
    internal double[]? For(int inputs)
    {
        if (Numbers is not { } numbers)
        {
            return null;
        }

        if (numbers.Length == inputs)
        {
            return numbers;
        }

        if (numbers.Length > 1)
        {
            throw new ArgumentException($"There are {numbers.Length} numbers for missing values; wanted one for each of {inputs} inputs.");
        }

        double[] all = new double[inputs];
        Array.Fill(all, numbers[0]);
        return all;
    }
}
