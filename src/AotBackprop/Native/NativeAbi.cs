namespace AotBackprop.Native;

/// <summary>The version of the C interface.</summary>
public static class NativeAbi
{
    /// <summary>
    /// Raised with every change of a struct, a signature or the meaning of one. Functions and options may be added
    /// without.
    /// </summary>
    public const int Version = 2;
}
