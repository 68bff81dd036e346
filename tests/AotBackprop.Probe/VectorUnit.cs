using System.Runtime.Intrinsics;

namespace AotBackprop.Probe;

/// <summary>What the process computes with.</summary>
public static class VectorUnit
{
    /// <summary>Bits of the widest vectors: 512, 256 or 128.</summary>
    public static int Width => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>Whether a multiply-add is rounded once: (1 + e)(1 − e) − 1 is −e² then, and 0 where the product is rounded.</summary>
    public static bool IsFused
    {
        get
        {
            const float e = 1f / (1 << 13);
            return Vector128.MultiplyAddEstimate(Vector128.Create(1 + e), Vector128.Create(1 - e), Vector128.Create(-1f)).ToScalar() != 0;
        }
    }
}
