using System.Runtime.InteropServices;
using Xunit;

namespace AotBackprop.Tests.Support;

/// <summary>Comparison to the last bit, where −0 is not 0 and each NaN is itself.</summary>
internal static class Bits
{
    public static void Same(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string? what = null)
    {
        Assert.Equal(expected.Length, actual.Length);
        int same = MemoryMarshal.Cast<float, int>(expected).CommonPrefixLength(MemoryMarshal.Cast<float, int>(actual));
        if (same < expected.Length)
        {
            Assert.Fail($"{what} element {same} is {actual[same]:R}, expected {expected[same]:R}");
        }
    }

    public static void Same(double expected, double actual, string? what = null)
    {
        if (BitConverter.DoubleToInt64Bits(expected) != BitConverter.DoubleToInt64Bits(actual))
        {
            Assert.Fail($"{what} is {actual:R}, expected {expected:R}");
        }
    }

    /// <summary>How many floats apart two finite numbers lie.</summary>
    public static double UlpsApart(float actual, double expected)
    {
        float nearest = Math.Abs((float)expected);
        return Math.Abs(actual - expected) / (MathF.BitIncrement(nearest) - (double)nearest);
    }
}
