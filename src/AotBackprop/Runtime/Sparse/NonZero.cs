using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using AotBackprop.Numerics;

namespace AotBackprop.Runtime;

/// <summary>
/// Indices of the non-zero columns and rows of a matrix, for register tiles that skip the zeros: a multiply-add with 0
/// changes no sum of finite numbers.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class NonZero
{
    /// <summary>Rows of the tallest register tile that looks for zeros.</summary>
    internal const int Rows = 8;

    /// <summary>Ints that may be written after the end of a list.</summary>
    internal const int Overrun = 16;

    private const int Block = 16;

    // The columns of a row that are counted first, to reject a dense row early.
    private const int Probed = 8 * Block;

    // Prefetch distance in floats, farther ahead than the hardware prefetcher runs.
    private const int Ahead = 1024;

    // Classes whose samples are told apart where rows are put in order.
    private const int Classes = 64;

    /// <summary>
    /// An order of samples for register tiles of a product, in which those of a class are neighbours: they resemble each
    /// other, so that a tile of them has more columns of zeros. Each row of a product is its own, whatever is beside it.
    /// </summary>
    /// <param name="targets">Where the classes come from: of a row of probabilities, the largest one's.</param>
    /// <param name="classes">C.</param>
    /// <param name="N">Samples.</param>
    /// <param name="rows">Rows of a tile.</param>
    /// <param name="order">Receives the numbers of the samples in whole tiles; the remaining entries are not written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Order(in BatchTargets targets, int classes, nint N, int rows, int* order)
    {
        int* place = stackalloc int[Classes + 1];
        Matrix.Clear((float*)place, Classes + 1);
        nint whole = Quotient.Of(N, rows) * rows;
        for (nint n = 0; n < whole; n++)
        {
            place[1 + (targets.ClassOf(n, classes) % Classes)]++;
        }

        int* end = stackalloc int[Classes];
        for (int c = 0; c < Classes; c++)
        {
            place[c + 1] += place[c];
            end[c] = place[c + 1];
        }

        for (nint n = 0; n < whole; n++)
        {
            int c = targets.ClassOf(n, classes) % Classes;
            if (place[c] == end[c])
            {
                // Probabilities are their owner's, who has changed them meanwhile: any order of all samples will do.
                for (n = 0; n < whole; n++)
                {
                    order[n] = (int)n;
                }

                return;
            }

            order[place[c]++] = (int)n;
        }
    }

    /// <summary>How many entries of a row are not 0.</summary>
    /// <param name="x">The row.</param>
    /// <param name="columns">Columns.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static nint Count(float* x, int columns)
    {
        nint count = 0;
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i <= columns - 16; i += 16)
            {
                count += 16 - BitOperations.PopCount(Vector512.Equals(Vector512.Load(x + i), Vector512<float>.Zero).ExtractMostSignificantBits());
            }
        }
        else
        {
            for (; i <= columns - 8; i += 8)
            {
                count += 8 - BitOperations.PopCount(Vector256.Equals(Vector256.Load(x + i), Vector256<float>.Zero).ExtractMostSignificantBits());
            }
        }

        for (; i < columns; i++)
        {
            count += x[i] != 0 ? 1 : 0;
        }

        return count;
    }

    /// <summary>The number of a row in an order; without one, its own.</summary>
    /// <param name="order">The order, or null.</param>
    /// <param name="n">A place in it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Row(int* order, nint n) => order == null ? n : order[n];

    /// <summary>The columns where any of a few rows is not 0, ascending.</summary>
    /// <param name="X">The matrix.</param>
    /// <param name="stride">Floats from row to row.</param>
    /// <param name="order">The order of the rows, or null where they follow each other.</param>
    /// <param name="first">The first row's place in it.</param>
    /// <param name="rows">Rows, up to <see cref="Rows"/>.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="list">Receives them: columns ints, and <see cref="Overrun"/>.</param>
    /// <returns>How many there are.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint ColumnsOf(float* X, nint stride, int* order, nint first, int rows, int columns, int* list)
    {
        uint** row = stackalloc uint*[Rows];
        for (int r = 0; r < rows; r++)
        {
            row[r] = (uint*)X + (Row(order, first + r) * stride);
        }

        nint count = 0;
        int i = 0;
        if (Avx512F.IsSupported)
        {
            for (; i <= columns - 16; i += 16)
            {
                Vector512<uint> any = Vector512.Load(row[0] + i);
                for (int r = 1; r < rows; r++)
                {
                    any |= Vector512.Load(row[r] + i);
                }

                count += Append(any, i, list + count);
            }
        }
        else
        {
            for (; i <= columns - 4; i += 4)
            {
                Vector128<uint> any = Vector128.Load(row[0] + i);
                for (int r = 1; r < rows; r++)
                {
                    any |= Vector128.Load(row[r] + i);
                }

                count += Append(any, i, list + count);
            }
        }

        for (; i < columns; i++)
        {
            uint any = 0;
            for (int r = 0; r < rows; r++)
            {
                any |= row[r][i];
            }

            list[count] = i;
            count += any != 0 ? 1 : 0;
        }

        return count;
    }

    /// <summary>The columns where a row is not 0, ascending.</summary>
    /// <remarks>
    /// First the blocks of 16 columns are listed that are not all 0, which in a row of nearly all zeros are few.
    /// </remarks>
    /// <param name="x">A row.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="most">The most that are of use: with more the list is not finished.</param>
    /// <param name="list">Receives them: columns ints, and <see cref="Overrun"/>.</param>
    /// <returns>How many there are, or some number above <paramref name="most"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static nint ColumnsOf(float* x, int columns, nint most, int* list)
    {
        // If the limit is low, the first blocks of most rows already exceed it.
        int blocks = columns / Block;
        nint whole = blocks * Block;
        nint count = 0;
        nint place = 0;
        nint probed = most < Probed ? Math.Min(Probed, blocks / 4 * Block) : 0;
        for (; place < probed; place += Block)
        {
            count += AppendBlock((uint*)x, (int)place, list + count);
            if (count > most)
            {
                return count;
            }
        }

        // The list of blocks is kept at the end of the list of columns, which half of the blocks do not fill up to there.
        int* listed = list + columns - blocks;
        nint some = 0;
        for (; place <= whole - (4 * Block); place += 4 * Block)
        {
            if (Sse.IsSupported)
            {
                float* ahead = x + place + Ahead;
                Sse.Prefetch0(ahead);
                Sse.Prefetch0(ahead + Block);
                Sse.Prefetch0(ahead + (2 * Block));
                Sse.Prefetch0(ahead + (3 * Block));
            }

            uint* block = (uint*)x + place;
            listed[some] = (int)place;
            some += IsZero(block) ? 0 : 1;
            listed[some] = (int)place + Block;
            some += IsZero(block + Block) ? 0 : 1;
            listed[some] = (int)place + (2 * Block);
            some += IsZero(block + (2 * Block)) ? 0 : 1;
            listed[some] = (int)place + (3 * Block);
            some += IsZero(block + (3 * Block)) ? 0 : 1;
        }

        for (; place < whole; place += Block)
        {
            listed[some] = (int)place;
            some += IsZero((uint*)x + place) ? 0 : 1;
        }

        if (some + (probed / Block) <= blocks / 2)
        {
            for (nint k = 0; k < some; k++)
            {
                count += AppendBlock((uint*)x, listed[k], list + count);
            }
        }
        else
        {
            for (nint i = probed; i < whole && count <= most; i += Block)
            {
                count += AppendBlock((uint*)x, (int)i, list + count);
            }
        }

        for (int i = (int)whole; i < columns; i++)
        {
            list[count] = i;
            count += x[i] != 0 ? 1 : 0;
        }

        return count;
    }

    /// <summary>The rows where any of a few neighbouring columns is not 0, ascending.</summary>
    /// <param name="x">The first column.</param>
    /// <param name="stride">Floats from row to row.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns, up to 8.</param>
    /// <param name="list">Receives them: rows ints.</param>
    /// <returns>How many there are.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint RowsOf(float* x, nint stride, nint rows, int columns, int* list)
    {
        nint count = 0;
        nint n = 0;
        if (columns >= 4)
        {
            // Two overlapping vectors cover 4 to 8 columns.
            int second = columns - 4;
            for (; n <= rows - 4; n += 4, x += 4 * stride)
            {
                list[count] = (int)n;
                count += IsZero(x, second) ? 0 : 1;
                list[count] = (int)n + 1;
                count += IsZero(x + stride, second) ? 0 : 1;
                list[count] = (int)n + 2;
                count += IsZero(x + (2 * stride), second) ? 0 : 1;
                list[count] = (int)n + 3;
                count += IsZero(x + (3 * stride), second) ? 0 : 1;
            }

            for (; n < rows; n++, x += stride)
            {
                list[count] = (int)n;
                count += IsZero(x, second) ? 0 : 1;
            }

            return count;
        }

        for (; n < rows; n++, x += stride)
        {
            bool any = false;
            for (int i = 0; i < columns; i++)
            {
                any |= x[i] != 0;
            }

            list[count] = (int)n;
            count += any ? 1 : 0;
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsZero(uint* block) => Vector512.IsHardwareAccelerated
        ? Vector512.Load(block) == Vector512<uint>.Zero
        : (Vector256.Load(block) | Vector256.Load(block + 8)) == Vector256<uint>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsZero(float* x, int second) =>
        (Vector128.Load((uint*)x) | Vector128.Load((uint*)x + second)) == Vector128<uint>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int AppendBlock(uint* x, int first, int* list)
    {
        if (Avx512F.IsSupported)
        {
            return Append(Vector512.Load(x + first), first, list);
        }

        int count = 0;
        for (int i = first; i < first + Block; i += 4)
        {
            count += Append(Vector128.Load(x + i), i, list + count);
        }

        return count;
    }

    // No branch: zeros at random places would make it mispredict.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Append(Vector512<uint> bits, int first, int* list)
    {
        Vector512<int> isSet = ~Vector512.Equals(bits, Vector512<uint>.Zero).AsInt32();
        Avx512F.Compress(Vector512<int>.Zero, isSet, Vector512<int>.Indices + Vector512.Create(first)).Store(list);
        return BitOperations.PopCount(isSet.ExtractMostSignificantBits());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Append(Vector128<uint> bits, int first, int* list)
    {
        uint zeros = Vector128.Equals(bits, Vector128<uint>.Zero).ExtractMostSignificantBits();
        int count = 0;
        for (int b = 0; b < 4; b++)
        {
            list[count] = first + b;
            count += (int)(~zeros >> b) & 1;
        }

        return count;
    }
}
