using System.IO.Compression;
using System.Text;
using Xunit;

namespace AotBackprop.Data.Tests;

/// <summary>IDX, NPY, NPZ and JSON lines.</summary>
public sealed class FormatTests
{
    private static readonly DataShape s_shape = new(4, 3, Output.Softmax);
    private static readonly float[] s_X = [1, 2, 3, 4, 5, 6, 7, 8];
    private static readonly byte[] s_bytes = [1, 2, 3, 4, 5, 6, 7, 8];
    private static readonly double[] s_doubles = [1, 2, 3, 4, 5, 6, 7, 8];

    public static TheoryData<string, byte[]> Arrays => new()
    {
        { "IDX, bytes of images", Tables.Idx(8, [2, 2, 2], s_bytes) },
        { "IDX, signed", Tables.Idx(9, [2, 4], s_bytes) },
        { "IDX, shorts", Tables.Idx(0x0B, [2, 4], Tables.BigEndian<short>(1, 2, 3, 4, 5, 6, 7, 8)) },
        { "IDX, ints", Tables.Idx(0x0C, [2, 4], Tables.BigEndian(1, 2, 3, 4, 5, 6, 7, 8)) },
        { "IDX, floats", Tables.Idx(0x0D, [2, 4], Tables.BigEndian(s_X)) },
        { "IDX, doubles", Tables.Idx(0x0E, [2, 4], Tables.BigEndian(s_doubles)) },
        { "IDX, compressed", Tables.Gzip(Tables.Idx(8, [2, 4], s_bytes)) },
        { "NPY <f4", Tables.Npy("<f4", "(2, 4)", Tables.Bytes(s_X)) },
        { "NPY <f8, version 2", Tables.Npy("<f8", "(2, 4)", Tables.Bytes(s_doubles), version: 2) },
        { "NPY <f8, version 3", Tables.Npy("<f8", "(2, 4)", Tables.Bytes(s_doubles), version: 3) },
        { "NPY >f4", Tables.Npy(">f4", "(2, 4)", Tables.BigEndian(s_X)) },
        { "NPY >f8", Tables.Npy(">f8", "(2, 4)", Tables.BigEndian(s_doubles)) },
        { "NPY <f2", Tables.Npy("<f2", "(2, 4)", Tables.Bytes([.. s_X.Select(one => (Half)one)])) },
        { "NPY |i1", Tables.Npy("|i1", "(2, 4)", s_bytes) },
        { "NPY |u1, images", Tables.Npy("|u1", "(2, 2, 2)", s_bytes) },
        { "NPY <i2", Tables.Npy("<i2", "(2, 4)", Tables.Bytes<short>(1, 2, 3, 4, 5, 6, 7, 8)) },
        { "NPY <u2", Tables.Npy("<u2", "(2, 4)", Tables.Bytes<ushort>(1, 2, 3, 4, 5, 6, 7, 8)) },
        { "NPY >i4", Tables.Npy(">i4", "(2, 4)", Tables.BigEndian(1, 2, 3, 4, 5, 6, 7, 8)) },
        { "NPY <u4", Tables.Npy("<u4", "(2, 4)", Tables.Bytes<uint>(1, 2, 3, 4, 5, 6, 7, 8)) },
        { "NPY <i8", Tables.Npy("<i8", "(2, 4)", Tables.Bytes<long>(1, 2, 3, 4, 5, 6, 7, 8)) },
        { "NPY >u8", Tables.Npy(">u8", "(2, 4)", Tables.BigEndian<ulong>(1, 2, 3, 4, 5, 6, 7, 8)) },
        { "NPY, columns together", Tables.Npy("<f4", "(2, 4)", Tables.Bytes<float>(1, 5, 2, 6, 3, 7, 4, 8), isColumnMajor: true) },
        { "NPY, compressed", Tables.Gzip(Tables.Npy("<f4", "(2, 4)", Tables.Bytes(s_X))) },
        { "NPY, compressed, columns together", Tables.Gzip(Tables.Npy("<f4", "(2, 4)", Tables.Bytes<float>(1, 5, 2, 6, 3, 7, 4, 8), isColumnMajor: true)) },
        { "NPZ", Tables.Npz(CompressionLevel.Optimal, ("X.npy", Tables.Npy("<f4", "(2, 4)", Tables.Bytes(s_X)))) },
        { "NPZ, stored", Tables.Npz(CompressionLevel.NoCompression, ("other.npy", [1, 2]), ("x.npy", Tables.Npy("<f8", "(2, 4)", Tables.Bytes(s_doubles)))) },
        { "JSON objects", Encoding.UTF8.GetBytes("{\"a\":1,\"b\":2.0,\"c\":3e0,\"d\":4}\n{\"d\":8,\"c\":7,\"b\":6,\"a\":5}\n") },
        { "JSON lists", Encoding.UTF8.GetBytes("\n[1, 2, 3, 4]\r\n\r\n[5,6,7,8]") },
        { "JSON lists, UTF-16", Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("[1, 2, 3, 4]\r\n[5,6,7,8]")).ToArray() },
        { "JSON lists, compressed", Tables.Gzip(Encoding.UTF8.GetBytes("[1, 2, 3, 4]\r\n[5,6,7,8]")) },
    };

    [Theory]
    [MemberData(nameof(Arrays))]
    public void An_array_is_read_in_each_format(string what, byte[] file)
    {
        using TemporaryFile there = new(file);
        Dataset found = Dataset.ReadInputs(there.Name, s_shape, null);
        Assert.Equal(s_X, found.X.ToArray());
        Assert.StartsWith(what.Split(' ', ',')[0], found.Format.ToString(), StringComparison.Ordinal);
        string member = what == "NPZ" ? ", X.npy" : found.Format.Format == DataFormat.Npz ? ", x.npy" : "";
        Assert.Equal($"{there.Name}{member}, {(found.Format.Format == DataFormat.JsonLines ? "line" : "sample")} {(what == "JSON lists" ? 4 : 2)}", found.Place(1));
        if (found.Format.Format != DataFormat.Npz)
        {
            Assert.Equal(s_X, Dataset.ReadInputs(new MemoryStream(file), "data", s_shape, null, null).X.ToArray());
        }
    }

    [Fact]
    public void Images_and_labels_are_two_files()
    {
        byte[] labels = Tables.Idx(8, [2], [2, 0]);
        foreach (byte[] file in new[] { labels, Tables.Gzip(labels), Tables.Npy("<i8", "(2,)", Tables.Bytes<long>(2, 0)), Tables.Npy("<i4", "(2, 1)", Tables.Bytes(2, 0)), "2\n0\n"u8.ToArray() })
        {
            using TemporaryFile there = new(file);
            Dataset found = Tables.Read(Tables.Gzip(Tables.Idx(8, [2, 2, 2], s_bytes)), options: new() { TargetFile = there.Name });
            Assert.Equal([2, 0], found.Targets.Labels.ToArray());
            Assert.Equal(s_X, found.X.ToArray());
        }

        using TemporaryFile three = new(Tables.Idx(8, [3], [2, 0, 1]));
        Assert.Contains("has 2 samples, and", Tables.Refusal(Tables.Idx(8, [2, 2, 2], s_bytes), options: new() { TargetFile = three.Name }), StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_holds_inputs_and_targets()
    {
        byte[] X = Tables.Npy("<f4", "(2, 4)", Tables.Bytes(s_X));
        byte[] texts = Tables.Npy("<U4", "(2,)", [.. Encoding.UTF32.GetBytes("blü\0"), .. Encoding.UTF32.GetBytes("rose")]);
        using TemporaryFile usual = new(Tables.Npz(CompressionLevel.Optimal, ("y.npy", Tables.Npy("<i8", "(2,)", Tables.Bytes<long>(2, 0))), ("X.npy", X)));
        Assert.Equal([2, 0], Dataset.Read(usual.Name, s_shape, null).Targets.Labels.ToArray());
        Assert.Equal(s_X, Dataset.Read(usual.Name, s_shape, null).X.ToArray());
        Assert.Equal(s_X, Dataset.ReadInputs(usual.Name, s_shape, null).X.ToArray());
        using TemporaryFile named = new(Tables.Npz(CompressionLevel.NoCompression, ("images.npy", X), ("kinds.npy", texts)));
        DataOptions options = new() { InputMember = "images", TargetMember = "kinds" };
        Assert.Equal(["blü", "rose"], Dataset.Read(named.Name, new(4, 2, Output.Softmax), options).Classes!);
        Assert.Equal(
            $"{named.Name} holds 'images', 'kinds'; wanted 'X' or 'x' or 'x_train' or 'X_train' or 'data'. Say which (InputMember).",
            Assert.Throws<InvalidDataException>(() => Dataset.Read(named.Name, s_shape, null)).Message);
        using TemporaryFile values = new(Tables.Npz(CompressionLevel.Optimal, ("X.npy", Tables.Npy("<f4", "(2, 3)", Tables.Bytes(s_X[..6]))), ("y.npy", Tables.Npy("<f8", "(2, 2)", Tables.Bytes(s_doubles[..4])))));
        Assert.Equal([1f, 2, 3, 4], Dataset.Read<Pair>(values.Name).Targets.Values.ToArray());
    }

    [Fact]
    public void Targets_may_be_the_last_columns_of_an_array()
    {
        Dataset found = Tables.Read(Tables.Npy("<f4", "(2, 5)", Tables.Bytes<float>(1, 2, 3, 4, 0, 5, 6, 7, 8, 2)));
        Assert.Equal([0, 2], found.Targets.Labels.ToArray());
        Assert.Equal(s_X, found.X.ToArray());
    }

    [Fact]
    public void Missing_numbers_of_an_array_are_NaN()
    {
        byte[] file = Tables.Npy("<f4", "(1, 4)", Tables.Bytes(1, float.NaN, 3, 4));
        Assert.Equal(
            "data, sample 1: column 2 is 'NaN'; wanted a finite number. It is missing; say what takes its place (Missing).",
            Assert.Throws<InvalidDataException>(() => Dataset.ReadInputs(new MemoryStream(file), "data", s_shape, null, null)).Message);
        Assert.Equal([1f, 9, 3, 4], Dataset.ReadInputs(new MemoryStream(file), "data", s_shape, new() { Missing = MissingValues.By(9) }, null).X.ToArray());
    }

    [Fact]
    public void JSON_lines_have_labels_missing_values_and_names()
    {
        const string Text = "{\"class\":\"b\",\"a\":1,\"b\":null,\"c\":true,\"d\":\"NA\"}\n{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"class\":\"\\u0061\"}\n{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"class\":\"c\"}\n";
        Dataset found = Tables.Read(Text, options: new() { Targets = ["class"], Missing = MissingValues.By(0) });
        Assert.Equal([1f, 0, 1, 0], found.X[..4].ToArray());
        Assert.Equal(["a", "b", "c"], found.Classes!);
        Assert.Equal(["a", "b", "c", "d"], found.Columns!);
        Assert.Equal([1, 0, 2], found.Targets.Labels.ToArray());
    }

    public static TheoryData<string, byte[], string> Broken => new()
    {
        { "pickle", Tables.Npy("|O", "(2, 4)", s_bytes), "data holds elements of type '|O'; wanted numbers: f2, f4, f8, i1 to i8, u1 to u8 or b1. Objects are pickles, which run code as they are read; save an array of numbers." },
        { "complex", Tables.Npy("<c8", "(2, 4)", s_bytes), "data holds elements of type '<c8'; wanted numbers: f2, f4, f8, i1 to i8, u1 to u8 or b1." },
        { "short", Tables.Npy("|u1", "(2, 4)", s_bytes[..7]), "data has 135 bytes; wanted 136, as its header says 2×4: it is cut off, or has something behind it." },
        { "long", Tables.Npy("|u1", "(2, 4)", [.. s_bytes, 1]), "data has 137 bytes; wanted 136, as its header says 2×4: it is cut off, or has something behind it." },
        { "short, compressed", Tables.Gzip(Tables.Npy("|u1", "(2, 4)", s_bytes[..7])), "data is cut off in sample 2; wanted 2 samples of 4 numbers." },
        { "long, compressed", Tables.Gzip(Tables.Npy("|u1", "(2, 4)", [.. s_bytes, 1])), "data has more bytes than its 2 samples of 4 numbers; wanted none behind them." },
        { "IDX short", Tables.Idx(8, [2, 2, 2], s_bytes[..7]), "data has 23 bytes; wanted 24, as its header says 2×2×2: it is cut off, or has something behind it." },
        { "IDX header", [0, 0, 8, 3, 0, 0], "data is cut off in the header of an IDX file of 3 dimensions." },
        { "IDX huge", Tables.Gzip(Tables.Idx(8, [int.MaxValue, 4, 1], s_bytes)), "data is cut off in sample 3; wanted 2147483647 samples of 4 numbers." },
        { "IDX of other width", Tables.Idx(8, [2, 3], s_bytes[..6]), "data has 3 columns; wanted 4, the inputs, or 5 with the class." },
        { "scalar", Tables.Npy("|u1", "()", [1]), "data holds one number alone; wanted an array, a row for each sample." },
        { "no sample", Tables.Npy("|u1", "(0, 4)", []), "data holds no sample" },
        { "version", [0x93, .. "NUMPY"u8, 9, 0, 0, 0, 0, 0], "data is no NPY file of version 1, 2 or 3; wanted one, as numpy.save writes it." },
        { "header", [0x93, .. "NUMPY"u8, 1, 0, 5, 0, .. "hello"u8], "data has the header 'hello'; wanted one as in {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4)}." },
        { "inf", Tables.Npy("<f4", "(1, 4)", Tables.Bytes(1, float.PositiveInfinity, 3, 4)), "data, sample 1: column 2 is 'Infinity'; wanted a finite number. Correct it, or leave the column out (LeaveOut)." },
        { "too large", Tables.Npy("<f8", "(1, 4)", Tables.Bytes(1, 1e300, 3, 4)), "data, sample 1, column 2 is 1E+300, which is larger than a float32 can hold; wanted a finite number. Correct it, or scale the column." },
        { "zip", [.. "PK\x3\x4"u8, .. new byte[100]], "data is a damaged NPZ file" },
        { "JSON text", "{\"a\":1,\"b\":2,\"c\":3,\"d\":\"x\"}\n"u8.ToArray(), "data, line 1: column 4 'd' is 'x'; wanted a finite number. Correct it, or leave the column out (LeaveOut)." },
        { "JSON cut", "{\"a\":1,\"b\":2,\"c\":3,\"d\":4}\n{\"a\":1,"u8.ToArray(), "data, line 2 is no JSON; wanted an object or a list in each line, as in {\"column\":1.5}." },
        { "JSON more", "{\"a\":1,\"b\":2,\"c\":3,\"d\":4} {}\n"u8.ToArray(), "data, line 1 is no JSON; wanted an object or a list in each line, as in {\"column\":1.5}." },
        { "JSON lacks", "{\"a\":1,\"b\":2,\"c\":3,\"d\":4}\n{\"a\":1,\"b\":2,\"c\":3}\n"u8.ToArray(), "data, line 2 has 3 values; wanted 4, as in the first line. It lacks 'd'." },
        { "JSON other", "{\"a\":1,\"b\":2,\"c\":3,\"d\":4}\n{\"a\":1,\"b\":2,\"c\":3,\"e\":3}\n"u8.ToArray(), "data, line 2 has 'e', which the first line has not; wanted its columns, each once." },
        { "JSON twice", "{\"a\":1,\"b\":2,\"c\":3,\"d\":4}\n{\"a\":1,\"b\":2,\"c\":3,\"c\":3}\n"u8.ToArray(), "data, line 2 has 'c' twice; wanted its columns, each once." },
        { "JSON nested", "[[1,2,3,4],[5,6,7,8]]\n"u8.ToArray(), "data, line 1: column 1 is an object or a list; wanted a number, a text or null." },
        { "JSON mixed", "[1,2,3,4]\n{\"a\":1}\n"u8.ToArray(), "data, line 2 is no list; wanted one, as in the first line." },
        { "JSON NaN", "[1,2,3,NaN]\n"u8.ToArray(), "data, line 1 is no JSON; wanted an object or a list in each line, as in {\"column\":1.5}." },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_file_is_told_of(string what, byte[] file, string message)
    {
        string came = Assert.Throws<InvalidDataException>(() => Dataset.ReadInputs(new MemoryStream(file), "data", s_shape, null, null)).Message;
        Assert.StartsWith(message, came, StringComparison.Ordinal);
        Assert.True(what.Length > 0 && came.Length < 400);
    }

    [Fact]
    public void A_damaged_archive_is_told_of()
    {
        byte[] file = Tables.Npz(CompressionLevel.NoCompression, ("X.npy", Tables.Npy("<f4", "(2, 4)", Tables.Bytes(s_X))));
        int at = file.AsSpan().IndexOf(Tables.Bytes(s_X));
        file[at] ^= 1;
        Assert.Contains("damaged or cut off", Assert.Throws<InvalidDataException>(() => Dataset.ReadInputs(new MemoryStream(file), "data", s_shape, null, null)).Message, StringComparison.Ordinal);
        Assert.Contains("decompress", Assert.Throws<InvalidDataException>(() => Dataset.ReadInputs(new MemoryStream(Tables.Gzip(file)), "data", s_shape, null, null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_format_that_is_told_is_taken()
    {
        Assert.Equal("data begins not as an IDX file; wanted one, as was said (Format).", Tables.Refusal("1,2,3,4,0\n", options: new() { Format = DataFormat.Idx }));
        Assert.Contains("is no JSON", Tables.Refusal("1,2,3,4,0\n", options: new() { Format = DataFormat.JsonLines }), StringComparison.Ordinal);
        Assert.Contains("line 1 has", Tables.Refusal("[1,2,3,4]\n", options: new() { Format = DataFormat.Csv }), StringComparison.Ordinal);
    }
}
