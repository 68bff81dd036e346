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

    /// <summary>Whether these options can be followed.</summary>
    internal static unsafe NetworkStatus Validate(NativeOptions* options)
    {
        if (options == null)
        {
            return NetworkStatus.NullPointer;
        }

        return SizedStruct.IsUnderstood(options, options->Size) && options->Optimizer == 0
            ? NetworkStatus.Ok
            : NetworkStatus.InvalidOptions;
    }
}
