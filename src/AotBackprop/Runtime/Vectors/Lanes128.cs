using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AotBackprop.Runtime;

/// <summary>The words of emitted kernels for vectors of 4 floats.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class Lanes128 : Lanes<Vectors128, Vector128<float>>
{
    /// <summary>The sum of 16 lanes by halves: 16 to 8, 4, 2, 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d) =>
        SumByHalves((a + c) + (b + d));

    /// <summary>The sum of 4 lanes by halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float SumByHalves(Vector128<float> four)
    {
        Vector128<float> two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1));
        return (two + Vector128.Shuffle(two, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }
}
