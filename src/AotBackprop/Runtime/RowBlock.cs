using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AotBackprop.Runtime;

/// <summary>
/// Blocks of rows laid across the lanes of vectors, and back: lane r of vector j is column j of row r. What is done to
/// each row is then done to all rows of a block at once. Rows have up to 16 columns.
/// </summary>
public static unsafe class RowBlock
{
    /// <summary>Floats of scratch memory that a block takes.</summary>
    public const int Floats = 2 * Columns * Columns;

    private const int Columns = 16;

    /// <summary>Whether blocks are worth forming: without shuffles of 8 floats they are not.</summary>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Avx.IsSupported;
    }

    /// <summary>Lays rows across lanes.</summary>
    /// <param name="rows">As many rows as lanes, 16 floats of each readable.</param>
    /// <param name="stride">Floats from row to row.</param>
    /// <param name="columns">Columns that count, up to 16.</param>
    /// <param name="lanes">Floats in a vector, 8 or 16.</param>
    /// <param name="block">Receives a vector for each column.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Spread(float* rows, nint stride, int columns, int lanes, float* block)
    {
        for (int r = 0; r < lanes; r += 8)
        {
            for (int c = 0; c < columns; c += 8)
            {
                Transpose(rows + (r * stride) + c, stride, block + (c * lanes) + r, lanes);
            }
        }
    }

    /// <summary>Gathers the lanes to dense rows; nothing behind the last is touched.</summary>
    /// <param name="block">A vector for each column, and behind them scratch memory.</param>
    /// <param name="columns">Columns, up to 16.</param>
    /// <param name="lanes">Floats in a vector, 8 or 16.</param>
    /// <param name="rows">Receives as many rows as lanes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Collect(float* block, int columns, int lanes, float* rows)
    {
        float* wide = block + (Columns * Columns);
        for (int r = 0; r < lanes; r += 8)
        {
            for (int c = 0; c < columns; c += 8)
            {
                Transpose(block + (c * lanes) + r, lanes, wide + (r * Columns) + c, Columns);
            }
        }

        // Each row is stored with more behind it, which the next rows overwrite, but at the end.
        int whole = lanes - ((Columns - 1) / columns);
        int n = 0;
        for (; n < whole; n++, rows += columns, wide += Columns)
        {
            Vector256.Load(wide).Store(rows);
            Vector256.Load(wide + 8).Store(rows + 8);
        }

        for (; n < lanes; n++, rows += columns, wide += Columns)
        {
            for (int c = 0; c < columns; c++)
            {
                rows[c] = wide[c];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(float* from, nint fromStride, float* to, nint toStride)
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreHalves(Vector256<float> a, Vector256<float> b, float* lower, float* upper)
    {
        Avx.Permute2x128(a, b, 0x20).Store(lower);
        Avx.Permute2x128(a, b, 0x31).Store(upper);
    }
}
