using System.Numerics;

namespace AotBackprop.Numerics;

/// <summary>xoshiro256** (Blackman and Vigna, 2018): integer arithmetic alone, so the same bits everywhere.</summary>
public struct Xoshiro256
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>Takes its state from four draws of <see cref="SplitMix64"/>, as its authors advise.</summary>
    /// <param name="seed">Any number.</param>
    public Xoshiro256(ulong seed)
    {
        SplitMix64 spread = new(seed);
        _s0 = spread.Next();
        _s1 = spread.Next();
        _s2 = spread.Next();
        _s3 = spread.Next();
    }

    internal Xoshiro256(ulong s0, ulong s1, ulong s2, ulong s3) => (_s0, _s1, _s2, _s3) = (s0, s1, s2, s3);

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>A number in [0, 1) on a grid of 2⁻⁵³.</summary>
    public double NextUnit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number below the bound, without bias, by Lemire's method of multiplication and rejection (2019).</summary>
    /// <param name="bound">More than 0.</param>
    public ulong NextBelow(ulong bound)
    {
        ulong high = Math.BigMul(Next(), bound, out ulong low);
        if (low < bound)
        {
            nuint most = (nuint)(0 - bound);
            ulong threshold = most - (Quotient.Of(most, (nuint)bound) * (nuint)bound);
            while (low < threshold)
            {
                high = Math.BigMul(Next(), bound, out low);
            }
        }

        return high;
    }
}
