namespace AotBackprop.CommandLine.Data;

/// <summary>
/// Reads comma-separated values from whatever a user may name. What it holds in memory is bounded by a line of the
/// wanted number of columns, and the samples.
/// </summary>
internal sealed class SampleReader
{
    public required int Inputs { get; init; }

    /// <summary>The columns behind the inputs; null where there are none.</summary>
    public required TargetColumns? Targets { get; init; }

    /// <summary>What inputs are divided by.</summary>
    public required float Scale { get; init; }

    /// <summary>Whether the first line that is not blank is names, and no sample.</summary>
    public required bool HasHeader { get; init; }

    private int Columns => Inputs + (Targets?.Count ?? 0);

    private string WantedColumns =>
        Targets is null ? $"{Columns}, the inputs" : $"{Columns}: {Inputs} inputs and {Targets.What}";

    /// <exception cref="InvalidDataException">A line is not as wanted: the message says which, and how.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public Samples Read(DataFile file)
    {
        try
        {
            return Read(file.Open(), file.Name);
        }
        catch (IOException e)
        {
            throw new IOException($"{file.Name}: {e.Message}", e);
        }
    }

    /// <inheritdoc cref="Read(DataFile)"/>
    public Samples Read(Stream stream, string name)
    {
        Samples samples = new(Inputs, name);
        LineReader lines = new(stream, Columns * (Field.Longest + 1));
        bool isHeader = HasHeader;
        for (long number = 1; TryRead(lines, name, number, out ReadOnlySpan<byte> line); number++)
        {
            if (!line.ContainsAnyExcept(" \t"u8))
            {
                continue;
            }

            if (isHeader)
            {
                isHeader = false;
                continue;
            }

            try
            {
                ReadLine(line, name, number, samples);
            }
            catch (OutOfMemoryException e)
            {
                throw new InvalidDataException($"{Samples.Place(name, number)}: the samples up to here take more memory than there is.", e);
            }
        }

        return samples.Count > 0
            ? samples
            : throw new InvalidDataException($"{name} holds no sample; wanted lines of values, {WantedColumns}.");
    }

    private static bool TryRead(LineReader lines, string name, long number, out ReadOnlySpan<byte> line)
    {
        try
        {
            return lines.TryRead(out line);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{Samples.Place(name, number)}: {e.Message}", e);
        }
    }

    private void ReadLine(ReadOnlySpan<byte> line, string name, long number, Samples samples)
    {
        int columns = line.Count((byte)',') + 1;
        if (columns != Columns)
        {
            string hint = LineHint.OfCount(line, columns, Columns);
            throw Fault(line, name, number, samples, $" has {columns} {(columns == 1 ? "value" : "values")}; wanted {WantedColumns}.{hint}");
        }

        int column = 0;
        foreach (Range range in line.Split((byte)','))
        {
            ReadOnlySpan<byte> field = line[range].Trim(" \t"u8);
            if (column++ < Inputs)
            {
                if (!Field.TryParse(field, out float value) || !float.IsFinite(value / Scale))
                {
                    throw Fault(line, name, number, samples, $": value {column} is {Field.Shown(field)}; wanted a finite number.{LineHint.OfValue(field)}");
                }

                samples.AddInput(value / Scale);
            }
            else if (!AddTarget(field, samples))
            {
                string what = Targets!.Classes is null ? "a target" : Targets.What;
                throw Fault(
                    line,
                    name,
                    number,
                    samples,
                    $": value {column}, {what}, is {Field.Shown(field)}; wanted {Targets.Wanted}.{LineHint.OfValue(field)}");
            }
        }

        samples.EndSample(number);
    }

    private bool AddTarget(ReadOnlySpan<byte> field, Samples samples)
    {
        if (Targets!.Classes is not { } classes)
        {
            bool isNumber = Field.TryParse(field, out float value) && value >= Targets.Least && value <= Targets.Most;
            if (isNumber)
            {
                samples.AddValue(value);
            }

            return isNumber;
        }

        // Programs that write a table of floats write the class as one too: 3, 3.0 and 3.000e+00 are the same.
        bool isClass = Field.TryParse(field, out double label) && label >= 0 && label < classes && label == Math.Floor(label);
        if (isClass)
        {
            samples.AddLabel((int)label);
        }

        return isClass;
    }

    private InvalidDataException Fault(ReadOnlySpan<byte> line, string name, long number, Samples before, string what)
    {
        bool seemsHeader = before.Count == 0 && !HasHeader && LineHint.SeemsHeader(line);
        return new(Samples.Place(name, number) + what + (seemsHeader ? " It seems to be names of columns; --header passes over it." : ""));
    }
}
