using AotBackprop.Numerics;
using AotBackprop.Oracle;
using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>Sums over more than 4,096 samples are formed in blocks of so many, in every form.</summary>
public sealed class LargeBatchTests
{
    private const float Rate = 0.05f;

    // With more inputs than samples there is room for the sums of some rows of dW at a time: the first of them divides
    // columns among threads, the second inputs; the third has such layers above each other.
    private static readonly Lazy<Type[]> Tall = new(() => Shape.Compile(
    [
        new Shape([4500, 72, 3], Unrolling.Auto), new Shape([4500, 33, 3], Unrolling.Tiled),
        new Shape([3, 4200, 4200, 2], Unrolling.Auto),
    ]));

    /// <summary>Numbers of the tall networks, and the share of inputs that are not 0. A step of the last takes half a minute.</summary>
    public static TheoryData<int, double> TallNetworks =>
        Trials.AreInFull ? new((0, 1), (0, 0.2), (0, 0.01), (1, 1), (2, 1)) : new((0, 0.2), (1, 1));

    public static TheoryData<Type, int> Sizes() => new(
        from type in new[]
        {
            typeof(Iris), typeof(IrisFull), typeof(IrisTiled), typeof(Digits), typeof(DigitsFull), typeof(DigitsTiled),
            typeof(Sparse), typeof(SparseTiled),
        }
        from N in new[] { 4095, 4096, 4097, 8192, 10_000 }
        select (type, N));

    public static TheoryData<string> Optimizers() =>
        ["sgd", "sgd, decaying", "sgd, clipped", "momentum, clipped", "nesterov", "adam", "adamw, clipped"];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Every_sum_is_the_oracle_s_to_the_bit(Type type, int N)
    {
        using Subject subject = Subject.Drawn(type, N);
        int largest = subject.Sizes.Zip(subject.Sizes.Skip(1), (inputs, outputs) => inputs * outputs).Max();
        Check(subject, Batch.Draw(N, subject, N), sums: largest <= 64 ? 16 : 1);
    }

    [Theory]
    [InlineData(0.004)]
    [InlineData(0.3)]
    public void Inputs_that_are_0_are_skipped_to_the_same_bits(double share)
    {
        foreach (int N in new[] { 4096, 4097, 8200 })
        {
            using Subject skipping = Subject.Drawn(typeof(Sparse), N);
            using Subject dense = Subject.Drawn(typeof(SparseTiled), N);
            Batch batch = Thinned(Batch.Draw(N, dense, N), share);
            Check(skipping, batch, sums: 1);
            Bits.Same(dense.Gradient(batch).Gradient, skipping.Gradient(batch).Gradient, "of the gradient");
            foreach (int threads in new[] { 1, 2 })
            {
                skipping.Threads = threads;
                Bits.Same(dense.TrainStep(batch, Rate), skipping.TrainStep(batch, Rate), "the loss");
                Bits.Same(dense.Parameters, skipping.Parameters, "of the parameters");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_step_is_the_gradient_and_then_its_application(string kind)
    {
        // Of the last of them not all sums have room at once.
        foreach (Type type in new[] { typeof(Iris), typeof(Digits), typeof(DigitsTiled), typeof(Mnist) })
        {
            int steps = type == typeof(Mnist) ? 1 : 2;
            using Subject applying = Subject.Drawn(type, 3);
            using Subject stepping = Subject.Drawn(type, 3);
            using Subject shared = Subject.Drawn(type, 3);
            shared.Threads = 2;
            Optimizer[] optimizers = [OptimizerTests.Of(kind), OptimizerTests.Of(kind), OptimizerTests.Of(kind)];
            Batch batch = Batch.Draw(5, applying, 4300);
            for (int step = 0; step < steps; step++)
            {
                (double loss, float[] gradient) = applying.Gradient(batch);
                applying.Apply(gradient, optimizers[0]);
                Bits.Same(loss, stepping.TrainStep(batch, optimizers[1]), "the loss");
                Bits.Same(applying.Parameters, stepping.Parameters, "of the parameters");
                Bits.Same(loss, shared.TrainStep(batch, optimizers[2]), "the loss");
                Bits.Same(applying.Parameters, shared.Parameters, "of the parameters, by two threads");
            }
        }
    }

    [Fact]
    public void An_epoch_takes_such_steps()
    {
        const int N = 9000, BatchSize = 5000;
        using Subject epochs = Subject.Drawn(typeof(Digits), 1);
        using Subject shared = Subject.Drawn(typeof(Digits), 1);
        using Subject steps = Subject.Drawn(typeof(Digits), 1);
        shared.Threads = 2;
        Batch set = Batch.Draw(1, steps, N);
        int[] order = new int[N];
        Shuffle.Fill(order, seed: 5, epoch: 1);
        double sum = order.Chunk(BatchSize).Sum(samples => steps.TrainStep(set.Pick(samples), Rate) * samples.Length);
        Bits.Same(sum / N, epochs.TrainEpoch(set, BatchSize, Rate, seed: 5, epoch: 1), "the loss");
        Bits.Same(steps.Parameters, epochs.Parameters, "of the parameters");
        Bits.Same(sum / N, shared.TrainEpoch(set, BatchSize, Rate, seed: 5, epoch: 1), "the loss");
        Bits.Same(steps.Parameters, shared.Parameters, "of the parameters, by two threads");
    }

    [Theory]
    [MemberData(nameof(TallNetworks))]
    public void A_network_may_have_more_inputs_or_units_than_a_batch_has_samples(int number, double share)
    {
        const int N = 4100;
        Type type = Tall.Value[number];
        using Subject applying = Subject.Drawn(type, 3);
        Batch batch = Thinned(Batch.Draw(5, applying, N), share);
        (double loss, float[] gradient) = applying.Gradient(batch);
        applying.Apply(gradient, Rate);
        foreach (int threads in new[] { 1, 3 })
        {
            using Subject stepping = Subject.Drawn(type, 3);
            stepping.Threads = threads;
            Bits.Same(loss, stepping.TrainStep(batch, Rate), "the loss");
            Bits.Same(applying.Parameters, stepping.Parameters, "of the parameters");
        }

        using Subject tracing = Subject.Drawn(type, 3);
        Check(tracing, batch, sums: 1);
    }

    /// <summary>One sum of so many terms of the same sign is 1 % off, and does not grow for ever.</summary>
    [Fact]
    public void The_error_does_not_grow_with_the_batch()
    {
        const int N = 500_000;
        using Subject subject = Subject.Of(Shape.Compile([new Shape([7, 10], Unrolling.Auto) { Wanted = Output.Softmax }])[0], 1);
        (_, float[] gradient) = subject.Gradient(new Batch(N, new float[N * 7], new int[N], []));
        Assert.All(gradient[^9..], db => Assert.Equal(0.1, db, 1e-5));
        Assert.Equal(-0.9, gradient[^10], 9e-5);
    }

    private static Batch Thinned(Batch batch, double share)
    {
        Random random = new(batch.N);
        return batch with { X = [.. batch.X.Select(x => random.NextDouble() < share ? x : 0)] };
    }

    private static void Check(Subject subject, Batch batch, int sums)
    {
        Intermediates trace = subject.Trace(batch);
        for (int l = 1; l < subject.Sizes.Length; l++)
        {
            float[] A = l == 1 ? batch.X : trace[$"A{l - 1}"], dZ = trace[$"dZ{l}"];
            Bits.Same(FloatGradient.Weights(A, dZ, batch.N, sums), trace[$"dW{l}"], $"of dW{l}");
            Bits.Same(FloatGradient.Biases(dZ, batch.N, sums), trace[$"db{l}"], $"of db{l}");
        }
    }
}
