namespace AotBackprop.Native;

/// <summary>A struct of the caller's that begins with its size, so that later versions may add to its end.</summary>
internal static unsafe class SizedStruct
{
    private const nuint Largest = 4096;

    /// <summary>
    /// Whether a struct of so many bytes can be read as T. A longer one comes from a caller of a later version: it is
    /// taken where all that this version does not know is 0.
    /// </summary>
    public static bool IsUnderstood<T>(T* given, nuint size)
        where T : unmanaged =>
        size == (nuint)sizeof(T)
        || (size > (nuint)sizeof(T) && size <= Largest && !new ReadOnlySpan<byte>((byte*)given + sizeof(T), (int)size - sizeof(T)).ContainsAnyExcept((byte)0));
}
