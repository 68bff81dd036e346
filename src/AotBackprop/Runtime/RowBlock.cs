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
                Matrix.TransposeBlock(rows + (r * stride) + c, stride, block + (c * lanes) + r, lanes);
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
                Matrix.TransposeBlock(block + (c * lanes) + r, lanes, wide + (r * Columns) + c, Columns);
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
}
