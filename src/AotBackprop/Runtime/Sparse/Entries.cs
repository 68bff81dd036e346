using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AotBackprop.Runtime;

/// <summary>
/// The entries of a matrix that are not 0: row by row, and chained by columns. They lie in memory of the caller's that
/// has room for an eighth of the matrix. Threads may list different rows, and chain different columns.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public unsafe struct Entries
{
    /// <summary>One entry in so many is the most that is listed.</summary>
    internal const int Sparseness = 8;

    /// <summary>Where each row's entries begin.</summary>
    public int* Starts;

    /// <summary>Where each row's entries end.</summary>
    public int* Ends;

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
    internal static nint Capacity(nint rows, int columns) => rows * ((columns + Sparseness - 1) / Sparseness);

    /// <summary>The same from a later row on, for what goes row by row.</summary>
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
    /// <param name="list">Room for a row's columns, and <see cref="NonZero.Slack"/>.</param>
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

    /// <summary>Chains the entries of some columns, each in the order of its rows.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="first">The first of the columns.</param>
    /// <param name="end">The column behind the last of them.</param>
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
                    // Nothing behind the last may be written: there another thread's columns begin.
                    Chained[chained++] = column;
                }
            }
        }

        ChainedCount = chained;
    }
}
