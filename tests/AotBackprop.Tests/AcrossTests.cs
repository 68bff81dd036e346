using System.Runtime.Intrinsics;
using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>
/// Batches of 16 samples and more of a tiny network go with a sample in each lane. Every intermediate has the bits that
/// it has by rows, and each sum over samples is 16 sums, over the samples n ≡ 0 to 15 (mod 16), joined by halves.
/// </summary>
public sealed class AcrossTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(100)]
    public void The_sums_over_samples_are_in_the_order_of_the_plan(int N)
    {
        foreach (bool soft in new[] { false, true })
        {
            using Iris network = new(5);
            Batch batch = Batch.Draw(N, [4, 8, 3], N, soft);
            float[] gradient = new float[network.Parameters.Length];

            // The trace's intermediates are computed by rows.
            Iris.Derivation trace;
            if (batch.Labels is { } labels)
            {
                network.Gradient(batch.X, labels, gradient);
                trace = network.Trace(batch.X, labels);
            }
            else
            {
                network.Gradient(batch.X, batch.Y, gradient);
                trace = network.Trace(batch.X, batch.Y);
            }

            Iris.GradientView view = new(gradient);
            Bits.Same(Products(batch.X, 4, trace.dZ1, 8, N), view.dW1, "of dW1");
            Bits.Same(Sums(trace.dZ1, 8, N), view.db1, "of db1");
            Bits.Same(Products(trace.A1, 8, trace.dZ2, 3, N), view.dW2, "of dW2");
            Bits.Same(Sums(trace.dZ2, 3, N), view.db2, "of db2");
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(31)]
    [InlineData(300)]
    public void Inference_has_the_bits_of_rows_and_of_each_sample_alone(int N)
    {
        using Iris network = new(5);
        Batch batch = Batch.Draw(N, [4, 8, 3], N);
        float[] together = new float[N * 3];
        network.Forward(batch.X, together);
        Bits.Same(network.Trace(batch.X, batch.Labels!).A2, together, "of A2");
        int[] classes = new int[N];
        network.Classify(batch.X, classes);
        Evaluation evaluation = network.Evaluate(batch.X, batch.Labels!);
        double loss = 0;
        int correct = 0;
        float[] alone = new float[3];
        int[] one = new int[1];
        for (int n = 0; n < N; n++)
        {
            ReadOnlySpan<float> x = batch.X.AsSpan(n * 4, 4);
            network.Forward(x, alone);
            Bits.Same(alone, together.AsSpan(n * 3, 3), $"of sample {n}");
            network.Classify(x, one);
            Assert.Equal(classes[n], one[0]);
            loss += network.Evaluate(x, batch.Labels.AsSpan(n, 1)).Loss;
            correct += one[0] == batch.Labels![n] ? 1 : 0;
        }

        Bits.Same(loss / N, evaluation.Loss, "the loss");
        Assert.Equal(correct, evaluation.Correct);
    }

    /// <summary>What lies behind the last sample of a block must not count.</summary>
    [Fact]
    public void The_loss_does_not_depend_on_what_the_workspace_held()
    {
        using Iris fresh = new(5);
        using Iris used = new(5);
        Batch large = Batch.Draw(1, [4, 8, 3], 64);
        Batch batch = Batch.Draw(2, [4, 8, 3], 19);
        float[] gradient = new float[used.Parameters.Length];
        used.Gradient([.. large.X.Select(x => x * 1e6f)], large.Labels!, gradient);
        Bits.Same(fresh.TrainStep(batch.X, batch.Labels!, 0.1f), used.TrainStep(batch.X, batch.Labels!, 0.1f), "the loss");
        Bits.Same(fresh.Parameters, used.Parameters, "of the parameters");
    }

    private static float[] Products(float[] A, int inputs, float[] dZ, int outputs, int N) =>
    [
        .. from i in Enumerable.Range(0, inputs)
           from j in Enumerable.Range(0, outputs)
           select Sum(N, (sum, n) => MultiplyAdd(A[(n * inputs) + i], dZ[(n * outputs) + j], sum)),
    ];

    private static float[] Sums(float[] dZ, int outputs, int N) =>
        [.. Enumerable.Range(0, outputs).Select(j => Sum(N, (sum, n) => sum + dZ[(n * outputs) + j]))];

    private static float Sum(int N, Func<float, int, float> add)
    {
        float[] lanes = new float[N < 16 ? 1 : 16];
        for (int n = 0; n < N; n++)
        {
            lanes[n % lanes.Length] = add(lanes[n % lanes.Length], n);
        }

        for (int half = lanes.Length / 2; half > 0; half /= 2)
        {
            for (int lane = 0; lane < half; lane++)
            {
                lanes[lane] += lanes[lane + half];
            }
        }

        return lanes[0];
    }

    private static float MultiplyAdd(float a, float b, float c) =>
        Vector128.MultiplyAddEstimate(Vector128.CreateScalar(a), Vector128.CreateScalar(b), Vector128.CreateScalar(c)).ToScalar();
}
