using System.Runtime.CompilerServices;
using AotBackprop.Runtime;

namespace AotBackprop.Numerics;

/// <summary>The logistic function 1/(1 + e⁻ᶻ) and what is made of it.</summary>
internal static class Logistic
{
    // √(2/π) twice, and times 0.044715.
    private const float Linear = 1.5957691216f;
    private const float Cubic = 0.0713548163f;

    // Beyond, every activation here is at its limit, and products with ∞ are not.
    private const float Far = 120;

    /// <summary>1/(1 + e⁻ᶻ): with e = e^−|z| that is 1/(1 + e) above 0, and e/(1 + e) below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid<TVectors, TVector>(TVector z)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        TVector one = TVectors.Fill(1);
        TVector e = Exponential.Times<TVectors, TVector>(one, Opposite<TVectors, TVector>(z));
        return TVectors.Divide(TVectors.WhereAboveZero(z, one, e), TVectors.Add(one, e));
    }

    /// <summary>The hyperbolic tangent: of |z| it is −t/(2 + t) with t = e^−2|z| − 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh<TVectors, TVector>(TVector z)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        TVector t = Exponential.MinusOne<TVectors, TVector>(TVectors.Multiply(TVectors.Abs(z), TVectors.Fill(-2)));
        TVector tanh = TVectors.Divide(t, TVectors.Add(t, TVectors.Fill(2)));
        return TVectors.CopySign(TVectors.Abs(tanh), z);
    }

    /// <summary>
    /// log(1 + eᶻ) = max(z, 0) + log(1 + e) with e = e^−|z|, and log(1 + e) = 2 artanh s with s = e/(2 + e) ≤ ⅓. The
    /// polynomial in s² is the best one of its degree for (artanh s/s − 1)/s², in parts of artanh s/s.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Softplus<TVectors, TVector>(TVector z)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        TVector e = Exponential.Times<TVectors, TVector>(TVectors.Fill(1), Opposite<TVectors, TVector>(z));
        TVector s = TVectors.Divide(e, TVectors.Add(e, TVectors.Fill(2)));
        TVector u = TVectors.Multiply(s, s);
        TVector p = TVectors.Fill(0.1215046717f);
        p = TVectors.MultiplyAdd(p, u, TVectors.Fill(0.1071382836f));
        p = TVectors.MultiplyAdd(p, u, TVectors.Fill(0.1430844218f));
        p = TVectors.MultiplyAdd(p, u, TVectors.Fill(0.1999943852f));
        p = TVectors.MultiplyAdd(p, u, TVectors.Fill(0.3333333731f));
        TVector half = TVectors.MultiplyAdd(TVectors.Multiply(p, u), s, s);
        return TVectors.Add(TVectors.Add(half, half), TVectors.WhereAboveZero(z, z, TVectors.Fill(0)));
    }

    /// <summary>The derivative of softplus, given A = softplus(Z): 1 − e⁻ᴬ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector SoftplusSlope<TVectors, TVector>(TVector A)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged =>
        TVectors.Subtract(
            TVectors.Fill(1), Exponential.Of<TVectors, TVector>(TVectors.Subtract(TVectors.Fill(0), A)));

    /// <summary>SiLU: z σ(z).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Silu<TVectors, TVector>(TVector z)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged =>
        Product<TVectors, TVector>(TVectors.AtLeast(z, -Far), z);

    /// <summary>Its derivative: σ(z) + z σ(z) σ(−z).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector SiluSlope<TVectors, TVector>(TVector z)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        TVector near = Near<TVectors, TVector>(z);
        TVector s = Both<TVectors, TVector>(near, out TVector opposite);
        return TVectors.MultiplyAdd(TVectors.Multiply(near, s), opposite, s);
    }

    /// <summary>
    /// GELU by its tanh: ½z (1 + tanh u) with u = √(2/π) (z + 0.044715 z³), which is z σ(2u).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector GeluTanh<TVectors, TVector>(TVector z)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        TVector near = TVectors.AtLeast(z, -Far);
        return Product<TVectors, TVector>(near, Argument<TVectors, TVector>(near));
    }

    /// <summary>Its derivative: σ(v) + z v′ σ(v) σ(−v) with v = 2u.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector GeluTanhSlope<TVectors, TVector>(TVector z)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        TVector near = Near<TVectors, TVector>(z);
        TVector s = Both<TVectors, TVector>(Argument<TVectors, TVector>(near), out TVector opposite);
        TVector slope = TVectors.MultiplyAdd(TVectors.Multiply(near, near), TVectors.Fill(3 * Cubic), TVectors.Fill(Linear));
        return TVectors.MultiplyAdd(TVectors.Multiply(TVectors.Multiply(near, slope), s), opposite, s);
    }

    /// <summary>f σ(z), also where it is no normal number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Product<TVectors, TVector>(TVector f, TVector z)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        TVector x = Opposite<TVectors, TVector>(z);
        TVector small = Exponential.Times<TVectors, TVector>(f, x);
        TVector sum = TVectors.Add(TVectors.Fill(1), Exponential.Of<TVectors, TVector>(x));
        return TVectors.Divide(TVectors.WhereAboveZero(z, f, small), sum);
    }

    /// <summary>σ(z) and σ(−z).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Both<TVectors, TVector>(TVector z, out TVector opposite)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        TVector one = TVectors.Fill(1);
        TVector e = Exponential.Of<TVectors, TVector>(Opposite<TVectors, TVector>(z));
        TVector larger = TVectors.Divide(one, TVectors.Add(one, e));
        TVector smaller = TVectors.Multiply(e, larger);
        opposite = TVectors.WhereAboveZero(z, smaller, larger);
        return TVectors.WhereAboveZero(z, larger, smaller);
    }

    /// <summary>2u = 2√(2/π) (z + 0.044715 z³).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Argument<TVectors, TVector>(TVector z)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        TVector factor = TVectors.MultiplyAdd(TVectors.Multiply(z, z), TVectors.Fill(Cubic), TVectors.Fill(Linear));
        return TVectors.Multiply(factor, z);
    }

    /// <summary>−|z|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Opposite<TVectors, TVector>(TVector z)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged =>
        TVectors.Subtract(TVectors.Fill(0), TVectors.Abs(z));

    /// <summary>z between the numbers beyond which the activations are at their limits. NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Near<TVectors, TVector>(TVector z)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        TVector zero = TVectors.Fill(0);
        TVector negative = TVectors.Subtract(zero, TVectors.AtLeast(z, -Far));
        return TVectors.Subtract(zero, TVectors.AtLeast(negative, -Far));
    }
}
