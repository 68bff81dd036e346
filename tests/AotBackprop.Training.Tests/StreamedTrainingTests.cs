using System.Globalization;
using AotBackprop.Data;
using AotBackprop.Numerics;
using AotBackprop.Tests;
using AotBackprop.Tests.Support;
using AotBackprop.Training.Checkpoints;
using AotBackprop.Training.Tests.Support;
using Xunit;

namespace AotBackprop.Training.Tests;

/// <summary>Trainings on files of which one block is in memory, and on tables whose samples count differently.</summary>
public sealed class StreamedTrainingTests : IDisposable
{
    private readonly TemporaryFile _file = new();
    private readonly TemporaryFile _other = new();

    public void Dispose()
    {
        _file.Dispose();
        _other.Dispose();
    }

    public static TheoryData<string> Kinds => ["plain", "classes", "rows", "event", "labels", "numbers", "everything"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_column_of_weights_is_weights_of_an_array_and_one_block_is_the_training_in_memory(string kind)
    {
        switch (kind)
        {
            case "plain":
                Agrees<Iris>(new() { Epochs = 4 }, labels: true, weighted: false);
                break;
            case "classes":
                Agrees<Digits>(new() { Epochs = 2, ClassWeights = ClassWeights.Balanced, Seed = 3 }, labels: true);
                break;
            case "rows":
                Agrees<Iris>(new() { Epochs = 3, LabelSmoothing = 0.2, BatchSize = 7 }, labels: false);
                break;
            case "event":
                Agrees<Event>(new() { Epochs = 3, ClassWeights = ClassWeights.Of(0.3, 2), Threads = 2 }, labels: true);
                break;
            case "labels":
                Agrees<Tags>(new() { Epochs = 3, Optimizer = Optimizer.Lion(1e-3f) }, labels: false);
                break;
            case "numbers":
                Agrees<Pair>(new() { Epochs = 3, Schedule = Schedule.Plateau(patience: 0) }, labels: false);
                break;
            default:
                Agrees<Digits>(
                    new()
                    {
                        Epochs = 5,
                        BatchSize = 16,
                        Seed = 9,
                        Optimizer = Optimizer.AdamW(0.01f, clipNorm: 0.5f),
                        Schedule = Schedule.Cosine(),
                        WarmUpSteps = 20,
                        EarlyStopping = new() { Patience = 2 },
                        ClassWeights = ClassWeights.Balanced,
                        LabelSmoothing = 0.1,
                    },
                    labels: true,
                    validates: true);
                break;
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(24)]
    [InlineData(56)]
    [InlineData(96)]
    [InlineData(104)]
    public void Blocks_go_in_the_order_of_the_file_each_shuffled_by_itself(int blockSize)
    {
        const int Count = 101;
        const int Batch = 8;
        TrainingData data = Drawn.For<Iris>(5, Count, weights: Drawn.Weights(5, Count, 2));
        Write<Iris>(_file.Path, data);
        using Iris wanted = Iris.Create(4);
        Optimizer optimizer = Optimizer.Adam(0.01f);
        int blocks = (Count + blockSize - 1) / blockSize;
        List<double> losses = [];
        for (int epoch = 0; epoch < 3; epoch++)
        {
            (double sum, double weights) = (0, 0);
            for (int b = 0; b < blocks; b++)
            {
                int[] order = new int[Math.Min(blockSize, Count - (b * blockSize))];
                Shuffle.Fill(order, 4, (ulong)((epoch * blocks) + b));
                foreach (int[] samples in order.Select(n => n + (b * blockSize)).Chunk(Batch))
                {
                    float[] own = [.. samples.Select(n => data.Weights.Span[n])];
                    double total = own.Sum(weight => (double)weight);
                    if (total > 0)
                    {
                        float[] X = [.. samples.SelectMany(n => data.X.Slice(n * 4, 4).ToArray())];
                        int[] labels = [.. samples.Select(n => data.Labels.Span[n])];
                        sum += wanted.TrainStep(X, new Targets(labels).WithWeights(own), optimizer) * total;
                        weights += total;
                    }
                }
            }

            losses.Add(sum / weights);
        }

        TrainingResult<Iris> result = new Trainer { Epochs = 3, BatchSize = Batch, Seed = 4, Optimizer = Optimizer.Adam(0.01f) }
            .Fit<Iris>(Open<Iris>(blockSize, weighted: true));
        using Iris network = result.Network;
        Bits.Same(wanted.Parameters, network.Parameters);
        Assert.Equal(losses, result.History.Select(epoch => epoch.Loss));
    }

    [Fact]
    public void What_is_fitted_and_found_is_kept_with_the_model()
    {
        string[] rows = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "iris.csv")).Skip(1)];
        string[] names = ["setosa", "versicolor", "virginica"];
        string[] lines = [.. rows.Select(row => row[..^1] + names[row[^1] - '0'])];
        lines[3] = "NA" + lines[3][lines[3].IndexOf(',', StringComparison.Ordinal)..];
        string header = "sepal length,sepal width,petal length,petal width,species";
        File.WriteAllLines(_file.Path, [header, .. lines.Where((_, n) => n % 3 > 0)]);
        File.WriteAllLines(_other.Path, [header, .. lines.Where((_, n) => n % 3 == 0)]);
        DataOptions options = new() { Fit = ScalingKind.Standard, Missing = MissingValues.Mean };
        Trainer trainer = new() { Epochs = 50, Optimizer = Optimizer.Adam(0.02f), EarlyStopping = new() { Patience = 5 } };
        TrainingResult<Iris> inMemory = trainer.Fit<Iris>(_file.Path, options, _other.Path);
        StreamedDataset stream = StreamedDataset.Open<Iris>(_file.Path, 32 * 4, options);
        TrainingResult<Iris> streamed = trainer.Fit<Iris>(stream, Dataset.Read<Iris>(_other.Path, stream.DataOptions));
        using Model<Iris> wanted = inMemory.Model;
        using Model<Iris> model = streamed.Model;
        Bits.Same(wanted.Network.Parameters, model.Network.Parameters);
        Assert.Equal(Csv(inMemory), Csv(streamed));
        Assert.Equal(inMemory.Metrics!.ToJson(), streamed.Metrics!.ToJson());
        Assert.Equal((inMemory.BestEpoch, inMemory.Steps), (streamed.BestEpoch, streamed.Steps));
        Assert.Equal(names, model.Classes);
        Assert.Equal(header.Split(',')[..4], model.Columns);
        Assert.Equal(["species"], model.Target);
        Assert.Equal(wanted.Missing, model.Missing);
        Assert.Equal(wanted.Scaling!.Deviation, model.Scaling!.Deviation);
        Assert.True(((Metrics.ClassificationMetrics)streamed.Metrics).Accuracy > 0.9);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(24)]
    [InlineData(64)]
    public void A_training_goes_on_in_the_middle_of_a_block(int blockSize)
    {
        TrainingData data = Drawn.For<Digits>(1, 60, weights: Drawn.Weights(1, 60, 3));
        Write<Digits>(_file.Path, data);
        StreamedDataset stream = Open<Digits>(blockSize, weighted: true);
        Dataset validation = Dataset.Read<Digits>(_file.Path, stream.DataOptions);
        Trainer Of(Checkpoint? checkpoint, Action<BatchProgress>? ended = null) => new()
        {
            Epochs = 6,
            BatchSize = 4,
            Seed = 2,
            Optimizer = Optimizer.AdamW(0.01f),
            Schedule = Schedule.Plateau(factor: 0.5, patience: 1),
            WarmUpSteps = 20,
            EarlyStopping = new() { Patience = 4 },
            ClassWeights = ClassWeights.Balanced,
            LabelSmoothing = 0.1,
            Checkpoint = checkpoint,
            BatchEnded = ended,
        };
        TrainingResult<Digits> undisturbed = Of(null).Fit<Digits>(stream, validation);
        using Digits wanted = undisturbed.Network;
        Random random = new(blockSize);
        int runs = 0;
        TrainingResult<Digits> result;
        do
        {
            using CancellationTokenSource source = new();
            int left = random.Next(1, 20);
            Trainer trainer = Of(new() { Path = _other.Path, Resume = true }, _ =>
            {
                if (--left == 0)
                {
                    source.Cancel();
                }
            });
            result = trainer.Fit<Digits>(Open<Digits>(blockSize, weighted: true), validation, cancellation: source.Token);
            result.Network.Dispose();
            runs++;
        }
        while (result.Ending == TrainingEnding.Cancelled);

        Assert.InRange(runs, 4, 100);
        result = Of(new() { Path = _other.Path, Resume = true }).Fit<Digits>(stream, validation);
        using Digits network = result.Network;
        Bits.Same(wanted.Parameters, network.Parameters);
        Assert.Equal(Csv(undisturbed), Csv(result));
        Assert.Equal((undisturbed.Ending, undisturbed.Steps), (result.Ending, result.Steps));
        Assert.Equal((undisturbed.BestEpoch, undisturbed.BestValue), (result.BestEpoch, result.BestValue));
        result.Network.Dispose();
    }

    [Fact]
    public void A_checkpoint_tells_the_size_of_a_block_and_knows_the_samples()
    {
        TrainingData data = Drawn.For<Iris>(1, 30, weights: Drawn.Weights(1, 30, 2));
        Write<Iris>(_file.Path, data);
        Trainer trainer = new() { Epochs = 1, BatchSize = 4, Checkpoint = new() { Path = _other.Path, Resume = true } };
        trainer.Fit<Iris>(Open<Iris>(32, weighted: true)).Network.Dispose();
        TrainingState state = CheckpointStore.Of<Iris>(trainer.Checkpoint, Optimizer.Sgd(1)).Read()!.State;
        Assert.Equal("32", state.Options["block_size"]);
        Assert.Equal(["validation", "block_size"], state.Options.Keys.TakeLast(2));

        // Of one block they are those of the samples in memory.
        Assert.Equal(Fingerprint.Of(data), state.Data);
        Refused("block_size was '32' and is '16'", () => trainer.Fit<Iris>(Open<Iris>(16, weighted: true)));
        Refused("block_size was '32' and is not told", () => trainer.Fit<Iris>(data));
        trainer.Fit<Iris>(Open<Iris>(32, weighted: true)).Network.Dispose();
        Write<Iris>(_file.Path, Drawn.For<Iris>(1, 30, weights: Drawn.Weights(2, 30, 2)));
        Refused("of other samples", () => trainer.Fit<Iris>(Open<Iris>(32, weighted: true)));

        // Block after block, each with its inputs, its targets and its weights.
        File.Delete(_other.Path);
        Write<Iris>(_file.Path, data);
        trainer.Fit<Iris>(Open<Iris>(16, weighted: true)).Network.Dispose();
        Fingerprint blocks = Fingerprint.Begin();
        for (int first = 0; first < 30; first += 16)
        {
            int count = Math.Min(16, 30 - first);
            blocks.Add(
                data.X.Span.Slice(first * 4, count * 4),
                new Targets(data.Labels.Span.Slice(first, count)).WithWeights(data.Weights.Span.Slice(first, count)));
        }

        Assert.Equal(blocks.Text, CheckpointStore.Of<Iris>(trainer.Checkpoint, Optimizer.Sgd(1)).Read()!.State.Data);

        static void Refused(string message, Action fit) =>
            Assert.Contains(message, Assert.Throws<InvalidDataException>(fit).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_a_stream_does_not_suit_are_refused()
    {
        Write<Iris>(_file.Path, Drawn.For<Iris>(1, 30));
        StreamedDataset stream = Open<Iris>(100);
        Refused("A block has 100 samples and a batch 32; wanted a block of a multiple of the batch, such as 96 or 128.", new());
        Refused("A block has 100 samples and a batch 101; wanted a block of a multiple of the batch, such as 101.", new() { BatchSize = 101 });
        Refused(
            "A share of 0.2 is to be held out of a stream, of which only a block is in memory; wanted a file to judge by (validation).",
            new() { BatchSize = 50, ValidationShare = 0.2m });
        Refused(
            "Early stopping needs a validation; wanted validation data, or a ValidationShare.",
            new() { BatchSize = 50, EarlyStopping = new() { Patience = 1 } });
        Refused(
            "Scaling is Standard, and the table was read with none; wanted DataOptions.Fit = ScalingKind.Standard where it is read.",
            new() { BatchSize = 50, Scaling = ScalingKind.Standard });
        Refused("Missing is told, and the table was read without; wanted DataOptions.Missing where it is read.", new() { Missing = MissingValues.Mean });
        Refused("There are 2 weights of classes; wanted 3, one for each.", new() { BatchSize = 50, ClassWeights = ClassWeights.Of(1, 2) });
        StartsWith(
            "The file was opened for 4 inputs and 3 outputs (softmax); wanted 4 inputs and 1 outputs (sigmoid), as the network has",
            () => new Trainer { BatchSize = 50 }.Fit<Event>(stream));
        StartsWith(
            "The samples to judge by are scaled otherwise than those to learn from; wanted the same Scaling where they are read.",
            () => new Trainer().Fit<Iris>(Open<Iris>(64, options: new() { Fit = ScalingKind.MinMax }), Dataset.Read<Iris>(_file.Path)));
        StartsWith(
            "A table's scaling is still to be fitted",
            () => new Trainer().Fit<Iris>(Open<Iris>(64), Dataset.Read<Iris>(_file.Path, new() { Fit = ScalingKind.MinMax })));
        StartsWith("A block has 2147483647 samples; wanted at most", () => Open<Iris>(int.MaxValue));

        void Refused(string message, Trainer trainer) => StartsWith(message, () => trainer.Fit<Iris>(stream));
    }

    [Fact]
    public void Samples_that_a_network_would_refuse_are_refused_before_the_first_step()
    {
        int steps = 0;
        Trainer trainer = new() { BatchSize = 2, BatchEnded = _ => steps++ };
        DataOptions weighted = new() { Weights = 5 };
        File.WriteAllText(_file.Path, "1,2,3,4,0,0\n1,2,3,4,0,1\n1,2,3,4,0,2\n");
        const string AllZero = "The training data: All 3 weights of samples are 0; wanted one at least above 0.";
        StartsWith(AllZero, () => trainer.Fit<Iris>(Open<Iris>(2, options: weighted)));
        StartsWith(AllZero, () => trainer.Fit<Iris>(_file.Path, weighted));
        File.WriteAllText(_file.Path, "1,2,3,4,0,0\n1,2,3,4,1,1\n1,2,3,4,0,2\n");
        Trainer classes = new() { BatchSize = 2, ClassWeights = ClassWeights.Of(1, 0, 1), BatchEnded = _ => steps++ };
        StartsWith("All 3 weights of samples are 0; wanted one at least above 0.", () => classes.Fit<Iris>(Open<Iris>(2, options: weighted)));
        StartsWith("All 3 weights of samples are 0; wanted one at least above 0.", () => classes.Fit<Iris>(_file.Path, weighted));
        File.WriteAllText(_file.Path, "1,2,3,4,1,0\n1,2,3,4,1,1\n1,2,3,4,1e38,2\n");
        classes = new() { BatchSize = 2, ClassWeights = ClassWeights.Of(1, 0, 10), BatchEnded = _ => steps++ };
        StartsWith(
            $"{_file.Path}, line 3: the weight, times that of its class, is Infinity; wanted finite weights, 0 or more.",
            () => classes.Fit<Iris>(Open<Iris>(2, options: weighted)));
        File.WriteAllText(_file.Path, "1,2,3,4,0.5,0.5,0\n1,2,3,4,0.5,0.5,0\n1,2,3,4,0.5,0.25,0\n");
        Assert.Equal(
            $"{_file.Path}, line 3: the probabilities of the classes sum to 0.75; wanted 1, within 0.0001.",
            Assert.Throws<InvalidDataException>(() => trainer.Fit<Iris>(Open<Iris>(2, options: new() { Targets = [5, 6, 7] }))).Message);
        File.WriteAllText(_file.Path, "1,2,3,4,0\n1,2,3,4,1\n1,1e300,3,4,2\n");
        Assert.Equal(
            $"{_file.Path}, line 3, column 2 is 1E+300, which is larger than a float32 can hold; wanted a finite number. Correct it, or scale the column.",
            Assert.Throws<InvalidDataException>(() => trainer.Fit<Iris>(Open<Iris>(2))).Message);
        Assert.Equal(0, steps);
    }

    [Fact]
    public void An_error_of_a_step_names_the_line_and_loses_nothing()
    {
        TrainingData data = Drawn.For<Iris>(1, 40);
        float[] X = data.X.ToArray();
        X.AsSpan(33 * 4, 4).Fill(-3e38f);
        Write<Iris>(_file.Path, new(X, data.Labels));
        Trainer trainer = new() { BatchSize = 8, Epochs = 3, Optimizer = Optimizer.Sgd(0.1f) };
        TrainingException e = Assert.Throws<TrainingException>(() => trainer.Fit<Iris>(Open<Iris>(16)));
        Assert.Contains($"Training stopped in epoch 1, at batch 5 of 5: ", e.Message, StringComparison.Ordinal);
        Assert.Contains($"{_file.Path}, line 34, column 1 is -3E+38, the largest input", e.Message, StringComparison.Ordinal);
        Assert.Equal(4, e.Result.Steps);
        e.ResultOf<Iris>().Network.Dispose();

        // In memory it names the sample.
        e = Assert.Throws<TrainingException>(() => trainer.Fit<Iris>(new TrainingData(X, data.Labels)));
        Assert.Contains("X[33, 0] is -3E+38, the largest input", e.Message, StringComparison.Ordinal);
        e.ResultOf<Iris>().Network.Dispose();
        e = Assert.Throws<TrainingException>(() => trainer.Fit<Iris>(data, new TrainingData(X, data.Labels)));
        Assert.Contains("on the validation data: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("X[33, 0] is -3E+38, the largest input", e.Message, StringComparison.Ordinal);
        e.ResultOf<Iris>().Network.Dispose();
    }

    [Fact]
    public void A_file_that_changes_meanwhile_ends_the_training_with_what_was_learned()
    {
        Write<Iris>(_file.Path, Drawn.For<Iris>(1, 40));
        Trainer trainer = new()
        {
            BatchSize = 8,
            EpochEnded = report =>
            {
                if (report.Epoch.Epoch == 2)
                {
                    File.AppendAllText(_file.Path, "1,2,3,4,0\n");
                }
            },
        };
        TrainingException e = Assert.Throws<TrainingException>(() => trainer.Fit<Iris>(Open<Iris>(16)));
        Assert.Equal(
            $"Training stopped in epoch 3, at batch 1 of 5: {_file.Path} is not what it was when it was read first; "
            + "wanted a file that nobody changes meanwhile.",
            e.Message);
        Assert.Equal((2, 10), (e.Result.History.Count, e.Result.Steps));
        e.ResultOf<Iris>().Network.Dispose();
        StreamedDataset stream = Open<Iris>(16);
        File.AppendAllText(_file.Path, "1,2,3,4,0\n");
        Assert.Throws<IOException>(() => new Trainer { BatchSize = 8 }.Fit<Iris>(stream));
    }

    [Fact]
    public void One_that_is_cancelled_before_it_begins_leaves_its_checkpoint_alone()
    {
        Write<Iris>(_file.Path, Drawn.For<Iris>(1, 40));
        Trainer trainer = new() { Epochs = 2, BatchSize = 8, Checkpoint = new() { Path = _other.Path, Resume = true } };
        trainer.Fit<Iris>(Open<Iris>(16)).Network.Dispose();
        byte[] before = File.ReadAllBytes(_other.Path);
        TrainingResult<Iris> result = trainer.Fit<Iris>(Open<Iris>(16), cancellation: new(canceled: true));
        result.Network.Dispose();
        Assert.Equal((TrainingEnding.Cancelled, 0), (result.Ending, result.Steps));
        Assert.Equal(before, File.ReadAllBytes(_other.Path));
    }

    [Fact]
    public void A_model_is_judged_with_weights_where_the_table_has_them()
    {
        TrainingData data = Drawn.For<Iris>(1, 60, weights: [.. Enumerable.Range(0, 60).Select(n => n % 3 == 0 ? 0f : 2)]);
        Write<Iris>(_file.Path, data);
        File.WriteAllLines(_other.Path, File.ReadLines(_file.Path).Where(line => line[0] != '0'));
        DataOptions weighted = new() { Weights = 1 };
        using Model<Iris> model = new Trainer { Epochs = 5 }.Fit<Iris>(_file.Path, weighted).Model;
        Metrics.ClassificationMetrics all = Judged(_file.Path, weighted);
        Metrics.ClassificationMetrics counting = Judged(_other.Path, new() { LeaveOut = [1] });
        Assert.Equal((60, 40), (all.Count, counting.Count));
        Assert.Equal(counting.Accuracy, all.Accuracy, 1e-12);
        Assert.Equal(counting.LogLoss, all.LogLoss, 1e-12);
        Assert.Equal(counting.Auc, all.Auc, 1e-12);
        Assert.Equal(counting.Recall, all.Recall);
        Assert.Equal(2 * counting.ConfusionMatrix[1, 2], all.ConfusionMatrix[1, 2]);
        Assert.NotEqual(Judged(_file.Path, new() { LeaveOut = [1] }).LogLoss, all.LogLoss, 1e-6);

        Metrics.ClassificationMetrics Judged(string path, DataOptions options) =>
            (Metrics.ClassificationMetrics)model.Evaluate(Dataset.Read<Iris>(path, model.DataOptions with { Weights = options.Weights, LeaveOut = options.LeaveOut }));
    }

    [Fact]
    public void A_network_goes_on_with_a_stream()
    {
        TrainingData data = Drawn.For<Iris>(1, 40);
        Write<Iris>(_file.Path, data);
        using Iris wanted = Iris.Create(3);
        using Iris network = Iris.Create(3);
        Optimizer one = Optimizer.Adam();
        Optimizer other = Optimizer.Adam();
        for (int part = 0; part < 2; part++)
        {
            new Trainer { Epochs = 2, BatchSize = 8, Optimizer = one }.Fit(wanted, data);
            new Trainer { Epochs = 2, BatchSize = 8, Optimizer = other }.Fit(network, Open<Iris>(40));
        }

        Bits.Same(wanted.Parameters, network.Parameters);
    }

    [Fact]
    public void Memory_holds_a_block()
    {
        const int Count = 50_000;
        string line = string.Create(CultureInfo.InvariantCulture, $"{string.Join(',', Enumerable.Range(0, 64).Select(i => i % 17 / 16.0))},3\n");
        File.WriteAllText(_file.Path, string.Concat(Enumerable.Repeat(line, Count)));
        StreamedDataset stream = Open<Digits>(256);
        long before = GC.GetAllocatedBytesForCurrentThread();
        new Trainer { Epochs = 3, BatchSize = 64 }.Fit<Digits>(stream).Network.Dispose();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Count * 64 * sizeof(float) / 2);
    }

    private static void StartsWith(string message, Func<object> act)
    {
        string found = Assert.ThrowsAny<ArgumentException>(act).Message;
        Assert.StartsWith(message, found, StringComparison.Ordinal);
        Assert.InRange(found.Split("(Parameter '").Length, 1, 2);
    }

    /// <summary>The same bits from arrays, from a table and from a stream.</summary>
    private void Agrees<TNetwork>(Trainer trainer, bool labels, bool weighted = true, bool validates = false)
        where TNetwork : class, INetwork<TNetwork>
    {
        const int Count = 90;
        TrainingData data = Drawn.For<TNetwork>(7, Count, labels, weighted ? Drawn.Weights(7, Count, 2) : null);
        Write<TNetwork>(_file.Path, data);
        int inputs = TNetwork.LayerSizes[0];
        DataOptions options = new()
        {
            Weights = weighted ? 1 : null,
            Targets = labels || TNetwork.OutputKind != Output.Softmax ? null
                : [.. Enumerable.Range(inputs + (weighted ? 2 : 1), TNetwork.LayerSizes[^1]).Select(Column.At)],
        };
        Dataset table = Dataset.Read<TNetwork>(_file.Path, options);
        Assert.Equal(data.Weights.ToArray(), table.Weights.ToArray());
        TrainingData? judged = validates ? new TrainingData(table) : null;
        TrainingResult<TNetwork> wanted = trainer.Fit<TNetwork>(data, judged);
        using TNetwork network = wanted.Network;
        Same(trainer.Fit<TNetwork>(table, validates ? table : null));
        Same(trainer.Fit<TNetwork>(Open<TNetwork>(Whole(trainer.BatchSize), options: options), validates ? table : null));
        Same(trainer.Fit<TNetwork>(Open<TNetwork>(trainer.BatchSize * 1000, options: options), validates ? table : null));

        static int Whole(int batch) => (Count + batch - 1) / batch * batch;

        void Same(TrainingResult<TNetwork> found)
        {
            using TNetwork other = found.Network;
            Bits.Same(network.Parameters, other.Parameters);
            Assert.Equal(Csv(wanted), Csv(found));
            Assert.Equal((wanted.Steps, wanted.BestEpoch), (found.Steps, found.BestEpoch));
            Assert.Equal(wanted.Metrics?.ToJson(), found.Metrics?.ToJson());
        }
    }

    private StreamedDataset Open<TNetwork>(int blockSize, bool weighted = false, DataOptions? options = null)
        where TNetwork : class, INetwork<TNetwork> =>
        StreamedDataset.Open<TNetwork>(_file.Path, blockSize, options ?? (weighted ? new() { Weights = 1 } : null));

    /// <summary>A line for each sample: its weight, where it has one, its inputs and its targets, all exactly.</summary>
    private static void Write<TNetwork>(string path, TrainingData data)
        where TNetwork : class, INetwork<TNetwork>
    {
        int inputs = TNetwork.LayerSizes[0];
        int outputs = TNetwork.LayerSizes[^1];
        int count = data.X.Length / inputs;
        File.WriteAllLines(path, Enumerable.Range(0, count).Select(n => string.Join(',',
        [
            .. data.Weights.IsEmpty ? (string[])[] : [Text(data.Weights.Span[n])],
            .. Enumerable.Range(n * inputs, inputs).Select(i => Text(data.X.Span[i])),
            .. data.AreLabels ? (string[])[data.Labels.Span[n].ToString(CultureInfo.InvariantCulture)]
                : [.. Enumerable.Range(n * outputs, outputs).Select(j => Text(data.Values.Span[j]))],
        ])));

        static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
    }

    private static string Csv(TrainingResult result)
    {
        using StringWriter writer = new(CultureInfo.InvariantCulture);
        result.History.WriteCsv(writer);
        return writer.ToString();
    }
}
