using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AotBackprop.Runtime;

/// <summary>
/// A sparse matrix in CSR form (row starts and ends, column indices, values), with a linked list of the entries of each
/// column. The caller's memory has room for an eighth of the dense matrix. Threads may fill different rows, and chain
/// different columns.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public unsafe struct Entries
{
    /// <summary>At most one entry in this many is non-zero.</summary>
    internal const int Sparseness = 8;

    /// <summary>The index of each row's first entry.</summary>
    public int* Starts;

    /// <summary>The index after each row's last entry.</summary>
    public int* Ends;

    /// <summary>The column of each entry.</summary>
    public int* Columns;

    /// <summary>The value of each entry.</summary>
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

    /// <summary>The capacity of the lists of entries, for a dense matrix of this shape.</summary>
    internal static nint Capacity(nint rows, int columns) => rows * ((columns + Sparseness - 1) / Sparseness);

    /// <summary>The matrix from a later row on, for access by rows.</summary>
    /// <param name="row">The row.</param>
    public readonly Entries From(nint row)
    {
        Entries later = this;
        later.Starts += row;
        later.Ends += row;
        return later;
    }

    /// <summary>Lists the entries row by row, unless there are too many.</summary>
    /// <param name="X">The matrix, dense.</param>
    /// <param name="first">The first row to look at.</param>
    /// <param name="rows">Rows to look at.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="list">Room for a row's columns, and <see cref="NonZero.Overrun"/>.</param>
    /// <param name="largest">Receives the largest magnitude: infinite or NaN if any entry is.</param>
    /// <returns>Whether all of them are listed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal readonly bool Fill(float* X, nint first, nint rows, int columns, int* list, out float largest)
    {
        uint magnitude = 0;
        nint start = Capacity(first, columns);
        nint end = start;
        X += first * columns;
        for (nint n = 0; n < rows; n++, X += columns)
        {
            Starts[first + n] = (int)end;
            nint most = start + Capacity(Math.Min(rows, n + 4), columns) - end;
            nint count = NonZero.ColumnsOf(X, columns, most, list);
            if (count > most)
            {
                largest = 0;
                return false;
            }

            for (nint k = 0; k < count; k++)
            {
                float value = X[list[k]];
                Columns[end + k] = list[k];
                Values[end + k] = value;
                magnitude = Math.Max(magnitude, BitConverter.SingleToUInt32Bits(value) & 0x7FFFFFFF);
            }

            end += count;
            Ends[first + n] = (int)end;
        }

        largest = BitConverter.UInt32BitsToSingle(magnitude);
        return true;
    }

    /// <summary>Links the entries of some columns, each in the order of its rows.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="first">The first of the columns.</param>
    /// <param name="end">The column after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Chain(nint rows, int first, int end)
    {
        NativeMemory.Fill(Heads + first, (nuint)(end - first) * sizeof(int), byte.MaxValue);
        Chained += first;
        nint chained = 0;
        for (nint n = rows - 1; n >= 0; n--)
        {
            for (int e = Starts[n]; e < Ends[n]; e++)
            {
                int column = Columns[e];
                if ((uint)(column - first) >= (uint)(end - first))
                {
                    continue;
                }

                int head = Heads[column];
                Rows[e] = (int)n;
                Next[e] = head;
                Heads[column] = e;
                if (head < 0)
                {
                    // Not past the last one: another thread's columns follow.
                    Chained[chained++] = column;
                }
            }
        }

        ChainedCount = chained;
    }
}
