using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AotBackprop.Runtime;

/// <summary>
/// Rows out of a block of 16 samples in which they lie across lanes: float r of column j is column j of row r. Rows have
/// up to 16 columns.
/// </summary>
public static unsafe class RowBlock
{
    /// <summary>Floats of scratch memory that a block takes.</summary>
    public const int Floats = 2 * Columns * Columns;

    private const int Columns = SampleLanes.Samples;

    /// <summary>Gathers the lanes to dense rows; nothing behind the last is touched.</summary>
    /// <param name="block">16 floats for each column, and behind 256 of them as much scratch memory.</param>
    /// <param name="columns">Columns, 2 to 16.</param>
    /// <param name="count">Rows that are wanted, up to 16.</param>
    /// <param name="rows">Receives them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Collect(float* block, int columns, nint count, float* rows)
    {
        if (columns <= 4)
        {
            CollectNarrow(block, columns, count, rows);
            return;
        }

        float* wide = block + (Columns * Columns);
        Matrix.TransposeSixteen(block, Columns, wide, Columns);

        // Each row is stored with more behind it, which the next rows overwrite, but at the end.
        int stored = columns <= 8 ? 8 : Columns;
        nint whole = count - ((stored - 1) / columns);
        nint n = 0;
        for (; n < whole; n++, wide += Columns)
        {
            float* row = rows + (n * columns);
            Vector256.Load(wide).Store(row);
            if (stored > 8)
            {
                Vector256.Load(wide + 8).Store(row + 8);
            }
        }

        CollectRest(block, columns, n, count, rows);
    }

    /// <summary>The same for up to 4 columns, by blocks of 4×4.</summary>
    private static void CollectNarrow(float* block, int columns, nint count, float* rows)
    {
        nint n = 0;
        for (; n <= count - 4; n += 4)
        {
            float* from = block + n;
            Matrix.TransposeFour(
                Vector128.Load(from),
                Vector128.Load(from + Columns),
                Vector128.Load(from + (2 * Columns)),
                Vector128.Load(from + (3 * Columns)),
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
                CollectRest(block, columns, n + 3, count, rows);
                return;
            }

            row3.Store(row + (3 * columns));
        }

        CollectRest(block, columns, n, count, rows);
    }

    private static void CollectRest(float* block, int columns, nint first, nint count, float* rows)
    {
        for (nint n = first; n < count; n++)
        {
            for (int c = 0; c < columns; c++)
            {
                rows[(n * columns) + c] = block[(c * Columns) + n];
            }
        }
    }
}
