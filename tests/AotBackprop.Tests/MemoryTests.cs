using System.Runtime.CompilerServices;
using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

public sealed class MemoryTests
{
    [Fact]
    public void A_span_of_the_parameters_outlives_the_network()
    {
        Span<float> W1 = WeightsOfADropped();
        float[] before = W1.ToArray();
        for (int i = 0; i < 5; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            for (int k = 0; k < 20; k++)
            {
                _ = new Digits((ulong)k + 7);
            }
        }

        Bits.Same(before, W1);
    }

    [Fact]
    public void Dropped_networks_are_collected_by_themselves()
    {
        // 1.2 GB in all, of which none is needed: with parameters that the collector does not see, all of it would stay.
        const int Networks = 3000;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long most = 0;
        for (int i = 0; i < Networks; i++)
        {
            Drop();
            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false) - before);
        }

        Assert.InRange(most, 0, Networks * (long)Mnist.ParameterCount * sizeof(float) / 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(300)]
    public unsafe void Parameters_begin_on_a_cache_line(int seed)
    {
        using Digits net = new((ulong)seed);
        fixed (float* first = net.Parameters)
        {
            Assert.Equal(0, (nint)first % 64);
        }
    }

    [Fact]
    public void A_workspace_that_no_array_holds_is_an_error_that_names_the_bytes()
    {
        // Three rows of 65,536 floats for each sample: more than 2³¹ lines of 64 bytes.
        const int Count = 1_000_000;
        using Broad net = new(seed: 1);
        float[] X = new float[Count];
        float[] before = net.Parameters.ToArray();
        OutOfMemoryException error = Assert.Throws<OutOfMemoryException>(() => net.TrainStep(X, new int[Count], 0.1f));
        Assert.Matches(@"There is no memory for the workspace of training: 7\d\d,\d{3},\d{3},\d{3} bytes are wanted; one array holds no more than 137,", error.Message);
        Assert.Throws<OutOfMemoryException>(() => net.Trace(X, new int[Count]));
        Bits.Same(before, net.Parameters);
        Assert.True(double.IsFinite(net.TrainStep(X.AsSpan(0, 2), [0, 1], 0.1f)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Span<float> WeightsOfADropped() => new Digits(1).W1;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Drop() => _ = new Mnist(1);
}
