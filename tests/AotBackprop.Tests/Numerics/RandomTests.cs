using System.Runtime.InteropServices;
using AotBackprop.Numerics;
using Xunit;

namespace AotBackprop.Tests.Numerics;

public sealed class RandomTests
{
    [Fact]
    public void SplitMix64_gives_its_published_numbers()
    {
        SplitMix64 random = new(1234567);
        Assert.Equal(
            [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821],
            Draw(5, () => random.Next()));
    }

    [Fact]
    public void Xoshiro256_gives_its_published_numbers()
    {
        Xoshiro256 random = MemoryMarshal.Cast<ulong, Xoshiro256>([1, 2, 3, 4])[0];
        Assert.Equal(
            [
                11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600, 16172922978634559625,
                8476171486693032832, 10595114339597558777, 2904607092377533576,
            ],
            Draw(10, () => random.Next()));
    }

    [Fact]
    public void A_seed_is_spread_over_the_state_by_SplitMix64()
    {
        SplitMix64 spread = new(42);
        Xoshiro256 expected = MemoryMarshal.Cast<ulong, Xoshiro256>([spread.Next(), spread.Next(), spread.Next(), spread.Next()])[0];
        Xoshiro256 random = new(42);
        Assert.Equal(Draw(5, () => expected.Next()), Draw(5, () => random.Next()));
    }

    [Fact]
    public void Units_lie_in_0_to_1_and_are_spread_evenly()
    {
        Xoshiro256 random = new(1);
        double[] units = Draw(100_000, () => random.NextUnit());
        Assert.All(units, u => Assert.True(u is >= 0 and < 1));
        Assert.Equal(0.5, units.Average(), 0.005);
        Assert.Equal(1.0 / 12, units.Average(u => (u - 0.5) * (u - 0.5)), 0.002);
    }

    [Theory]
    [InlineData(1ul)]
    [InlineData(3ul)]
    [InlineData(10ul)]
    [InlineData(64ul)]
    public void Numbers_below_a_bound_are_equally_likely(ulong bound)
    {
        const int Draws = 60_000;
        Xoshiro256 random = new(2);
        double expected = Draws / (double)bound;
        int[] counts = new int[bound];
        for (int i = 0; i < Draws; i++)
        {
            counts[random.NextBelow(bound)]++;
        }

        // Six standard deviations.
        Assert.All(counts, count => Assert.Equal(expected, count, 6 * Math.Sqrt(expected)));
    }

    /// <summary>A bound of ¾ 2⁶⁴: the remainder of a plain division would make a third of the numbers twice as likely.</summary>
    [Fact]
    public void Numbers_below_a_large_bound_have_no_bias()
    {
        const ulong Bound = 3ul << 62;
        Xoshiro256 random = new(3);
        ulong[] numbers = Draw(60_000, () => random.NextBelow(Bound));
        Assert.All(numbers, n => Assert.True(n < Bound));
        foreach (ulong third in new ulong[] { 0, 1, 2 })
        {
            Assert.Equal(20_000, numbers.Count(n => n >> 62 == third), 700.0);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1438)]
    public void A_shuffle_holds_each_number_once(int count)
    {
        Assert.Equal(Enumerable.Range(0, count), Order(count, seed: 5, epoch: 3).Order());
        Shuffle.Fill([], 1, 1);
    }

    [Fact]
    public void A_shuffle_depends_on_seed_and_epoch_alone()
    {
        int[] order = Order(100, seed: 1, epoch: 1);
        Assert.Equal(order, Order(100, seed: 1, epoch: 1));
        Assert.NotEqual(order, Order(100, seed: 2, epoch: 1));
        Assert.NotEqual(order, Order(100, seed: 1, epoch: 2));
        Assert.NotEqual(Order(100, seed: 1, epoch: 2), Order(100, seed: 2, epoch: 1));
    }

    [Fact]
    public void Every_order_of_a_shuffle_is_equally_likely()
    {
        const int Epochs = 24_000;
        Dictionary<string, int> counts = [];
        for (ulong epoch = 0; epoch < Epochs; epoch++)
        {
            string order = string.Join(' ', Order(4, seed: 9, epoch));
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        Assert.Equal(24, counts.Count);
        Assert.All(counts.Values, count => Assert.Equal(Epochs / 24, count, 6 * Math.Sqrt(Epochs / 24)));
    }

    private static int[] Order(int count, ulong seed, ulong epoch)
    {
        int[] order = new int[count];
        Shuffle.Fill(order, seed, epoch);
        return order;
    }

    private static T[] Draw<T>(int count, Func<T> next) => [.. Enumerable.Range(0, count).Select(_ => next())];
}
