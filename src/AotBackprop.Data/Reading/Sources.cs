using AotBackprop.Files;

namespace AotBackprop.Data;

/// <summary>The rows of what a user names: those of the inputs, and those of the targets and of the weights where they are apart.</summary>
internal sealed record Sources(RowSource Inputs, RowSource? Targets, RowSource? Weights) : IDisposable
{
    /// <summary>Opens a file.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="shape">What is wanted of it.</param>
    /// <param name="options">What is told.</param>
    /// <param name="report">Is told how many bytes are read, if there is anyone to tell.</param>
    public static Sources Open(string path, DataShape shape, DataOptions options, Action<int>? report = null) =>
        Open(OpenFile(path, report), shape, options);

    /// <summary>Begins to read what is open.</summary>
    public static Sources Open(Opened file, DataShape shape, DataOptions options)
    {
        try
        {
            return Begin(file, shape, options);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Inputs.Dispose();
        Targets?.Dispose();
        Weights?.Dispose();
    }

    private static Opened OpenFile(string path, Action<int>? report = null)
    {
        string name = Printable.Of(path);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(Directory.Exists(path) ? $"{name}: It is a directory; wanted a file." : $"{name}: {e.Message}", e);
        }

        try
        {
            return new Opened(file, name, isOwned: true, report);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static Sources Begin(Opened file, DataShape shape, DataOptions options)
    {
        int apart = options.LeaveOut.Count + options.WeightCount;
        int targets = options.TargetFile is not null ? 0 : options.Targets?.Count ?? shape.TargetCount;
        (RowSource inputs, RowSource? labels, RowSource? weights) = OpenRows(file, options, shape.Inputs + targets + apart);
        if (options.TargetFile is not { } path)
        {
            return new Sources(inputs, labels, weights);
        }

        try
        {
            labels?.Dispose();
            Opened second = OpenFile(path);
            try
            {
                // What is told of the columns is of the inputs' file.
                DataOptions ofTargets = options with { Format = null, InputMember = options.TargetMember ?? "y", Weights = null };
                return new Sources(inputs, OpenRows(second, ofTargets, shape.TargetCount).Inputs, weights);
            }
            catch
            {
                second.Dispose();
                throw;
            }
        }
        catch
        {
            inputs.Dispose();
            weights?.Dispose();
            throw;
        }
    }

    private static (RowSource Inputs, RowSource? Targets, RowSource? Weights) OpenRows(Opened file, DataOptions options, int wanted)
    {
        ReadOnlySpan<byte> start = file.Look(file.Bytes, Opened.Ahead);
        DataFormat? format = options.Format
            ?? (IdxFormat.Fits(start) ? DataFormat.Idx : NpyFormat.Fits(start) ? DataFormat.Npy : NpzFormat.Fits(start) ? DataFormat.Npz : null);
        if (format is DataFormat.Idx or DataFormat.Npy && options.Weights is not null && !options.AreWeightsOptional)
        {
            throw new InvalidDataException(
                $"{file.Name} is an {format.ToString()!.ToUpperInvariant()} file, which has no column of weights; "
                + "wanted CSV, JSON lines, or an NPZ file with an array of them (Weights).");
        }

        switch (format)
        {
            case DataFormat.Idx when IdxFormat.Fits(start):
                return (IdxFormat.Open(file), null, null);
            case DataFormat.Npy:
                return (NpyFormat.Open(file), null, null);
            case DataFormat.Npz when NpzFormat.Fits(start):
                return NpzFormat.Open(file, options);
            case DataFormat.Idx or DataFormat.Npz:
                throw new InvalidDataException($"{file.Name} begins not as an {format.ToString()!.ToUpperInvariant()} file; wanted one, as was said (Format).");
            case null:
                break;
            default:
                break;
        }

        if (format == DataFormat.JsonLines || (format is null && IsJson(start, options)))
        {
            return (JsonLinesSource.Open(file, file.Text(options.Encoding)), null, null);
        }

        return (CsvSource.Open(file, options, wanted), null, null);
    }

    private static bool IsJson(ReadOnlySpan<byte> start, DataOptions options)
    {
        (System.Text.Encoding encoding, int mark) = TextEncoding.Of(start, options.Encoding);
        string text = encoding.GetString(start[mark..Math.Min(start.Length, 4096)]);
        return JsonLinesSource.Fits(System.Text.Encoding.UTF8.GetBytes(text));
    }
}
