using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AotBackprop.Runtime;

/// <summary>Functions of matrices that do not depend on the network.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe partial class Matrix
{
    /// <summary>W ← update(W, c dW) for each parameter.</summary>
    /// <param name="parameters">W.</param>
    /// <param name="gradient">dW.</param>
    /// <param name="count">How many.</param>
    /// <param name="scale">c, 1 where the gradient is taken as it is.</param>
    /// <param name="update">The update.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Descend<TUpdate>(float* parameters, float* gradient, int count, float scale, in TUpdate update)
        where TUpdate : struct, IUpdate
    {
        // A copy, so that no store may change it and its numbers stay in registers.
        TUpdate own = update;
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i <= count - 16; i += 16)
            {
                Lanes512.Update(own, parameters + i, Lanes512.Load(gradient + i) * Lanes512.Fill(scale));
            }

            if (i < count)
            {
                Lanes512.UpdatePart(own, parameters + i, count - i, Lanes512.LoadPart(gradient + i, count - i) * Lanes512.Fill(scale));
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= count - 8; i += 8)
            {
                Lanes256.Update(own, parameters + i, Lanes256.Load(gradient + i) * Lanes256.Fill(scale));
            }

            if (i < count)
            {
                Lanes256.UpdatePart(own, parameters + i, count - i, Lanes256.LoadPart(gradient + i, count - i) * Lanes256.Fill(scale));
            }
        }
        else
        {
            for (; i <= count - 4; i += 4)
            {
                Lanes128.Update(own, parameters + i, Lanes128.Load(gradient + i) * Lanes128.Fill(scale));
            }

            if (i < count)
            {
                Lanes128.UpdatePart(own, parameters + i, count - i, Lanes128.LoadPart(gradient + i, count - i) * Lanes128.Fill(scale));
            }
        }
    }

    /// <summary>Sets numbers to 0, in a loop that can't throw: code of the C library must not.</summary>
    /// <param name="p">Floats.</param>
    /// <param name="count">How many.</param>
    internal static void Clear(float* p, nint count)
    {
        nint i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i + 16 <= count; i += 16)
            {
                Vector512<float>.Zero.Store(p + i);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            for (; i + 8 <= count; i += 8)
            {
                Vector256<float>.Zero.Store(p + i);
            }
        }

        for (; i + 4 <= count; i += 4)
        {
            Vector128<float>.Zero.Store(p + i);
        }

        for (; i < count; i++)
        {
            p[i] = 0;
        }
    }

    /// <summary>
    /// Σ pᵢ² in double: 16 sums over the indices modulo 16, joined by halves. A square of a float is exact there, so
    /// that the bits are the same with fused multiply-adds and without.
    /// </summary>
    /// <param name="p">Floats.</param>
    /// <param name="count">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double SumOfSquares(float* p, nuint count)
    {
        double* sums = stackalloc double[16];
        nuint i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<double> low = Vector512<double>.Zero, high = low;
            for (; i + 16 <= count; i += 16)
            {
                (Vector512<double> a, Vector512<double> b) = Vector512.Widen(Vector512.Load(p + i));
                low += a * a;
                high += b * b;
            }

            low.Store(sums);
            high.Store(sums + 8);
        }
        else
        {
            // Two floats at a time, which every processor widens in one instruction.
            Vector128<double> s0 = Vector128<double>.Zero, s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
            for (; i + 16 <= count; i += 16)
            {
                Square(p + i, ref s0, ref s1);
                Square(p + i + 4, ref s2, ref s3);
                Square(p + i + 8, ref s4, ref s5);
                Square(p + i + 12, ref s6, ref s7);
            }

            s0.Store(sums);
            s1.Store(sums + 2);
            s2.Store(sums + 4);
            s3.Store(sums + 6);
            s4.Store(sums + 8);
            s5.Store(sums + 10);
            s6.Store(sums + 12);
            s7.Store(sums + 14);
        }

        for (int lane = 0; i < count; i++, lane++)
        {
            sums[lane] += (double)p[i] * p[i];
        }

        for (int half = 8; half > 0; half /= 2)
        {
            for (int lane = 0; lane < half; lane++)
            {
                sums[lane] += sums[lane + half];
            }
        }

        return sums[0];

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Square(float* p, ref Vector128<double> low, ref Vector128<double> high)
        {
            (Vector128<double> a, Vector128<double> b) = Vector128.Widen(Vector128.Load(p));
            low += a * a;
            high += b * b;
        }
    }
}
