using System.Text.Json;
using AotBackprop.Tests;
using AotBackprop.Tests.Support;
using AotBackprop.Training.Checkpoints;
using AotBackprop.Training.Tests.Support;
using Xunit;

namespace AotBackprop.Training.Tests;

public sealed class CheckpointTests : IDisposable
{
    private readonly TemporaryFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Plain_gradient_descent_goes_on_to_the_same_bits() => GoesOn<Iris>(checkpoint => new()
    {
        Epochs = 7,
        BatchSize = 4,
        Seed = 1,
        Checkpoint = checkpoint,
    });

    [Fact]
    public void Everything_at_once_goes_on_to_the_same_bits() => GoesOn<Digits>(checkpoint => new()
    {
        Epochs = 9,
        BatchSize = 4,
        Seed = 2,
        Optimizer = Optimizer.AdamW(0.01f, clipNorm: 0.5f),
        Schedule = Schedule.Plateau(factor: 0.5, patience: 1, cooldown: 1),
        WarmUpSteps = 20,
        ValidationShare = 0.25m,
        EarlyStopping = new() { Patience = 4 },
        ClassWeights = ClassWeights.Balanced,
        LabelSmoothing = 0.1,
        Checkpoint = checkpoint,
    });

    [Fact]
    public void A_regressor_goes_on_to_the_same_bits() => GoesOn<Pair>(checkpoint => new()
    {
        Epochs = 6,
        BatchSize = 5,
        Optimizer = Optimizer.Nesterov(0.02f),
        Schedule = Schedule.Cosine(1e-4),
        ValidationShare = 0.2m,
        EarlyStopping = new() { Patience = 2, Monitor = ValidationFigure.RSquared },
        Checkpoint = checkpoint,
        Threads = 2,
    });

    [Fact]
    public void Several_labels_go_on_to_the_same_bits() => GoesOn<Tags>(checkpoint => new()
    {
        Epochs = 6,
        BatchSize = 5,
        Optimizer = Optimizer.Lion(1e-3f, clipNorm: 1),
        Schedule = Schedule.Plateau(patience: 0, monitor: ValidationFigure.Accuracy),
        ValidationShare = 0.2m,
        Checkpoint = checkpoint,
    });

    [Fact]
    public void A_clipped_gradient_descent_goes_on_to_the_same_bits() => GoesOn<Event>(checkpoint => new()
    {
        Epochs = 6,
        BatchSize = 5,
        Optimizer = Optimizer.Sgd(0.1f, clipNorm: 0.1f),
        Checkpoint = checkpoint,
    });

    [Fact]
    public void More_epochs_go_on_from_where_it_ended()
    {
        TrainingData data = Drawn.For<Iris>(1, 30);
        using Iris all = new Trainer { Epochs = 8, Optimizer = Optimizer.Adam() }.Fit<Iris>(data).Network;
        new Trainer { Epochs = 3, Optimizer = Optimizer.Adam(), Checkpoint = new() { Path = _file.Path } }.Fit<Iris>(data).Network.Dispose();
        Trainer more = new() { Epochs = 8, Optimizer = Optimizer.Adam(), Checkpoint = new() { Path = _file.Path, Resume = true } };
        TrainingResult<Iris> rest = more.Fit<Iris>(data);
        Bits.Same(all.Parameters, rest.Network.Parameters);
        Assert.Equal(8, rest.History.Count);

        // It is done, and stays so.
        TrainingResult<Iris> done = more.Fit<Iris>(data);
        Bits.Same(all.Parameters, done.Network.Parameters);
        Assert.Equal((TrainingEnding.Completed, rest.Steps), (done.Ending, done.Steps));
        rest.Network.Dispose();
        done.Network.Dispose();
    }

    [Fact]
    public void It_is_written_after_each_so_many_epochs_and_at_the_end()
    {
        List<int> written = [];
        DateTime last = default;
        Trainer trainer = new()
        {
            Epochs = 7,
            Checkpoint = new() { Path = _file.Path, EveryEpochs = 3 },
            EpochEnded = report =>
            {
                if (File.Exists(_file.Path) && File.GetLastWriteTimeUtc(_file.Path) is var time && time != last)
                {
                    last = time;
                    written.Add(report.Epoch.Epoch);
                }

                Thread.Sleep(15);
            },
        };
        trainer.Fit<Iris>(Drawn.For<Iris>(1, 30)).Network.Dispose();
        Assert.Equal([3, 6], written);
        Assert.Equal(7, Read()!.State.Epoch);
    }

    [Fact]
    public void Another_training_is_refused_with_both_named()
    {
        TrainingData data = Drawn.For<Iris>(1, 30);
        Trainer Of(
            int batchSize = 4,
            ulong seed = 1,
            float rate = 0.1f,
            Schedule? schedule = null,
            int warmUp = 0,
            bool resume = true,
            int epochs = 3,
            string scaling = "none") => new()
        {
            Epochs = epochs,
            BatchSize = batchSize,
            Seed = seed,
            Optimizer = Optimizer.Momentum(rate),
            Schedule = schedule ?? Schedule.Constant,
            WarmUpSteps = warmUp,
            Preparation = new Dictionary<string, string> { ["scaling"] = scaling },
            Checkpoint = new() { Path = _file.Path, Resume = resume },
        };
        Of(resume: false).Fit<Iris>(data).Network.Dispose();
        byte[] before = File.ReadAllBytes(_file.Path);
        Refused("batch_size was '4' and is '5'", Of(batchSize: 5), data);
        Refused("seed was '1' and is '18446744073709551615'", Of(seed: ulong.MaxValue), data);
        Refused("learning_rate was '0.1' and is '0.2'", Of(rate: 0.2f), data);
        Refused("schedule was 'constant' and is 'cosine minimum=0 epochs=3'", Of(schedule: Schedule.Cosine()), data);
        Refused("scaling was 'none' and is 'standard'; warm_up_steps was '0' and is '5'", Of(warmUp: 5, scaling: "standard"), data);
        Refused("of other samples: their checksum was crc32:", Of(), Drawn.For<Iris>(2, 30));
        Refused<Digits>("has 'sizes' '4-8-3'; wanted '64-32-10'", Of(), Drawn.For<Digits>(2, 30));
        Refused<IrisLinear>("has 'activation' 'relu'; wanted 'tanh'", Of(), Drawn.For<IrisLinear>(2, 30));
        Assert.Equal(before, File.ReadAllBytes(_file.Path));
        Of(epochs: 4).Fit<Iris>(data).Network.Dispose();
        Of(resume: false, seed: 5).Fit<Iris>(data).Network.Dispose();
    }

    [Fact]
    public void A_file_that_is_none_is_refused()
    {
        using Iris network = new(1);
        ModelFile.Save(network, _file.Path);
        Refused("has 'format' 'aotbackprop'; wanted 'aotbackprop-checkpoint'", Resuming(), Drawn.For<Iris>(1, 30));
        File.WriteAllText(_file.Path, "");
        Refused("ends too early", Resuming(), Drawn.For<Iris>(1, 30));
        File.WriteAllText(_file.Path, "something else altogether");
        Refused("no checkpoint", Resuming(), Drawn.For<Iris>(1, 30));
        File.Delete(_file.Path);
        Directory.CreateDirectory(_file.Path);
        Assert.ThrowsAny<IOException>(() => Resuming().Fit<Iris>(Drawn.For<Iris>(1, 30)));
        Trainer lost = new() { Checkpoint = new() { Path = Path.Combine(_file.Path, "none", "x") } };
        Assert.Contains("Checkpoint '", Assert.ThrowsAny<IOException>(() => lost.Fit<Iris>(Drawn.For<Iris>(1, 30))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_file_is_refused_or_says_the_same()
    {
        Trainer trainer = new()
        {
            Epochs = 2,
            Optimizer = Optimizer.Adam(),
            ValidationShare = 0.2m,
            EarlyStopping = new() { Patience = 9 },
            Checkpoint = new() { Path = _file.Path },
        };
        trainer.Fit<Iris>(Drawn.For<Iris>(1, 30)).Network.Dispose();
        byte[] whole = File.ReadAllBytes(_file.Path);
        CheckpointContent content = Read()!;
        string state = StateText.Of(content.State, TimeSpan.FromSeconds(content.State.Seconds));
        Random random = new(1);
        int refused = 0;
        for (int trial = 0; trial < whole.Length * 2; trial++)
        {
            byte[] damaged = (byte[])whole.Clone();
            if (trial < whole.Length)
            {
                damaged[trial] ^= (byte)(1 << random.Next(8));
            }
            else
            {
                damaged = trial % 2 == 0 ? damaged[..random.Next(damaged.Length)] : [.. damaged, .. new byte[random.Next(1, 9)]];
            }

            try
            {
                CheckpointContent read = CheckpointReader.Read(new MemoryStream(damaged), new("4-8-3", "relu", "softmax", Iris.ParameterCount));
                Assert.True(trial < whole.Length);
                Assert.Equal(state, StateText.Of(read.State, TimeSpan.FromSeconds(read.State.Seconds)));
                Assert.Equal(content.Parameters, read.Parameters);
                Assert.Equal(content.Optimizer, read.Optimizer);
                Assert.Equal(content.Best, read.Best);
            }
            catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
            {
                refused++;
                Assert.True(e.Message.Length < 400, e.Message);
            }
        }

        Assert.InRange(refused, (whole.Length * 2) - 60, whole.Length * 2);
    }

    [Fact]
    public void Its_head_is_what_the_documentation_says()
    {
        Trainer trainer = new()
        {
            Epochs = 1,
            BatchSize = 50,
            Seed = 5,
            Optimizer = Optimizer.Adam(),
            Schedule = Schedule.Plateau(),
            ValidationShare = 0.2m,
            EarlyStopping = new() { Patience = 3, MinDelta = 0.001 },
            ClassWeights = ClassWeights.Of(1, 2, 0.5),
            LabelSmoothing = 0.1,
            WarmUpSteps = 2,
            Checkpoint = new() { Path = _file.Path },
        };
        trainer.Fit<Iris>(Drawn.For<Iris>(1, 30)).Network.Dispose();
        byte[] file = File.ReadAllBytes(_file.Path);
        JsonElement head = JsonDocument.Parse(file.AsMemory(8, BitConverter.ToInt32(file))).RootElement;
        JsonElement metadata = head.GetProperty("__metadata__");
        JsonElement state = JsonDocument.Parse(metadata.GetProperty("state").GetString()!).RootElement;
        Assert.Equal(["__metadata__", "parameters", "optimizer", "best"], Names(head));
        Assert.Equal("""{"dtype":"F32","shape":[67],"data_offsets":[0,268]}""", head.GetProperty("parameters").GetRawText());
        Assert.Equal("""{"dtype":"U8","shape":[704],"data_offsets":[268,972]}""", head.GetProperty("optimizer").GetRawText());
        Assert.Equal("""{"dtype":"F32","shape":[67],"data_offsets":[972,1240]}""", head.GetProperty("best").GetRawText());
        Assert.Equal(8 + BitConverter.ToInt32(file) + 1240, file.Length);
        Assert.Equal(["format", "format_version", "sizes", "activation", "output", "state", "checksum", "state_checksum"], Names(metadata));
        Assert.Equal(
            [
                "epoch", "batch", "step", "loss_sum", "weight_sum", "plateau_rate", "plateau_best", "plateau_wait", "plateau_cooldown", "best_value",
                "best_epoch", "wait", "seconds", "history", "options", "data",
            ],
            Names(state));
        Assert.Equal("0.0010000000474974513", state.GetProperty("plateau_rate").GetRawText());
        Assert.Equal("\"1\"", state.GetProperty("step").GetRawText());
        Assert.Equal(["epoch", "loss", "rate", "validation"], Names(state.GetProperty("history")[0]));
        string[] options = [.. state.GetProperty("options").EnumerateObject().Select(option => $"{option.Name}: {option.Value.GetString()}")];
        Assert.Equal(
            [
                "batch_size: 50", "seed: 5", "optimizer: adam", "learning_rate: 0.001", "momentum: 0", "beta1: 0.9", "beta2: 0.999", "epsilon: 1e-08",
                "weight_decay: 0", "clip_norm: 0",
                "schedule: plateau monitor=loss factor=0.1 patience=10 threshold=0.0001 cooldown=0 minimum=0 epsilon=1e-08",
                "warm_up_steps: 2", "early_stopping: monitor=loss patience=3 min_delta=0.001", "class_weights: 1,2,0.5", "label_smoothing: 0.1",
            ],
            options[..^1]);
        Assert.StartsWith("validation: crc32:", options[^1], StringComparison.Ordinal);

        static IEnumerable<string> Names(JsonElement of) => of.EnumerateObject().Select(field => field.Name);
    }

    private Trainer Resuming() => new() { Checkpoint = new() { Path = _file.Path, Resume = true } };

    private CheckpointContent? Read() => CheckpointStore.Of<Iris>(new() { Path = _file.Path }, Optimizer.Sgd(1)).Read();

    private void Refused(string message, Trainer trainer, TrainingData data) => Refused<Iris>(message, trainer, data);

    private void Refused<TNetwork>(string message, Trainer trainer, TrainingData data)
        where TNetwork : class, INetwork<TNetwork>
    {
        InvalidDataException e = Assert.Throws<InvalidDataException>(() => trainer.Fit<TNetwork>(data));
        Assert.StartsWith($"Checkpoint '{_file.Path}': ", e.Message, StringComparison.Ordinal);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    /// <summary>Cancelled after random batches again and again, and resumed by new networks and optimizers, until it is done.</summary>
    private void GoesOn<TNetwork>(Func<Checkpoint?, Trainer> make)
        where TNetwork : class, INetwork<TNetwork>
    {
        TrainingData data = Drawn.For<TNetwork>(1, 60, weights: Drawn.Weights(1, 60, 3));
        TrainingResult<TNetwork> undisturbed = make(null).Fit<TNetwork>(data);
        using TNetwork expected = undisturbed.Network;
        Random random = new(8);
        for (int trial = 0; trial < 4; trial++)
        {
            File.Delete(_file.Path);
            int runs = 0;
            TrainingResult<TNetwork> result;
            do
            {
                using CancellationTokenSource source = new();
                int left = random.Next(1, 40);
                Trainer trainer = make(new() { Path = _file.Path, Resume = true, EveryEpochs = 1 + trial });
                result = Cancelling(trainer, _ =>
                {
                    if (--left == 0)
                    {
                        source.Cancel();
                    }
                }).Fit<TNetwork>(data, cancellation: source.Token);
                runs++;
                result.Network.Dispose();
            }
            while (result.Ending == TrainingEnding.Cancelled);

            Assert.InRange(runs, 2, 1000);
            result = make(new() { Path = _file.Path, Resume = true }).Fit<TNetwork>(data);
            using TNetwork network = result.Network;
            Bits.Same(expected.Parameters, network.Parameters, $"trial {trial}");
            Assert.Equal(Csv(undisturbed), Csv(result));
            Assert.Equal((undisturbed.Ending, undisturbed.Steps), (result.Ending, result.Steps));
            Assert.Equal((undisturbed.BestEpoch, undisturbed.BestValue), (result.BestEpoch, result.BestValue));
        }
    }

    private static Trainer Cancelling(Trainer trainer, Action<BatchProgress> ended) => new()
    {
        Epochs = trainer.Epochs,
        BatchSize = trainer.BatchSize,
        Seed = trainer.Seed,
        Optimizer = trainer.Optimizer,
        Schedule = trainer.Schedule,
        WarmUpSteps = trainer.WarmUpSteps,
        ValidationShare = trainer.ValidationShare,
        EarlyStopping = trainer.EarlyStopping,
        ClassWeights = trainer.ClassWeights,
        LabelSmoothing = trainer.LabelSmoothing,
        Checkpoint = trainer.Checkpoint,
        Threads = trainer.Threads,
        BatchEnded = ended,
    };

    private static string Csv(TrainingResult result)
    {
        using StringWriter writer = new(System.Globalization.CultureInfo.InvariantCulture);
        result.History.WriteCsv(writer);
        return writer.ToString();
    }
}
