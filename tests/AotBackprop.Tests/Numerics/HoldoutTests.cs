using AotBackprop.Numerics;
using CsCheck;
using Xunit;

namespace AotBackprop.Tests.Numerics;

public class HoldoutTests
{
    [Fact]
    public void Labels_that_cycle_are_held_out_of_every_class()
    {
        int[] labels = [.. Enumerable.Range(0, 1000).Select(n => n % 10)];
        foreach (decimal share in new[] { 0.1m, 0.2m, 0.5m })
        {
            int[] counts = [.. Counts(labels, Chosen(labels, share, 1))];
            Assert.All(counts, count => Assert.Equal((int)(100 * share), count));
        }
    }

    [Fact]
    public void It_is_drawn_by_the_seed()
    {
        int[] labels = [.. Enumerable.Range(0, 300).Select(n => n / 100)];
        Assert.Equal(Chosen(labels, 0.2m, 7), Chosen(labels, 0.2m, 7));
        Assert.NotEqual(Chosen(labels, 0.2m, 7), Chosen(labels, 0.2m, 8));
    }

    [Fact]
    public void Each_class_has_its_proportion_and_keeps_a_sample_to_learn_from() =>
        Gen.Select(Gen.Int[0, 6].Array[1, 200], Gen.Int[0, 90], Gen.ULong).Sample((labels, percent, seed) =>
        {
            decimal share = percent / 100m;
            bool[] heldOut = new bool[labels.Length];
            int total = Holdout.Choose(labels, share, seed, heldOut);
            int[] sizes = [.. Counts(labels, [.. labels.Select(_ => true)])];
            int[] counts = [.. Counts(labels, heldOut)];
            Assert.Equal(total, counts.Sum());
            Assert.True(total <= (int)(labels.Length * share));
            for (int label = 0; label < sizes.Length; label++)
            {
                Assert.InRange(counts[label], (int)(sizes[label] * share), (int)(sizes[label] * share) + 1);
                Assert.True(counts[label] < sizes[label] || sizes[label] == 0);
            }
        });

    [Fact]
    public void Labels_may_be_any()
    {
        int[] labels = [.. Enumerable.Range(0, 100).Select(n => n % 2 == 0 ? int.MaxValue : 2_000_000_000)];
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool[] heldOut = Chosen(labels, 0.2m, 1);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.Equal((10, 10), (labels.Where((l, n) => heldOut[n] && l == int.MaxValue).Count(), heldOut.Count(held => held) - 10));
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Chosen([0], 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Chosen([0, -1], 0.5m, 1));
        Assert.Throws<ArgumentException>(() => Holdout.Choose([0, 1], 0.5m, 1, new bool[1]));
    }

    private static bool[] Chosen(int[] labels, decimal share, ulong seed)
    {
        bool[] heldOut = new bool[labels.Length];
        Holdout.Choose(labels, share, seed, heldOut);
        return heldOut;
    }

    private static IEnumerable<int> Counts(int[] labels, bool[] chosen) =>
        Enumerable.Range(0, labels.Max() + 1).Select(label => labels.Where((l, n) => l == label && chosen[n]).Count());
}
