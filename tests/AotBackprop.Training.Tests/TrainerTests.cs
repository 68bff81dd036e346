using System.Globalization;
using AotBackprop.Data;
using AotBackprop.Tests;
using AotBackprop.Tests.Support;
using AotBackprop.Training.Runs;
using AotBackprop.Training.Tests.Support;
using Xunit;

namespace AotBackprop.Training.Tests;

public sealed class TrainerTests
{
    [Fact]
    public void A_wrong_label_is_told_once()
    {
        TrainingData data = new(new float[12], (int[])[1, 2, 3]);
        ArgumentException e = Assert.ThrowsAny<ArgumentException>(() => new Trainer().Fit<Iris>(data));
        Assert.Equal("The training data: targets[2] is 3; wanted a class number from 0 to 2. (Parameter 'targets')", e.Message);
    }

    [Fact]
    public void Options_of_tables_are_refused_beside_arrays()
    {
        TrainingData data = Drawn.For<Iris>(1, 30);
        using Iris network = new(1);
        foreach (Trainer trainer in new Trainer[] { new() { Scaling = ScalingKind.Standard }, new() { Missing = MissingValues.Mean } })
        {
            Assert.Contains("arrays are taken as they are", Assert.Throws<ArgumentException>(() => trainer.Fit<Iris>(data)).Message, StringComparison.Ordinal);
            Assert.Contains("arrays are taken as they are", Assert.Throws<ArgumentException>(() => trainer.Fit(network, data)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void It_learns_digits_and_tells_of_each_epoch()
    {
        (float[] X, int[] labels) = HandwrittenDigits.Training();
        List<int> told = [];
        Trainer trainer = new()
        {
            Epochs = 30,
            Optimizer = Optimizer.Adam(0.01f),
            Schedule = Schedule.Cosine(),
            ValidationShare = 0.2m,
            EarlyStopping = new() { Patience = 10, Monitor = ValidationFigure.Accuracy },
            EpochEnded = report => told.Add(report.Epoch.Epoch),
        };
        TrainingResult<Digits> result = trainer.Fit<Digits>(new TrainingData(X, labels));
        using Digits network = result.Network;
        (float[] heldOut, int[] heldOutLabels) = HandwrittenDigits.HeldOut();
        Assert.InRange(network.Evaluate(heldOut, heldOutLabels).Accuracy, 0.94, 1);
        Assert.Equal(Enumerable.Range(1, result.History.Count), told);
        Assert.Equal(result.History.Max(epoch => epoch.Validation[1].Value), result.BestValue);
        Assert.Equal(result.History.First(epoch => epoch.Validation[1].Value == result.BestValue).Epoch, result.BestEpoch);
    }

    [Fact]
    public void The_result_of_early_stopping_is_the_best_epoch()
    {
        // Few samples that are learned by heart: the validation gets worse soon.
        TrainingData training = Drawn.For<Digits>(1, 40);
        TrainingData validation = Drawn.For<Digits>(2, 40);
        Trainer trainer = new() { Epochs = 200, Optimizer = Optimizer.Adam(0.01f), Seed = 3, EarlyStopping = new() { Patience = 4 } };
        TrainingResult<Digits> result = trainer.Fit<Digits>(training, validation);
        using Digits best = result.Network;
        Assert.Equal(TrainingEnding.StoppedEarly, result.Ending);
        Assert.Equal(result.BestEpoch + 4, result.History.Count);
        Assert.Equal(result.History.Min(epoch => epoch.Validation[0].Value), result.BestValue);
        Bits.Same(result.BestValue!.Value, best.Loss(validation.X.Span, validation.Targets));

        Trainer shorter = new() { Epochs = result.BestEpoch!.Value, Optimizer = Optimizer.Adam(0.01f), Seed = 3 };
        using Digits same = shorter.Fit<Digits>(training).Network;
        Bits.Same(same.Parameters, best.Parameters);
    }

    [Fact]
    public void An_improvement_is_more_than_the_least_difference()
    {
        float[] parameters = [1];
        BestSoFar loss = new(new() { Patience = 3, MinDelta = 0.1 });
        double[] losses = [double.NaN, 1, 0.95, 0.9, 0.89, 0.85, 0.8];
        Assert.Equal([false, true, false, false, true, false, false], losses.Select((value, epoch) => loss.Consider([new("loss", value)], epoch, parameters)));
        Assert.Equal((0.89, 4, 2, false), (loss.Value, loss.Epoch, loss.Wait, loss.IsOver));
        Assert.False(loss.Consider([new("loss", double.NegativeInfinity)], 7, parameters));
        Assert.True(loss.IsOver);

        BestSoFar accuracy = new(new() { Patience = 2, MinDelta = 0.1, Monitor = ValidationFigure.Accuracy });
        Figure[] Judged(double value) => [new("loss", 3), new("accuracy", value)];
        double[] shares = [0.5, 0.6, 0.61, 0.7];
        Assert.Equal([true, false, true, false], shares.Select((value, epoch) => accuracy.Consider(Judged(value), epoch, parameters)));
    }

    [Fact]
    public void Classes_that_are_balanced_weigh_as_in_scikit_learn()
    {
        System.Text.Json.JsonElement golden = Golden.Read("metrics.json").GetProperty("class_weights");
        int[] labels = golden.Wholes("labels");
        float[] own = Drawn.Weights(1, labels.Length, 2);
        double[] wanted = golden.Numbers("weights");
        Assert.Equal(wanted.Select(weight => (float)weight), ClassWeights.Balanced.Weigh(new(new float[labels.Length], labels), 4));
        Assert.Equal(
            wanted.Select((weight, n) => (float)(weight * own[n])),
            ClassWeights.Balanced.Weigh(new(new float[labels.Length], labels) { Weights = own }, 4));
    }

    [Fact]
    public void Weights_of_classes_are_weights_of_their_samples()
    {
        TrainingData data = Drawn.For<Iris>(5, 30);
        float[] weights = [.. data.Labels.ToArray().Select(label => (float)((double[])[0.5, 0, 2.25])[label])];
        using Iris expected = Train(new() { Seed = 1 }, new TrainingData(data.X, data.Labels) { Weights = weights });
        using Iris weighed = Train(new() { Seed = 1, ClassWeights = ClassWeights.Of(0.5, 0, 2.25) }, data);
        Bits.Same(expected.Parameters, weighed.Parameters);
        Assert.Throws<ArgumentException>(() => Train(new() { ClassWeights = ClassWeights.Of(1, 2) }, data));
        Assert.Throws<ArgumentException>(() => Train(new() { ClassWeights = ClassWeights.Balanced }, Drawn.For<Iris>(5, 30, labels: false)));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClassWeights.Of(1, -1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Smoothed_labels_are_rows_of_probabilities(bool areLabels)
    {
        const double Epsilon = 0.1;
        TrainingData data = Drawn.For<Iris>(6, 30, areLabels);
        float on = (float)(1 - Epsilon + (Epsilon / 3)), off = (float)(Epsilon / 3);
        float[] rows = areLabels
            ? [.. data.Labels.ToArray().SelectMany(label => Enumerable.Range(0, 3).Select(k => k == label ? on : off))]
            : [.. data.Values.ToArray().Select(y => (float)(((1 - Epsilon) * y) + (Epsilon / 3)))];
        using Iris expected = Train(new() { Seed = 2 }, new TrainingData(data.X, rows));
        using Iris smoothed = Train(new() { Seed = 2, LabelSmoothing = Epsilon }, data);
        Bits.Same(expected.Parameters, smoothed.Parameters);
        Assert.Throws<ArgumentException>(() => new Trainer { LabelSmoothing = 0.1 }.Fit<Event>(Drawn.For<Event>(1, 9)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Train(new() { LabelSmoothing = 1 }, data));
    }

    [Fact]
    public void A_share_is_held_out_as_by_Holdout()
    {
        TrainingData data = Drawn.For<Iris>(7, 50, weights: Drawn.Weights(3, 50, 2));
        (TrainingData training, TrainingData validation) = data.Split(4, 0.2m, seed: 9);
        bool[] heldOut = new bool[50];
        Numerics.Holdout.Choose(data.Labels.Span, 0.2m, 9, heldOut);
        Assert.Equal(10, validation.Labels.Length);
        Assert.Equal(data.Labels.ToArray().Where((_, n) => !heldOut[n]), training.Labels.ToArray());
        Assert.Equal(data.Weights.ToArray().Where((_, n) => heldOut[n]), validation.Weights.ToArray());
        Assert.Equal(data.X.ToArray().Chunk(4).Where((_, n) => heldOut[n]).SelectMany(row => row), validation.X.ToArray());

        TrainingResult<Iris> shared = new Trainer { Epochs = 2, Seed = 9, ValidationShare = 0.2m }.Fit<Iris>(data);
        TrainingResult<Iris> given = new Trainer { Epochs = 2, Seed = 9 }.Fit<Iris>(training, validation);
        using Iris one = shared.Network, other = given.Network;
        Bits.Same(one.Parameters, other.Parameters);
        Assert.Equal(shared.History[^1].Validation, given.History[^1].Validation);
        Assert.Throws<ArgumentException>(() => new Trainer { ValidationShare = 0.2m }.Fit<Iris>(data, validation));
        Assert.Throws<ArgumentException>(() => new Trainer { ValidationShare = 0.01m }.Fit<Iris>(data));
    }

    [Fact]
    public void The_validation_is_judged_by_what_the_network_is_for()
    {
        Judged<Iris>("accuracy", (network, data) => network.Evaluate(data.X.Span, data.Targets).Accuracy);
        Judged<Event>("accuracy", (network, data) => network.Evaluate(data.X.Span, data.Targets).Accuracy);
        Judged<Tags>("accuracy", (network, data) => network.Evaluate(data.X.Span, data.Targets).LabelAccuracy.Average());
        Judged<Pair>("r2", (network, data) => network.Evaluate(data.X.Span, data.Targets).RSquared);

        static void Judged<TNetwork>(string name, Func<TNetwork, TrainingData, double> of)
            where TNetwork : class, INetwork<TNetwork>
        {
            TrainingData validation = Drawn.For<TNetwork>(2, 30);
            TrainingResult<TNetwork> result = new Trainer { Epochs = 2 }.Fit<TNetwork>(Drawn.For<TNetwork>(1, 30), validation);
            using TNetwork network = result.Network;
            Assert.Equal(["loss", name], result.History[1].Validation.Select(figure => figure.Name));
            Assert.Equal(network.Loss(validation.X.Span, validation.Targets), result.History[1].Validation[0].Value);
            Assert.Equal(of(network, validation), result.History[1].Validation[1].Value);
        }
    }

    [Fact]
    public void It_ends_within_a_batch_when_it_is_cancelled()
    {
        using CancellationTokenSource source = new();
        int batches = 0;
        Trainer trainer = new()
        {
            BatchSize = 4,
            BatchEnded = _ =>
            {
                batches++;
                if (batches == 13)
                {
                    source.Cancel();
                }
            },
        };
        TrainingResult<Iris> result = trainer.Fit<Iris>(Drawn.For<Iris>(1, 40), cancellation: source.Token);
        result.Network.Dispose();
        Assert.Equal((TrainingEnding.Cancelled, 13, 13L, 1), (result.Ending, batches, result.Steps, result.History.Count));

        TrainingResult<Iris> none = trainer.Fit<Iris>(Drawn.For<Iris>(1, 40), cancellation: source.Token);
        none.Network.Dispose();
        Assert.Equal((TrainingEnding.Cancelled, 0L), (none.Ending, none.Steps));
    }

    [Fact]
    public void It_ends_when_the_time_is_over()
    {
        Trainer trainer = new() { Epochs = int.MaxValue, BatchSize = 1, TimeLimit = TimeSpan.FromMilliseconds(50) };
        TrainingResult<Iris> result = trainer.Fit<Iris>(Drawn.For<Iris>(1, 40));
        result.Network.Dispose();
        Assert.Equal(TrainingEnding.TimeLimit, result.Ending);
        Assert.InRange(result.Elapsed.TotalMilliseconds, 50, 5000);
    }

    [Fact]
    public void A_report_may_stop_it()
    {
        Trainer trainer = new()
        {
            EpochEnded = report =>
            {
                if (report.Epoch.Epoch == 3)
                {
                    report.Stop();
                }
            },
        };
        TrainingResult<Iris> result = trainer.Fit<Iris>(Drawn.For<Iris>(1, 40));
        result.Network.Dispose();
        Assert.Equal((TrainingEnding.StoppedByReport, 3), (result.Ending, result.History.Count));

        Once once = new();
        result = new Trainer().Fit<Iris>(Drawn.For<Iris>(1, 40), progress: once);
        result.Network.Dispose();
        Assert.Equal((TrainingEnding.StoppedByReport, 1), (result.Ending, result.History.Count));
    }

    [Fact]
    public void A_training_that_fails_has_what_it_learned_before()
    {
        TrainingData data = Drawn.For<Number>(1, 40);
        Trainer diverging = new() { Epochs = 50, Optimizer = Optimizer.Sgd(1), BatchSize = 4, Schedule = Schedule.Step(1, 1e6) };
        TrainingException e = Assert.Throws<TrainingException>(() => diverging.Fit<Number>(data));
        Assert.IsType<NotFiniteNumberException>(e.InnerException);
        Assert.StartsWith("Training stopped in epoch ", e.Message, StringComparison.Ordinal);
        using Number left = e.ResultOf<Number>().Network;
        Assert.Equal(TrainingEnding.Failed, e.Result.Ending);
        Assert.All(left.Parameters.ToArray(), parameter => Assert.True(float.IsFinite(parameter)));

        Trainer careful = new()
        {
            Epochs = 50,
            Optimizer = Optimizer.Sgd(0.01f),
            Schedule = Schedule.Step(5, 1e30),
            Seed = 1,
            ValidationShare = 0.2m,
            EarlyStopping = new() { Patience = 99 },
        };
        e = Assert.Throws<TrainingException>(() => careful.Fit<Number>(data));
        using Number best = e.ResultOf<Number>().Network;
        (_, TrainingData validation) = data.Split(4, 0.2m, 1);
        Bits.Same(e.Result.BestValue!.Value, best.Loss(validation.X.Span, validation.Targets));

        Trainer throwing = new() { EpochEnded = _ => throw new InvalidOperationException("no more") };
        e = Assert.Throws<TrainingException>(() => throwing.Fit<Number>(data));
        e.ResultOf<Number>().Network.Dispose();
        Assert.Equal("no more", e.InnerException!.Message);
    }

    [Fact]
    public void Samples_are_looked_at_before_the_first_step()
    {
        TrainingData data = Drawn.For<Iris>(1, 20);
        float[] X = data.X.ToArray();
        X[41] = float.NaN;
        Refused("The training data: X[10, 1] is NaN", new(X, data.Labels));
        int[] labels = data.Labels.ToArray();
        labels[7] = 3;
        Refused("The training data: targets[7] is 3; wanted a class number from 0 to 2", new(data.X, labels));
        Refused("The training data: The weight of sample 2 is -1", new(data.X, data.Labels) { Weights = (float[])[1, 1, -1, .. new float[17]] });
        Refused("The training data: All 20 weights", new(data.X, data.Labels) { Weights = new float[20] });
        Refused("The training data: targets has 20 elements; wanted 60", new(data.X, new float[20]));
        Refused("The training data: Row 0 of targets sums to 0", new(data.X, new float[60]));
        Refused("Early stopping needs a validation", data, new() { EarlyStopping = new() { Patience = 1 } });
        Refused("'r2' is to be watched", data, new() { ValidationShare = 0.5m, EarlyStopping = new() { Patience = 1, Monitor = ValidationFigure.RSquared } });
        Refused("The schedule watches 'accuracy'", data, new() { Schedule = Schedule.Plateau(monitor: ValidationFigure.Accuracy) });
        Refused("TimeLimit", data, new() { TimeLimit = TimeSpan.Zero });
        Refused("Epochs", data, new() { Epochs = 0 });
        Refused("BatchSize", data, new() { BatchSize = 0 });
        Refused("Patience", data, new() { ValidationShare = 0.5m, EarlyStopping = new() { Patience = 0 } });

        static void Refused(string message, TrainingData data, Trainer? trainer = null)
        {
            ArgumentException e = Assert.ThrowsAny<ArgumentException>(() => (trainer ?? new()).Fit<Iris>(data));
            Assert.Contains(message, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        TrainingData data = Drawn.For<Digits>(1, 4000, weights: Drawn.Weights(1, 4000, 2));
        foreach (double smoothing in (double[])[0, 0.1])
        {
            long at = 0;
            long most = 0;
            Trainer trainer = new()
            {
                Epochs = 3,
                BatchSize = 4,
                LabelSmoothing = smoothing,
                Optimizer = Optimizer.Adam(clipNorm: 1),
                WarmUpSteps = 1500,
                TimeLimit = TimeSpan.FromDays(1),
                BatchEnded = progress =>
                {
                    long now = GC.GetAllocatedBytesForCurrentThread();
                    most = progress.Epoch == 3 && progress.Batch > 1 ? Math.Max(most, now - at) : 0;
                    at = now;
                },
            };
            trainer.Fit<Digits>(data).Network.Dispose();
            Assert.Equal(0, most);
        }
    }

    [Fact]
    public void A_history_is_written_as_comma_separated_values()
    {
        TrainingHistory history = new();
        history.Add(new() { Epoch = 1, LearningRate = 0.1f, Loss = 1.5, Validation = [new("loss", 1e-7), new("accuracy", 0.1)] });
        history.Add(new() { Epoch = 2, LearningRate = 1e-5f, Loss = 1.0 / 3, Validation = [new("loss", double.PositiveInfinity), new("accuracy", 1)] });
        using StringWriter writer = new(CultureInfo.InvariantCulture);
        history.WriteCsv(writer);
        Assert.Equal(
            "epoch,learning_rate,loss,validation_loss,validation_accuracy\n1,0.1,1.5,1e-07,0.1\n2,1e-05,0.3333333333333333,inf,1\n",
            writer.ToString());
    }

    private static Iris Train(Trainer trainer, TrainingData data) => trainer.Fit<Iris>(data).Network;

    private sealed class Once : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => value.Stop();
    }
}
