using System.Runtime.InteropServices;
using AotBackprop.Runtime;

namespace AotBackprop.Native;

/// <summary>How to train, as C gives it: <c>LIBRARY_options</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct NativeOptions
{
    // What the struct was when it ended with the optimizer's number: plain gradient descent, with all else 0.
    private const nuint FirstSize = 16;

    /// <summary>The bytes of the struct that the caller was compiled with.</summary>
    public nuint Size;

    /// <summary>η, a number of <see cref="OptimizerKind"/>, and what the optimizer needs.</summary>
    public OptimizerSettings Settings;

    /// <summary>What the options ask for, where this version understands them; whether it can be is seen later.</summary>
    internal static unsafe NetworkStatus Read(NativeOptions* options, out OptimizerSettings settings)
    {
        // As nearly every caller gives them: one copy, which a step of a tiny network notices.
        if (options != null && options->Size == (nuint)sizeof(NativeOptions))
        {
            settings = options->Settings;
            return NetworkStatus.Ok;
        }

        NetworkStatus status = SizedStruct.Read(options, FirstSize, out NativeOptions given);
        settings = given.Settings;
        return status;
    }
}
