using System.IO.Compression;
using Xunit;

namespace AotBackprop.Data.Tests;

/// <summary>How much samples count, as a column says.</summary>
public sealed class WeightTests
{
    private const string Header = "a,b,c,d,weight,kind\n";
    private const string Lines = "1,2,3,4,0.5,0\n2,3,4,5,2,1\n3,4,5,6,0,2\n4,5,6,7,1e-3,1\n";

    private static readonly float[] s_weights = [0.5f, 2, 0, 1e-3f];

    private static readonly DataOptions s_named = new() { Weights = "weight" };

    [Theory]
    [InlineData(Header + Lines, "weight")]
    [InlineData(Header + Lines, "5")]
    [InlineData(Lines, "5")]
    [InlineData(Lines, "-2")]
    public void A_column_of_weights_is_neither_input_nor_target(string text, string column)
    {
        Dataset samples = Tables.Read(text, options: new() { Weights = Column.Parse(column) });
        Assert.Equal(s_weights, samples.Weights.ToArray());
        Assert.Equal(s_weights, samples.Targets.Weights.ToArray());
        Assert.Equal([0, 1, 2, 1], samples.Targets.Labels.ToArray());
        Assert.Equal([1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6, 4, 5, 6, 7], samples.X.ToArray());
        Assert.Equal(text.Contains('k') ? ["a", "b", "c", "d"] : null, samples.Columns);
        Assert.Empty(Tables.Read(Tables.Iris).Weights.ToArray());
        Assert.Empty(Tables.Read(Tables.Iris).Targets.Weights.ToArray());
    }

    [Fact]
    public void Beside_other_columns_that_are_told()
    {
        DataOptions options = new() { Weights = 1, LeaveOut = ["name"], Targets = ["kind"] };
        Dataset samples = Tables.Read("weight,kind,a,name,b,c,d\n0.5,0,1,x,2,3,4\n", options: options);
        Assert.Equal([0.5f], samples.Weights.ToArray());
        Assert.Equal(["a", "b", "c", "d"], samples.Columns);
        DataOptions model = s_named with { Columns = ["d", "c", "b", "a"], TargetNames = ["kind"] };
        Assert.Equal([4, 3, 2, 1], Tables.Read(Header + "1,2,3,4,9,1\n", options: model).X.ToArray());
        Assert.Equal([9f], Tables.Read("more,weight,kind,a,b,c,d\nx,9,1,1,2,3,4\n", options: model).Weights.ToArray());
    }

    [Fact]
    public void Where_targets_are_values_and_where_they_are_in_another_file()
    {
        DataShape shape = DataShape.Of<Pair>();
        Dataset samples = Tables.Read("w,a,b,c,y,z\n3,1,2,3,4,5\n0.25,6,7,8,9,10\n", shape, new() { Weights = "w" });
        Assert.Equal([3, 0.25f], samples.Targets.Weights.ToArray());
        Assert.Equal([4, 5, 9, 10], samples.Targets.Values.ToArray());
        using TemporaryFile labels = new("0\n2\n");
        samples = Tables.Read("1,2,3,4,0.5\n5,6,7,8,1.5\n", options: new() { Weights = -1, TargetFile = labels.Name });
        Assert.Equal([0.5f, 1.5f], samples.Weights.ToArray());
        Assert.Equal([0, 2], samples.Targets.Labels.ToArray());
    }

    [Fact]
    public void Lines_of_JSON_have_them_by_key_or_by_place()
    {
        string objects = "{\"w\":0.5,\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"kind\":0}\n{\"kind\":1,\"d\":4,\"c\":3,\"b\":2,\"a\":1,\"w\":\"2\"}\n";
        Assert.Equal([0.5f, 2], Tables.Read(objects, options: new() { Weights = "w" }).Weights.ToArray());
        string lists = "[1,2,3,4,0.5,0]\n[5,6,7,8,1.5,2]\n";
        Assert.Equal([0.5f, 1.5f], Tables.Read(lists, options: new() { Weights = 5 }).Weights.ToArray());
        Assert.StartsWith(
            "data, line 2: column 1 'w', the weight, is empty; wanted a finite number, 0 or more. It is missing; leave the sample out, or complete it.",
            Tables.Refusal(objects.Replace("\"2\"", "null"), options: new() { Weights = "w" }),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(2,)")]
    [InlineData("(2, 1)")]
    public void Archives_of_NumPy_have_an_array_of_them(string shape)
    {
        byte[] file = Archive(("w.npy", Tables.Npy("<f8", shape, Tables.Bytes(0.1, 3.0))));
        Dataset samples = Tables.Read(file, options: new() { Weights = "w" });
        Assert.Equal([0.1f, 3], samples.Weights.ToArray());
        Assert.Equal([1, 2], samples.Targets.Labels.ToArray());
    }

    [Fact]
    public void What_is_no_array_of_weights_is_refused()
    {
        Refused("data holds 'X', 'y'; wanted 'w'. Say which (Weights).", Archive(), "w");
        Refused("data holds arrays, and the weights are column 5; wanted the name of an array (Weights).", Archive(), 5);
        Refused(
            "data, w.npy has 2 columns; wanted 1, the weight of each sample.", Archive(("w.npy", Tables.Npy("<f4", "(1, 2)", Tables.Bytes(1f, 1f)))), "w");
        Refused(
            "data, w.npy has 1 samples, and data, X.npy has more; wanted weights for each.",
            Archive(("w.npy", Tables.Npy("<f4", "(1,)", Tables.Bytes(1f)))),
            "w");
        Refused(
            "data, X.npy has 2 samples, and data, w.npy has more; wanted weights for each.",
            Archive(("w.npy", Tables.Npy("<f4", "(3,)", Tables.Bytes(1f, 1f, 1f)))),
            "w");
        Refused(
            "data, w.npy, sample 2: column 1, the weight, is '-1'; wanted a finite number, 0 or more. Correct it, or say the column of the weights (Weights).",
            Archive(("w.npy", Tables.Npy("<f4", "(2,)", Tables.Bytes(1f, -1f)))),
            "w");
        Refused(
            "data is an NPY file, which has no column of weights; wanted CSV, JSON lines, or an NPZ file with an array of them (Weights).",
            Tables.Npy("<f4", "(1, 6)", Tables.Bytes(1f, 2f, 3f, 4f, 5f, 0f)),
            5);
        Refused(
            "data is an IDX file, which has no column of weights; wanted CSV, JSON lines, or an NPZ file with an array of them (Weights).",
            Tables.Idx(8, [1, 4], [1, 2, 3, 4]),
            "w");

        static void Refused(string message, byte[] file, Column weights) => Assert.Equal(message, Tables.Refusal(file, options: new() { Weights = weights }));
    }

    [Theory]
    [InlineData("-1", "'-1'; wanted a finite number, 0 or more. Correct it, or say the column of the weights (Weights).")]
    [InlineData("-1e-300", "'-1e-300'; wanted a finite number, 0 or more. Correct it, or say the column of the weights (Weights).")]
    [InlineData("1e39", "'1e39'; wanted a finite number, 0 or more. Correct it, or say the column of the weights (Weights).")]
    [InlineData("inf", "'inf'; wanted a finite number, 0 or more. Correct it, or say the column of the weights (Weights).")]
    [InlineData("much", "'much'; wanted a finite number, 0 or more. Correct it, or say the column of the weights (Weights).")]
    [InlineData("NA", "'NA'; wanted a finite number, 0 or more. It is missing; leave the sample out, or complete it.")]
    [InlineData("", "empty; wanted a finite number, 0 or more. It is missing; leave the sample out, or complete it.")]
    public void A_weight_that_is_none_is_an_error_that_says_where(string weight, string message)
    {
        string text = Header + Lines.Replace("1e-3", weight);
        DataOptions options = s_named with { Missing = MissingValues.By(1) };
        Assert.Equal($"data, line 5: column 5 'weight', the weight, is {message}", Tables.Refusal(text, options: options));
        using TemporaryFile file = new(text);
        Assert.Equal(
            $"{file.Name}, line 5: column 5 'weight', the weight, is {message}",
            Assert.Throws<InvalidDataException>(() => StreamedDataset.Open<Flowers>(file.Name, 2, options)).Message);
    }

    [Fact]
    public void A_column_that_is_something_else_too_is_an_error()
    {
        Refused("data has no column 'w'; it has 'a', 'b', 'c', 'd', 'weight', 'kind'.", new() { Weights = "w" });
        Refused("data: column 5 'weight' is of weights and is left out as well; wanted it once.", s_named with { LeaveOut = [5] });
        Refused("data: column 5 'weight' is of targets and of weights; wanted another (Weights).", s_named with { Targets = ["weight"] });
        Refused(
            "data: column 2 'b' is an input of the model and of weights; wanted another (Weights).",
            new() { Weights = "b", Columns = ["a", "b", "c", "d"], TargetNames = ["kind"] });
        Assert.Equal(
            "data, line 1 has 5 columns; wanted 6: 4 inputs and the class and the weight.", Tables.Refusal("1,2,3,4,0\n", options: new() { Weights = 5 }));
        Assert.Equal(
            "data has no names of columns, so no column 'weight'; say its number, or that there is a header (Header).",
            Tables.Refusal(Lines, options: s_named));

        static void Refused(string message, DataOptions options) => Assert.Equal(message, Tables.Refusal(Header + Lines, options: options));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_split_takes_them_along(bool consumes)
    {
        string[] lines = Tables.Iris.TrimEnd('\n').Split('\n');
        string text = string.Concat(lines.Select((line, n) => $"{n},{line}\n"));
        DataOptions options = new() { Weights = 1, Fit = ScalingKind.Standard };
        (Dataset training, Dataset heldOut) = Tables.Read(text, options: options).Split(0.2m, seed: 3, consume: consumes);
        Assert.Equal((120, 30), (training.Count, heldOut.Count));
        Assert.Equal(Enumerable.Range(0, 150).Select(n => (float)n), training.Weights.ToArray().Concat(heldOut.Weights.ToArray()).Order());
        foreach (Dataset part in new[] { training, heldOut })
        {
            for (int n = 0; n < part.Count; n++)
            {
                Assert.EndsWith($"line {part.Weights[n] + 1}", part.Place(n), StringComparison.Ordinal);
            }

            Assert.Equal(part.Weights.ToArray(), part.Targets.Weights.ToArray());
        }
    }

    [Fact]
    public void Inputs_alone_want_none()
    {
        Assert.Equal(16, Tables.ReadInputs(Header + Lines, options: s_named).X.Length);
        Assert.Equal(16, Tables.ReadInputs(Lines, options: new() { Weights = 5 }).X.Length);
        Assert.Equal(4, Tables.ReadInputs("1,2,3,4\n", options: new() { Weights = 5 }).X.Length);
        Assert.Equal(4, Tables.ReadInputs("a,b,c,d\n1,2,3,4\n", options: s_named).X.Length);
        Assert.Equal(4, Tables.ReadInputs("a,b,c,d,kind,weight\n1,2,3,4,x,y\n", options: s_named).X.Length);
    }

    [Fact]
    public void Blocks_have_them_in_their_order()
    {
        string[] lines = Tables.Iris.TrimEnd('\n').Split('\n');
        using TemporaryFile file = new(string.Concat(lines.Select((line, n) => $"{n},{line}\n")));
        Dataset all = Tables.Read(Tables.Iris);
        StreamedDataset streamed = StreamedDataset.Open<Flowers>(file.Name, 40, new() { Weights = 1 });
        Assert.True(streamed.HasWeights);
        List<float> seen = [];
        foreach (SampleBlock block in streamed.Blocks(1, 0))
        {
            Assert.Equal(block.Weights.ToArray(), block.Targets.Weights.ToArray());
            for (int i = 0; i < block.Count; i++)
            {
                int n = (int)block.Weights[i];
                Assert.Equal(all.X.Slice(n * 4, 4).ToArray(), block.X.Slice(i * 4, 4).ToArray());
                Assert.Equal($"{file.Name}, line {n + 1}, column 3", block.Place(i, 1));
                seen.Add(n);
            }
        }

        Assert.Equal(Enumerable.Range(0, 150).Select(n => (float)n), seen.Order());
        Assert.Equal([50, 50, 50], streamed.ClassCounts);
    }

    [Fact]
    public void Another_file_is_read_alike_with_weights_where_it_has_them()
    {
        using TemporaryFile file = new(Header + Lines.Replace(",0\n", ",x\n").Replace(",1\n", ",y\n").Replace(",2\n", ",z\n"));
        StreamedDataset streamed = StreamedDataset.Open<Flowers>(file.Name, 2, s_named with { Fit = ScalingKind.MinMax });
        Dataset with = Tables.Read("kind,weight,d,c,b,a\ny,7,4,3,2,1\n", options: streamed.DataOptions);
        Dataset without = Tables.Read("a,b,c,d,kind\n1,2,3,4,y\n", options: streamed.DataOptions);
        Assert.Equal([7f], with.Weights.ToArray());
        Assert.Empty(without.Weights.ToArray());
        Assert.Equal(with.X.ToArray(), without.X.ToArray());
        Assert.Equal([1], without.Targets.Labels.ToArray());
        Assert.Equal(streamed.Scaling!.ToJson(), with.Scaling!.ToJson());
        Assert.StartsWith("data has no column 'weight'", Tables.Refusal("a,b,c,d,kind\n1,2,3,4,y\n", options: s_named), StringComparison.Ordinal);
    }

    private static byte[] Archive(params (string Name, byte[] Content)[] more) => Tables.Npz(
        CompressionLevel.Optimal,
        [
            ("X.npy", Tables.Npy("<f4", "(2, 4)", Tables.Bytes(1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f))),
            ("y.npy", Tables.Npy("<i8", "(2,)", Tables.Bytes(1L, 2L))),
            .. more,
        ]);
}
