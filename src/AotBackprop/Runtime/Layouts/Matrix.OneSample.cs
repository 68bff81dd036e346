using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AotBackprop.Runtime;

/// <content>The gradient of one sample.</content>
public static unsafe partial class Matrix
{
    /// <summary>dW = xᵀ d and db = d of a layer and one sample, each sum from 0.</summary>
    /// <param name="x">What enters the layer.</param>
    /// <param name="inputs">Entries of x.</param>
    /// <param name="d">dZ, of which the last vector is there as a whole.</param>
    /// <param name="outputs">Entries of d.</param>
    /// <param name="gradient">Receives dW, and db behind it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void GradientOfOne(float* x, int inputs, float* d, int outputs, float* gradient)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            GradientOfOne<Vectors512, Vector512<float>>(x, inputs, d, outputs, gradient);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            GradientOfOne<Vectors256, Vector256<float>>(x, inputs, d, outputs, gradient);
        }
        else
        {
            GradientOfOne<Vectors128, Vector128<float>>(x, inputs, d, outputs, gradient);
        }
    }

    // What a row's last vector writes beyond it, the next row writes over. Rows of one and two vectors keep d in registers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void GradientOfOne<TVectors, TVector>(float* x, int inputs, float* d, int outputs, float* gradient)
        where TVectors : struct, IVectors<TVectors, TVector>
        where TVector : unmanaged
    {
        int lanes = sizeof(TVector) / sizeof(float);
        TVector zero = TVectors.Fill(0), d0 = outputs == 1 ? TVectors.Fill(*d) : TVectors.Load(d);
        float* end = gradient + ((nint)inputs * outputs), row = gradient;
        if (outputs == 1)
        {
            for (; row <= end - lanes; row += lanes, x += lanes)
            {
                TVectors.Store(row, TVectors.MultiplyAdd(TVectors.Load(x), d0, zero));
            }
        }
        else if (outputs <= lanes)
        {
            for (; row <= end - lanes; row += outputs)
            {
                TVectors.Store(row, TVectors.MultiplyAdd(TVectors.Fill(*x++), d0, zero));
            }
        }
        else if (outputs <= 2 * lanes)
        {
            TVector d1 = TVectors.Load(d + lanes);
            for (; row <= end - (2 * lanes); row += outputs)
            {
                TVector entry = TVectors.Fill(*x++);
                TVectors.Store(row, TVectors.MultiplyAdd(entry, d0, zero));
                TVectors.Store(row + lanes, TVectors.MultiplyAdd(entry, d1, zero));
            }
        }

        for (; row < end; row += outputs)
        {
            TVector entry = TVectors.Fill(*x++);
            for (int j = 0; j < outputs; j += lanes)
            {
                TVectors.StoreUpTo(end, row + j, TVectors.MultiplyAdd(entry, TVectors.Load(d + j), zero));
            }
        }

        for (int j = 0; j < outputs; j += lanes)
        {
            TVectors.StoreUpTo(end + outputs, end + j, TVectors.Add(zero, TVectors.Load(d + j)));
        }
    }
}
