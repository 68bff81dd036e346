using AotBackprop.Tests;
using AotBackprop.Tests.Support;
using AotBackprop.Training.Tests.Support;
using Xunit;

namespace AotBackprop.Training.Tests;

public sealed class ModelTests : IDisposable
{
    private readonly TemporaryFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void A_checkpoint_is_called_what_it_is()
    {
        Trainer trainer = new() { Epochs = 1, Optimizer = Optimizer.Adam(), Checkpoint = new() { Path = _file.Path } };
        trainer.Fit<Iris>(Drawn.For<Iris>(1, 30)).Network.Dispose();
        InvalidDataException e = Assert.Throws<InvalidDataException>(() => Model<Iris>.Load(_file.Path));
        Assert.EndsWith("It is a checkpoint, from which a training goes on; wanted a model file.", e.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Kinds => ["none", "factor", "standard", "minmax"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Inputs_are_replaced_and_scaled_in_double_and_rounded_once(string kind)
    {
        double[] mean = [1, 1e-3, -5, 0.1], deviation = [3, 0, 1e-8, 7];
        double[] minimum = [0, -1, 2.5, 1e6], maximum = [10, -1, 2.6, 1e6 + 1];
        (ModelScaling? scaling, Func<double, int, double> of) = kind switch
        {
            "factor" => (ModelScaling.DivideBy(0.3f), (x, _) => x / 0.3f),
            "standard" => (ModelScaling.Standard(mean, deviation), (x, j) => (x - mean[j]) / (deviation[j] == 0 ? 1 : deviation[j])),
            "minmax" => (ModelScaling.MinMax(minimum, maximum), (x, j) => (x - minimum[j]) / (maximum[j] == minimum[j] ? 1 : maximum[j] - minimum[j])),
            _ => ((ModelScaling?)null, (Func<double, int, double>)((x, _) => x)),
        };
        double[] missing = [0.1, 0.2, -5, 1e6];
        using Model<Iris> model = new(new Iris(1), new() { Scaling = scaling, Missing = missing });
        double[] X = [1.1, double.NaN, -5 + 1e-9, 3, 0, -1, 2.5, double.NaN];
        float[] prepared = [.. X.Select((x, i) => (float)of(double.IsNaN(x) ? missing[i % 4] : x, i % 4))];
        float[] wanted = new float[6], found = new float[6];
        model.Network.Forward(prepared, wanted);
        model.Forward(X, found);
        Bits.Same(wanted, found);

        float[] singles = [.. X.Select(x => (float)x)];
        prepared = [.. singles.Select((x, i) => (float)of(float.IsNaN(x) ? missing[i % 4] : x, i % 4))];
        model.Network.Forward(prepared, wanted);
        model.Forward(singles, found);
        Bits.Same(wanted, found);
        if (scaling is not null)
        {
            float[] scaled = new float[8];
            scaling.Apply([.. X.Select((x, i) => double.IsNaN(x) ? missing[i % 4] : x)], scaled);
            Bits.Same([.. X.Select((x, i) => (float)of(double.IsNaN(x) ? missing[i % 4] : x, i % 4))], scaled);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void It_is_the_same_after_a_file(string kind)
    {
        ModelDescription description = new()
        {
            Facts = new Dictionary<string, string> { ["epochs"] = "3" },
            Scaling = kind switch
            {
                "factor" => ModelScaling.DivideBy(16),
                "standard" => ModelScaling.Standard([0.1, 1e300, -1e-300, 123456789.125], [1, 0, 1.0 / 3, 1e15]),
                "minmax" => ModelScaling.MinMax([0, 1, 2, 3], [0, 2, 2.0000000000000004, 4]),
                _ => null,
            },
            Classes = ["setosa", "versicolor", "virginica \"é\""],
            Columns = ["sepal length", "sepal width", "petal length", ""],
            Target = ["species"],
            Missing = [5.843333333333334, 0, -1e-7, 1.5],
        };
        using Model<Iris> model = new(new Iris(3), description);
        model.Save(_file.Path);
        using Model<Iris> loaded = Model<Iris>.Load(_file.Path);
        Bits.Same(model.Network.Parameters, loaded.Network.Parameters);
        Assert.Equal(description.Facts, loaded.Facts);
        Assert.Equal(description.Classes, loaded.Classes!);
        Assert.Equal(description.Columns, loaded.Columns!);
        Assert.Equal(description.Target, loaded.Target!);
        Assert.Equal(description.Missing, loaded.Missing!);
        Assert.Equal(description.Scaling?.Kind, loaded.Scaling?.Kind);
        Assert.Equal(description.Scaling?.Mean ?? [], loaded.Scaling?.Mean ?? []);
        Assert.Equal(description.Scaling?.Deviation ?? [], loaded.Scaling?.Deviation ?? []);
        Assert.Equal(description.Scaling?.Minimum ?? [], loaded.Scaling?.Minimum ?? []);
        Assert.Equal(description.Scaling?.Maximum ?? [], loaded.Scaling?.Maximum ?? []);
        Assert.Equal(kind == "none", Record.Exception(() => ModelFile.Load<Iris>(_file.Path).Dispose()) is null);
        string wanted = kind switch
        {
            "factor" => """{"kind":"factor","factor":16}""",
            "standard" => """{"kind":"standard","mean":[0.1,1e+300,-1e-300,123456789.125],"deviation":[1,0,0.3333333333333333,1000000000000000]}""",
            "minmax" => """{"kind":"minmax","minimum":[0,1,2,3],"maximum":[0,2,2.0000000000000004,4]}""",
            _ => "",
        };
        IReadOnlyDictionary<string, string> metadata = ModelFile.ReadInfo(_file.Path).Metadata;
        Assert.Equal(wanted, metadata.GetValueOrDefault("scaling", ""));
        Assert.Equal("""["sepal length","sepal width","petal length",""]""", metadata["columns"]);
        Assert.Equal("""["species"]""", metadata["target"]);
        Assert.Equal("[5.843333333333334,0,-1e-07,1.5]", metadata["missing"]);
    }

    [Fact]
    public void A_classifier_tells_the_names_of_classes()
    {
        using Model<Iris> model = new(new Iris(1), new() { Classes = ["a", "b", "c"] });
        float[] X = [.. Drawn.For<Iris>(1, 20).X.Span];
        float[] probabilities = model.PredictProbabilities(X);
        float[] classes = model.Predict(X);
        for (int n = 0; n < 20; n++)
        {
            ReadOnlySpan<float> row = probabilities.AsSpan(n * 3, 3);
            int largest = row.IndexOf(row.ToArray().Max());
            Assert.Equal(largest, classes[n]);
            Assert.Equal("abc"[largest].ToString(), model.ClassOf(X.AsSpan(n * 4, 4)));
        }

        using Model<Event> two = new(new Event(1));
        Assert.Equal(1, two.PredictProbabilities([1.0, 2, 3, 4]).Sum(), 6);
        Assert.Contains(two.ClassOf([1.0, 2, 3, 4]), (string[])["0", "1"]);
        using Model<Tags> several = new(new Tags(1));
        Assert.Equal(5, several.Predict(new double[20]).Length);
        Assert.Equal(10, several.PredictProbabilities(new float[40]).Length);
        Assert.Throws<NotSupportedException>(() => several.ClassOf(new float[20]));
        using Model<Pair> numbers = new(new Pair(1));
        Assert.Equal(2, numbers.Predict(new double[6]).Length);
        Assert.Throws<NotSupportedException>(() => numbers.PredictProbabilities(new double[6]));
    }

    [Fact]
    public void An_input_that_cannot_be_is_named()
    {
        using Model<Iris> model = new(new Iris(1), new() { Columns = ["a", "b", "c", "d"], Scaling = ModelScaling.DivideBy(1e-30f) });
        Refused("X[1, 1] ('b') is NaN; wanted a finite number: the model has nothing to put in the place of", [1, 2, 3, 4, 5, double.NaN, 7, 8]);
        Refused("X[0, 2] ('c') is 10000000000; wanted a number that is finite once it is divided by 1E-30", [0, 0, 1e10, 0]);
        Refused("X has 5 numbers; wanted a multiple of 4", new double[5]);
        Refused("X has 0 numbers", []);

        void Refused(string message, double[] X) =>
            Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => model.Predict(X)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_the_network_is_refused()
    {
        using Iris network = new(1);
        Assert.Throws<ArgumentException>(() => new Model<Iris>(network, new() { Classes = ["a"] }));
        Assert.Throws<ArgumentException>(() => new Model<Iris>(network, new() { Columns = ["a"] }));
        Assert.Throws<ArgumentException>(() => new Model<Iris>(network, new() { Missing = [1] }));
        Assert.Throws<ArgumentException>(() => new Model<Iris>(network, new() { Scaling = ModelScaling.Standard([1], [1]) }));
        Assert.Throws<ArgumentException>(() => ModelScaling.Standard([1], [-1]));
        Assert.Throws<ArgumentException>(() => ModelScaling.Standard([1, 2], [1]));
        Assert.Throws<ArgumentException>(() => ModelScaling.Standard([], []));
        Assert.Throws<ArgumentException>(() => ModelScaling.MinMax([double.NaN], [1]));
        Assert.Throws<ArgumentException>(() => ModelScaling.MinMax([2], [1]));
        Assert.Throws<InvalidOperationException>(() => ModelScaling.MinMax([0], [1]).Factor);
    }

    [Fact]
    public void Many_threads_may_ask_at_once()
    {
        using Model<Digits> model = new(new Digits(1), new() { Scaling = ModelScaling.DivideBy(2) });
        float[] X = [.. Drawn.For<Digits>(1, 16).X.Span];
        float[] wanted = model.PredictProbabilities(X);
        Parallel.For(0, 400, new() { MaxDegreeOfParallelism = 4 }, _ => Bits.Same(wanted, model.PredictProbabilities(X)));
    }
}
