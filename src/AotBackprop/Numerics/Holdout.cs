using System.Runtime.InteropServices;

namespace AotBackprop.Numerics;

/// <summary>Which samples are held out of a training, to judge it by.</summary>
public static class Holdout
{
    // Far from the numbers of epochs, so that what is held out has nothing to do with an epoch's order.
    private const ulong Stream = ulong.MaxValue;

    /// <summary>
    /// Holds out ⌊N·share⌋ samples, drawn by the seed, with every class in its proportion: from n samples of a class
    /// n·share, rounded so that the sum is right. One sample at least of each class is left to learn from, so that of
    /// very few samples fewer may be held out. It depends on the labels, the share and the seed alone.
    /// </summary>
    /// <param name="labels">N class numbers, 0 or more.</param>
    /// <param name="share">From 0 up to, and not, 1. A decimal, so that 0.1 is a tenth.</param>
    /// <param name="seed">The seed of the training.</param>
    /// <param name="heldOut">N places, which receive whether the sample is held out.</param>
    /// <returns>The number of samples held out.</returns>
    public static int Choose(ReadOnlySpan<int> labels, decimal share, ulong seed, Span<bool> heldOut)
    {
        if (share is < 0 or >= 1)
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, $"share is {share}; wanted a number from 0 up to, and not, 1.");
        }

        if (heldOut.Length != labels.Length)
        {
            throw new ArgumentException($"heldOut has {heldOut.Length} places; wanted one for each of {labels.Length} labels.", nameof(heldOut));
        }

        Dictionary<int, int> open = Quotas(labels, share);
        int total = open.Values.Sum();
        int[] order = new int[labels.Length];
        Shuffle.Fill(order, seed, Stream);
        heldOut.Clear();
        foreach (int n in order)
        {
            if (open[labels[n]] > 0)
            {
                open[labels[n]]--;
                heldOut[n] = true;
            }
        }

        return total;
    }

    /// <summary>For each class that occurs the number to hold out, by the largest remainders.</summary>
    private static Dictionary<int, int> Quotas(ReadOnlySpan<int> labels, decimal share)
    {
        // By what occurs, not by the largest label, which may be any.
        Dictionary<int, int> sizes = [];
        foreach (int label in labels)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(label, nameof(labels));
            CollectionsMarshal.GetValueRefOrAddDefault(sizes, label, out _)++;
        }

        Dictionary<int, int> quotas = sizes.ToDictionary(one => one.Key, one => (int)(one.Value * share));
        int missing = (int)(labels.Length * share) - quotas.Values.Sum();
        int[] byRemainder = [.. sizes.Keys
            .OrderByDescending(label => (sizes[label] * share) - quotas[label])
            .ThenBy(label => label)];
        foreach (int label in byRemainder)
        {
            if (missing > 0 && quotas[label] + 1 < sizes[label])
            {
                quotas[label]++;
                missing--;
            }
        }

        return quotas;
    }
}
