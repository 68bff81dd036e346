using System.Runtime.CompilerServices;

namespace AotBackprop.Native;

/// <summary>How the processor is set to round, which a host decides.</summary>
internal static class FloatingPointEnvironment
{
    /// <summary>Whether denormals are kept, read and written, and rounding is to nearest.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool IsDefault()
    {
        float smallest = Opaque(BitConverter.Int32BitsToSingle(0x00800000));
        float denormal = Opaque(BitConverter.Int32BitsToSingle(0x00400000));
        float one = Opaque(1f);
        float quarterUlp = Opaque(BitConverter.Int32BitsToSingle(0x33000000));
        float threeQuarters = 3 * quarterUlp;
        return BitConverter.SingleToInt32Bits(smallest * Opaque(0.5f)) == 0x00400000
            && BitConverter.SingleToInt32Bits(denormal * Opaque(2f)) == 0x00800000
            && one + quarterUlp == one
            && one + threeQuarters > one
            && -one - quarterUlp == -one
            && -one - threeQuarters < -one;
    }

    // Keeps the compiler from computing with numbers that it can see.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float Opaque(float value) => value;
}
