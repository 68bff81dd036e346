using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using AotBackprop.Numerics;

namespace AotBackprop.Runtime;

/// <summary>
/// Transposes blocks of 16 lanes to rows: float r of column j is column j of row r. Rows have up to 16 columns.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class RowBlock
{
    /// <summary>Floats of scratch memory that a block takes.</summary>
    internal const int Floats = 2 * Columns * Columns;

    private const int Columns = SampleLanes.Samples;

    /// <summary>Writes the lanes as dense rows; memory after the last is not touched.</summary>
    /// <param name="block">16 floats for each column. 256 are read; those after the columns are ignored.</param>
    /// <param name="columns">Columns, 1 to 16.</param>
    /// <param name="count">Rows that are wanted, up to 16.</param>
    /// <param name="wide">256 floats of scratch memory.</param>
    /// <param name="rows">Receives them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Collect(float* block, int columns, nint count, float* wide, float* rows)
    {
        if (columns == 1)
        {
            CollectRest(block, columns, 0, count, rows);
            return;
        }

        if (columns <= 4)
        {
            CollectNarrow(block, columns, count, rows);
            return;
        }

        Matrix.TransposeSixteen(block, Columns, wide, Columns);

        // Each store writes a whole vector, past the row's end; the next rows overwrite the excess. The last are stored exactly.
        int stored = columns <= 8 ? 8 : Columns;
        nint whole = count - Quotient.Of(stored - 1, columns);
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

    /// <summary>W ← update(W, dW), of dW in blocks of 16 of its rows, which follow each other.</summary>
    /// <param name="blocks">The blocks: 16 floats for each column; memory up to 256 floats is read from the last.</param>
    /// <param name="columns">Columns of W.</param>
    /// <param name="first">The first row, which begins a block.</param>
    /// <param name="end">The row after the last.</param>
    /// <param name="update">The update.</param>
    /// <param name="scratch"><see cref="Floats"/>.</param>
    /// <param name="W">W, of which these rows are updated.</param>
    public static void Descend<TUpdate>(float* blocks, int columns, int first, int end, in TUpdate update, float* scratch, float* W)
        where TUpdate : struct, IUpdate
    {
        float* rows = scratch + (Columns * Columns);
        for (int i = first; i < end; i += Columns)
        {
            int count = Math.Min(Columns, end - i);
            Collect(blocks + (i * columns), columns, count, scratch, rows);
            Matrix.Descend(W + (i * columns), rows, count * columns, 1, update);
        }
    }

    /// <summary>Rows of 2 to 4 columns, by blocks of 4×4.</summary>
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

            // Each store writes past the row's end, and the next row overwrites the excess; the last has no next one.
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
