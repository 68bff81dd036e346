using System.IO.Compression;
using AotBackprop.Files;
using Crc32 = ICSharpCode.SharpZipLib.Checksum.Crc32;

namespace AotBackprop.Data;

/// <summary>NumPy's archives: a zip file with an NPY file for each array.</summary>
internal static class NpzFormat
{
    private static readonly string[] s_inputs = ["X", "x", "x_train", "X_train", "data"];
    private static readonly string[] s_targets = ["y", "Y", "y_train", "labels", "target"];

    /// <summary>Whether a file begins as one.</summary>
    public static bool Fits(ReadOnlySpan<byte> start) => start is [(byte)'P', (byte)'K', 3, 4, ..] or [(byte)'P', (byte)'K', 5, 6, ..];

    /// <summary>The array of the inputs, and those of the targets and of the weights where there are such.</summary>
    public static (ArraySource Inputs, ArraySource? Targets, ArraySource? Weights) Open(Opened file, DataOptions options)
    {
        if (file.IsCompressed || !file.File.CanSeek)
        {
            throw new InvalidDataException($"{file.Name} is an NPZ file that is compressed once more, or no file; wanted the file itself, decompressed.");
        }

        ZipArchive archive;
        try
        {
            file.File.Position = 0;
            archive = new ZipArchive(file.File, ZipArchiveMode.Read, leaveOpen: true);
            _ = archive.Entries.Count;
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{file.Name} is a damaged NPZ file: {e.Message}", e);
        }

        string[] inputs = options.InputMember is { } one ? [one] : s_inputs;
        string[] targets = options.TargetMember is { } other ? [other] : s_targets;
        ZipArchiveEntry chosen = Find(archive, inputs) ?? throw NoMember(file, archive, inputs, nameof(DataOptions.InputMember));
        ZipArchiveEntry? second = Find(archive, targets);
        if (second is null && options.TargetMember is not null)
        {
            throw NoMember(file, archive, targets, nameof(DataOptions.TargetMember));
        }

        ZipArchiveEntry? third = FindWeights(file, archive, options);

        // The archive reads one entry at a time: the others have streams of their own.
        ArraySource? labels = second is null ? null : Open(file, second, isWhole: true);
        ArraySource? weights = null;
        try
        {
            weights = third is null ? null : Open(file, third, isWhole: true);
            return weights is null or { Columns: 1 }
                ? (Open(file, chosen, isWhole: false), labels, weights)
                : throw new InvalidDataException($"{weights.Name} has {weights.Columns} columns; wanted 1, the weight of each sample.");
        }
        catch
        {
            labels?.Dispose();
            weights?.Dispose();
            throw;
        }
    }

    private static ZipArchiveEntry? FindWeights(Opened file, ZipArchive archive, DataOptions options)
    {
        if (options.Weights is not { } column)
        {
            return null;
        }

        if (column.Name is not { } name)
        {
            throw new InvalidDataException($"{file.Name} holds arrays, and the weights are column {column.Number}; wanted the name of an array (Weights).");
        }

        ZipArchiveEntry? found = Find(archive, [name]);
        return found is null && !options.AreWeightsOptional ? throw NoMember(file, archive, [name], nameof(DataOptions.Weights)) : found;
    }

    private static ArraySource Open(Opened file, ZipArchiveEntry entry, bool isWhole)
    {
        string name = $"{file.Name}, {Printable.Of(entry.FullName)}";
        try
        {
            Stream content = new CheckedStream(entry.Open(), entry.Crc32, entry.Length);
            if (isWhole)
            {
                content = Buffered(content, entry.Length, name);
            }

            return NpyFormat.Open(file, new AheadStream(content), isWhole ? content : file, (name, entry.Length));
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException && !e.Message.StartsWith(file.Name, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{name}: {e.Message}", e);
        }
    }

    /// <summary>In memory: targets are few beside the inputs.</summary>
    private static MemoryStream Buffered(Stream content, long length, string name)
    {
        if (length > Array.MaxLength)
        {
            throw new InvalidDataException($"{name} has {length} bytes; wanted at most {Array.MaxLength} of targets.");
        }

        MemoryStream memory = new();
        using (content)
        {
            content.CopyTo(memory);
        }

        memory.Position = 0;
        return memory;
    }

    private static ZipArchiveEntry? Find(ZipArchive archive, string[] names)
    {
        foreach (string name in names)
        {
            if ((archive.GetEntry(name + ".npy") ?? archive.GetEntry(name)) is { } entry)
            {
                return entry;
            }
        }

        return null;
    }

    private static InvalidDataException NoMember(Opened file, ZipArchive archive, string[] wanted, string option)
    {
        string found = string.Join(", ", archive.Entries.Take(10).Select(one =>
            Printable.Quote(one.FullName.EndsWith(".npy", StringComparison.Ordinal) ? one.FullName[..^4] : one.FullName)));
        return new InvalidDataException($"{file.Name} holds {(found.Length > 0 ? found : "nothing")}; "
            + $"wanted {string.Join(" or ", wanted.Select(Printable.Quote))}. Say which ({option}).");
    }

    /// <summary>Checks the checksum at the end, which .NET's own stream does not.</summary>
    private sealed class CheckedStream(Stream content, uint checksum, long length) : ReadOnlyStream
    {
        private readonly Crc32 _sum = new();
        private long _left = length;

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (count == 0)
            {
                return 0;
            }

            int read = content.Read(buffer, offset, count);
            _sum.Update(new ArraySegment<byte>(buffer, offset, read));
            _left -= read;
            return (read == 0 && (_left != 0 || (uint)_sum.Value != checksum)) || _left < 0
                ? throw new InvalidDataException("its compressed data is damaged or cut off.")
                : read;
        }

        protected override void Dispose(bool disposing)
        {
            content.Dispose();
            base.Dispose(disposing);
        }
    }
}
