using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AotBackprop.Runtime;

public static unsafe partial class SampleLanes
{
    /// <summary>Adds the 16 lanes of each number by halves: 16 to 8, 4, 2, 1.</summary>
    /// <param name="sums">16 floats for each number.</param>
    /// <param name="count">Numbers.</param>
    /// <param name="joined">Receives them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Join(float* sums, int count, float* joined)
    {
        int i = 0;
        if (Avx512F.IsSupported)
        {
            for (; i + 16 <= count; i += 16, sums += 16 * Samples)
            {
                JoinSixteen(sums).Store(joined + i);
            }
        }

        if (Avx2.IsSupported)
        {
            for (; i + 8 <= count; i += 8, sums += 8 * Samples)
            {
                JoinEight(sums).Store(joined + i);
            }
        }

        for (; i + 4 <= count; i += 4, sums += 4 * Samples)
        {
            Matrix.TransposeFour(
                Four(sums),
                Four(sums + Samples),
                Four(sums + (2 * Samples)),
                Four(sums + (3 * Samples)),
                out Vector128<float> lane0,
                out Vector128<float> lane1,
                out Vector128<float> lane2,
                out Vector128<float> lane3);
            ((lane0 + lane2) + (lane1 + lane3)).Store(joined + i);
        }

        for (; i < count; i++, sums += Samples)
        {
            Vector128<float> four = Four(sums);
            joined[i] = (four[0] + four[2]) + (four[1] + four[3]);
        }
    }

    /// <summary>16 sums to 8, and to 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Four(float* sums) =>
        (Vector128.Load(sums) + Vector128.Load(sums + 8)) + (Vector128.Load(sums + 4) + Vector128.Load(sums + 12));

    // Each half of a step adds the halves of twice as many numbers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> JoinSixteen(float* sums)
    {
        Vector512<float> first = HalvedPairs(Fours(sums), Fours(sums + (4 * Samples)));
        Vector512<float> second = HalvedPairs(Fours(sums + (8 * Samples)), Fours(sums + (12 * Samples)));
        Vector512<float> ones = Avx512F.Shuffle(first, second, 0b10_00_10_00) + Avx512F.Shuffle(first, second, 0b11_01_11_01);

        // Quarter i has the numbers i, i + 4, i + 8 and i + 12.
        return Avx512F.PermuteVar16x32(ones, Vector512.Create(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));

        static Vector512<float> Fours(float* sums)
        {
            Vector512<float> a = Eights(sums), b = Eights(sums + (2 * Samples));
            return Avx512F.Shuffle4x128(a, b, 0b10_00_10_00) + Avx512F.Shuffle4x128(a, b, 0b11_01_11_01);
        }

        static Vector512<float> Eights(float* sums)
        {
            Vector512<float> a = Vector512.Load(sums), b = Vector512.Load(sums + Samples);
            return Avx512F.Shuffle4x128(a, b, 0b01_00_01_00) + Avx512F.Shuffle4x128(a, b, 0b11_10_11_10);
        }

        static Vector512<float> HalvedPairs(Vector512<float> a, Vector512<float> b) =>
            Avx512F.Shuffle(a, b, 0b01_00_01_00) + Avx512F.Shuffle(a, b, 0b11_10_11_10);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> JoinEight(float* sums)
    {
        Vector256<float> first = HalvedPairs(Fours(sums), Fours(sums + (2 * Samples)));
        Vector256<float> second = HalvedPairs(Fours(sums + (4 * Samples)), Fours(sums + (6 * Samples)));
        Vector256<float> ones = Avx.Shuffle(first, second, 0b10_00_10_00) + Avx.Shuffle(first, second, 0b11_01_11_01);

        // The lower half has the numbers 0, 2, 4 and 6, the upper one 1, 3, 5 and 7.
        return Avx2.PermuteVar8x32(ones, Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7));

        static Vector256<float> Fours(float* sums)
        {
            Vector256<float> a = Eight(sums), b = Eight(sums + Samples);
            return Avx.Permute2x128(a, b, 0x20) + Avx.Permute2x128(a, b, 0x31);
        }

        static Vector256<float> Eight(float* sums) => Vector256.Load(sums) + Vector256.Load(sums + 8);

        static Vector256<float> HalvedPairs(Vector256<float> a, Vector256<float> b) =>
            Avx.Shuffle(a, b, 0b01_00_01_00) + Avx.Shuffle(a, b, 0b11_10_11_10);
    }
}
