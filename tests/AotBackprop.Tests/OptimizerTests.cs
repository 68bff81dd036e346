using AotBackprop.Oracle;
using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

public sealed class OptimizerTests
{
    // Floats after a hundred steps, by PyTorch's doubles. Adam divides by √v, and so moves a weight whose derivative is
    // almost cancelled as far as any other: what is left of such a sum differs in its leading digits.
    private const double Tolerance = 2e-5;

    public static TheoryData<string> Goldens() => [.. GoldenOptimizer.Names()];

    public static TheoryData<string> Kinds() =>
    [
        "sgd", "sgd, decaying", "sgd, clipped", "momentum", "momentum, clipped", "nesterov",
        "adam", "adam, decaying", "adamw", "adamw, clipped", "lion", "lion, clipped",
    ];

    [Theory]
    [MemberData(nameof(Goldens))]
    public void A_hundred_steps_equal_the_golden_ones(string name)
    {
        GoldenOptimizer golden = GoldenOptimizer.Load(name);
        GoldenCase digits = GoldenFile.Load("digits-64-32-10");
        foreach (Type type in new[] { typeof(Digits), typeof(DigitsFull), typeof(DigitsTiled) })
        {
            using Subject subject = Subject.Of(type, seed: 0);
            golden.Parameters().CopyTo(subject.Parameters);
            Batch batch = new(digits.N, digits.X(), digits.Labels(), digits.Y());
            Optimizer optimizer = Of(golden);
            foreach (double loss in golden.Losses)
            {
                Assert.Equal(loss, subject.TrainStep(batch, optimizer), Tolerance * loss);
            }

            Assert.Null(golden.Difference(subject.Parameters, Tolerance));
        }
    }

    [Fact]
    public void Every_optimizer_has_golden_values() => Assert.Equal(
        OptimizerTable.All.Select(entry => entry.Name).Order(StringComparer.Ordinal),
        GoldenOptimizer.Names().Select(name => GoldenOptimizer.Load(name).Kind).Distinct()
            .Order(StringComparer.Ordinal));

    [Fact]
    public void A_step_is_the_gradient_and_then_its_application() => RandomNetworks.ForEach((random, type) =>
    {
        string kind = KindOf(random.Seed);
        using Subject stepping = Subject.Drawn(type, random.Seed);
        using Subject applying = Subject.Drawn(type, random.Seed);
        Optimizer inSteps = Of(kind), inApplications = Of(kind);
        for (int step = 0; step < 3; step++)
        {
            Batch batch = Batch.Draw(random.Seed + step, stepping, random.N, soft: step == 1);
            (double loss, float[] gradient) = applying.Gradient(batch);
            applying.Apply(gradient, inApplications);
            Bits.Same(loss, stepping.TrainStep(batch, inSteps), "the loss");
            Bits.Same(applying.Parameters, stepping.Parameters, "of the parameters");
        }
    });

    [Fact]
    public void Every_form_trains_to_the_same_bits() => RandomNetworks.ForEachInEveryForm((random, forms) =>
    {
        string kind = KindOf(random.Seed);
        float[]? expected = null;
        foreach (Type form in forms)
        {
            using Subject subject = Subject.Drawn(form, random.Seed);
            Optimizer optimizer = Of(kind);
            subject.TrainStep(Batch.Draw(random.Seed, subject, random.N), optimizer);
            subject.TrainEpoch(Batch.Draw(random.Seed, subject, random.N, soft: true), 1 + (random.N / 2), optimizer, seed: 3, epoch: 1);
            expected ??= subject.Parameters.ToArray();
            Bits.Same(expected, subject.Parameters, "of the parameters");
        }
    });

    [Fact]
    public void Plain_descent_has_the_bits_of_a_learning_rate()
    {
        using Digits byRate = new(seed: 1);
        using Digits byOptimizer = new(seed: 1);
        Batch batch = Batch.Draw(1, Digits.LayerSizes, 20);
        Optimizer optimizer = Optimizer.Sgd(0.1f);
        Bits.Same(byRate.TrainStep(batch.X, batch.Labels, 0.1f), byOptimizer.TrainStep(batch.X, batch.Labels, optimizer));
        Bits.Same(byRate.TrainEpoch(batch.X, batch.Y, 7, 0.1f, 1, 2), byOptimizer.TrainEpoch(batch.X, batch.Y, 7, optimizer, 1, 2));
        Bits.Same(byRate.Parameters, byOptimizer.Parameters);
    }

    [Fact]
    public void An_optimizer_belongs_to_one_network_until_it_is_reset()
    {
        using Digits first = new(seed: 1);
        using Digits second = new(seed: 1);
        Batch batch = Batch.Draw(1, Digits.LayerSizes, 20);
        Optimizer optimizer = Optimizer.Adam();
        first.TrainStep(batch.X, batch.Labels, optimizer);
        Assert.Throws<InvalidOperationException>(() => second.TrainStep(batch.X, batch.Labels, optimizer));
        optimizer.Reset();
        second.TrainStep(batch.X, batch.Labels, optimizer);
        Bits.Same(first.Parameters, second.Parameters);
    }

    [Fact]
    public void A_learning_rate_may_change_between_steps()
    {
        using Digits network = new(seed: 1);
        Batch batch = Batch.Draw(1, Digits.LayerSizes, 20);
        Optimizer optimizer = Optimizer.Momentum(0.1f);
        network.TrainStep(batch.X, batch.Labels, optimizer);
        float[] before = network.Parameters.ToArray();
        optimizer.LearningRate = 0;
        network.TrainStep(batch.X, batch.Labels, optimizer);
        Bits.Same(before, network.Parameters);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_step_allocates_nothing(string kind)
    {
        using Digits network = new(seed: 1);
        Batch batch = Batch.Draw(1, Digits.LayerSizes, 20);
        Optimizer optimizer = Of(kind);
        Allocations.AssertNone(100, step =>
        {
            network.TrainStep(batch.X, batch.Labels, optimizer);
            network.TrainEpoch(batch.X, batch.Y, 7, optimizer, 1, step);
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_step_that_could_overflow_changes_nothing(string kind)
    {
        using Digits network = new(seed: 1);
        using Digits other = new(seed: 1);
        Batch batch = Batch.Draw(1, Digits.LayerSizes, 20);
        Optimizer optimizer = Of(kind), undisturbed = Of(kind);
        for (int step = 0; step < 3; step++)
        {
            float[] gradient = new float[Digits.ParameterCount];
            gradient[^1] = float.NaN;
            Assert.Throws<ArgumentException>(() => network.Apply(gradient, optimizer));
            float[] large = [.. batch.X.Select(x => x * 3e38f)];
            NotFiniteNumberException error = Assert.Throws<NotFiniteNumberException>(() => network.TrainStep(large, batch.Labels, optimizer));
            Assert.Contains("the largest input", error.Message, StringComparison.Ordinal);
            network.TrainStep(batch.X, batch.Labels, optimizer);
            other.TrainStep(batch.X, batch.Labels, undisturbed);
            Bits.Same(other.Parameters, network.Parameters);
        }
    }

    [Fact]
    public void Numbers_that_no_optimizer_has_are_refused()
    {
        foreach (float wrong in new[] { -1, float.NaN, float.PositiveInfinity })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.Sgd(wrong));
            Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.Sgd(0.1f, weightDecay: wrong));
            Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.Sgd(0.1f, clipNorm: wrong));
            Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.Momentum(0.1f, wrong));
            Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.Nesterov(0.1f, wrong));
            Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.Adam(beta1: wrong));
            Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.AdamW(beta2: wrong));
            Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.Adam(epsilon: wrong));
            Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.Lion(beta1: wrong));
            Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.Lion(beta2: wrong));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.Momentum(0.1f, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.Adam(epsilon: 0));
        using Digits network = new(seed: 1);
        Assert.Throws<ArgumentNullException>(() => network.Apply(new float[Digits.ParameterCount], null!));
    }

    // One for each network: its kernels are compiled anew for each optimizer.
    private static string KindOf(int seed) => Kinds().ElementAt(seed % Kinds().Count).Data;

    internal static Optimizer Of(string kind) => kind switch
    {
        "sgd" => Optimizer.Sgd(0.05f),
        "sgd, decaying" => Optimizer.Sgd(0.05f, weightDecay: 0.01f),
        "sgd, clipped" => Optimizer.Sgd(0.05f, clipNorm: 0.1f),
        "momentum" => Optimizer.Momentum(0.05f),
        "momentum, clipped" => Optimizer.Momentum(0.05f, weightDecay: 0.01f, clipNorm: 0.1f),
        "nesterov" => Optimizer.Nesterov(0.05f),
        "adam" => Optimizer.Adam(),
        "adam, decaying" => Optimizer.Adam(weightDecay: 0.01f),
        "adamw" => Optimizer.AdamW(),
        "adamw, clipped" => Optimizer.AdamW(clipNorm: 0.1f),
        "lion" => Optimizer.Lion(0.001f),
        _ => Optimizer.Lion(0.001f, weightDecay: 0.1f, clipNorm: 0.1f),
    };

    private static Optimizer Of(GoldenOptimizer golden)
    {
        (float rate, float decay, float clip) = (golden.Number("learningRate"), golden.Number("weightDecay"), golden.Number("clipNorm"));
        return golden.Kind switch
        {
            "sgd" => Optimizer.Sgd(rate, decay, clip),
            "momentum" => Optimizer.Momentum(rate, golden.Number("momentum"), decay, clip),
            "nesterov" => Optimizer.Nesterov(rate, golden.Number("momentum"), decay, clip),
            "adam" => Optimizer.Adam(rate, golden.Number("beta1"), golden.Number("beta2"), golden.Number("epsilon"), decay, clip),
            "lion" => Optimizer.Lion(rate, golden.Number("beta1"), golden.Number("beta2"), decay, clip),
            _ => Optimizer.AdamW(rate, golden.Number("beta1"), golden.Number("beta2"), golden.Number("epsilon"), decay, clip),
        };
    }
}
