using System.ComponentModel;

namespace AotBackprop.Numerics;

/// <summary>The natural logarithm in a fixed sequence of exact-rounded operations: no libm, the same bits everywhere.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe partial class Logarithm
{
    private const double Ln2 = 0.69314718055994530942;

    // The bits of √½: a number this far above a power of two belongs to the next one.
    private const long SqrtHalf = 0x3FE6_A09E_667F_3BCD;

    /// <summary>
    /// log x. With x = 2ᵉ m and m in [√½, √2): e ln 2 + 2 artanh((m − 1)/(m + 1)), the series cut where it falls
    /// below half an ulp.
    /// </summary>
    /// <param name="x">A normal positive number. Infinity and NaN are returned as they are.</param>
    public static double Of(double x)
    {
        if (!double.IsFinite(x))
        {
            return x;
        }

        // Without a branch: which side of √2 a number falls on cannot be predicted.
        long bits = BitConverter.DoubleToInt64Bits(x);
        long exponent = (bits - SqrtHalf) >> 52;
        double m = BitConverter.Int64BitsToDouble(bits - (exponent << 52));
        double f = (m - 1) / (m + 1);
        double s = f * f;

        // Even and odd terms by themselves: two chains of half the length.
        double t = s * s;
        double even = 1.0 / 23;
        double odd = 1.0 / 21;
        even = (even * t) + (1.0 / 19);
        odd = (odd * t) + (1.0 / 17);
        even = (even * t) + (1.0 / 15);
        odd = (odd * t) + (1.0 / 13);
        even = (even * t) + (1.0 / 11);
        odd = (odd * t) + (1.0 / 9);
        even = (even * t) + (1.0 / 7);
        odd = (odd * t) + (1.0 / 5);
        even = (even * t) + (1.0 / 3);
        double series = even + (s * odd);
        return (exponent * Ln2) + (2 * (f + (f * s * series)));
    }

    /// <summary>log(1 + x): with u = 1 + x as it is rounded, log u + (x − (u − 1))/u, which has few wrong bits also where x is small.</summary>
    /// <param name="x">Not negative and finite, or NaN.</param>
    internal static double OfOnePlus(double x)
    {
        double u = 1 + x;
        return Of(u) + ((x - (u - 1)) / u);
    }
}
