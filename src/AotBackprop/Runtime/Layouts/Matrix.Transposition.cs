using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AotBackprop.Runtime;

public static unsafe partial class Matrix
{
    /// <summary>
    /// Writes the transpose of a dense matrix. Columns of the result beyond the rows of the source are set to 0, so
    /// that whole vectors can be read.
    /// </summary>
    /// <param name="source">rows×columns, dense.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    /// <param name="first">The first of them that is written.</param>
    /// <param name="end">The one after the last that is written.</param>
    /// <param name="target">columns×stride.</param>
    /// <param name="stride">Floats of a row of the target, at least the rows of the source.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* source, int rows, int columns, int first, int end, float* target, int stride)
    {
        int j = first;
        if (Avx512F.IsSupported)
        {
            for (; j < end; j += 16)
            {
                int width = Math.Min(16, end - j);
                float* from = source + j;
                float* to = target + ((nint)j * stride);
                int i = 0;
                for (; i <= rows - 16; i += 16, from += 16 * (nint)columns)
                {
                    TransposeColumns(from, columns, width, to + i, stride);
                }

                for (int column = 0; column < width && i < stride; column++)
                {
                    TransposeColumn(from + column, i, rows, columns, to + (column * (nint)stride), stride);
                }
            }

            return;
        }

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

                for (int column = 0; column < 8 && i < stride; column++)
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

    /// <summary>The rest of a column, from a row on, and the zeros after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeColumn(float* from, int first, int rows, int columns, float* to, int stride)
    {
        int i = first;
        for (; i <= rows - 4; i += 4, from += 4 * (nint)columns)
        {
            Vector128.Create(from[0], from[columns], from[2 * (nint)columns], from[3 * (nint)columns]).Store(to + i);
        }

        // Zeros first, as vectors: a column may be short, and its row of the result has 16 floats at least.
        int zeros = i;
        for (; zeros <= stride - 4; zeros += 4)
        {
            Vector128<float>.Zero.Store(to + zeros);
        }

        for (; zeros < stride; zeros++)
        {
            to[zeros] = 0;
        }

        for (; i < rows; i++, from += columns)
        {
            to[i] = *from;
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
        UnpackFour(from, fromStride, 16, out Vector512<float> a0, out Vector512<float> a1, out Vector512<float> a2, out Vector512<float> a3);
        UnpackFour(from + (4 * fromStride), fromStride, 16, out Vector512<float> b0, out Vector512<float> b1, out Vector512<float> b2, out Vector512<float> b3);
        UnpackFour(from + (8 * fromStride), fromStride, 16, out Vector512<float> c0, out Vector512<float> c1, out Vector512<float> c2, out Vector512<float> c3);
        UnpackFour(from + (12 * fromStride), fromStride, 16, out Vector512<float> d0, out Vector512<float> d1, out Vector512<float> d2, out Vector512<float> d3);
        StoreQuarters(a0, b0, c0, d0, 16, to, toStride);
        StoreQuarters(a1, b1, c1, d1, 16, to + toStride, toStride);
        StoreQuarters(a2, b2, c2, d2, 16, to + (2 * toStride), toStride);
        StoreQuarters(a3, b3, c3, d3, 16, to + (3 * toStride), toStride);
    }

    /// <summary>Transposes 16 rows of up to 16 floats; memory after them is neither read nor written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeColumns(float* from, nint fromStride, int columns, float* to, nint toStride)
    {
        UnpackFour(from, fromStride, columns, out Vector512<float> a0, out Vector512<float> a1, out Vector512<float> a2, out Vector512<float> a3);
        UnpackFour(from + (4 * fromStride), fromStride, columns, out Vector512<float> b0, out Vector512<float> b1, out Vector512<float> b2, out Vector512<float> b3);
        UnpackFour(from + (8 * fromStride), fromStride, columns, out Vector512<float> c0, out Vector512<float> c1, out Vector512<float> c2, out Vector512<float> c3);
        UnpackFour(from + (12 * fromStride), fromStride, columns, out Vector512<float> d0, out Vector512<float> d1, out Vector512<float> d2, out Vector512<float> d3);
        StoreQuarters(a0, b0, c0, d0, columns, to, toStride);
        StoreQuarters(a1, b1, c1, d1, columns - 1, to + toStride, toStride);
        StoreQuarters(a2, b2, c2, d2, columns - 2, to + (2 * toStride), toStride);
        StoreQuarters(a3, b3, c3, d3, columns - 3, to + (3 * toStride), toStride);
    }

    /// <summary>Of 4 rows: lane 4q + r of vector c is column 4q + c of row r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void UnpackFour(
        float* rows,
        nint stride,
        int columns,
        out Vector512<float> v0,
        out Vector512<float> v1,
        out Vector512<float> v2,
        out Vector512<float> v3)
    {
        Vector512<float> row0 = LoadColumns(rows, columns), row1 = LoadColumns(rows + stride, columns);
        Vector512<float> row2 = LoadColumns(rows + (2 * stride), columns), row3 = LoadColumns(rows + (3 * stride), columns);
        Vector512<double> low01 = Avx512F.UnpackLow(row0, row1).AsDouble(), high01 = Avx512F.UnpackHigh(row0, row1).AsDouble();
        Vector512<double> low23 = Avx512F.UnpackLow(row2, row3).AsDouble(), high23 = Avx512F.UnpackHigh(row2, row3).AsDouble();
        v0 = Avx512F.UnpackLow(low01, low23).AsSingle();
        v1 = Avx512F.UnpackHigh(low01, low23).AsSingle();
        v2 = Avx512F.UnpackLow(high01, high23).AsSingle();
        v3 = Avx512F.UnpackHigh(high01, high23).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> LoadColumns(float* row, int columns) => columns == 16
        ? Vector512.Load(row)
        : Avx512F.MaskLoad(
            row, Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(columns)).AsSingle(), Vector512<float>.Zero);

    /// <summary>
    /// The quarters of four vectors: the first of each to the first row written, the second of each 4 rows on, and so
    /// on as far as there are rows.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreQuarters(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, int rows, float* to, nint stride)
    {
        const byte Even = 0x88;
        const byte Odd = 0xDD;
        Vector512<float> evenAB = Avx512F.Shuffle4x128(a, b, Even), oddAB = Avx512F.Shuffle4x128(a, b, Odd);
        Vector512<float> evenCD = Avx512F.Shuffle4x128(c, d, Even), oddCD = Avx512F.Shuffle4x128(c, d, Odd);
        if (rows > 0)
        {
            Avx512F.Shuffle4x128(evenAB, evenCD, Even).Store(to);
        }

        if (rows > 4)
        {
            Avx512F.Shuffle4x128(oddAB, oddCD, Even).Store(to + (4 * stride));
        }

        if (rows > 8)
        {
            Avx512F.Shuffle4x128(evenAB, evenCD, Odd).Store(to + (8 * stride));
        }

        if (rows > 12)
        {
            Avx512F.Shuffle4x128(oddAB, oddCD, Odd).Store(to + (12 * stride));
        }
    }

    /// <summary>Transposes 16 rows of 16 floats by blocks of 4×4, each exchanged with the one across the diagonal.</summary>
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
}
