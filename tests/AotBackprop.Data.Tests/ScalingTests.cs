using System.Runtime.InteropServices;
using AotBackprop.Numerics;
using Xunit;

namespace AotBackprop.Data.Tests;

/// <summary>Scaling, missing values, and the split that they are fitted on.</summary>
public sealed class ScalingTests
{
    private static readonly double[][] s_rows = [.. Tables.Iris.TrimEnd().Split('\n')
        .Select(line => line.Split(',')[..4].Select(one => double.Parse(one, System.Globalization.CultureInfo.InvariantCulture)).ToArray())];

    public static TheoryData<ScalingKind, bool> Kinds => new() { { ScalingKind.Standard, false }, { ScalingKind.Standard, true }, { ScalingKind.MinMax, false }, { ScalingKind.MinMax, true } };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_scaling_is_fitted_on_the_training_part_alone(ScalingKind kind, bool consume)
    {
        Dataset all = Tables.Read(Tables.Iris, options: new() { Fit = kind });
        Assert.Contains("wanted Split first", Assert.Throws<InvalidOperationException>(() => all.X.Length).Message, StringComparison.Ordinal);
        int[] labels = all.Targets.Labels.ToArray();
        bool[] heldOut = new bool[all.Count];
        int count = Holdout.Choose(labels, 0.2m, 7, heldOut);
        (Dataset training, Dataset held) = all.Split(0.2m, 7, consume);
        Assert.Equal((all.Count - count, count), (training.Count, held.Count));

        double[][] learned = [.. s_rows.Where((_, n) => !heldOut[n])];
        double[] first = new double[4], second = new double[4];
        for (int i = 0; i < 4; i++)
        {
            double sum = 0, squares = 0;
            foreach (double[] row in learned)
            {
                sum += row[i];
            }

            double mean = sum / learned.Length;
            foreach (double[] row in learned)
            {
                squares += (row[i] - mean) * (row[i] - mean);
            }

            (first[i], second[i]) = kind == ScalingKind.Standard
                ? (mean, Math.Sqrt(squares / learned.Length))
                : (learned.Min(row => row[i]), learned.Max(row => row[i]));
        }

        Assert.Equal(first, (kind == ScalingKind.Standard ? training.Scaling!.Mean : training.Scaling!.Minimum).ToArray());
        Assert.Equal(second, (kind == ScalingKind.Standard ? training.Scaling.Deviation : training.Scaling.Maximum).ToArray());
        int[] next = new int[2];
        for (int n = 0; n < s_rows.Length; n++)
        {
            Dataset part = heldOut[n] ? held : training;
            int place = next[heldOut[n] ? 1 : 0]++;
            for (int i = 0; i < 4; i++)
            {
                double divisor = kind == ScalingKind.Standard ? second[i] : second[i] - first[i];
                Assert.Equal((float)((s_rows[n][i] - first[i]) / divisor), part.X[(place * 4) + i]);
            }

            Assert.Equal(labels[n], part.Targets.Labels[place]);
            Assert.Equal($"data, line {n + 1}", part.Place(place));
        }

        // A model that keeps the scaling reads the same.
        Dataset again = Tables.Read(Tables.Iris, options: new() { Scaling = InputScaling.Parse(training.Scaling.ToJson()) });
        Assert.True(MemoryMarshal.AsBytes(again.X.Slice(Array.IndexOf(heldOut, true) * 4, 4)).SequenceEqual(MemoryMarshal.AsBytes(held.X[..4])));
        Assert.Equal(again.X.ToArray(), Tables.ReadInputs(Tables.Iris, options: new() { Scaling = training.Scaling }).X.ToArray());
        if (consume)
        {
            Assert.Throws<InvalidOperationException>(() => all.X.Length);
            Assert.Throws<InvalidOperationException>(() => all.Split(0.2m, 7));
        }
        else
        {
            Tables.AssertSame(training, all.Split(0.2m, 7).Training);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_split_without_scaling_moves_rows_alone(bool consume)
    {
        Dataset all = Tables.Read(Tables.Iris);
        float[] X = all.X.ToArray();
        (Dataset training, Dataset held) = all.Split(0.3m, 3, consume);
        List<float> found = [];
        for (int n = 0, t = 0, h = 0; n < 150; n++)
        {
            bool isTraining = t < training.Count && training.Place(t) == $"data, line {n + 1}";
            found.AddRange(isTraining ? training.X.Slice(t++ * 4, 4) : held.X.Slice(h++ * 4, 4));
        }

        Assert.Equal(X, found);

        // A part is split as a whole is, and still knows its lines.
        (Dataset second, Dataset _) = training.Split(0.5m, 5, consume);
        for (int n = 0; n < second.Count; n++)
        {
            int line = int.Parse(second.Place(n)["data, line ".Length..], System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(X.AsSpan((line - 1) * 4, 4).ToArray(), second.X.Slice(n * 4, 4).ToArray());
        }
    }

    [Fact]
    public void Values_are_split_too()
    {
        string text = string.Concat(Enumerable.Range(0, 100).Select(n => $"{n},0,1,{n}.5,{-n}\n"));
        (Dataset training, Dataset held) = Tables.Read(text, DataShape.Of<Pair>(), new() { Fit = ScalingKind.MinMax }).Split(0.25m, 1, consume: true);
        Assert.Equal((75, 25), (training.Count, held.Count));
        foreach (Dataset part in new[] { training, held })
        {
            for (int n = 0; n < part.Count; n++)
            {
                Assert.Equal(part.Targets.Values[2 * n] - 0.5f, -part.Targets.Values[(2 * n) + 1]);
                Assert.Equal($"data, line {part.Targets.Values[2 * n] + 0.5f}", part.Place(n));
            }
        }
    }

    [Fact]
    public void A_column_of_one_value_is_not_divided()
    {
        string text = string.Concat(Enumerable.Range(0, 10).Select(n => $"0.1,{n},0,7,{n % 3}\n"));
        foreach (ScalingKind kind in new[] { ScalingKind.Standard, ScalingKind.MinMax })
        {
            Dataset training = Tables.Read(text, options: new() { Fit = kind }).Split(0, 1).Training;
            Assert.Equal([0f, 0, 0], new[] { training.X[0], training.X[2], training.X[3] });
        }

        InputScaling scaling = Tables.Read(text, options: new() { Fit = ScalingKind.Standard }).Split(0, 1).Training.Scaling!;
        Assert.Equal([0.1, 4.5, 0, 7], scaling.Mean.ToArray());
        Assert.Equal([1, Math.Sqrt(8.25), 1, 1], scaling.Deviation.ToArray());
    }

    [Fact]
    public void Missing_values_get_a_number_or_the_mean_of_the_training_part()
    {
        string[] lines = [.. Enumerable.Range(0, 40).Select(n => $"{(n % 4 == 1 ? "NA" : n)},{n},{(n % 5 == 0 ? "" : 2 * n)},1,{n % 3}")];
        string text = string.Join('\n', lines);
        Assert.Equal(-5, Tables.Read(text, options: new() { Missing = MissingValues.By(-5) }).X[4]);
        Assert.Equal([1f, 1, 2], Tables.Read(text, options: new() { Missing = MissingValues.By([1, 2, 3, 4]) }).X.Slice(4, 3).ToArray());

        foreach (ScalingKind? kind in new ScalingKind?[] { null, ScalingKind.Standard })
        {
            bool[] heldOut = new bool[40];
            Holdout.Choose([.. Enumerable.Range(0, 40).Select(n => n % 3)], 0.25m, 1, heldOut);
            (Dataset training, Dataset held) = Tables.Read(text, options: new() { Missing = MissingValues.Mean, Fit = kind }).Split(0.25m, 1, consume: true);
            double sum = 0;
            int count = 0;
            for (int n = 0; n < 40; n++)
            {
                if (!heldOut[n] && n % 4 != 1)
                {
                    sum += n;
                    count++;
                }
            }

            Assert.Equal(sum / count, training.Missing![0]);
            int row = Enumerable.Range(0, held.Count).First(n => (int.Parse(held.Place(n)[11..], System.Globalization.CultureInfo.InvariantCulture) - 1) % 4 == 1);
            float[] filled = new float[4];
            double[] raw = [sum / count, 0, 0, 0];
            (kind is null ? InputScaling.DivideBy(1) : training.Scaling!).Apply(raw, filled);
            Assert.Equal(filled[0], held.X[row * 4]);

            // What the model keeps gives the same.
            Dataset again = Tables.Read(text, options: new() { Missing = MissingValues.By([.. training.Missing]), Scaling = training.Scaling });
            Dataset part = heldOut[1] ? held : training;
            int second = Enumerable.Range(0, part.Count).First(n => part.Place(n) == "data, line 2");
            Assert.Equal(again.X.Slice(4, 4).ToArray(), part.X.Slice(second * 4, 4).ToArray());
        }

        Assert.Equal(
            "data: column 1 has no value in the training samples, or too large ones, so no mean; leave it out.",
            Assert.Throws<InvalidDataException>(() => Tables.Read("NA,1,2,3,0\n?,1,2,3,1\n,1,2,3,2\n", options: new() { Missing = MissingValues.Mean }).Split(0, 1)).Message);
    }

    [Fact]
    public void A_number_too_large_when_scaled_is_told_of()
    {
        Assert.Equal(
            "data, line 2, column 1 'a' is 2E+38, which, scaled, is larger than a float32 can hold; wanted a finite number. Correct it, or scale the column.",
            Tables.Refusal("a,b,c,d,e\n2e38,1,1,1,0\n", options: new() { Scaling = InputScaling.DivideBy(0.25f) }));

        // What is too large as it is may be fine when it is scaled.
        Assert.Equal(2, Tables.Read("2e39,1,1,1,0\n", options: new() { Scaling = InputScaling.MinMax([0, 0, 0, 0], [1e39, 1, 1, 1]) }).X[0]);
        Assert.StartsWith(
            "data: column 1 has numbers too large to be scaled",
            Assert.Throws<InvalidDataException>(() => Tables.Read("1e308,1,1,1,0\n1e308,1,1,1,1\n-1e308,1,1,1,1\n", options: new() { Fit = ScalingKind.MinMax }).Split(0, 1)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"kind":"factor","factor":16}""")]
    [InlineData("""{"kind":"factor","factor":0.1}""")]
    [InlineData("""{"kind":"standard","mean":[1.5,-2e-30],"deviation":[0.1,1]}""")]
    [InlineData("""{"kind":"minmax","minimum":[0,-1],"maximum":[1,-1]}""")]
    public void A_scaling_is_kept_as_text(string json) => Assert.Equal(json, InputScaling.Parse(json).ToJson());

    [Fact]
    public void A_scaling_comes_back_from_its_text_with_the_same_bits()
    {
        Xoshiro256 random = new(1);
        for (int n = 0; n < 1000; n++)
        {
            double[] mean = [.. Enumerable.Range(0, 3).Select(_ => Number(ref random))];
            double[] deviation = [.. Enumerable.Range(0, 3).Select(_ => Math.Abs(Number(ref random)))];
            InputScaling found = InputScaling.Parse(InputScaling.Standard(mean, deviation).ToJson());
            Assert.Equal(Tables.Bytes([.. mean, .. deviation]), Tables.Bytes([.. found.Mean, .. found.Deviation]));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"kind":"factor"}""")]
    [InlineData("""{"kind":"factor","factor":0}""")]
    [InlineData("""{"kind":"factor","factor":-1}""")]
    [InlineData("""{"kind":"factor","factor":1e99}""")]
    [InlineData("""{"kind":"factor","factor":"16"}""")]
    [InlineData("""{"kind":"factor","factor":16,"factor":16}""")]
    [InlineData("""{"kind":"factor","factor":16,"more":1}""")]
    [InlineData("""{"kind":"robust","median":[1]}""")]
    [InlineData("""{"kind":"standard","mean":[1],"deviation":[1,2]}""")]
    [InlineData("""{"kind":"standard","mean":[],"deviation":[]}""")]
    [InlineData("""{"kind":"standard","mean":[1],"deviation":[-1]}""")]
    [InlineData("""{"kind":"standard","mean":[1e999],"deviation":[1]}""")]
    [InlineData("""{"kind":"minmax","minimum":[1],"maximum":[0]}""")]
    public void A_text_of_no_scaling_is_refused(string json) =>
        Assert.StartsWith("The scaling is '", Assert.Throws<InvalidDataException>(() => InputScaling.Parse(json)).Message, StringComparison.Ordinal);

    private static double Number(ref Xoshiro256 random)
    {
        while (true)
        {
            double number = BitConverter.UInt64BitsToDouble(random.Next());
            if (double.IsFinite(number))
            {
                return number;
            }
        }
    }
}
