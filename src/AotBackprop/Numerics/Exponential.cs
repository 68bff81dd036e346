using System.Runtime.CompilerServices;
using AotBackprop.Runtime;

namespace AotBackprop.Numerics;

/// <summary>The exponential in vectors: the same operations, and so the same bits, for each width.</summary>
internal static class Exponential
{
    // 1.5·2²³.
    private const float Shifter = 12582912f;

    /// <summary>
    /// eˣ for x ≤ 0, and 0 below −87, where the result would leave the normal numbers. x = n ln 2 + r with |r| ≤ ½ ln 2,
    /// then a polynomial in r (the coefficients are those of Moshier's Cephes, expf) times 2ⁿ. NaN stays NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TVectors, TVector>(TVector x)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        TVector shifted = Reduce<TVectors, TVector>(x, out TVector r);
        TVector p = OfRest<TVectors, TVector>(r, TVectors.Add(r, TVectors.Fill(1)));
        return TVectors.ZeroBelow(TVectors.Multiply(p, TVectors.PowerOfTwo(shifted)), x, -87f);
    }

    /// <summary>
    /// f eˣ for x ≤ 0, also where it is no normal number: 2ⁿ is multiplied in two halves, after f. 0 below −110.
    /// </summary>
    /// <param name="f">A factor.</param>
    /// <param name="x">The exponent.</param>
    /// <param name="e">eˣ, as <see cref="Of"/> has it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Times<TVectors, TVector>(TVector f, TVector x, out TVector e)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        TVector shifted = Reduce<TVectors, TVector>(x, out TVector r);
        TVector p = OfRest<TVectors, TVector>(r, TVectors.Add(r, TVectors.Fill(1)));
        e = TVectors.ZeroBelow(TVectors.Multiply(p, TVectors.PowerOfTwo(shifted)), x, -87f);

        TVector shifter = TVectors.Fill(Shifter);
        TVector n = TVectors.Subtract(shifted, shifter);
        TVector half = TVectors.MultiplyAdd(n, TVectors.Fill(0.5f), shifter);
        TVector rest = TVectors.Add(TVectors.Subtract(n, TVectors.Subtract(half, shifter)), shifter);
        TVector scaled = TVectors.Multiply(TVectors.Multiply(f, p), TVectors.PowerOfTwo(half));
        return TVectors.ZeroBelow(TVectors.Multiply(scaled, TVectors.PowerOfTwo(rest)), x, -110f);
    }

    /// <summary>eˣ − 1 for x ≤ 0, with few wrong bits also where it is small. NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector MinusOne<TVectors, TVector>(TVector x)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        // From −18 on it is −1.
        TVector shifted = Reduce<TVectors, TVector>(TVectors.AtLeast(x, -30f), out TVector r);

        // 2ⁿ(eʳ − 1) + (2ⁿ − 1): the last is exact.
        TVector power = TVectors.PowerOfTwo(shifted);
        return TVectors.MultiplyAdd(OfRest<TVectors, TVector>(r, r), power, TVectors.Subtract(power, TVectors.Fill(1)));
    }

    /// <summary>ELU with α = 1: z where z is above 0, else eᶻ − 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Elu<TVectors, TVector>(TVector z)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged =>
        TVectors.WhereAboveZero(z, z, MinusOne<TVectors, TVector>(z));

    /// <summary>n + 1.5·2²³ and r of x = n ln 2 + r with |r| ≤ ½ ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Reduce<TVectors, TVector>(TVector x, out TVector r)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        // Added to a small number, 1.5·2²³ leaves its nearest integer in the low bits of the sum.
        TVector shifter = TVectors.Fill(Shifter);
        TVector shifted = TVectors.MultiplyAdd(x, TVectors.Fill(1.44269504f), shifter);
        TVector n = TVectors.Subtract(shifted, shifter);

        // ln 2 in two parts, the first of few enough bits that n times it is exact.
        r = TVectors.MultiplyAdd(n, TVectors.Fill(-0.693359375f), x);
        r = TVectors.MultiplyAdd(n, TVectors.Fill(2.12194440e-4f), r);
        return shifted;
    }

    /// <summary>first + (eʳ − 1 − r), a polynomial: eʳ where first is 1 + r, eʳ − 1 where it is r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector OfRest<TVectors, TVector>(TVector r, TVector first)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        TVector p = TVectors.Fill(1.9875691500e-4f);
        p = TVectors.MultiplyAdd(p, r, TVectors.Fill(1.3981999507e-3f));
        p = TVectors.MultiplyAdd(p, r, TVectors.Fill(8.3334519073e-3f));
        p = TVectors.MultiplyAdd(p, r, TVectors.Fill(4.1665795894e-2f));
        p = TVectors.MultiplyAdd(p, r, TVectors.Fill(1.6666665459e-1f));
        p = TVectors.MultiplyAdd(p, r, TVectors.Fill(5.0000001201e-1f));
        return TVectors.MultiplyAdd(p, TVectors.Multiply(r, r), first);
    }
}
