using AotBackprop.Numerics;
using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>What a network is by its output: its calls, its figures, its targets, and how samples weigh.</summary>
public sealed class OutputTests
{
    private const float Rate = 0.05f;

    [Fact]
    public void A_network_has_the_calls_of_its_kind_and_no_others()
    {
        Assert.Equal([typeof(IClassifier)], KindsOf<Iris>());
        Assert.Equal([typeof(IRegressor)], KindsOf<Price>());
        Assert.Equal([typeof(IRegressor)], KindsOf<Robust>());
        Assert.Equal([typeof(IClassifier)], KindsOf<Event>());
        Assert.Equal([typeof(IMultiLabelClassifier)], KindsOf<Tags>());
        Assert.Equal((Output.Huber, 1.35f), Function<Robust>());

        static Type[] KindsOf<T>() => [.. new[] { typeof(IClassifier), typeof(IMultiLabelClassifier), typeof(IRegressor) }.Where(kind => kind.IsAssignableFrom(typeof(T)))];

        static (Output, float) Function<T>()
            where T : class, INetwork<T> => (T.OutputKind, T.HuberDelta);
    }

    /// <summary>As a list, a container or a mock has them, without the type.</summary>
    [Fact]
    public void Networks_of_any_kind_train_through_one_interface()
    {
        float[] X = Batch.Draw(1, [4, 2], 20).X;
        (INetwork Network, float[] Y)[] all =
        [
            (new Iris(1), [.. Enumerable.Range(0, 60).Select(i => i % 3 == 1 ? 1f : 0)]), (new Event(1), [.. Enumerable.Range(0, 20).Select(i => i % 2f)]),
            (new Number(1), [.. Enumerable.Range(0, 20).Select(i => i / 10f)]),
        ];
        foreach ((INetwork network, float[] Y) in all)
        {
            using (network)
            {
                double first = network.TrainStep(X, Y, Rate);
                for (int i = 0; i < 50; i++)
                {
                    network.TrainStep(X, Y, Rate);
                }

                Assert.InRange(network.Loss(X, Y), 0, first);
            }
        }
    }

    [Fact]
    public void Every_network_weighs_samples_as_the_oracle_does() => RandomNetworks.ForEach((random, type) =>
    {
        using Subject subject = Subject.Drawn(type, random.Seed);
        foreach (bool soft in new[] { false, true })
        {
            Batch batch = Batch.Draw(random.Seed, subject, random.N, soft).Weighted(random.Seed);
            OracleComparison comparison = OracleComparison.Of(subject, batch);
            Assert.True(comparison.Differences.Count == 0, string.Join('\n', comparison.Differences.Take(5)));
        }
    });

    [Fact]
    public void Weights_that_are_whole_numbers_stand_for_repeated_samples() => RandomNetworks.ForEach((random, type) =>
    {
        using Subject subject = Subject.Drawn(type, random.Seed);
        Batch batch = Batch.Draw(random.Seed, subject, random.N + 1);
        float[] weights = [.. Enumerable.Range(0, batch.N).Select(n => n % 4)];
        weights[0] = 2;
        Batch repeated = batch.Pick([.. weights.SelectMany((w, n) => Enumerable.Repeat(n, (int)w))]);
        (double loss, float[] gradient) = subject.Gradient(batch with { Weights = weights });
        (double wanted, float[] expected) = subject.Gradient(repeated);
        Assert.Equal(wanted, loss, 1e-6 * Math.Max(1, wanted));
        double most = expected.Max(Math.Abs);
        Assert.All(gradient.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-7 + (1e-5 * most)));
    });

    [Fact]
    public void Equal_weights_change_no_bit() => RandomNetworks.ForEach((random, type) =>
    {
        using Subject subject = Subject.Drawn(type, random.Seed);
        Batch batch = Batch.Draw(random.Seed, subject, random.N);
        (double loss, float[] gradient) = subject.Gradient(batch);
        foreach (float weight in new[] { 1f, 0.3f, 7e20f, 3e-30f })
        {
            Batch weighed = batch with { Weights = [.. Enumerable.Repeat(weight, batch.N)] };
            (double weighedLoss, float[] weighedGradient) = subject.Gradient(weighed);
            Bits.Same(gradient, weighedGradient, $"of the gradient, {weight}");
            if (weight == 1)
            {
                Bits.Same(loss, weighedLoss, "the loss");
                Bits.Same(subject.Loss(batch), subject.Loss(weighed), "the loss");
            }
        }
    });

    [Fact]
    public void A_weighed_step_is_the_gradient_and_its_application_with_any_threads() => RandomNetworks.ForEach((random, type) =>
    {
        using Subject applying = Subject.Drawn(type, random.Seed);
        using Subject stepping = Subject.Drawn(type, random.Seed);
        using Subject shared = Subject.Drawn(type, random.Seed);
        shared.Threads = 3;
        Batch batch = Batch.Draw(random.Seed, applying, random.N).Weighted(random.Seed);
        (double loss, float[] gradient) = applying.Gradient(batch);
        applying.Apply(gradient, Rate);
        foreach (Subject other in new[] { stepping, shared })
        {
            Bits.Same(loss, other.TrainStep(batch, Rate), "the loss");
            Bits.Same(applying.Parameters, other.Parameters, "of the parameters");
        }
    });

    [Fact]
    public void A_weighed_epoch_is_its_steps_without_batches_that_weigh_nothing() => RandomNetworks.ForEach((random, type) =>
    {
        using Subject epochs = Subject.Drawn(type, random.Seed);
        using Subject shared = Subject.Drawn(type, random.Seed);
        using Subject steps = Subject.Drawn(type, random.Seed);
        shared.Threads = 2;
        foreach (int batchSize in new[] { 1, 3 })
        {
            float[] weights = [.. Enumerable.Range(0, random.N).Select(n => n % 3 == 0 ? 1.25f : 0)];
            Batch set = Batch.Draw(random.Seed, epochs, random.N) with { Weights = weights };
            Optimizer[] optimizers = [Optimizer.Adam(0.01f), Optimizer.Adam(0.01f), Optimizer.Adam(0.01f)];
            int[] order = new int[random.N];
            Shuffle.Fill(order, seed: 5, 2);
            double sum = 0;
            foreach (int[] samples in order.Chunk(batchSize))
            {
                Batch batch = set.Pick(samples);
                if (batch.Weights.Any(w => w > 0))
                {
                    sum += steps.TrainStep(batch, optimizers[0]) * batch.Weights.Sum(w => (double)w);
                }
            }

            Assert.Equal(sum / weights.Sum(w => (double)w), epochs.TrainEpoch(set, batchSize, optimizers[1], seed: 5, epoch: 2), 1e-12 * (1 + sum));
            shared.TrainEpoch(set, batchSize, optimizers[2], seed: 5, epoch: 2);
            Bits.Same(steps.Parameters, epochs.Parameters, "of the parameters");
            Bits.Same(steps.Parameters, shared.Parameters, "of the parameters");
        }
    });

    [Theory]
    [InlineData(float.NaN, "The weight of sample 3 is NaN; wanted finite weights, 0 or more.")]
    [InlineData(-1f, "The weight of sample 3 is -1; wanted finite weights, 0 or more.")]
    [InlineData(float.PositiveInfinity, "The weight of sample 3 is Infinity")]
    [InlineData(0f, "All 5 weights of samples are 0; wanted one at least above 0.")]
    public void Weights_that_are_none_are_named_and_nothing_changes(float bad, string message)
    {
        using Price network = new(1);
        float[] before = network.Parameters.ToArray(), X = new float[5 * 13], Y = new float[5];
        float[] weights = bad == 0 ? new float[5] : [1, 1, 1, bad, 1];
        Action[] calls =
        [
            () => network.Loss(X, new Targets(Y).WithWeights(weights)),
            () => network.Evaluate(X, new Targets(Y).WithWeights(weights)),
            () => network.Gradient(X, new Targets(Y).WithWeights(weights), new float[Price.ParameterCount]),
            () => network.TrainStep(X, new Targets(Y).WithWeights(weights), Rate),
            () => network.TrainStep(X, new Targets(Y).WithWeights(weights), Optimizer.Adam(0.1f)),
            () => network.TrainEpoch(X, new Targets(Y).WithWeights(weights), 2, Rate, 1, 0),
            () => network.Trace(X, new Targets(Y).WithWeights(weights)),
        ];
        Assert.All(calls, call => Assert.Contains(message, Assert.Throws<ArgumentException>(call).Message, StringComparison.Ordinal));
        Assert.Contains(
            "targets has 4 elements; wanted 5: one weight for each sample",
            Assert.Throws<ArgumentException>(() => network.Loss(X, new Targets(Y).WithWeights(new float[4]))).Message,
            StringComparison.Ordinal);
        Bits.Same(before, network.Parameters);
    }

    [Fact]
    public void Targets_that_an_output_does_not_take_are_named_and_nothing_changes()
    {
        using Price price = new(1);
        using Event chance = new(1);
        using Tags tags = new(1);
        Refused(price, 13, new float[] { 1, float.NaN }, "targets[1, 0] is NaN; wanted finite numbers.");
        Refused(price, 13, new[] { 1, 0 }, "targets are class numbers; wanted N×1 values of float: the output of this network is linear");
        Refused(price, 13, new float[3], "targets has 3 elements; wanted 2: one value for each output and each sample of X.");
        Refused(chance, 4, new float[] { 1, 1.5f }, "targets[1, 0] is 1.5; wanted numbers from 0 to 1.");
        Refused(chance, 4, new float[] { -0.1f, 1 }, "targets[0, 0] is -0.1; wanted numbers from 0 to 1.");
        Refused(chance, 4, new[] { 0, 2 }, "targets[1] is 2; wanted a class number from 0 to 1.");
        Refused(tags, 20, new[] { 0, 1 }, "targets are class numbers; wanted N×5 values of float: the output of this network is sigmoid, of 5.");
        Refused(tags, 20, [.. Enumerable.Repeat(0.5f, 9), float.PositiveInfinity], "targets[1, 4] is Infinity; wanted numbers from 0 to 1.");

        static void Refused<T>(INetwork network, int inputs, T[] targets, string message)
        {
            float[] before = network.Parameters.ToArray(), X = new float[2 * inputs];
            Action<Func<Targets>>[] calls =
            [
                of => network.Loss(X, of()),
                of => network.Gradient(X, of(), new float[network.Parameters.Length]),
                of => network.TrainStep(X, of(), Rate),
                of => network.TrainEpoch(X, of(), 1, Rate, 1, 0),
            ];
            Assert.All(calls, call =>
            {
                ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => call(() => targets is int[] labels ? labels : (float[])(object)targets));
                Assert.Contains(message, error.Message, StringComparison.Ordinal);
            });
            Bits.Same(before, network.Parameters);
        }
    }

    [Fact]
    public void One_sample_that_an_output_does_not_take_is_refused_as_a_batch_is()
    {
        using Event chance = new(1);
        float[] before = chance.Parameters.ToArray(), X = [1, 2, 3, 4];
        foreach (float bad in new[] { -0.5f, 1.5f, float.NaN })
        {
            Assert.Throws<ArgumentException>(() => chance.TrainStep(X, new[] { bad }, Rate));
            Assert.Throws<ArgumentException>(() => chance.TrainStep(X, new[] { bad }, Optimizer.Adam(0.1f)));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => chance.TrainStep(X, new[] { 2 }, Rate));
        Assert.Throws<ArgumentException>(() => chance.TrainStep(X, new Targets([1f]).WithWeights([0]), Rate));
        Bits.Same(before, chance.Parameters);
    }

    [Fact]
    public void Labels_of_one_event_are_the_values_0_and_1()
    {
        using Event labels = new(3);
        using Event values = new(3);
        float[] X = Batch.Draw(2, [4, 2], 40).X;
        int[] numbers = [.. Enumerable.Range(0, 40).Select(n => n * 7 % 3 % 2)];
        float[] Y = [.. numbers.Select(n => (float)n)];
        Assert.Equal(values.Evaluate(X, Y), labels.Evaluate(X, numbers));
        Bits.Same(values.TrainStep(X, Y, Rate), labels.TrainStep(X, numbers, Rate));
        Bits.Same(values.TrainEpoch(X, Y, 7, Rate, 1, 0), labels.TrainEpoch(X, numbers, 7, Rate, 1, 0));
        Bits.Same(values.TrainEpoch(X, Y, 1, Rate, 1, 0), labels.TrainEpoch(X, numbers, 1, Rate, 1, 0));
        Bits.Same(values.TrainStep(X.AsSpan(0, 4), Y.AsSpan(0, 1), Rate), labels.TrainStep(X.AsSpan(0, 4), numbers.AsSpan(0, 1), Rate));
        Bits.Same(values.Parameters, labels.Parameters);
        int[] classes = new int[40];
        float[] A = new float[40];
        labels.Classify(X, classes);
        labels.Forward(X, A);
        Assert.Equal(A.Select(a => a > 0.5f ? 1 : 0), classes);
        Assert.Equal(classes.Zip(numbers, (found, wanted) => found == wanted).Count(right => right), labels.Evaluate(X, numbers).Correct);
    }

    /// <summary>The loss is formed from Z, and A that is 0 or 1 does not make it infinite.</summary>
    [Theory]
    [InlineData(1e30f)]
    [InlineData(-1e30f)]
    [InlineData(200f)]
    [InlineData(-200f)]
    [InlineData(-20f)]
    public void A_sigmoid_s_loss_is_finite_and_exact_however_sure_it_is(float z)
    {
        using One network = new(1);
        network.SetParameters([z, 0]);
        foreach (float y in new[] { 0f, 1f, 0.25f })
        {
            double expected = Math.Max(z, 0.0) - ((double)y * z) + Math.Exp(-Math.Abs((double)z));
            Assert.Equal(expected, network.Loss([1f], [y]), (1e-6 * Math.Abs(expected)) + 1e-37);
        }

        float[] A = new float[1];
        network.Forward([1f], A);
        Assert.Equal(z < 0 ? Math.Exp(z) : 1, A[0], 1e-12);
    }

    [Fact]
    public void A_regressor_s_figures_are_those_of_the_formulas()
    {
        using Pair network = new(2);
        Batch inputs = Batch.Draw(4, [6, 2], 300);
        Random random = new(1);
        float[] Y = [.. Enumerable.Range(0, 600).Select(i => i % 2 == 0 ? random.NextSingle() : 3)];
        float[] A = new float[600];
        network.Forward(inputs.X, A);
        double[] errors = [.. A.Zip(Y, (a, y) => (double)a - y)];
        double[] first = [.. Y.Where((_, i) => i % 2 == 0).Select(y => (double)y)];
        double total = first.Sum(y => (y - first.Average()) * (y - first.Average()));
        double r2 = 1 - (errors.Where((_, i) => i % 2 == 0).Sum(e => e * e) / total);
        RegressionEvaluation found = network.Evaluate(inputs.X, Y);
        Assert.Equal(errors.Sum(e => e * e) / 2 / 300, found.Loss, 1e-9);
        Assert.Equal(errors.Average(Math.Abs), found.MeanAbsoluteError, 1e-9);
        Assert.Equal(300, found.Count);

        // An output whose targets are all the same counts 0, unless it is exact.
        Assert.Equal(r2 / 2, found.RSquared, 1e-9);
        Assert.Equal(1, network.Evaluate(inputs.X, A).RSquared);
        Bits.Same(found.Loss, network.Loss(inputs.X, Y));
    }

    [Fact]
    public void Labels_are_counted_each_by_itself()
    {
        using Tags network = new(2);
        Batch inputs = Batch.Draw(4, [20, 2], 300);
        Random random = new(1);
        float[] Y = [.. Enumerable.Range(0, 1500).Select(_ => (float)random.Next(2))];
        int[] labels = new int[1500];
        network.Predict(inputs.X, labels);
        MultiLabelEvaluation found = network.Evaluate(inputs.X, Y);
        bool[] right = [.. labels.Zip(Y, (label, y) => label == y)];
        for (int j = 0; j < 5; j++)
        {
            Assert.Equal(Enumerable.Range(0, 300).Average(n => right[(n * 5) + j] ? 1.0 : 0), found.LabelAccuracy[j], 1e-12);
        }

        Assert.Equal(Enumerable.Range(0, 300).Count(n => right.AsSpan(n * 5, 5).IndexOf(false) < 0), found.Correct);
        Assert.Equal((double)found.Correct / 300, found.Accuracy);
        Assert.Throws<ArgumentException>(() => network.Predict(inputs.X, new int[300]));
    }
}
