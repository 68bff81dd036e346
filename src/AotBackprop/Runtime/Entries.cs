using System.Runtime.CompilerServices;

namespace AotBackprop.Runtime;

/// <summary>
/// The entries of a matrix that are not 0: row by row, and chained by columns. They lie in memory of the caller's that
/// has room for an eighth of the matrix.
/// </summary>
public unsafe struct Entries
{
    /// <summary>One entry in so many is the most that is listed.</summary>
    public const int Sparseness = 8;

    /// <summary>Where each row's entries begin, and where the last one's end: rows + 1 ints.</summary>
    public int* Starts;

    /// <summary>The column of each entry.</summary>
    public int* Columns;

    /// <summary>Each entry.</summary>
    public float* Values;

    /// <summary>The row of each entry; training only.</summary>
    public int* Rows;

    /// <summary>The next entry of the same column, in a later row, or −1; training only.</summary>
    public int* Next;

    /// <summary>The first entry of each column, or −1; training only.</summary>
    public int* Heads;

    /// <summary>The columns that have entries, in no order; training only.</summary>
    public int* Chained;

    /// <summary>How many columns have entries, once they are chained.</summary>
    public nint ChainedCount;

    /// <summary>Ints or floats of each list of entries: for so many rows of so many columns.</summary>
    public static nint Capacity(nint rows, int columns) => rows * ((columns + Sparseness - 1) / Sparseness);

    /// <summary>Lists the entries row by row, unless there are too many.</summary>
    /// <param name="X">rows×columns, dense.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="list">Room for a row's columns, and <see cref="NonZero.Slack"/>.</param>
    /// <param name="largest">Receives the largest magnitude: infinite or NaN if any entry is.</param>
    /// <returns>Whether all of them are listed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly bool Fill(float* X, nint rows, int columns, int* list, out float largest)
    {
        nint capacity = Capacity(rows, columns);
        uint most = 0;
        nint end = 0;
        for (nint n = 0; n < rows; n++, X += columns)
        {
            Starts[n] = (int)end;
            nint count = NonZero.ColumnsOf(X, columns, list);
            if (end + count > Math.Min(capacity, Capacity(n + 4, columns)))
            {
                largest = 0;
                return false;
            }

            for (nint k = 0; k < count; k++)
            {
                float value = X[list[k]];
                Columns[end + k] = list[k];
                Values[end + k] = value;
                most = Math.Max(most, BitConverter.SingleToUInt32Bits(value) & 0x7FFFFFFF);
            }

            end += count;
        }

        Starts[rows] = (int)end;
        largest = BitConverter.UInt32BitsToSingle(most);
        return true;
    }

    /// <summary>Chains the entries of each column, in the order of their rows.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Chain(nint rows, int columns)
    {
        new Span<int>(Heads, columns).Fill(-1);
        nint chained = 0;
        for (nint n = rows - 1; n >= 0; n--)
        {
            for (int e = Starts[n]; e < Starts[n + 1]; e++)
            {
                int column = Columns[e];
                int head = Heads[column];
                Rows[e] = (int)n;
                Next[e] = head;
                Heads[column] = e;
                Chained[chained] = column;
                chained += head < 0 ? 1 : 0;
            }
        }

        ChainedCount = chained;
    }
}
