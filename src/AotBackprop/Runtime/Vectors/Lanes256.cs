using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AotBackprop.Runtime;

/// <summary>The words of emitted kernels for vectors of 8 floats.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class Lanes256 : Lanes<Vectors256, Vector256<float>>
{
    /// <summary>The sum of 16 lanes by halves: 16 to 8, 4, 2, 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> low, Vector256<float> high)
    {
        Vector256<float> eight = low + high;
        Vector128<float> four = eight.GetLower() + eight.GetUpper();
        return Lanes128.SumByHalves(four);
    }
}
