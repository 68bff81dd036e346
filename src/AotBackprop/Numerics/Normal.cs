using System.Runtime.CompilerServices;
using AotBackprop.Runtime;

namespace AotBackprop.Numerics;

/// <summary>GELU, by the distribution function Φ and the density φ of the normal distribution.</summary>
internal static class Normal
{
    // 1/√(2π).
    private const float Peak = 0.3989422804f;

    // Beyond, Φ is 0 or 1, and products with ∞ are not at their limits.
    private const float Far = 14;

    /// <summary>GELU: z Φ(z).</summary>
    /// <param name="z">Z.</param>
    /// <param name="slope">Its derivative, Φ(z) + z φ(z).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Gelu<TVectors, TVector>(TVector z, out TVector slope)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        TVector zero = TVectors.Fill(0);
        TVector low = TVectors.AtLeast(z, -Far);
        TVector near = TVectors.Subtract(zero, TVectors.AtLeast(TVectors.Subtract(zero, low), -Far));
        TVector E = Exponential.Of<TVectors, TVector>(
            TVectors.Multiply(TVectors.Multiply(near, near), TVectors.Fill(-0.5f)));
        TVector phi = Distribution<TVectors, TVector>(near, E);
        slope = TVectors.MultiplyAdd(near, TVectors.Multiply(E, TVectors.Fill(Peak)), phi);
        return TVectors.Multiply(low, phi);
    }

    /// <summary>
    /// Φ(z), where E = e^−½z². For |z| ≤ 1 it is ½ + z P(z²). Beyond, the smaller of Φ(z) and 1 − Φ(z) is E R(w) with
    /// w = 1/(1 + 0.4|z|). P and R are the best polynomials of their degrees.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Distribution<TVectors, TVector>(TVector z, TVector E)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        TVector one = TVectors.Fill(1);
        TVector u = TVectors.Multiply(z, z);
        TVector p = TVectors.Fill(-7.65420827519847e-06f);
        p = TVectors.MultiplyAdd(p, u, TVectors.Fill(0.00011348637053743005f));
        p = TVectors.MultiplyAdd(p, u, TVectors.Fill(-0.0011863299878314137f));
        p = TVectors.MultiplyAdd(p, u, TVectors.Fill(0.009973322972655296f));
        p = TVectors.MultiplyAdd(p, u, TVectors.Fill(-0.06649035960435867f));
        p = TVectors.MultiplyAdd(p, u, TVectors.Fill(0.3989422917366028f));
        TVector inner = TVectors.MultiplyAdd(p, z, TVectors.Fill(0.5f));

        TVector w = TVectors.Divide(one, TVectors.MultiplyAdd(TVectors.Abs(z), TVectors.Fill(0.4f), one));
        TVector r = TVectors.Fill(-0.05955309048295021f);
        r = TVectors.MultiplyAdd(r, w, TVectors.Fill(0.060370489954948425f));
        r = TVectors.MultiplyAdd(r, w, TVectors.Fill(0.22486937046051025f));
        r = TVectors.MultiplyAdd(r, w, TVectors.Fill(0.09914364665746689f));
        r = TVectors.MultiplyAdd(r, w, TVectors.Fill(0.17676731944084167f));
        r = TVectors.MultiplyAdd(r, w, TVectors.Fill(-0.0018590197432786226f));
        TVector tail = TVectors.Multiply(r, E);
        TVector outer = TVectors.WhereAboveZero(z, TVectors.Subtract(one, tail), tail);
        return TVectors.WhereAboveZero(TVectors.Subtract(u, one), outer, inner);
    }
}
