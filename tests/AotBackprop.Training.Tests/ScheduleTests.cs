using System.Text.Json;
using AotBackprop.Tests;
using AotBackprop.Training.Runs;
using AotBackprop.Training.Tests.Support;
using Xunit;

namespace AotBackprop.Training.Tests;

/// <summary>Learning rates, beside PyTorch's.</summary>
public sealed class ScheduleTests
{
    private static readonly JsonElement s_golden = Golden.Read("schedules.json");

    private static double Eta => s_golden.Number("learning_rate");

    [Fact]
    public void Steps_are_those_of_StepLR()
    {
        foreach (JsonElement one in s_golden.GetProperty("step").EnumerateArray())
        {
            Same(one, Schedule.Step(one.GetProperty("every").GetInt32(), one.Number("gamma")).Begin(Eta, 40));
        }
    }

    [Fact]
    public void The_cosine_is_that_of_CosineAnnealingLR()
    {
        foreach (JsonElement one in s_golden.GetProperty("cosine").EnumerateArray())
        {
            int period = one.GetProperty("epochs").GetInt32();
            Same(one, Schedule.Cosine(one.Number("minimum"), period).Begin(Eta, 999));
            Same(one, Schedule.Cosine(one.Number("minimum")).Begin(Eta, period));
        }
    }

    [Fact]
    public void A_plateau_is_that_of_ReduceLROnPlateau()
    {
        foreach (JsonElement one in s_golden.GetProperty("plateau").EnumerateArray())
        {
            JsonElement options = one.GetProperty("options");
            Schedule schedule = Schedule.Plateau(
                Option("factor", 0.1),
                (int)Option("patience", 10),
                Option("threshold", 1e-4),
                (int)Option("cooldown", 0),
                Option("min_lr", 0),
                monitor: options.GetProperty("monitor").GetString() == "loss" ? ValidationFigure.Loss : ValidationFigure.Accuracy);
            Rates rates = schedule.Begin(Eta, 999);
            double[] wanted = one.Numbers("rates");
            double[] figures = one.Numbers("figures");
            for (int epoch = 0; epoch < wanted.Length; epoch++)
            {
                Assert.Equal(wanted[epoch], rates.Of(epoch));
                rates.Feed(figures[epoch]);
            }

            Assert.True(wanted[^1] < wanted[0] || figures.Contains(double.NaN));
            double Option(string name, double standard) => options.TryGetProperty(name, out JsonElement value) ? value.GetDouble() : standard;
        }
    }

    [Fact]
    public void A_training_warms_up_as_LinearLR_does()
    {
        foreach (JsonElement one in s_golden.GetProperty("warm_up").EnumerateArray())
        {
            // One batch an epoch: a step each.
            double[] wanted = one.Numbers("rates");
            Trainer trainer = new()
            {
                Epochs = wanted.Length,
                BatchSize = 100,
                Optimizer = Optimizer.Sgd((float)Eta),
                WarmUpSteps = one.GetProperty("steps").GetInt32(),
            };
            TrainingResult<Iris> result = trainer.Fit<Iris>(Drawn.For<Iris>(1, 5));
            result.Network.Dispose();
            for (int step = 0; step < wanted.Length; step++)
            {
                // PyTorch multiplies one rate after the other, which drifts.
                Assert.Equal(wanted[step], result.History[step].LearningRate, Eta * 1e-6);
            }

            Assert.Equal((float)Eta, result.History[^1].LearningRate);
        }
    }

    [Fact]
    public void Each_step_of_a_training_has_the_rate_of_its_epoch_and_step()
    {
        TrainingData data = Drawn.For<Digits>(2, 50);
        using Digits expected = new(5);
        Optimizer optimizer = Optimizer.Momentum(0.1f);
        BatchGatherer batches = new(data, default, default, 64, 10, 8);
        int t = 0;
        for (int epoch = 0; epoch < 4; epoch++)
        {
            batches.Begin(5, epoch);
            double eta = 0.1f;
            eta = epoch >= 2 ? eta * 0.5 : eta;
            for (int batch = 0; batch < batches.BatchCount; batch++, t++)
            {
                batches.Gather(batch);
                optimizer.LearningRate = (float)(eta * Math.Min(1, (t + 1) / 10.0));
                expected.TrainStep(batches.X, batches.Targets, optimizer);
            }
        }

        Optimizer own = Optimizer.Momentum(0.1f);
        using Digits network = new(5);
        Trainer trainer = new() { Epochs = 4, BatchSize = 8, Optimizer = own, Seed = 5, Schedule = Schedule.Step(2, 0.5), WarmUpSteps = 10 };
        TrainingResult<Digits> result = trainer.Fit(network, data);
        AotBackprop.Tests.Support.Bits.Same(expected.Parameters, network.Parameters);
        Assert.Same(network, result.Network);
        Assert.Equal(28, result.Steps);
        Assert.Equal([0.07f, 0.1f, 0.05f, 0.05f], result.History.Select(epoch => epoch.LearningRate));

        // What goes on is the optimizer itself, at its own rate.
        Assert.Equal(0.1f, own.LearningRate);
        Assert.Throws<InvalidOperationException>(() => new Digits(1).TrainStep(data.X.Span, data.Targets, own));
    }

    [Fact]
    public void Numbers_that_make_no_schedule_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Step(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Step(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Step(1, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Cosine(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Cosine(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Plateau(factor: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Plateau(patience: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Plateau(threshold: 1));
    }

    private static void Same(JsonElement one, Rates rates)
    {
        double[] wanted = one.Numbers("rates");
        Assert.Equal(wanted, Enumerable.Range(0, wanted.Length).Select(rates.Of));
    }
}
