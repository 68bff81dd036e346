using AotBackprop.Runtime;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>The 16 lanes of a number are added by halves, however many numbers come at a time.</summary>
public sealed unsafe class LaneSumsTests
{
    private const int Lanes = 16;

    [Fact]
    public void Each_count_of_numbers_is_joined_in_one_order()
    {
        Random random = new(7);
        for (int count = 0; count <= 50; count++)
        {
            float[] sums = [.. Enumerable.Range(0, count * Lanes).Select(_ => (random.NextSingle() - 0.5f) * (1 << random.Next(20)))];

            // One more on each side, which nothing may change.
            float[] joined = new float[count + 2];
            Array.Fill(joined, -1);
            fixed (float* from = sums, to = joined)
            {
                SampleLanes.Join(from, count, to + 1);
            }

            float[] wanted = [-1, .. Enumerable.Range(0, count).Select(i => Halved(sums.AsSpan(i * Lanes, Lanes))), -1];
            Assert.Equal(wanted, joined);
        }
    }

    private static float Halved(ReadOnlySpan<float> lanes)
    {
        float[] left = lanes.ToArray();
        for (int half = Lanes / 2; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++)
            {
                left[i] += left[i + half];
            }
        }

        return left[0];
    }
}
