using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AotBackprop.Runtime;

/// <summary>The words of emitted kernels for vectors of 16 floats.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class Lanes512 : Lanes<Vectors512, Vector512<float>>
{
    /// <summary>The sum of 16 lanes by halves: 16 to 8, 4, 2, 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> v) => Lanes256.Sum(v.GetLower(), v.GetUpper());
}
