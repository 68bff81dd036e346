using System.Globalization;
using AotBackprop.Data;

namespace AotBackprop.Samples;

/// <summary>Handwritten digits: N pictures of 8×8 pixels from 0 to 1, a row each, and the class of each.</summary>
internal sealed class DigitsData
{
    public const int Side = 8;
    public const int Pixels = Side * Side;
    public const int Classes = 10;

    public const float Brightest = 16;

    private DigitsData(float[] X, int[] labels)
    {
        this.X = X;
        Labels = labels;
    }

    /// <summary>N×64, row-major.</summary>
    public float[] X { get; }

    /// <summary>N class numbers.</summary>
    public int[] Labels { get; }

    /// <summary>N.</summary>
    public int Count => Labels.Length;

    /// <summary>The digits inside this program.</summary>
    public static DigitsData Embedded()
    {
        const string Name = "digits.csv.gz";
        using Stream stream = typeof(DigitsData).Assembly.GetManifestResourceStream(Name)
            ?? throw new InvalidDataException($"{Name} is missing from the program.");
        using StreamReader reader = new(Decompression.Open(stream));
        return Read(reader, Name);
    }

    /// <summary>Reads lines of 64 pixels, whole numbers from 0 to 16, and the class; an empty line is passed over.</summary>
    /// <param name="reader">Comma-separated values.</param>
    /// <param name="name">Stands at the head of an error.</param>
    /// <exception cref="InvalidDataException">A line is not of this form: the message says which, and how.</exception>
    public static DigitsData Read(TextReader reader, string name)
    {
        List<float> X = [];
        List<int> labels = [];
        int number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                ReadLine(line, $"{name}, line {number}", X, labels);
            }
        }

        return labels.Count > 0
            ? new DigitsData([.. X], [.. labels])
            : throw new InvalidDataException($"{name} is empty; wanted lines of {Pixels} pixels and the class.");
    }

    /// <summary>Every fifth row, the first of them number 4, is held out; the others are for training.</summary>
    public (DigitsData Training, DigitsData HeldOut) Split() => (Where(n => n % 5 != 4), Where(n => n % 5 == 4));

    /// <summary>The pixels of sample n.</summary>
    public ReadOnlySpan<float> Picture(int n) => X.AsSpan(n * Pixels, Pixels);

    private static void ReadLine(string line, string place, List<float> X, List<int> labels)
    {
        string[] fields = line.Split(',');
        if (fields.Length != Pixels + 1)
        {
            throw new InvalidDataException($"{place} has {fields.Length} values; wanted {Pixels + 1}: {Pixels} pixels and the class.");
        }

        for (int i = 0; i < Pixels; i++)
        {
            X.Add(Parse(fields[i], (int)Brightest, $"{place}: pixel {i + 1}") / Brightest);
        }

        labels.Add(Parse(fields[Pixels], Classes - 1, $"{place}: the class"));
    }

    private static int Parse(string field, int largest, string place) =>
        int.TryParse(field, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int value)
            && value <= largest
            ? value
            : throw new InvalidDataException($"{place} is '{field}'; wanted a whole number from 0 to {largest}.");

    private DigitsData Where(Func<int, bool> isTaken)
    {
        int[] rows = [.. Enumerable.Range(0, Count).Where(isTaken)];
        return new DigitsData([.. rows.SelectMany(n => Picture(n).ToArray())], [.. rows.Select(n => Labels[n])]);
    }
}
