using System.Runtime.CompilerServices;
using AotBackprop.Runtime;

namespace AotBackprop.Numerics;

/// <summary>An activation of more than a few operations: a kernel leaves Z in memory, and calls it.</summary>
internal interface IHiddenActivation
{
    /// <summary>f(z), and f′(z) where it is kept.</summary>
    static abstract TVector Of<TVectors, TVector>(TVector z, out TVector slope)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged;
}

/// <summary>Applies an activation where a register tile has left Z.</summary>
internal static unsafe class HiddenActivation
{
    /// <summary>A = f(Z) in place, and f′(Z) where it is kept.</summary>
    /// <param name="z">The first vector of the first row.</param>
    /// <param name="slope">Where its f′ goes; null where it is not kept.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="stride">Floats from one to the next.</param>
    /// <param name="vectors">Vectors of a row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply<TFunction, TVectors, TVector>(float* z, float* slope, int rows, nint stride, int vectors)
        where TFunction : IHiddenActivation
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        for (int r = 0; r < rows; r++)
        {
            for (int v = 0; v < vectors; v++)
            {
                nint at = (r * stride) + (v * (sizeof(TVector) / sizeof(float)));
                TVectors.Store(z + at, TFunction.Of<TVectors, TVector>(TVectors.Load(z + at), out TVector derivative));
                if (slope != null)
                {
                    TVectors.Store(slope + at, derivative);
                }
            }
        }
    }
}

/// <summary>ELU.</summary>
internal readonly struct EluActivation : IHiddenActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TVectors, TVector>(TVector z, out TVector slope)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        slope = default;
        return Exponential.Elu<TVectors, TVector>(z);
    }
}

/// <summary>The hyperbolic tangent.</summary>
internal readonly struct TanhActivation : IHiddenActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TVectors, TVector>(TVector z, out TVector slope)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        slope = default;
        return Logistic.Tanh<TVectors, TVector>(z);
    }
}

/// <summary>The logistic function.</summary>
internal readonly struct SigmoidActivation : IHiddenActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TVectors, TVector>(TVector z, out TVector slope)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        slope = default;
        return Logistic.Sigmoid<TVectors, TVector>(z);
    }
}

/// <summary>Softplus.</summary>
internal readonly struct SoftplusActivation : IHiddenActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TVectors, TVector>(TVector z, out TVector slope)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged => Logistic.Softplus<TVectors, TVector>(z, out slope);
}

/// <summary>SiLU.</summary>
internal readonly struct SiluActivation : IHiddenActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TVectors, TVector>(TVector z, out TVector slope)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged => Logistic.Silu<TVectors, TVector>(z, out slope);
}

/// <summary>GELU by its tanh.</summary>
internal readonly struct GeluTanhActivation : IHiddenActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TVectors, TVector>(TVector z, out TVector slope)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged => Logistic.GeluTanh<TVectors, TVector>(z, out slope);
}

/// <summary>GELU.</summary>
internal readonly struct GeluActivation : IHiddenActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TVectors, TVector>(TVector z, out TVector slope)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged => Normal.Gelu<TVectors, TVector>(z, out slope);
}
