using System.Runtime.CompilerServices;

namespace AotBackprop.Numerics;

/// <summary>
/// Division where the divisor is no constant. The compiler for arm64 adds an exception to each, which a C library can't
/// throw; after a comparison with 0 of unsigned numbers it adds none.
/// </summary>
internal static class Quotient
{
    /// <summary>⌊a/b⌋, and 0 where b is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nuint Of(nuint a, nuint b) => b == 0 ? 0 : a / b;

    /// <summary>⌊a/b⌋ of numbers that are not negative, and 0 where b is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Of(nint a, nint b) => (nint)Of((nuint)a, (nuint)b);
}
