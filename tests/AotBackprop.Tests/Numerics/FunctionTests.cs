using System.Runtime.Intrinsics;
using AotBackprop.Numerics;
using AotBackprop.Runtime;
using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests.Numerics;

public sealed class FunctionTests(ITestOutputHelper output)
{
    [Fact]
    public void The_logarithm_is_right_within_2_units_in_the_last_place()
    {
        double worst = 0;
        Random random = new(1);
        IEnumerable<double> small = Enumerable.Range(0, 200_000).Select(i => 1 + (65_535 * (i / 200_000.0)));
        IEnumerable<double> nearOne = Enumerable.Range(1, 50_000).SelectMany(i => new[] { 1 + (i * 1e-6), 1 - (i * 1e-6) });
        IEnumerable<double> wide = Enumerable.Range(0, 100_000).Select(_ => Math.ScaleB(1 + random.NextDouble(), random.Next(-1022, 1023)));
        foreach (double x in small.Concat(nearOne).Concat(wide))
        {
            double expected = Math.Log(x);
            worst = Math.Max(worst, Math.Abs(Logarithm.Of(x) - expected) / Math.Max(Math.BitIncrement(Math.Abs(expected)) - Math.Abs(expected), double.Epsilon));
        }

        output.WriteLine($"{worst:G3} units");
        Assert.InRange(worst, 0, 2);
        Assert.Equal(0, Logarithm.Of(1));
        Assert.Equal(double.PositiveInfinity, Logarithm.Of(double.PositiveInfinity));
        Assert.Equal(double.NaN, Logarithm.Of(double.NaN));
    }

    [Fact]
    public void The_exponential_is_right_within_2_units_in_the_last_place()
    {
        double worst = 0;
        for (int i = 0; i <= 4_000_000; i++)
        {
            float x = -87f * (i / 4_000_000f);
            worst = Math.Max(worst, Bits.UlpsApart(Exp128(x), Math.Exp(x)));
        }

        output.WriteLine($"{worst:G3} units");
        Assert.InRange(worst, 0, 2);
    }

    [Fact]
    public void The_exponential_of_extremes()
    {
        Assert.Equal(1, Exp128(0));
        Assert.Equal(1, Exp128(-0f));
        Assert.Equal(1, Exp128(-float.Epsilon));
        Assert.True(float.IsNormal(Exp128(-87)));
        Assert.Equal(0, Exp128(MathF.BitDecrement(-87)));
        Assert.Equal(0, Exp128(-1e4f));
        Assert.Equal(0, Exp128(float.MinValue));
        Assert.Equal(0, Exp128(float.NegativeInfinity));
        Assert.Equal(float.NaN, Exp128(float.NaN));
    }

    [Fact]
    public void The_exponential_has_the_same_bits_at_each_width()
    {
        Assert.SkipUnless(Vector256.IsHardwareAccelerated, "This process has no vectors but of 128 bits.");
        for (float x = 1e-30f; x < 1e38f; x *= 1.0001f)
        {
            Same(-x);
        }

        for (int i = 0; i < 1_000_000; i++)
        {
            Same(-90f * (i / 1_000_000f));
        }

        Same(0);
        Same(float.NaN);
        Same(float.NegativeInfinity);

        static void Same(float x)
        {
            int expected = BitConverter.SingleToInt32Bits(Exp128(x));
            int actual = BitConverter.SingleToInt32Bits(Lanes256.Exp(Vector256.Create(x)).GetElement(7));
            int widest = Vector512.IsHardwareAccelerated ? BitConverter.SingleToInt32Bits(Lanes512.Exp(Vector512.Create(x)).GetElement(15)) : expected;
            if (expected != actual || expected != widest)
            {
                Assert.Fail($"exp {x:R} differs between vector widths: {expected:X}, {actual:X}, {widest:X}");
            }
        }
    }

    [Fact]
    public void Sums_of_16_lanes_have_the_same_bits_at_each_width()
    {
        Assert.SkipUnless(Vector256.IsHardwareAccelerated, "This process has no vectors but of 128 bits.");
        Random random = new(2);
        for (int i = 0; i < 1000; i++)
        {
            float[] lanes = [.. Enumerable.Range(0, 16).Select(_ => random.NextSingle() - 0.5f)];
            float expected = Lanes128.Sum(Vector128.Create(lanes), Vector128.Create(lanes, 4), Vector128.Create(lanes, 8), Vector128.Create(lanes, 12));
            Assert.Equal(expected, Lanes256.Sum(Vector256.Create(lanes), Vector256.Create(lanes, 8)));
            if (Vector512.IsHardwareAccelerated)
            {
                Assert.Equal(expected, Lanes512.Sum(Vector512.Create(lanes)));
                Assert.Equal(lanes.Max(), Lanes512.MaxOf(Vector512.Create(lanes)));
            }

            foreach (int count in new[] { 1, 3, 4, 5, 8, 10, 16 })
            {
                SumOfFirst(lanes, count);
            }

            Assert.Equal(lanes[..8].Max(), Lanes256.MaxOf(Vector256.Create(lanes)));
            Assert.Equal(lanes[..4].Max(), Lanes128.MaxOf(Vector128.Create(lanes)));
        }
    }

    /// <summary>Few lanes are summed in fewer steps, in the order of all 16.</summary>
    private static void SumOfFirst(float[] lanes, int count)
    {
        float[] first = [.. lanes.Select((lane, i) => i < count ? lane : 0)];
        float sum = Lanes256.Sum(Vector256.Create(first), Vector256.Create(first, 8));
        float largest = first[..count].Max();
        float[] filled = [.. lanes.Select((lane, i) => i < count ? lane : float.NegativeInfinity)];
        if (count <= 4)
        {
            Assert.Equal(sum, Lanes128.Sum(Vector128.Create(first), count));
            Assert.Equal(largest, Lanes128.MaxOf(Vector128.Create(filled), count));
        }

        if (count <= 8)
        {
            Assert.Equal(sum, Lanes256.Sum(Vector256.Create(first), count));
            Assert.Equal(largest, Lanes256.MaxOf(Vector256.Create(filled), count));
        }

        if (Vector512.IsHardwareAccelerated)
        {
            Assert.Equal(sum, Lanes512.Sum(Vector512.Create(first), count));
            Assert.Equal(largest, Lanes512.MaxOf(Vector512.Create(filled), count));
        }
    }

    /// <summary>What is 0 or below, −0 too, becomes +0, with the same bits at each width. NaN stays, and has no derivative.</summary>
    [Fact]
    public void Rectified_is_what_is_above_0_and_NaN()
    {
        foreach (float z in new[] { 1.5f, float.Epsilon, float.PositiveInfinity })
        {
            Rectify(z, stays: true);
        }

        foreach (float z in new[] { 0f, -0f, -float.Epsilon, -2f, float.NegativeInfinity })
        {
            Rectify(z, stays: false);
        }

        foreach (float z in new[] { float.NaN, -float.NaN })
        {
            Assert.True(float.IsNaN(Lanes128.Relu(Vector128.Create(z))[3]));
            Assert.True(!Vector256.IsHardwareAccelerated || float.IsNaN(Lanes256.Relu(Vector256.Create(z))[7]));
            Assert.True(!Vector512.IsHardwareAccelerated || float.IsNaN(Lanes512.Relu(Vector512.Create(z))[15]));
        }
    }

    private static void Rectify(float z, bool stays)
    {
        int expected = stays ? BitConverter.SingleToInt32Bits(z) : 0;
        int derivative = stays ? BitConverter.SingleToInt32Bits(-3f) : 0;
        Assert.Equal(expected, Lanes128.Relu(Vector128.Create(z)).AsInt32()[3]);
        Assert.Equal(derivative, Lanes128.Mask(Vector128.Create(-3f), Vector128.Create(z)).AsInt32()[3]);
        if (Vector256.IsHardwareAccelerated)
        {
            Assert.Equal(expected, Lanes256.Relu(Vector256.Create(z)).AsInt32()[7]);
            Assert.Equal(derivative, Lanes256.Mask(Vector256.Create(-3f), Vector256.Create(z)).AsInt32()[7]);
        }

        if (Vector512.IsHardwareAccelerated)
        {
            Assert.Equal(expected, Lanes512.Relu(Vector512.Create(z)).AsInt32()[15]);
            Assert.Equal(derivative, Lanes512.Mask(Vector512.Create(-3f), Vector512.Create(z)).AsInt32()[15]);
        }
    }

    private static float Exp128(float x) => Lanes128.Exp(Vector128.Create(x)).ToScalar();
}
