using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AotBackprop.Runtime;

/// <summary>Checks of data for numbers that must not enter a computation.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Scan
{
    private const uint Magnitude = 0x7FFFFFFF;

    /// <summary>
    /// The largest |p[i]|: infinite or NaN if any is. As integers the bits of magnitudes are ordered like the
    /// magnitudes, with infinity above the finite numbers and NaN above infinity.
    /// </summary>
    /// <param name="p">Floats.</param>
    /// <param name="count">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Largest(float* p, nuint count)
    {
        // Four at a time, each of which waits for its own last.
        uint largest;
        nuint i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<uint> most0 = Vector512<uint>.Zero, most1 = most0, most2 = most0, most3 = most0;
            for (; i + 64 <= count; i += 64)
            {
                most0 = Vector512.Max(most0, Vector512.Load((uint*)p + i) & Vector512.Create(Magnitude));
                most1 = Vector512.Max(most1, Vector512.Load((uint*)p + i + 16) & Vector512.Create(Magnitude));
                most2 = Vector512.Max(most2, Vector512.Load((uint*)p + i + 32) & Vector512.Create(Magnitude));
                most3 = Vector512.Max(most3, Vector512.Load((uint*)p + i + 48) & Vector512.Create(Magnitude));
            }

            most0 = Vector512.Max(Vector512.Max(most0, most1), Vector512.Max(most2, most3));
            for (; i + 16 <= count; i += 16)
            {
                most0 = Vector512.Max(most0, Vector512.Load((uint*)p + i) & Vector512.Create(Magnitude));
            }

            largest = LargestLane(Vector256.Max(most0.GetLower(), most0.GetUpper()));
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Vector256<uint> most0 = Vector256<uint>.Zero, most1 = most0, most2 = most0, most3 = most0;
            for (; i + 32 <= count; i += 32)
            {
                most0 = Vector256.Max(most0, Vector256.Load((uint*)p + i) & Vector256.Create(Magnitude));
                most1 = Vector256.Max(most1, Vector256.Load((uint*)p + i + 8) & Vector256.Create(Magnitude));
                most2 = Vector256.Max(most2, Vector256.Load((uint*)p + i + 16) & Vector256.Create(Magnitude));
                most3 = Vector256.Max(most3, Vector256.Load((uint*)p + i + 24) & Vector256.Create(Magnitude));
            }

            most0 = Vector256.Max(Vector256.Max(most0, most1), Vector256.Max(most2, most3));
            for (; i + 8 <= count; i += 8)
            {
                most0 = Vector256.Max(most0, Vector256.Load((uint*)p + i) & Vector256.Create(Magnitude));
            }

            largest = LargestLane(most0);
        }
        else
        {
            Vector128<uint> most0 = Vector128<uint>.Zero, most1 = most0, most2 = most0, most3 = most0;
            for (; i + 16 <= count; i += 16)
            {
                most0 = Vector128.Max(most0, Vector128.Load((uint*)p + i) & Vector128.Create(Magnitude));
                most1 = Vector128.Max(most1, Vector128.Load((uint*)p + i + 4) & Vector128.Create(Magnitude));
                most2 = Vector128.Max(most2, Vector128.Load((uint*)p + i + 8) & Vector128.Create(Magnitude));
                most3 = Vector128.Max(most3, Vector128.Load((uint*)p + i + 12) & Vector128.Create(Magnitude));
            }

            most0 = Vector128.Max(Vector128.Max(most0, most1), Vector128.Max(most2, most3));
            for (; i + 4 <= count; i += 4)
            {
                most0 = Vector128.Max(most0, Vector128.Load((uint*)p + i) & Vector128.Create(Magnitude));
            }

            largest = LargestLane(most0);
        }

        for (; i < count; i++)
        {
            largest = Math.Max(largest, ((uint*)p)[i] & Magnitude);
        }

        return BitConverter.UInt32BitsToSingle(largest);
    }

    /// <summary>
    /// The larger, lane by lane, of what has been seen and of |p[0]| to |p[7]|: twice their bits, without the sign. A loop
    /// that multiplies has room for it beside the arithmetic; a pass of its own waits for the second cache.
    /// </summary>
    /// <param name="seen">What has been seen, 0 at first.</param>
    /// <param name="p">8 floats.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Larger(Vector256<uint> seen, float* p) => Vector256.Max(seen, Vector256.Load((uint*)p) << 1);

    /// <summary>The largest magnitude that <see cref="Larger"/> has seen: infinite or NaN if any is.</summary>
    /// <param name="seen">What has been seen.</param>
    public static float Largest(Vector256<uint> seen) => BitConverter.UInt32BitsToSingle(LargestLane(seen) >> 1);

    /// <summary>
    /// Copies a row, and has the processor fetch another one: rows in random order come from memory, which the copy waits
    /// for, so that looking for the largest takes no time.
    /// </summary>
    /// <param name="from">The row.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="columns">Its floats.</param>
    /// <param name="coming">A row that will be copied soon.</param>
    /// <returns>The largest magnitude: infinite or NaN if any is.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Copy(float* from, float* to, nuint columns, float* coming)
    {
        uint largest = 0;
        nuint i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<uint> most = Vector512<uint>.Zero;
            for (; i + 16 <= columns; i += 16)
            {
                Fetch(coming + i);
                Vector512<uint> bits = Vector512.Load((uint*)from + i);
                bits.Store((uint*)to + i);
                most = Vector512.Max(most, bits & Vector512.Create(Magnitude));
            }

            largest = LargestLane(Vector256.Max(most.GetLower(), most.GetUpper()));
        }
        else
        {
            Vector128<uint> most = Vector128<uint>.Zero;
            for (; i + 4 <= columns; i += 4)
            {
                Fetch(coming + i);
                Vector128<uint> bits = Vector128.Load((uint*)from + i);
                bits.Store((uint*)to + i);
                most = Vector128.Max(most, bits & Vector128.Create(Magnitude));
            }

            largest = LargestLane(most);
        }

        for (; i < columns; i++)
        {
            uint bits = ((uint*)from)[i];
            ((uint*)to)[i] = bits;
            largest = Math.Max(largest, bits & Magnitude);
        }

        return BitConverter.UInt32BitsToSingle(largest);
    }

    /// <summary>
    /// Copies labels, and looks at what it has copied: another thread may change them meanwhile, and what becomes an index
    /// must be what was looked at. A local is one read: .NET's memory model lets no compiler read again.
    /// </summary>
    /// <param name="labels">Labels.</param>
    /// <param name="count">How many.</param>
    /// <param name="classes">C.</param>
    /// <param name="copy">Receives them.</param>
    /// <returns>Whether each is a class number.</returns>
    internal static bool CopyLabels(int* labels, nuint count, int classes, int* copy)
    {
        // As unsigned numbers negative ones are above all classes. The copy is written in vectors as wide as those that
        // soon read it: a processor passes on a store before it is in the cache, but not two together.
        uint most = 0;
        nuint n = 0;
        if (Vector512.IsHardwareAccelerated && count >= 16)
        {
            Vector512<uint> largest = Vector512<uint>.Zero;
            for (; n + 16 <= count; n += 16)
            {
                Vector512<uint> some = Vector512.Load((uint*)labels + n);
                some.Store((uint*)copy + n);
                largest = Vector512.Max(largest, some);
            }

            most = LargestLane(Vector256.Max(largest.GetLower(), largest.GetUpper()));
        }
        else if (Vector256.IsHardwareAccelerated && count >= 8)
        {
            Vector256<uint> largest = Vector256<uint>.Zero;
            for (; n + 8 <= count; n += 8)
            {
                Vector256<uint> some = Vector256.Load((uint*)labels + n);
                some.Store((uint*)copy + n);
                largest = Vector256.Max(largest, some);
            }

            most = LargestLane(largest);
        }
        else if (count >= 4)
        {
            Vector128<uint> largest = Vector128<uint>.Zero;
            for (; n + 4 <= count; n += 4)
            {
                Vector128<uint> some = Vector128.Load((uint*)labels + n);
                some.Store((uint*)copy + n);
                largest = Vector128.Max(largest, some);
            }

            most = LargestLane(largest);
        }

        for (; n < count; n++)
        {
            int label = labels[n];
            copy[n] = label;
            most = Math.Max(most, (uint)label);
        }

        return most < (uint)classes;
    }

    /// <summary>Whether every number lies between two others, which may be among them; NaN does not.</summary>
    internal static bool AreWithin(float* p, nuint count, float least, float most)
    {
        Vector128<float> low = Vector128.Create(least), high = Vector128.Create(most), are = Vector128<float>.AllBitsSet;
        nuint i = 0;
        for (; i + 4 <= count; i += 4)
        {
            Vector128<float> v = Vector128.Load(p + i);
            are &= Vector128.GreaterThanOrEqual(v, low) & Vector128.LessThanOrEqual(v, high);
        }

        bool all = Vector128.EqualsAll(are.AsUInt32(), Vector128<uint>.AllBitsSet);
        for (; i < count; i++)
        {
            all &= p[i] >= least & p[i] <= most;
        }

        return all;
    }

    /// <summary>Whether each row holds finite numbers, none negative, that sum to 1 within 1e-4.</summary>
    internal static bool AreProbabilities(float* Y, nuint count, int classes)
    {
        for (nuint n = 0; n < count; n++)
        {
            if (!IsDistribution(Y + (n * (nuint)classes), classes))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether these are finite numbers, none negative, that sum to 1 within 1e-4.</summary>
    internal static bool IsDistribution(ReadOnlySpan<float> row)
    {
        fixed (float* y = row)
        {
            return IsDistribution(y, row.Length);
        }
    }

    private static bool IsDistribution(float* row, int classes)
    {
        double sum = 0;
        for (int j = 0; j < classes; j++)
        {
            float y = row[j];
            if (!(y >= 0))
            {
                return false;
            }

            sum += y;
        }

        return Math.Abs(sum - 1) <= 1e-4;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(float* p)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(p);
        }
    }

    private static uint LargestLane(Vector256<uint> most) => LargestLane(Vector128.Max(most.GetLower(), most.GetUpper()));

    private static uint LargestLane(Vector128<uint> most)
    {
        most = Vector128.Max(most, Vector128.Shuffle(most, Vector128.Create(2u, 3, 0, 1)));
        most = Vector128.Max(most, Vector128.Shuffle(most, Vector128.Create(1u, 0, 3, 2)));
        return most.ToScalar();
    }
}
