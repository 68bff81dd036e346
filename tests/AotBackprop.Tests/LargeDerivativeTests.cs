using AotBackprop.Numerics;
using AotBackprop.Runtime;
using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>
/// A step takes what its halves take: the largest derivative decides, however far the bound of the batch,
/// N max|A| max|dZ|, lies above it.
/// </summary>
public sealed unsafe class LargeDerivativeTests
{
    public static TheoryData<string> Kinds => OptimizerTests.Kinds();

    /// <summary>One input is so large that derivatives reach the limits of floats and of the optimizers.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_step_is_refused_where_its_halves_refuse_it(string kind)
    {
        (int taken, int refused) = (0, 0);
        foreach ((Type type, int N, int threads) in new[]
        {
            (typeof(Iris), 9, 1), (typeof(Iris), 40, 2), (typeof(Digits), 40, 1), (typeof(DigitsTiled), 40, 2),
            (typeof(Sparse), 40, 1), (typeof(Sparse), 40, 2), (typeof(Digits), 4200, 1), (typeof(Digits), 4200, 2),
        })
        {
            double factor = N > Part.BlockSamples && !Trials.AreInFull ? 40 * 40 : 40;
            for (double scale = 1e10; scale < 3e38; scale *= factor)
            {
                if (Compare(type, N, threads, kind, (float)scale))
                {
                    taken++;
                }
                else
                {
                    refused++;
                }
            }
        }

        Assert.True(taken > 10 && refused > 3, $"{taken} taken, {refused} refused");
    }

    /// <summary>2⁴⁰ is the limit of a derivative that is kept, 2¹⁰³ that of an update.</summary>
    [Theory]
    [InlineData("adam", 40)]
    [InlineData("nesterov", 40)]
    [InlineData("sgd", 103)]
    public void The_largest_derivative_decides(string kind, int limit)
    {
        const float Rate = 0.0625f;
        double largest = Math.Pow(2, limit) / (kind == "sgd" ? Rate : 1);
        foreach (int threads in new[] { 1, 2 })
        {
            foreach (int N in new[] { 12, 64, 4100 })
            {
                foreach (double share in new[] { 0.5, 0.999, 1.001, 2 })
                {
                    using Subject subject = Subject.Drawn(typeof(Digits), 3);
                    subject.Threads = threads;
                    Batch batch = Batch.Draw(4, subject.Sizes, N);
                    Enlarge(batch.X, subject, 1 << 20);
                    float measured = subject.Gradient(batch).Gradient.Max(Math.Abs);
                    double wanted = share * largest / measured * (1 << 20);
                    for (int n = 0; n < N; n++)
                    {
                        batch.X[n * 64] = (float)(batch.X[n * 64] / (1 << 20) * wanted);
                    }

                    Optimizer optimizer = OptimizerTests.Of(kind);
                    optimizer.LearningRate = Rate;
                    Assert.Equal(share < 1, Succeeds(() => subject.TrainStep(batch, optimizer)));
                }
            }
        }
    }

    [Fact]
    public void A_bound_far_above_the_largest_derivative_refuses_nothing()
    {
        const int N = 64;
        using Subject subject = Subject.Drawn(typeof(Digits), 3);
        Batch batch = Batch.Draw(4, subject.Sizes, N);
        Enlarge(batch.X, subject, 3e13f);
        float largest = subject.Gradient(batch).Gradient.Max(Math.Abs);
        double bound = (double)N * batch.X.Max(Math.Abs) * subject.Trace(batch)["dZ1"].Max(Math.Abs);
        Assert.True(largest < 1L << 40 && bound > 1L << 40, $"largest {largest}, bound {bound}");
        subject.TrainStep(batch, Optimizer.Adam());
    }

    /// <summary>To the last bit of the parameters and of what the optimizer keeps.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_step_that_is_refused_changes_nothing(string kind)
    {
        Functions functions = Functions.Of(typeof(Digits));
        foreach (int N in new[] { 40, 4200 })
        {
            using Subject subject = Subject.Drawn(typeof(Digits), 3);
            Batch batch = Batch.Draw(4, subject.Sizes, N);
            OptimizerStep step = OptimizerTests.Of(kind)
                .Of(new object(), functions.ParameterCount, out PinnedMemory? state);
            byte[] workspace = new byte[functions.TrainingWorkspaceSize((nuint)N)];
            fixed (float* parameters = subject.Parameters, X = batch.X)
            fixed (int* labels = batch.Labels)
            fixed (byte* scratch = workspace)
            {
                Assert.Equal(NetworkStatus.Ok, Step(parameters, X, labels, scratch));
                Enlarge(batch.X, subject, float.MaxValue, output: 1000);
                float[] before = subject.Parameters.ToArray();
                byte[] kept = StateOf(state);
                Assert.Equal(NetworkStatus.NotFinite, Step(parameters, X, labels, scratch));
                Bits.Same(before, subject.Parameters, "of the parameters");
                Assert.Equal(kept, StateOf(state));
            }

            GC.KeepAlive(state);

            NetworkStatus Step(float* parameters, float* X, int* labels, byte* scratch) => functions.TrainStep(
                parameters, X, BatchTargets.Of(labels), (nuint)N, step, scratch, (nuint)workspace.Length, out _);
        }
    }

    private static byte[] StateOf(PinnedMemory? state) =>
        state is null ? [] : new ReadOnlySpan<byte>(state.Start, (int)state.Size).ToArray();

    /// <summary>Whether a step is taken, as it is if its halves take it; both leave the same parameters and state.</summary>
    private static bool Compare(Type type, int N, int threads, string kind, float scale)
    {
        using Subject stepping = Subject.Drawn(type, 3);
        using Subject applying = Subject.Drawn(type, 3);
        using Subject training = Subject.Drawn(type, 3);
        stepping.Threads = training.Threads = threads;
        Batch usual = Batch.Draw(4, stepping.Sizes, N), large = Batch.Draw(5, stepping.Sizes, N);
        if (type == typeof(Sparse))
        {
            Random random = new(6);
            large = large with { X = [.. large.X.Select(x => random.Next(20) == 0 ? x : 0)] };
        }

        Enlarge(large.X, stepping, scale, output: kind.EndsWith("clipped", StringComparison.Ordinal) ? 1000 : 0);
        stepping.Parameters.CopyTo(applying.Parameters);
        stepping.Parameters.CopyTo(training.Parameters);
        Optimizer[] optimizers = [OptimizerTests.Of(kind), OptimizerTests.Of(kind), OptimizerTests.Of(kind)];
        bool isTaken = Succeeds(() => stepping.TrainStep(large, optimizers[0]));
        Assert.Equal(isTaken, Succeeds(() => applying.Apply(applying.Gradient(large).Gradient, optimizers[1])));
        int[] order = new int[N];
        Shuffle.Fill(order, seed: 1, epoch: 0);
        int[] back = new int[N];
        for (int n = 0; n < N; n++)
        {
            back[order[n]] = n;
        }

        Batch picked = large.Pick(back);
        Assert.Equal(isTaken, Succeeds(() => training.TrainEpoch(picked, N, optimizers[2], seed: 1, epoch: 0)));
        foreach (Subject other in new[] { applying, training })
        {
            Bits.Same(stepping.Parameters, other.Parameters, $"scale {scale}: of the parameters");
        }

        // What an optimizer keeps shows in the next step.
        bool isNext = Succeeds(() => stepping.TrainStep(usual, optimizers[0]));
        Assert.Equal(isNext, Succeeds(() => applying.Apply(applying.Gradient(usual).Gradient, optimizers[1])));
        Bits.Same(stepping.Parameters, applying.Parameters, $"scale {scale}: of the parameters a step later");
        return isTaken;
    }

    /// <summary>
    /// The first input of each sample times a number, of which the network sees nothing: its weights are 0. Those of
    /// the output layer may be made large, so that a derivative of the hidden one is larger than the input.
    /// </summary>
    private static void Enlarge(float[] X, Subject subject, float scale, float output = 0)
    {
        int inputs = subject.Sizes[0];
        subject.Parameters[..subject.Sizes[1]].Clear();
        Oracle.ParameterTensor W2 = Oracle.ParameterTensor.Of(subject.Sizes).Single(t => t.Name == nameof(W2));
        foreach (ref float w in subject.Parameters.Slice(W2.Offset, W2.Count))
        {
            w = output == 0 ? w : MathF.CopySign(output, w);
        }

        for (int i = 0; i < X.Length; i += inputs)
        {
            X[i] *= scale;
        }
    }

    private static bool Succeeds(Action step)
    {
        try
        {
            step();
            return true;
        }
        catch (NotFiniteNumberException)
        {
            return false;
        }
    }
}
