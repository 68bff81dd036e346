using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace AotBackprop.CommandLine;

/// <summary>
/// Reads comma-separated values from whatever a user may name. What it holds in memory is bounded by a line of the
/// wanted number of columns, and the samples.
/// </summary>
internal sealed class SampleReader
{
    // More than any float takes that a program would write.
    private const int LongestValue = 64;

    public required int Inputs { get; init; }

    /// <summary>How many classes the last column chooses from; null where there is no such column.</summary>
    public required int? Classes { get; init; }

    /// <summary>What inputs are divided by.</summary>
    public required float Scale { get; init; }

    /// <summary>Whether the first line is names, and no sample.</summary>
    public required bool HasHeader { get; init; }

    private int Columns => Inputs + (Classes is null ? 0 : 1);

    private string WantedColumns => Classes is null ? $"{Columns}, the inputs" : $"{Columns}: {Inputs} inputs and the class";

    /// <exception cref="InvalidDataException">A line is not as wanted: the message says which, and how.</exception>
    public Samples Read(string path)
    {
        if (Directory.Exists(path))
        {
            throw new InvalidDataException($"{path} is a directory; wanted a file.");
        }

        string name = path == "-" ? "standard input" : path;
        using Stream file = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
        if (!path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
        {
            return Read(file, name);
        }

        using GZipStream decompressed = new(file, CompressionMode.Decompress);
        return Read(decompressed, name);
    }

    private Samples Read(Stream stream, string name)
    {
        Samples samples = new(Inputs);
        LineReader lines = new(stream, Columns * (LongestValue + 1));
        long number = 0;
        while (true)
        {
            string place = $"{name}, line {++number}";
            ReadOnlySpan<byte> line;
            try
            {
                if (!lines.TryRead(out line))
                {
                    break;
                }
            }
            catch (InvalidDataException e)
            {
                throw new InvalidDataException($"{place}: {e.Message}", e);
            }

            if (!line.ContainsAnyExcept(" \t"u8) || (number == 1 && HasHeader))
            {
                continue;
            }

            ReadLine(line, place, samples);
        }

        return samples.Count > 0
            ? samples
            : throw new InvalidDataException($"{name} holds no sample; wanted lines of values, {WantedColumns}.");
    }

    private void ReadLine(ReadOnlySpan<byte> line, string place, Samples samples)
    {
        int columns = line.Count((byte)',') + 1;
        if (columns != Columns)
        {
            throw new InvalidDataException($"{place} has {columns} {(columns == 1 ? "value" : "values")}; wanted {WantedColumns}.");
        }

        int column = 0;
        foreach (Range range in line.Split((byte)','))
        {
            ReadOnlySpan<byte> field = line[range].Trim(" \t"u8);
            if (column++ < Inputs)
            {
                samples.AddInput(ParseInput(field, place, column));
            }
            else
            {
                samples.AddLabel(ParseClass(field, place));
            }
        }
    }

    private float ParseInput(ReadOnlySpan<byte> field, string place, int column) =>
        float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value / Scale)
            ? value / Scale
            : throw new InvalidDataException($"{place}: value {column} is {Quote(field)}; wanted a finite number.");

    /// <summary>Programs that write a table of floats write the class as one too: 3, 3.0 and 3.000e+00 are the same.</summary>
    private int ParseClass(ReadOnlySpan<byte> field, string place) =>
        double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && value >= 0 && value < Classes && value == Math.Floor(value)
            ? (int)value
            : throw new InvalidDataException($"{place}: the class is {Quote(field)}; wanted a whole number from 0 to {Classes - 1}.");

    /// <summary>What stands in a file as it may stand in a message: short, and without what a terminal would obey.</summary>
    private static string Quote(ReadOnlySpan<byte> field)
    {
        bool isLong = field.Length > LongestValue;
        string text = Encoding.UTF8.GetString(isLong ? field[..LongestValue] : field);
        return $"'{string.Concat(text.Select(c => char.IsControl(c) ? '?' : c))}{(isLong ? "…" : "")}'";
    }
}
