using System.Runtime.InteropServices;

namespace AotBackprop.Native;

/// <summary>How to train, as C gives it: <c>LIBRARY_options</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct NativeOptions
{
    /// <summary>The bytes of the struct that the caller was compiled with.</summary>
    public nuint Size;

    /// <summary>η, finite and not negative.</summary>
    public float LearningRate;

    /// <summary>0 is gradient descent.</summary>
    public int Optimizer;

    /// <summary>
    /// Whether these options can be followed. A longer struct comes from a caller of a later version: it is taken
    /// where all that this version does not know is 0.
    /// </summary>
    internal static unsafe NetworkStatus Validate(NativeOptions* options)
    {
        if (options == null)
        {
            return NetworkStatus.NullPointer;
        }

        if (options->Size < (nuint)sizeof(NativeOptions) || options->Size > 4096 || options->Optimizer != 0)
        {
            return NetworkStatus.InvalidOptions;
        }

        byte* bytes = (byte*)options;
        for (nuint i = (nuint)sizeof(NativeOptions); i < options->Size; i++)
        {
            if (bytes[i] != 0)
            {
                return NetworkStatus.InvalidOptions;
            }
        }

        return NetworkStatus.Ok;
    }
}
