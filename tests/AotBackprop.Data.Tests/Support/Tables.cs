using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using Xunit;

namespace AotBackprop.Data.Tests;

/// <summary>Tables to read, and what is read of them.</summary>
internal static class Tables
{
    /// <summary>Four inputs and a class of three.</summary>
    public static DataShape Flowers { get; } = new(4, 3, Output.Softmax);

    /// <summary>Fisher's irises: 150 lines of four numbers and a class number.</summary>
    public static string Iris { get; } = string.Concat(File.ReadLines(Path.Combine(AppContext.BaseDirectory, "iris.csv")).Skip(1).Select(line => line + "\n"));

    /// <summary>Reads text in UTF-8.</summary>
    public static Dataset Read(string text, DataShape? shape = null, DataOptions? options = null) => Read(Encoding.UTF8.GetBytes(text), shape, options);

    /// <summary>Reads bytes as a file called data.</summary>
    public static Dataset Read(byte[] file, DataShape? shape = null, DataOptions? options = null) =>
        Dataset.Read(new MemoryStream(file), "data", shape ?? Flowers, options, null);

    /// <summary>Reads inputs alone.</summary>
    public static Dataset ReadInputs(string text, DataShape? shape = null, DataOptions? options = null) =>
        Dataset.ReadInputs(new MemoryStream(Encoding.UTF8.GetBytes(text)), "data", shape ?? Flowers, options, null);

    /// <summary>What is said of text that can't be read.</summary>
    public static string Refusal(string text, DataShape? shape = null, DataOptions? options = null) => Refusal(Encoding.UTF8.GetBytes(text), shape, options);

    /// <summary>What is said of a file that can't be read.</summary>
    public static string Refusal(byte[] file, DataShape? shape = null, DataOptions? options = null) =>
        Assert.Throws<InvalidDataException>(() => Read(file, shape, options)).Message;

    /// <summary>Two datasets hold the same samples to the bit.</summary>
    public static void AssertSame(Dataset wanted, Dataset found)
    {
        Assert.Equal(wanted.Count, found.Count);
        Assert.True(MemoryMarshal.AsBytes(wanted.X).SequenceEqual(MemoryMarshal.AsBytes(found.X)), "inputs");
        Assert.Equal(wanted.Targets.AreLabels, found.Targets.AreLabels);
        Assert.True(wanted.Targets.Labels.SequenceEqual(found.Targets.Labels), "labels");
        Assert.True(MemoryMarshal.AsBytes(wanted.Targets.Values).SequenceEqual(MemoryMarshal.AsBytes(found.Targets.Values)), "values");
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using MemoryStream file = new();
        using (GZipStream stream = new(file, CompressionLevel.Optimal))
        {
            stream.Write(bytes);
        }

        return file.ToArray();
    }

    /// <summary>The lines of a table with its fields changed.</summary>
    public static string Map(string table, Func<string, int, string> field, string delimiter = ",") => string.Concat(table.TrimEnd('\n').Split('\n')
        .Select(line => string.Join(delimiter, line.Split(',').Select(field)) + "\n"));

    public static string Invariant(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>An NPY file.</summary>
    public static byte[] Npy(string type, string shape, byte[] numbers, bool isColumnMajor = false, int version = 1)
    {
        string header = $"{{'descr': '{type}', 'fortran_order': {(isColumnMajor ? "True" : "False")}, 'shape': {shape}, }}";
        int prefix = version == 1 ? 10 : 12;
        header = header.PadRight(((header.Length + prefix + 64) / 64 * 64) - prefix - 1) + "\n";
        byte[] length = version == 1 ? BitConverter.GetBytes((ushort)header.Length) : BitConverter.GetBytes(header.Length);
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. Encoding.Latin1.GetBytes(header), .. numbers];
    }

    public static byte[] Bytes<T>(params T[] numbers)
        where T : unmanaged => MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray();

    /// <summary>Bytes of numbers with the highest first.</summary>
    public static byte[] BigEndian<T>(params T[] numbers)
        where T : unmanaged => [.. numbers.SelectMany(one => Bytes(one).Reverse())];

    /// <summary>An IDX file.</summary>
    public static byte[] Idx(byte type, int[] shape, byte[] numbers) => [0, 0, type, (byte)shape.Length, .. BigEndian(shape), .. numbers];

    /// <summary>An NPZ file.</summary>
    public static byte[] Npz(CompressionLevel level, params (string Name, byte[] Content)[] members)
    {
        using MemoryStream file = new();
        using (ZipArchive archive = new(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in members)
            {
                using Stream entry = archive.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }

        return file.ToArray();
    }
}
