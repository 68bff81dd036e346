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
    /// <param name="columns">Columns, 2 to 16.</param>
    /// <param name="lanes">Floats in a vector, 8 or 16.</param>
    /// <param name="count">Rows that are wanted, up to the lanes.</param>
    /// <param name="rows">Receives them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Collect(float* block, int columns, int lanes, nint count, float* rows)
    {
        if (columns <= 4)
        {
            CollectNarrow(block, columns, lanes, count, rows);
            return;
        }

        nint n = 0;
        if (IsSupported)
        {
            float* wide = block + (Columns * Columns);
            for (int r = 0; r < count; r += 8)
            {
                for (int c = 0; c < columns; c += 8)
                {
                    Matrix.TransposeBlock(block + (c * lanes) + r, lanes, wide + (r * Columns) + c, Columns);
                }
            }

            // Each row is stored with more behind it, which the next rows overwrite, but at the end.
            int stored = columns <= 8 ? 8 : Columns;
            nint whole = count - ((stored - 1) / columns);
            for (; n < whole; n++, wide += Columns)
            {
                float* row = rows + (n * columns);
                Vector256.Load(wide).Store(row);
                if (stored > 8)
                {
                    Vector256.Load(wide + 8).Store(row + 8);
                }
            }
        }

        CollectRest(block, columns, lanes, n, count, rows);
    }

    /// <summary>The same for up to 4 columns, by blocks of 4×4.</summary>
    private static void CollectNarrow(float* block, int columns, int lanes, nint count, float* rows)
    {
        nint n = 0;
        for (; n <= count - 4; n += 4)
        {
            float* from = block + n;
            Matrix.TransposeFour(
                Vector128.Load(from),
                Vector128.Load(from + lanes),
                Vector128.Load(from + (2 * lanes)),
                Vector128.Load(from + (3 * lanes)),
                out Vector128<float> row0,
                out Vector128<float> row1,
                out Vector128<float> row2,
                out Vector128<float> row3);

            // Each row is stored with more behind it, which the next one overwrites: there is none behind the last.
            float* row = rows + (n * columns);
            row0.Store(row);
            row1.Store(row + columns);
            row2.Store(row + (2 * columns));
            if (n + 4 == count && columns < 4)
            {
                CollectRest(block, columns, lanes, n + 3, count, rows);
                return;
            }

            row3.Store(row + (3 * columns));
        }

        CollectRest(block, columns, lanes, n, count, rows);
    }

    private static void CollectRest(float* block, int columns, int lanes, nint first, nint count, float* rows)
    {
        for (nint n = first; n < count; n++)
        {
            for (int c = 0; c < columns; c++)
            {
                rows[(n * columns) + c] = block[(c * lanes) + n];
            }
        }
    }
}
