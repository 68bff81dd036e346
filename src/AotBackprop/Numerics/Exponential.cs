using System.Runtime.CompilerServices;
using AotBackprop.Runtime;

namespace AotBackprop.Numerics;

/// <summary>The exponential in vectors: the same operations, and so the same bits, for each width.</summary>
internal static class Exponential
{
    /// <summary>
    /// eˣ for x ≤ 0, and 0 below −87, where the result would leave the normal numbers. x = n ln 2 + r with |r| ≤ ½ ln 2,
    /// then a polynomial in r (the coefficients are those of Moshier's Cephes, expf) times 2ⁿ. NaN stays NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TVectors, TVector>(TVector x)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        // Added to a small number, 1.5·2²³ leaves its nearest integer in the low bits of the sum.
        TVector shifter = TVectors.Fill(12582912f);
        TVector shifted = TVectors.MultiplyAdd(x, TVectors.Fill(1.44269504f), shifter);
        TVector n = TVectors.Subtract(shifted, shifter);

        // ln 2 in two parts, the first of few enough bits that n times it is exact.
        TVector r = TVectors.MultiplyAdd(n, TVectors.Fill(-0.693359375f), x);
        r = TVectors.MultiplyAdd(n, TVectors.Fill(2.12194440e-4f), r);

        TVector p = TVectors.Fill(1.9875691500e-4f);
        p = TVectors.MultiplyAdd(p, r, TVectors.Fill(1.3981999507e-3f));
        p = TVectors.MultiplyAdd(p, r, TVectors.Fill(8.3334519073e-3f));
        p = TVectors.MultiplyAdd(p, r, TVectors.Fill(4.1665795894e-2f));
        p = TVectors.MultiplyAdd(p, r, TVectors.Fill(1.6666665459e-1f));
        p = TVectors.MultiplyAdd(p, r, TVectors.Fill(5.0000001201e-1f));
        p = TVectors.MultiplyAdd(p, TVectors.Multiply(r, r), TVectors.Add(r, TVectors.Fill(1)));

        return TVectors.ZeroBelow(TVectors.Multiply(p, TVectors.PowerOfTwo(shifted)), x, -87f);
    }
}
