using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace PeakFraction;

/// <summary>Multiply-adds on registers alone: what the core can do at most.</summary>
internal static class PeakLoop
{
    private const int Steps = 400_000;
    private const int Chains = 12;

    /// <summary>Multiply-adds of one run, counted as two operations each.</summary>
    public static double Operations => 2.0 * Chains * Steps * Lanes;

    private static int Lanes => Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;

    public static float Run() =>
        Vector512.IsHardwareAccelerated ? Run512() : Vector256.IsHardwareAccelerated ? Run256() : Run128();

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Run512()
    {
        Vector512<float> a = Vector512.Create(0.999f), b = Vector512.Create(1e-6f);
        Vector512<float> c0 = b, c1 = b, c2 = b, c3 = b, c4 = b, c5 = b, c6 = b, c7 = b, c8 = b, c9 = b, c10 = b, c11 = b;
        for (int i = 0; i < Steps; i++)
        {
            c0 = Vector512.MultiplyAddEstimate(a, c0, b);
            c1 = Vector512.MultiplyAddEstimate(a, c1, b);
            c2 = Vector512.MultiplyAddEstimate(a, c2, b);
            c3 = Vector512.MultiplyAddEstimate(a, c3, b);
            c4 = Vector512.MultiplyAddEstimate(a, c4, b);
            c5 = Vector512.MultiplyAddEstimate(a, c5, b);
            c6 = Vector512.MultiplyAddEstimate(a, c6, b);
            c7 = Vector512.MultiplyAddEstimate(a, c7, b);
            c8 = Vector512.MultiplyAddEstimate(a, c8, b);
            c9 = Vector512.MultiplyAddEstimate(a, c9, b);
            c10 = Vector512.MultiplyAddEstimate(a, c10, b);
            c11 = Vector512.MultiplyAddEstimate(a, c11, b);
        }

        return Vector512.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Run256()
    {
        Vector256<float> a = Vector256.Create(0.999f), b = Vector256.Create(1e-6f);
        Vector256<float> c0 = b, c1 = b, c2 = b, c3 = b, c4 = b, c5 = b, c6 = b, c7 = b, c8 = b, c9 = b, c10 = b, c11 = b;
        for (int i = 0; i < Steps; i++)
        {
            c0 = Vector256.MultiplyAddEstimate(a, c0, b);
            c1 = Vector256.MultiplyAddEstimate(a, c1, b);
            c2 = Vector256.MultiplyAddEstimate(a, c2, b);
            c3 = Vector256.MultiplyAddEstimate(a, c3, b);
            c4 = Vector256.MultiplyAddEstimate(a, c4, b);
            c5 = Vector256.MultiplyAddEstimate(a, c5, b);
            c6 = Vector256.MultiplyAddEstimate(a, c6, b);
            c7 = Vector256.MultiplyAddEstimate(a, c7, b);
            c8 = Vector256.MultiplyAddEstimate(a, c8, b);
            c9 = Vector256.MultiplyAddEstimate(a, c9, b);
            c10 = Vector256.MultiplyAddEstimate(a, c10, b);
            c11 = Vector256.MultiplyAddEstimate(a, c11, b);
        }

        return Vector256.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Run128()
    {
        Vector128<float> a = Vector128.Create(0.999f), b = Vector128.Create(1e-6f);
        Vector128<float> c0 = b, c1 = b, c2 = b, c3 = b, c4 = b, c5 = b, c6 = b, c7 = b, c8 = b, c9 = b, c10 = b, c11 = b;
        for (int i = 0; i < Steps; i++)
        {
            c0 = Vector128.MultiplyAddEstimate(a, c0, b);
            c1 = Vector128.MultiplyAddEstimate(a, c1, b);
            c2 = Vector128.MultiplyAddEstimate(a, c2, b);
            c3 = Vector128.MultiplyAddEstimate(a, c3, b);
            c4 = Vector128.MultiplyAddEstimate(a, c4, b);
            c5 = Vector128.MultiplyAddEstimate(a, c5, b);
            c6 = Vector128.MultiplyAddEstimate(a, c6, b);
            c7 = Vector128.MultiplyAddEstimate(a, c7, b);
            c8 = Vector128.MultiplyAddEstimate(a, c8, b);
            c9 = Vector128.MultiplyAddEstimate(a, c9, b);
            c10 = Vector128.MultiplyAddEstimate(a, c10, b);
            c11 = Vector128.MultiplyAddEstimate(a, c11, b);
        }

        return Vector128.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11);
    }
}
