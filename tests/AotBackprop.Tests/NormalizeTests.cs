using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>Rows of Y that do not quite sum to 1, such as those kept as 16-bit floats, and that are divided by their sum on request.</summary>
public sealed class NormalizeTests
{
    private const int N = 40;
    private const int Classes = 10;

    private static readonly Batch Samples = Batch.Draw(2, Digits.LayerSizes, N);

    [Fact]
    public void Rows_of_half_floats_train_as_the_divided_rows_do()
    {
        float[] Y = HalfFloats();
        float[] divided = Divided(Y);
        using Digits net = new(seed: 1);
        using Digits expected = new(seed: 1);
        Optimizer adam = Optimizer.Adam(), other = Optimizer.Adam();
        Assert.Throws<ArgumentException>(() => net.TrainStep(Samples.X, Y, 0.1f));
        Bits.Same(expected.TrainStep(Samples.X, divided, 0.1f), net.TrainStep(Samples.X, Y, 0.1f, normalize: true));
        Bits.Same(expected.TrainStep(Samples.X, divided, adam), net.TrainStep(Samples.X, Y, other, normalize: true));
        Bits.Same(expected.TrainEpoch(Samples.X, divided, 7, 0.1f, 1, 0), net.TrainEpoch(Samples.X, Y, 7, 0.1f, 1, 0, normalize: true));
        Bits.Same(expected.TrainEpoch(Samples.X, divided, 7, adam, 1, 1), net.TrainEpoch(Samples.X, Y, 7, other, 1, 1, normalize: true));
        Bits.Same(expected.Parameters, net.Parameters);
        Assert.Equal(expected.Evaluate(Samples.X, divided), net.Evaluate(Samples.X, Y, normalize: true));
        Bits.Same(expected.Loss(Samples.X, divided), net.Loss(Samples.X, Y, normalize: true));
        float[] gradient = new float[Digits.ParameterCount], expectedGradient = new float[Digits.ParameterCount];
        Bits.Same(expected.Gradient(Samples.X, divided, expectedGradient), net.Gradient(Samples.X, Y, gradient, normalize: true));
        Bits.Same(expectedGradient, gradient);
        Bits.Same(expected.Trace(Samples.X, divided).dA2, net.Trace(Samples.X, Y, normalize: true).dA2);
    }

    [Theory]
    [InlineData(0f, "Row 3 of targets sums to 0")]
    [InlineData(-1f, "targets[3, 0] is -1; wanted a finite probability, 0 or more.")]
    [InlineData(float.NaN, "targets[3, 0] is NaN")]
    [InlineData(float.PositiveInfinity, "targets[3, 0] is Infinity")]
    public void A_row_that_cannot_be_divided_is_named(float value, string wanted)
    {
        float[] Y = HalfFloats();
        Y.AsSpan(3 * Classes, Classes).Fill(value);
        using Digits net = new(seed: 1);
        float[] before = net.Parameters.ToArray();
        Assert.Contains(wanted, Assert.Throws<ArgumentException>(() => net.TrainStep(Samples.X, Y, 0.1f, normalize: true)).Message, StringComparison.Ordinal);
        Assert.Contains(wanted, Assert.Throws<ArgumentException>(() => net.Evaluate(Samples.X, Y, normalize: true)).Message, StringComparison.Ordinal);
        Assert.Contains(wanted, Assert.Throws<ArgumentException>(() => net.Trace(Samples.X, Y, normalize: true)).Message, StringComparison.Ordinal);
        Bits.Same(before, net.Parameters);
    }

    [Fact]
    public void The_error_of_a_row_that_does_not_sum_to_1_tells_of_normalize()
    {
        using Digits net = new(seed: 1);
        ArgumentException error = Assert.Throws<ArgumentException>(() => net.TrainStep(Samples.X, HalfFloats(), 0.1f));
        Assert.Matches(@"Row \d+ of targets sums to (0\.99|1\.0)\d+; wanted 1, within 0\.0001\. With normalize", error.Message);
    }

    [Fact]
    public void A_step_that_divides_rows_allocates_nothing()
    {
        float[] Y = HalfFloats();
        using Digits net = new(seed: 1);
        Allocations.AssertNone(300, _ => net.TrainStep(Samples.X, Y, 0.01f, normalize: true));
    }

    /// <summary>Softmax rows, rounded to 16 bits: their sums are off by up to 1e-3.</summary>
    private static float[] HalfFloats()
    {
        Random random = new(4);
        float[] Y = new float[N * Classes];
        for (int n = 0; n < N; n++)
        {
            double[] exponentials = [.. Enumerable.Range(0, Classes).Select(_ => Math.Exp(random.NextDouble()))];
            for (int j = 0; j < Classes; j++)
            {
                Y[(n * Classes) + j] = (float)(Half)(exponentials[j] / exponentials.Sum());
            }
        }

        return Y;
    }

    private static float[] Divided(float[] Y) => [.. Enumerable.Range(0, N).SelectMany(n =>
    {
        float[] row = Y[(n * Classes)..((n + 1) * Classes)];
        double sum = row.Sum(y => (double)y);
        return row.Select(y => (float)(y / sum));
    })];
}
