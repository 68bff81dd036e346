using System.Runtime.CompilerServices;
using AotBackprop.Runtime;

namespace AotBackprop.Numerics;

/// <summary>The logistic function σ(z) = 1/(1 + e⁻ᶻ) and what is made of it.</summary>
internal static class Logistic
{
    // √(2/π) twice, and times 0.044715.
    private const float Linear = 1.5957691216f;
    private const float Cubic = 0.0713548163f;

    // Beyond, every activation here is at its limit, and products with ∞ are not.
    private const float Far = 120;

    /// <summary>σ(z): with e = e^−|z| that is 1/(1 + e) above 0, and e/(1 + e) below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid<TVectors, TVector>(TVector z)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        TVector one = TVectors.Fill(1);
        TVector e = Exponential.Times<TVectors, TVector>(one, Opposite<TVectors, TVector>(z), out _);
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
    /// <param name="z">Z.</param>
    /// <param name="slope">Its derivative, σ(z).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Softplus<TVectors, TVector>(TVector z, out TVector slope)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        TVector one = TVectors.Fill(1);
        TVector e = Exponential.Times<TVectors, TVector>(one, Opposite<TVectors, TVector>(z), out _);
        slope = TVectors.Divide(TVectors.WhereAboveZero(z, one, e), TVectors.Add(one, e));

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

    /// <summary>SiLU: z σ(z).</summary>
    /// <param name="z">Z.</param>
    /// <param name="slope">Its derivative, σ(z) + z σ(z) σ(−z).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Silu<TVectors, TVector>(TVector z, out TVector slope)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        TVector near = Near<TVectors, TVector>(z);
        TVector s = Both<TVectors, TVector>(near, TVectors.AtLeast(z, -Far), out TVector opposite, out TVector product);
        slope = TVectors.MultiplyAdd(TVectors.Multiply(near, s), opposite, s);
        return product;
    }

    /// <summary>
    /// GELU by its tanh: ½z (1 + tanh u) with u = √(2/π) (z + 0.044715 z³), which is z σ(v) with v = 2u.
    /// </summary>
    /// <param name="z">Z.</param>
    /// <param name="slope">Its derivative, σ(v) + z v′ σ(v) σ(−v).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector GeluTanh<TVectors, TVector>(TVector z, out TVector slope)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        TVector near = Near<TVectors, TVector>(z);
        TVector square = TVectors.Multiply(near, near);
        TVector v = TVectors.Multiply(TVectors.MultiplyAdd(square, TVectors.Fill(Cubic), TVectors.Fill(Linear)), near);
        TVector s = Both<TVectors, TVector>(v, TVectors.AtLeast(z, -Far), out TVector opposite, out TVector product);
        TVector steepness = TVectors.MultiplyAdd(square, TVectors.Fill(3 * Cubic), TVectors.Fill(Linear));
        slope = TVectors.MultiplyAdd(TVectors.Multiply(TVectors.Multiply(near, steepness), s), opposite, s);
        return product;
    }

    /// <summary>σ(v), σ(−v), and f σ(v), which has few wrong bits also where it is no normal number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Both<TVectors, TVector>(TVector v, TVector f, out TVector opposite, out TVector product)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        TVector one = TVectors.Fill(1);
        TVector small = Exponential.Times<TVectors, TVector>(f, Opposite<TVectors, TVector>(v), out TVector e);
        TVector sum = TVectors.Add(one, e);
        product = TVectors.Divide(TVectors.WhereAboveZero(v, f, small), sum);
        TVector larger = TVectors.Divide(one, sum);
        TVector smaller = TVectors.Multiply(e, larger);
        opposite = TVectors.WhereAboveZero(v, smaller, larger);
        return TVectors.WhereAboveZero(v, larger, smaller);
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
