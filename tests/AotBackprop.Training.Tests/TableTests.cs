using System.IO.Compression;
using System.Text;
using AotBackprop.Data;
using AotBackprop.Tests;
using AotBackprop.Tests.Support;
using AotBackprop.Training.Metrics;
using AotBackprop.Training.Tests.Support;
using Xunit;

namespace AotBackprop.Training.Tests;

/// <summary>Trainings on tables: what is read, fitted and kept.</summary>
public sealed class TableTests : IDisposable
{
    private static readonly string[] s_names = ["sepal length", "sepal width", "petal length", "petal width"];

    private static readonly string[][] s_rows =
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "iris.csv")).Skip(1).Select(line => line.Split(','))];

    private readonly TemporaryFile _file = new();
    private readonly TemporaryFile _other = new();

    public void Dispose()
    {
        _file.Dispose();
        _other.Dispose();
    }

    public static TheoryData<string> Dialects =>
        ["plain", "header", "semicolons", "tabs", "spaces", "quoted", "utf-16", "gzip", "json", "crlf", "exponents", "commas"];

    [Theory]
    [MemberData(nameof(Dialects))]
    public void The_same_table_gives_the_same_parameters_in_each_dialect(string dialect)
    {
        File.WriteAllText(_file.Path, Text(","));
        using Model<Iris> wanted = Fit().Model;
        File.WriteAllBytes(_file.Path, Written(dialect));
        using Model<Iris> found = Fit(new() { DecimalComma = dialect == "commas" }).Model;
        Bits.Same(wanted.Network.Parameters, found.Network.Parameters);
        Assert.Equal(wanted.Scaling!.Deviation, found.Scaling!.Deviation);
        Assert.Equal(dialect is "header" or "json" ? s_names : null, found.Columns);

        TrainingResult<Iris> Fit(DataOptions? options = null) => Options().Fit<Iris>(_file.Path, options);
    }

    [Fact]
    public void A_fit_is_split_scaled_and_stopped_early()
    {
        File.WriteAllText(_file.Path, Text(",", header: true));
        TrainingResult<Iris> result = new Trainer
        {
            Epochs = 1000,
            Optimizer = Optimizer.Adam(0.05f),
            Seed = 3,
            ValidationShare = 0.2m,
            EarlyStopping = new EarlyStopping { Patience = 10 },
            Scaling = ScalingKind.Standard,
        }.Fit<Iris>(_file.Path);
        using Model<Iris> model = result.Model;
        ClassificationMetrics metrics = Assert.IsType<ClassificationMetrics>(result.Metrics);
        Assert.Equal(TrainingEnding.StoppedEarly, result.Ending);
        Assert.Equal(30, metrics.Count);
        Assert.Equal(result.History[result.BestEpoch!.Value - 1].Validation[1].Value, metrics.Accuracy, 1e-12);
        Assert.True(metrics.Accuracy > 0.85);

        // By hand: fitted on what was learned from alone.
        (Dataset training, Dataset heldOut) = Dataset.Read<Iris>(_file.Path, new() { Fit = ScalingKind.Standard }).Split(0.2m, 3);
        Assert.Equal(training.Scaling!.Mean.ToArray(), model.Scaling!.Mean);
        Assert.Equal(metrics.ToJson(), model.Evaluate(heldOut).ToJson());
        Assert.Contains("versicolor", result.Metrics!.ToString(), StringComparison.Ordinal);

        // And kept.
        model.Save(_other.Path);
        using Model<Iris> loaded = Model<Iris>.Load(_other.Path);
        Assert.Equal(s_names, loaded.Columns);
        Assert.Equal(["species"], loaded.Target);
        Assert.Equal(["setosa", "versicolor", "virginica"], loaded.Classes);
        Assert.Equal("setosa", loaded.ClassOf([5.1, 3.5, 1.4, 0.2]));
        Dataset again = Dataset.Read<Iris>(_file.Path, loaded.DataOptions);
        Assert.Equal(150, again.Count);
        Assert.True(((ClassificationMetrics)loaded.Evaluate(again)).Accuracy > 0.9);

        // A table that was read for the model is scaled already; rows by hand are not.
        string[] classes = loaded.ClassesOf(loaded.ReadInputs(_file.Path));
        Assert.Equal("setosa", classes[0]);
        Assert.Equal(loaded.Predict(again), classes.Select(name => (float)loaded.Classes!.Index().First(one => one.Item == name).Index));
        double[] row = [5.1, 3.5, 1.4, 0.2];
        Assert.Equal(loaded.PredictProbabilities(row), loaded.PredictProbabilities(again)[..3]);
        Assert.Throws<ArgumentException>(() => loaded.Predict(Dataset.ReadInputs<Iris>(_file.Path)));
    }

    [Fact]
    public void A_model_reads_its_columns_in_any_order_and_without_names()
    {
        File.WriteAllText(_file.Path, Text(",", header: true));
        using Model<Iris> model = Options().Fit<Iris>(_file.Path).Model;
        string wanted = model.Evaluate(Dataset.Read<Iris>(_file.Path, model.DataOptions)).ToJson();

        IEnumerable<string> turned = s_rows.Select(row => $"{row[4]},7,{row[3]},{row[2]},{row[1]},{row[0]}");
        File.WriteAllLines(_file.Path, ["species,size,petal width,petal length,sepal width,sepal length", .. turned]);
        Assert.Equal(wanted, model.Evaluate(Dataset.Read<Iris>(_file.Path, model.DataOptions)).ToJson());

        File.WriteAllText(_file.Path, Text(","));
        Assert.Equal(wanted, model.Evaluate(Dataset.Read<Iris>(_file.Path, model.DataOptions)).ToJson());
    }

    [Fact]
    public void Missing_values_are_the_mean_of_what_is_learned_from()
    {
        string[][] rows = [.. s_rows.Select(row => (string[])row.Clone())];
        rows[7][2] = "NA";
        rows[90][0] = "";
        File.WriteAllText(_file.Path, Text(",", rows: rows));
        using Model<Iris> model = new Trainer { Epochs = 2, ValidationShare = 0.1m, Missing = MissingValues.Mean }.Fit<Iris>(_file.Path).Model;
        (Dataset training, _) = Dataset.Read<Iris>(_file.Path, new() { Missing = MissingValues.Mean }).Split(0.1m, 0);
        Assert.Equal(training.Missing, model.Missing);
        Assert.Null(model.Scaling);
        model.ClassOf([double.NaN, 3, 1, 0.2]);
    }

    [Fact]
    public void A_file_to_judge_by_is_read_as_the_other()
    {
        File.WriteAllText(_file.Path, Text(",", header: true, rows: [.. s_rows.Where((_, i) => i % 3 > 0)]));
        File.WriteAllText(_other.Path, Text(";", header: true, rows: [.. s_rows.Where((_, i) => i % 3 == 0)]));
        TrainingResult<Iris> result = new Trainer { Epochs = 20, Optimizer = Optimizer.Adam(0.05f), Scaling = ScalingKind.MinMax }
            .Fit<Iris>(_file.Path, validation: _other.Path);
        using Model<Iris> model = result.Model;
        Assert.Equal(50, result.Metrics!.Count);
        Assert.True(result.History[^1].Validation[1].Value > 0.8);
        ArgumentException e = Assert.Throws<ArgumentException>(() => new Trainer { ValidationShare = 0.2m }.Fit<Iris>(_file.Path, validation: _other.Path));
        Assert.Contains("wanted one of them", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_tells_how_samples_were_prepared_and_refuses_others()
    {
        File.WriteAllText(_file.Path, Text(","));
        Trainer Of(ScalingKind? scaling, int epochs = 2) => new()
        {
            Epochs = epochs,
            Scaling = scaling,
            Missing = MissingValues.By(0.5),
            Checkpoint = new Checkpoint { Path = _other.Path, Resume = true },
        };
        using Model<Iris> whole = new Trainer { Epochs = 4, Scaling = ScalingKind.Standard }.Fit<Iris>(_file.Path).Model;
        using Model<Iris> half = Of(ScalingKind.Standard).Fit<Iris>(_file.Path).Model;
        string header = Encoding.UTF8.GetString(File.ReadAllBytes(_other.Path));
        Assert.Contains("""\"scaling\":\"{\\\"kind\\\":\\\"standard\\\",\\\"mean\\\":[5.8433333""", header, StringComparison.Ordinal);
        Assert.Contains("\\\"missing\\\":\\\"[0.5,0.5,0.5,0.5]", header, StringComparison.Ordinal);
        InvalidDataException e = Assert.Throws<InvalidDataException>(() => Of(ScalingKind.MinMax).Fit<Iris>(_file.Path));
        Assert.Contains("scaling was", e.Message, StringComparison.Ordinal);
        using Model<Iris> rest = Of(ScalingKind.Standard, epochs: 4).Fit<Iris>(_file.Path).Model;
        Bits.Same(whole.Network.Parameters, rest.Network.Parameters);
    }

    [Fact]
    public void A_table_that_was_read_otherwise_is_refused()
    {
        File.WriteAllText(_file.Path, Text(","));
        Dataset plain = Dataset.Read<Iris>(_file.Path);
        Assert.Contains("DataOptions.Fit = ScalingKind.Standard", Refusal(new() { Scaling = ScalingKind.Standard }, plain, null), StringComparison.Ordinal);
        Assert.Contains("DataOptions.Missing", Refusal(new() { Missing = MissingValues.Mean }, plain, null), StringComparison.Ordinal);
        Dataset raw = Dataset.Read<Iris>(_file.Path, new() { Fit = ScalingKind.Standard });
        Assert.Contains("both parts of a Split", Refusal(new(), raw, plain), StringComparison.Ordinal);
        Assert.Contains("scaled otherwise", Refusal(new(), raw.Split(0, 1).Training, plain), StringComparison.Ordinal);
        using Model<Iris> whole = new Trainer { Epochs = 1 }.Fit<Iris>(plain).Model;
        Assert.Throws<ArgumentException>(() => whole.Evaluate(raw.Split(0, 1).Training));

        static string Refusal(Trainer trainer, Dataset training, Dataset? validation) =>
            Assert.Throws<ArgumentException>(() => trainer.Fit<Iris>(training, validation)).Message;
    }

    [Fact]
    public void Other_outputs_are_judged_by_their_own_metrics()
    {
        using TrainedOnDrawn<Number> number = new(5);
        Assert.IsType<RegressionMetrics>(number.Metrics);
        using TrainedOnDrawn<Digits> digits = new(6);
        Assert.IsType<ClassificationMetrics>(digits.Metrics);
    }

    [Theory]
    [InlineData(1e15, "1000000000000000")]
    [InlineData(1234567890123456, "1234567890123456")]
    [InlineData(1234567890123456.5, "1234567890123456.5")]
    [InlineData(1000000000000000.1, "1000000000000000.1")]
    [InlineData(1e16, "1e+16")]
    [InlineData(12345678901234568, "1.2345678901234568e+16")]
    [InlineData(-98765432109876544, "-9.876543210987654e+16")]
    [InlineData(99999999999999984, "9.999999999999998e+16")]
    [InlineData(1e17, "1e+17")]
    [InlineData(123456789012345680, "1.2345678901234568e+17")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(-0.0, "-0")]
    public void Numbers_are_written_as_Python_writes_them(double number, string wanted)
    {
        Assert.Equal(wanted, NumberText.Of(number));
        Assert.Equal(number, double.Parse(wanted, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal($$"""{"kind":"minmax","minimum":[{{wanted}}],"maximum":[{{wanted}}]}""", InputScaling.MinMax([number], [number]).ToJson());
    }

    private static Trainer Options() => new()
    {
        Epochs = 30,
        Optimizer = Optimizer.Adam(0.02f),
        ValidationShare = 0.25m,
        EarlyStopping = new EarlyStopping { Patience = 3 },
        Scaling = ScalingKind.Standard,
        Seed = 7,
    };

    private static string Text(string delimiter, bool header = false, string[][]? rows = null)
    {
        string[] species = ["setosa", "versicolor", "virginica"];
        IEnumerable<string[]> lines = (rows ?? s_rows).Select(row => header ? [.. row[..4], species[int.Parse(row[4], null)]] : row);
        string[] names = [.. s_names, "species"];
        return string.Concat((header ? lines.Prepend(names) : lines).Select(line => string.Join(delimiter, line) + "\n"));
    }

    private static byte[] Written(string dialect)
    {
        string[] all = [.. s_names, "species"];
        return dialect switch
        {
            "header" => Encoding.UTF8.GetBytes(string.Join(',', all) + "\n" + Text(",")),
            "semicolons" => Encoding.UTF8.GetBytes("sep=;\n" + Text(";")),
            "tabs" => Encoding.UTF8.GetBytes(Text("\t")),
            "spaces" => Encoding.UTF8.GetBytes(Text("   ")),
            "quoted" => Encoding.UTF8.GetBytes(Text("\",\"").Replace("\n", "\"\r\n\"", StringComparison.Ordinal).Insert(0, "\"").TrimEnd('"')),
            "utf-16" => [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Text(","))],
            "gzip" => Gzip(Encoding.UTF8.GetBytes(Text(","))),
            "json" => Encoding.UTF8.GetBytes(string.Concat(s_rows.Select(row =>
                "{" + string.Join(',', row.Zip(all, (value, name) => $"\"{name}\": {value}")) + "}\n"))),
            "crlf" => Encoding.UTF8.GetBytes(Text(",").Replace("\n", "\r\n", StringComparison.Ordinal)),
            "exponents" => Encoding.UTF8.GetBytes(Text("e0,").Replace("\n", ".0\n", StringComparison.Ordinal)),
            "commas" => Encoding.UTF8.GetBytes(Text(";").Replace('.', ',')),
            _ => Encoding.UTF8.GetBytes(Text(",")),
        };
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using MemoryStream file = new();
        using (GZipStream stream = new(file, CompressionLevel.Optimal))
        {
            stream.Write(bytes);
        }

        return file.ToArray();
    }

    private sealed class TrainedOnDrawn<TNetwork> : IDisposable
        where TNetwork : class, INetwork<TNetwork>
    {
        private readonly TrainingResult<TNetwork> _result;

        public TrainedOnDrawn(int seed) => _result = new Trainer { Epochs = 1, ValidationShare = 0.2m, Optimizer = Optimizer.Sgd(0.01f) }
            .Fit<TNetwork>(Drawn.For<TNetwork>(seed, 50));

        public NetworkMetrics? Metrics => _result.Metrics;

        public void Dispose() => _result.Model.Dispose();
    }
}
