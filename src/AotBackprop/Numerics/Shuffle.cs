namespace AotBackprop.Numerics;

/// <summary>The order of the samples in an epoch.</summary>
public static unsafe class Shuffle
{
    /// <summary>
    /// Fills the order with the numbers from 0, shuffled by Fisher and Yates from the last place down. It depends on
    /// seed and epoch alone.
    /// </summary>
    /// <param name="order">Receives each number below its length once.</param>
    /// <param name="seed">The seed of the training.</param>
    /// <param name="epoch">The number of the epoch.</param>
    public static void Fill(Span<int> order, ulong seed, ulong epoch)
    {
        fixed (int* numbers = order)
        {
            Fill(numbers, order.Length, seed, epoch);
        }
    }

    /// <summary>The order of an epoch, for memory known by its address.</summary>
    internal static void Fill(int* order, int count, ulong seed, ulong epoch)
    {
        Xoshiro256 random = new(new SplitMix64(seed).Next() + epoch);
        for (int i = 0; i < count; i++)
        {
            order[i] = i;
        }

        for (int i = count - 1; i > 0; i--)
        {
            int j = (int)random.NextBelow((ulong)i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
    }
}
