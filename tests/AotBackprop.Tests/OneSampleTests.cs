using AotBackprop.Numerics;
using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>
/// A small network goes forward on one sample, and takes a step on one that is labelled, with methods of its own. It has
/// the bits of the passes, which decide wherever a number is large or not finite.
/// </summary>
public sealed class OneSampleTests
{
    [Theory]
    [InlineData(1f)]
    [InlineData(1e6f)]
    [InlineData(1e12f)]
    [InlineData(1e38f)]
    public void Forward_has_the_result_of_a_batch(float scale)
    {
        using Iris network = new(11);
        float[] pair = new float[6];
        float[] one = new float[3];
        int[] label = new int[1];
        for (int n = 0; n < 50; n++)
        {
            float[] X = [.. Batch.Draw(n, Iris.LayerSizes, 2).X.Select(x => x * scale)];
            network.Forward(X, pair);
            network.Forward(X.AsSpan(0, 4), one);
            Bits.Same(pair.AsSpan(0, 3), one, "of the probabilities");
            network.Classify(X.AsSpan(0, 4), label);
            Assert.Equal(Array.IndexOf(one, one.Max()), label[0]);
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void An_input_that_is_not_finite_leaves_what_it_would_have_written(float bad)
    {
        using Iris network = new(11);
        for (int i = 0; i < 4; i++)
        {
            float[] X = [1, 2, 3, 4];
            X[i] = bad;
            float[] probabilities = [5, 5, 5];
            int[] label = [5];
            Assert.ThrowsAny<ArgumentException>(() => network.Forward(X, probabilities));
            Assert.ThrowsAny<ArgumentException>(() => network.Classify(X, label));
            Assert.Equal([5, 5, 5], probabilities);
            Assert.Equal([5], label);
        }
    }

    /// <summary>Rates and inputs of any size: where a product overflows, and where none does.</summary>
    [Theory]
    [InlineData(0.1f, 1f)]
    [InlineData(0f, 1f)]
    [InlineData(1e8f, 1f)]
    [InlineData(1e12f, 1f)]
    [InlineData(0.5f, 1e6f)]
    [InlineData(0.5f, 1e12f)]
    [InlineData(0.5f, 1e30f)]
    [InlineData(0.5f, 3e38f)]
    public void A_step_has_the_result_of_gradient_and_application(float rate, float scale)
    {
        using Iris one = new(11);
        using Iris passes = new(11);
        float[] gradient = new float[one.Parameters.Length];
        for (int n = 0; n < 50; n++)
        {
            Batch sample = Batch.Draw(n, Iris.LayerSizes, 1);
            float[] X = [.. sample.X.Select(x => x * scale)];
            double expectedLoss = 0;
            double loss = 0;
            Exception? expected = Record.Exception(() =>
            {
                expectedLoss = passes.Gradient(X, sample.Labels!, gradient);
                passes.Apply(gradient, rate);
            });
            Exception? actual = Record.Exception(() => loss = one.TrainStep(X, sample.Labels!, rate));
            Assert.Equal(expected?.GetType(), actual?.GetType());
            Bits.Same(passes.Parameters, one.Parameters, "of the parameters");
            if (expected is null)
            {
                Bits.Same(expectedLoss, loss, "the loss");
            }
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void What_is_not_finite_changes_no_parameter(float bad)
    {
        using Iris network = new(11);
        float[] before = [.. network.Parameters];
        for (int i = 0; i < 4; i++)
        {
            float[] X = [1, 2, 3, 4];
            X[i] = bad;
            Assert.ThrowsAny<Exception>(() => network.TrainStep(X, [1], 0.1f));
            Bits.Same(before, network.Parameters, "of the parameters");
        }

        Assert.ThrowsAny<Exception>(() => network.TrainStep([1, 2, 3, 4], [1], bad));
        Assert.ThrowsAny<Exception>(() => network.TrainStep([1, 2, 3, 4], [3], 0.1f));
        Assert.ThrowsAny<Exception>(() => network.TrainStep([1, 2, 3, 4], [-1], 0.1f));
        Bits.Same(before, network.Parameters, "of the parameters");
    }

    /// <summary>Among the parameters it is treated as the passes treat it.</summary>
    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(3e38f)]
    public void A_parameter_that_is_spoilt_has_the_result_of_the_passes(float bad)
    {
        float[] gradient = new float[Iris.ParameterCount];
        float[] X = [1, 2, 3, 4];
        for (int p = 0; p < gradient.Length; p++)
        {
            using Iris one = new(11);
            using Iris passes = new(11);
            one.Parameters[p] = bad;
            passes.Parameters[p] = bad;
            Exception? expected = Record.Exception(() =>
            {
                passes.Gradient(X, [1], gradient);
                passes.Apply(gradient, 0.1f);
            });
            Exception? actual = Record.Exception(() => one.TrainStep(X, [1], 0.1f));
            Assert.Equal(expected?.GetType(), actual?.GetType());
            Bits.Same(passes.Parameters, one.Parameters, "of the parameters");
        }
    }

    [Fact]
    public void An_epoch_of_single_samples_has_the_bits_of_its_steps()
    {
        using Iris whole = new(11);
        using Iris steps = new(11);
        Batch set = Batch.Draw(5, Iris.LayerSizes, 33);
        double mean = whole.TrainEpoch(set.X, set.Labels!, 1, 0.1f, seed: 7, epoch: 2);
        int[] order = new int[33];
        Shuffle.Fill(order, seed: 7, epoch: 2);
        double sum = 0;
        foreach (int n in order)
        {
            sum += steps.TrainStep(set.X.AsSpan(n * 4, 4), set.Labels.AsSpan(n, 1), 0.1f);
        }

        Bits.Same(sum / 33, mean, "the loss");
        Bits.Same(steps.Parameters, whole.Parameters, "of the parameters");
    }

    // Rows of whole vectors, short ones, one of a single column, ones with a rest; loops and straight lines; three and four
    // layers; more inputs than a line of magnitudes has; the most classes, and most of the weights that are allowed.
    private static readonly int[][] Small =
    [
        [13, 32, 3], [100, 1, 10], [64, 32, 10], [30, 17, 5], [1, 2], [5, 60], [33, 9, 64], [7, 3, 20, 5], [9, 24, 40, 3],
        [8, 8, 8, 8, 8], [300, 20, 3], [1500, 3, 2], [2, 200, 30, 4], [16, 31, 2], [90, 80, 9], [8, 21, 4, 12], [3, 3, 2, 3, 3, 4, 2],
        [16, 1, 2], [61, 1, 20, 1, 3], [13, 32, 1], [4, 8, 1], [12, 1], [20, 16, 6, 1],
    ];

    private static readonly Lazy<Type[]> Compiled = new(() =>
        Shape.Compile([.. Small.Select(sizes => new Shape(sizes, Unrolling.Auto))]));

    // Each optimizer's step is another method to compile: a network has plain descent and some others of them, in the full
    // trials all.
    private const int Others = 2;

    private static readonly string[] Kinds = [.. OptimizerTests.Kinds().Select(kind => kind.Data)];

    public static TheoryData<int, string> SmallWithOptimizers() =>
        new(from number in Enumerable.Range(0, Small.Length) from kind in KindsOf(number) select (number, kind));

    private static string[] KindsOf(int number) => Trials.AreInFull
        ? Kinds
        : [Kinds[0], .. Enumerable.Range(number * Others, Others).Select(i => Kinds[1 + (i % (Kinds.Length - 1))])];

    [Theory]
    [MemberData(nameof(SmallWithOptimizers))]
    public void A_step_of_any_small_network_has_the_bits_of_gradient_and_application(int number, string kind)
    {
        using Subject stepping = Subject.Drawn(Compiled.Value[number], 3);
        using Subject applying = Subject.Drawn(Compiled.Value[number], 3);
        Optimizer inSteps = OptimizerTests.Of(kind), inApplications = OptimizerTests.Of(kind);
        for (int step = 0; step < 12; step++)
        {
            Batch sample = Batch.Draw(step, stepping, 1);
            (double loss, float[] gradient) = applying.Gradient(sample);
            applying.Apply(gradient, inApplications);
            Bits.Same(loss, stepping.TrainStep(sample, inSteps), "the loss");
            Bits.Same(applying.Parameters, stepping.Parameters, "of the parameters");
        }
    }

    public static TheoryData<int> SmallNetworks() => [.. Enumerable.Range(0, Small.Length)];

    [Theory]
    [MemberData(nameof(SmallNetworks))]
    public void Forward_of_any_small_network_has_the_bits_of_a_batch(int number)
    {
        using Subject subject = Subject.Drawn(Compiled.Value[number], 3);
        int inputs = subject.Sizes[0], classes = subject.Sizes[^1];
        Batch batch = Batch.Draw(7, subject, 9);
        float[] together = subject.Forward(batch.X);
        for (int n = 0; n < 9; n++)
        {
            float[] one = subject.Forward(batch.X.AsSpan(n * inputs, inputs));
            Bits.Same(together.AsSpan(n * classes, classes), one, "of the probabilities");
        }
    }

    /// <summary>Whatever stands among inputs and weights, a step is refused or leaves what gradient and application leave.</summary>
    [Theory]
    [MemberData(nameof(SmallNetworks))]
    public void What_is_large_or_not_finite_has_the_result_of_gradient_and_application(int number)
    {
        float[] bad =
        [
            float.NaN, float.PositiveInfinity, float.NegativeInfinity, 3e38f, -3e38f, 1e30f, 1e12f, 1e-40f, -1e-45f, -0f, 0f,
        ];
        Random random = new(number);
        string[] kinds = KindsOf(number);
        for (int trial = 0; trial < (Trials.AreInFull ? 20_000 : 60); trial++)
        {
            string kind = kinds[random.Next(kinds.Length)];
            using Subject stepping = Subject.Drawn(Compiled.Value[number], 3);
            using Subject applying = Subject.Drawn(Compiled.Value[number], 3);
            Batch sample = Batch.Draw(trial, stepping, 1);
            for (int spoilt = random.Next(3); spoilt >= 0; spoilt--)
            {
                if (random.Next(2) == 0)
                {
                    sample.X[random.Next(sample.X.Length)] = bad[random.Next(bad.Length)];
                }
                else
                {
                    int p = random.Next(stepping.Parameters.Length);
                    stepping.Parameters[p] = applying.Parameters[p] = bad[random.Next(bad.Length)];
                }
            }

            float[] before = [.. stepping.Parameters];
            Exception? expected = Record.Exception(() =>
            {
                (_, float[] gradient) = applying.Gradient(sample);
                applying.Apply(gradient, OptimizerTests.Of(kind));
            });
            Exception? actual = Record.Exception(() => stepping.TrainStep(sample, OptimizerTests.Of(kind)));
            Assert.Equal(expected?.GetType(), actual?.GetType());
            Bits.Same(actual is null ? applying.Parameters : before, stepping.Parameters, $"of the parameters, {kind}, trial {trial}");
        }
    }
}
