using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AotBackprop.Numerics;

public static unsafe partial class Logarithm
{
    // 2⁵²: the low bits of a number between it and twice it are an integer.
    private const long IntegerBits = 0x4330_0000_0000_0000;

    /// <summary>a[i] + log b[i], with the bits of <see cref="Of(double)"/>.</summary>
    /// <param name="a">Numbers.</param>
    /// <param name="b">Numbers of at least 1, or not finite.</param>
    /// <param name="count">How many.</param>
    /// <param name="sums">Receives them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* a, float* b, nint count, double* sums)
    {
        nint i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i <= count - 8; i += 8)
            {
                (Vector512.Create(Wide(a + i), Wide(a + i + 4)) + Of(Vector512.Create(Wide(b + i), Wide(b + i + 4)))).Store(sums + i);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= count - 4; i += 4)
            {
                (Wide(a + i) + Of(Wide(b + i))).Store(sums + i);
            }
        }

        for (; i < count; i++)
        {
            sums[i] = a[i] + Of(b[i]);
        }
    }

    /// <summary>Adds log(1 + x), with the bits of <see cref="OfOnePlus(double)"/>.</summary>
    /// <param name="x">Numbers, not negative and finite, or NaN.</param>
    /// <param name="count">How many.</param>
    /// <param name="sums">What is added to.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddOfOnePlus(double* x, nint count, double* sums)
    {
        nint i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i <= count - 8; i += 8)
            {
                Vector512<double> one = Vector512<double>.One, v = Vector512.Load(x + i), u = one + v;
                (Vector512.Load(sums + i) + (Of(u) + ((v - (u - one)) / u))).Store(sums + i);
            }
        }

        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= count - 4; i += 4)
            {
                Vector256<double> one = Vector256<double>.One, v = Vector256.Load(x + i), u = one + v;
                (Vector256.Load(sums + i) + (Of(u) + ((v - (u - one)) / u))).Store(sums + i);
            }
        }

        for (; i < count; i++)
        {
            sums[i] += OfOnePlus(x[i]);
        }
    }

    // The steps of Of(double), for numbers whose exponent is not negative.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Of(Vector512<double> x)
    {
        Vector512<long> exponent = (x.AsInt64() - Vector512.Create(SqrtHalf)) >>> 52;
        Vector512<double> m = (x.AsInt64() - (exponent << 52)).AsDouble();
        Vector512<double> f = (m - Vector512<double>.One) / (m + Vector512<double>.One);
        Vector512<double> s = f * f;
        Vector512<double> t = s * s;
        Vector512<double> even = Vector512.Create(1.0 / 23);
        Vector512<double> odd = Vector512.Create(1.0 / 21);
        even = (even * t) + Vector512.Create(1.0 / 19);
        odd = (odd * t) + Vector512.Create(1.0 / 17);
        even = (even * t) + Vector512.Create(1.0 / 15);
        odd = (odd * t) + Vector512.Create(1.0 / 13);
        even = (even * t) + Vector512.Create(1.0 / 11);
        odd = (odd * t) + Vector512.Create(1.0 / 9);
        even = (even * t) + Vector512.Create(1.0 / 7);
        odd = (odd * t) + Vector512.Create(1.0 / 5);
        even = (even * t) + Vector512.Create(1.0 / 3);
        Vector512<double> series = even + (s * odd);
        Vector512<double> e = (exponent | Vector512.Create(IntegerBits)).AsDouble() - Vector512.Create(IntegerBits).AsDouble();
        Vector512<double> log = (e * Vector512.Create(Ln2)) + (Vector512.Create(2.0) * (f + (f * s * series)));
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(double.PositiveInfinity)), log, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Of(Vector256<double> x)
    {
        Vector256<long> exponent = (x.AsInt64() - Vector256.Create(SqrtHalf)) >>> 52;
        Vector256<double> m = (x.AsInt64() - (exponent << 52)).AsDouble();
        Vector256<double> f = (m - Vector256<double>.One) / (m + Vector256<double>.One);
        Vector256<double> s = f * f;
        Vector256<double> t = s * s;
        Vector256<double> even = Vector256.Create(1.0 / 23);
        Vector256<double> odd = Vector256.Create(1.0 / 21);
        even = (even * t) + Vector256.Create(1.0 / 19);
        odd = (odd * t) + Vector256.Create(1.0 / 17);
        even = (even * t) + Vector256.Create(1.0 / 15);
        odd = (odd * t) + Vector256.Create(1.0 / 13);
        even = (even * t) + Vector256.Create(1.0 / 11);
        odd = (odd * t) + Vector256.Create(1.0 / 9);
        even = (even * t) + Vector256.Create(1.0 / 7);
        odd = (odd * t) + Vector256.Create(1.0 / 5);
        even = (even * t) + Vector256.Create(1.0 / 3);
        Vector256<double> series = even + (s * odd);
        Vector256<double> e = (exponent | Vector256.Create(IntegerBits)).AsDouble() - Vector256.Create(IntegerBits).AsDouble();
        Vector256<double> log = (e * Vector256.Create(Ln2)) + (Vector256.Create(2.0) * (f + (f * s * series)));
        return Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256.Create(double.PositiveInfinity)), log, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Wide(float* p)
    {
        Vector128<float> v = Vector128.Load(p);
        return Vector256.Create(Vector128.WidenLower(v), Vector128.WidenUpper(v));
    }
}
