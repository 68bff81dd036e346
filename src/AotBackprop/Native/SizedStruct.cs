namespace AotBackprop.Native;

/// <summary>A struct of the caller's that begins with its size, so that later versions may add to its end.</summary>
internal static unsafe class SizedStruct
{
    private const nuint Largest = 4096;

    /// <summary>
    /// Copies what the caller gave. A shorter struct comes from a caller of an earlier version, and what it lacks is 0; a
    /// longer one from a caller of a later version: it is taken where all that this version does not know is 0. Its owner
    /// may change it meanwhile: all of it is read once.
    /// </summary>
    /// <param name="given">The struct, or null.</param>
    /// <param name="first">The bytes of its first version.</param>
    /// <param name="invalid">What is said of a size that no version has.</param>
    /// <param name="unknown">What is said of fields that this version does not know, and that are not 0.</param>
    /// <param name="copy">Receives it.</param>
    public static NetworkStatus Read<T>(T* given, nuint first, NetworkStatus invalid, NetworkStatus unknown, out T copy)
        where T : unmanaged
    {
        copy = default;
        if (given == null)
        {
            return NetworkStatus.NullPointer;
        }

        nuint size = *(nuint*)given;
        if (size == (nuint)sizeof(T))
        {
            copy = *given;
            return NetworkStatus.Ok;
        }

        if (size != first && (size < (nuint)sizeof(T) || size > Largest))
        {
            return invalid;
        }

        fixed (T* target = &copy)
        {
            byte* from = (byte*)given;
            byte* to = (byte*)target;
            for (nuint i = 0; i < Math.Min(size, (nuint)sizeof(T)); i++)
            {
                to[i] = from[i];
            }

            for (nuint i = (nuint)sizeof(T); i < size; i++)
            {
                if (from[i] != 0)
                {
                    return unknown;
                }
            }
        }

        return NetworkStatus.Ok;
    }
}
