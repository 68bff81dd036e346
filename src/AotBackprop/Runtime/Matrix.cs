using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AotBackprop.Runtime;

/// <summary>Work on matrices that is the same for every network.</summary>
public static unsafe class Matrix
{
    /// <summary>
    /// Writes the transpose of a dense matrix. Columns of the result beyond the rows of the source are set to 0, so
    /// that whole vectors can be read.
    /// </summary>
    /// <param name="source">rows×columns, dense.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    /// <param name="first">The first of them that is written.</param>
    /// <param name="end">The one behind the last that is written.</param>
    /// <param name="target">columns×stride.</param>
    /// <param name="stride">Floats of a row of the target, at least the rows of the source.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* source, int rows, int columns, int first, int end, float* target, int stride)
    {
        int j = first;
        if (Avx.IsSupported)
        {
            for (; j <= end - 8; j += 8)
            {
                float* from = source + j;
                float* to = target + ((nint)j * stride);
                int i = 0;
                for (; i <= rows - 8; i += 8, from += 8 * (nint)columns)
                {
                    TransposeBlock(from, columns, to + i, stride);
                }

                for (int column = 0; column < 8; column++)
                {
                    TransposeColumn(from + column, i, rows, columns, to + (column * (nint)stride), stride);
                }
            }
        }

        for (; j < end; j++)
        {
            TransposeColumn(source + j, 0, rows, columns, target + ((nint)j * stride), stride);
        }
    }

    /// <summary>What is left of a column, from a row on, and the zeros behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeColumn(float* from, int first, int rows, int columns, float* to, int stride)
    {
        int i = first;
        for (; i <= rows - 4; i += 4, from += 4 * (nint)columns)
        {
            Vector128.Create(from[0], from[columns], from[2 * (nint)columns], from[3 * (nint)columns]).Store(to + i);
        }

        for (; i < rows; i++, from += columns)
        {
            to[i] = *from;
        }

        for (; i < stride; i++)
        {
            to[i] = 0;
        }
    }

    /// <summary>Transposes 4 rows of 4 floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void TransposeFour(
        Vector128<float> row0,
        Vector128<float> row1,
        Vector128<float> row2,
        Vector128<float> row3,
        out Vector128<float> column0,
        out Vector128<float> column1,
        out Vector128<float> column2,
        out Vector128<float> column3)
    {
        if (Sse.IsSupported)
        {
            Vector128<float> low02 = Sse.UnpackLow(row0, row2), low13 = Sse.UnpackLow(row1, row3);
            Vector128<float> high02 = Sse.UnpackHigh(row0, row2), high13 = Sse.UnpackHigh(row1, row3);
            column0 = Sse.UnpackLow(low02, low13);
            column1 = Sse.UnpackHigh(low02, low13);
            column2 = Sse.UnpackLow(high02, high13);
            column3 = Sse.UnpackHigh(high02, high13);
            return;
        }

        column0 = Vector128.Create(row0[0], row1[0], row2[0], row3[0]);
        column1 = Vector128.Create(row0[1], row1[1], row2[1], row3[1]);
        column2 = Vector128.Create(row0[2], row1[2], row2[2], row3[2]);
        column3 = Vector128.Create(row0[3], row1[3], row2[3], row3[3]);
    }

    /// <summary>Transposes 8 rows of 8 floats, where there are shuffles of as many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void TransposeBlock(float* from, nint fromStride, float* to, nint toStride)
    {
        Vector256<float> row0 = Vector256.Load(from);
        Vector256<float> row1 = Vector256.Load(from + fromStride);
        Vector256<float> row2 = Vector256.Load(from + (2 * fromStride));
        Vector256<float> row3 = Vector256.Load(from + (3 * fromStride));
        Vector256<float> row4 = Vector256.Load(from + (4 * fromStride));
        Vector256<float> row5 = Vector256.Load(from + (5 * fromStride));
        Vector256<float> row6 = Vector256.Load(from + (6 * fromStride));
        Vector256<float> row7 = Vector256.Load(from + (7 * fromStride));

        // Pairs of rows, then fours, in each half; then the halves.
        Vector256<float> low01 = Avx.UnpackLow(row0, row1), high01 = Avx.UnpackHigh(row0, row1);
        Vector256<float> low23 = Avx.UnpackLow(row2, row3), high23 = Avx.UnpackHigh(row2, row3);
        Vector256<float> low45 = Avx.UnpackLow(row4, row5), high45 = Avx.UnpackHigh(row4, row5);
        Vector256<float> low67 = Avx.UnpackLow(row6, row7), high67 = Avx.UnpackHigh(row6, row7);
        const byte First = 0x44;
        const byte Second = 0xEE;
        StoreHalves(Avx.Shuffle(low01, low23, First), Avx.Shuffle(low45, low67, First), to, to + (4 * toStride));
        StoreHalves(Avx.Shuffle(low01, low23, Second), Avx.Shuffle(low45, low67, Second), to + toStride, to + (5 * toStride));
        StoreHalves(Avx.Shuffle(high01, high23, First), Avx.Shuffle(high45, high67, First), to + (2 * toStride), to + (6 * toStride));
        StoreHalves(Avx.Shuffle(high01, high23, Second), Avx.Shuffle(high45, high67, Second), to + (3 * toStride), to + (7 * toStride));
    }

    /// <summary>Transposes 16 rows of 16 floats, from one place to another or where they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void TransposeSixteen(float* from, nint fromStride, float* to, nint toStride)
    {
        if (!Avx512F.IsSupported)
        {
            TransposeByFours(from, fromStride, to, toStride);
            return;
        }

        // In each quarter of a vector four rows, then the quarters.
        UnpackFour(from, fromStride, out Vector512<float> a0, out Vector512<float> a1, out Vector512<float> a2, out Vector512<float> a3);
        UnpackFour(from + (4 * fromStride), fromStride, out Vector512<float> b0, out Vector512<float> b1, out Vector512<float> b2, out Vector512<float> b3);
        UnpackFour(from + (8 * fromStride), fromStride, out Vector512<float> c0, out Vector512<float> c1, out Vector512<float> c2, out Vector512<float> c3);
        UnpackFour(from + (12 * fromStride), fromStride, out Vector512<float> d0, out Vector512<float> d1, out Vector512<float> d2, out Vector512<float> d3);
        StoreQuarters(a0, b0, c0, d0, to, toStride);
        StoreQuarters(a1, b1, c1, d1, to + toStride, toStride);
        StoreQuarters(a2, b2, c2, d2, to + (2 * toStride), toStride);
        StoreQuarters(a3, b3, c3, d3, to + (3 * toStride), toStride);
    }

    /// <summary>Of 4 rows: lane 4q + r of vector c is column 4q + c of row r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void UnpackFour(
        float* rows, nint stride, out Vector512<float> v0, out Vector512<float> v1, out Vector512<float> v2, out Vector512<float> v3)
    {
        Vector512<float> row0 = Vector512.Load(rows), row1 = Vector512.Load(rows + stride);
        Vector512<float> row2 = Vector512.Load(rows + (2 * stride)), row3 = Vector512.Load(rows + (3 * stride));
        Vector512<double> low01 = Avx512F.UnpackLow(row0, row1).AsDouble(), high01 = Avx512F.UnpackHigh(row0, row1).AsDouble();
        Vector512<double> low23 = Avx512F.UnpackLow(row2, row3).AsDouble(), high23 = Avx512F.UnpackHigh(row2, row3).AsDouble();
        v0 = Avx512F.UnpackLow(low01, low23).AsSingle();
        v1 = Avx512F.UnpackHigh(low01, low23).AsSingle();
        v2 = Avx512F.UnpackLow(high01, high23).AsSingle();
        v3 = Avx512F.UnpackHigh(high01, high23).AsSingle();
    }

    /// <summary>The quarters of four vectors: the first of each to the first row written, 4 rows on the second of each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreQuarters(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* to, nint stride)
    {
        const byte Even = 0x88;
        const byte Odd = 0xDD;
        Vector512<float> evenAB = Avx512F.Shuffle4x128(a, b, Even), oddAB = Avx512F.Shuffle4x128(a, b, Odd);
        Vector512<float> evenCD = Avx512F.Shuffle4x128(c, d, Even), oddCD = Avx512F.Shuffle4x128(c, d, Odd);
        Avx512F.Shuffle4x128(evenAB, evenCD, Even).Store(to);
        Avx512F.Shuffle4x128(oddAB, oddCD, Even).Store(to + (4 * stride));
        Avx512F.Shuffle4x128(evenAB, evenCD, Odd).Store(to + (8 * stride));
        Avx512F.Shuffle4x128(oddAB, oddCD, Odd).Store(to + (12 * stride));
    }

    /// <summary>The same by blocks of 4×4, of which each changes places with the one across the diagonal.</summary>
    private static void TransposeByFours(float* from, nint fromStride, float* to, nint toStride)
    {
        for (int r = 0; r < 16; r += 4)
        {
            for (int c = r; c < 16; c += 4)
            {
                LoadTransposed(from + (r * fromStride) + c, fromStride, out Vector128<float> a0, out Vector128<float> a1, out Vector128<float> a2, out Vector128<float> a3);
                LoadTransposed(from + (c * fromStride) + r, fromStride, out Vector128<float> b0, out Vector128<float> b1, out Vector128<float> b2, out Vector128<float> b3);
                StoreFour(a0, a1, a2, a3, to + (c * toStride) + r, toStride);
                StoreFour(b0, b1, b2, b3, to + (r * toStride) + c, toStride);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadTransposed(
        float* p, nint stride, out Vector128<float> column0, out Vector128<float> column1, out Vector128<float> column2, out Vector128<float> column3) =>
        TransposeFour(
            Vector128.Load(p),
            Vector128.Load(p + stride),
            Vector128.Load(p + (2 * stride)),
            Vector128.Load(p + (3 * stride)),
            out column0,
            out column1,
            out column2,
            out column3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreFour(
        Vector128<float> row0, Vector128<float> row1, Vector128<float> row2, Vector128<float> row3, float* p, nint stride)
    {
        row0.Store(p);
        row1.Store(p + stride);
        row2.Store(p + (2 * stride));
        row3.Store(p + (3 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreHalves(Vector256<float> a, Vector256<float> b, float* lower, float* upper)
    {
        Avx.Permute2x128(a, b, 0x20).Store(lower);
        Avx.Permute2x128(a, b, 0x31).Store(upper);
    }

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
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i <= count - 16; i += 16)
            {
                Lanes512.Update(update, parameters + i, Lanes512.Load(gradient + i) * Lanes512.Fill(scale));
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= count - 8; i += 8)
            {
                Lanes256.Update(update, parameters + i, Lanes256.Load(gradient + i) * Lanes256.Fill(scale));
            }
        }

        for (; i <= count - 4; i += 4)
        {
            Lanes128.Update(update, parameters + i, Lanes128.Load(gradient + i) * Lanes128.Fill(scale));
        }

        for (; i < count; i++)
        {
            Lanes128.UpdatePart(update, parameters + i, 1, Lanes128.LoadPart(gradient + i, 1) * Lanes128.Fill(scale));
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
