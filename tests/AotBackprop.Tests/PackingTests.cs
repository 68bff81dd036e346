using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>
/// Of wide layers the first rows of a batch leave the weights packed for the others. A single sample reads them where
/// they lie.
/// </summary>
public sealed class PackingTests
{
    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(67)]
    [InlineData(300)]
    public void A_sample_has_the_same_bits_in_a_batch_and_alone(int N)
    {
        using Wide network = new(3);
        int D = Wide.LayerSizes[0];
        int C = Wide.LayerSizes[^1];
        Batch batch = Batch.Draw(N, Wide.LayerSizes, N);
        float[] together = new float[N * C];
        network.Forward(batch.X, together);
        float[] alone = new float[C];
        for (int n = 0; n < N; n++)
        {
            network.Forward(batch.X.AsSpan(n * D, D), alone);
            Bits.Same(alone, together.AsSpan(n * C, C), $"of sample {n}");
        }
    }

    /// <summary>dZ is (A − Y)/N at the output: for N a power of 2 the division is exact, and so are all that follow.</summary>
    [Fact]
    public void The_derivatives_of_a_sample_have_the_same_bits_in_a_batch_and_alone()
    {
        const int N = 32;
        using Wide network = new(3);
        int D = Wide.LayerSizes[0];
        int units = Wide.LayerSizes[1];
        Batch batch = Batch.Draw(1, Wide.LayerSizes, N);
        float[] together = [.. network.Trace(batch.X, batch.Labels!).dZ1.ToArray().Select(d => d * N)];
        for (int n = 0; n < N; n++)
        {
            float[] alone = network.Trace(batch.X.AsSpan(n * D, D), batch.Labels.AsSpan(n, 1)).dZ1.ToArray();
            Bits.Same(alone, together.AsSpan(n * units, units), $"of dZ1 of sample {n}");
        }
    }
}
