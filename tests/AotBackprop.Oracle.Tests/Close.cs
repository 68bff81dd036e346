namespace AotBackprop.Oracle.Tests;

internal static class Close
{
    /// <summary>Every element is within the tolerance, relative to the largest expected value.</summary>
    public static void To(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = expected.Length == 0 ? 0 : expected.Max(Math.Abs);
        for (int k = 0; k < expected.Length; k++)
        {
            Assert.True(
                Math.Abs(expected[k] - actual[k]) <= tolerance * scale,
                $"element {k} is {actual[k]:R}, expected {expected[k]:R}");
        }
    }
}
