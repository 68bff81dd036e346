using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using AotBackprop.Runtime;

namespace AotBackprop.Native;

/// <summary>How to train, as C gives it: <c>LIBRARY_options</c>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[StructLayout(LayoutKind.Sequential)]
public struct NativeOptions
{
    // The size of the struct when the optimizer's number was its last field: plain gradient descent, all else 0.
    private const nuint FirstSize = 16;

    /// <summary>The bytes of the struct that the caller was compiled with.</summary>
    internal nuint Size;

    /// <summary>η, a number of <see cref="OptimizerKind"/>, and what the optimizer needs.</summary>
    internal OptimizerSettings Settings;

    /// <summary>What the options ask for, where this version understands them; whether it can be is seen later.</summary>
    internal static unsafe NetworkStatus Read(NativeOptions* options, out OptimizerSettings settings)
    {
        // As nearly every caller gives them: one copy, which a step of a tiny network notices.
        if (options != null && options->Size == (nuint)sizeof(NativeOptions))
        {
            settings = options->Settings;
            return NetworkStatus.Ok;
        }

        NetworkStatus status = SizedStruct.Read(
            options, FirstSize, NetworkStatus.InvalidOptions, NetworkStatus.UnknownOption, out NativeOptions given);
        settings = given.Settings;
        return status;
    }

    /// <summary>
    /// Whether they ask for plain gradient descent, found by looking at all other bytes at once: a step of a tiny network
    /// notices more. The others may change meanwhile; the rate is read once.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe bool ArePlain(NativeOptions* options, out float learningRate)
    {
        learningRate = 0;
        if (options == null || options->Size != (nuint)sizeof(NativeOptions))
        {
            return false;
        }

        learningRate = options->Settings.LearningRate;
        byte* others = (byte*)options + sizeof(nuint) + sizeof(float), end = (byte*)(options + 1);
        return (Vector128.Load(others) | Vector128.Load(end - Vector128<byte>.Count)) == Vector128<byte>.Zero;
    }

    /// <summary>What the options ask for, and whether it can be.</summary>
    /// <param name="options">The caller's.</param>
    /// <param name="settings">Receives what they ask for.</param>
    /// <param name="came">Receives the number that is wrong, where it is one that the status names.</param>
    internal static unsafe NetworkStatus Validate(NativeOptions* options, out OptimizerSettings settings, out double came)
    {
        NetworkStatus status = Read(options, out settings);
        if (status == NetworkStatus.Ok)
        {
            return settings.Validate(out came);
        }

        came = status == NetworkStatus.NullPointer ? 0 : options->Size;
        return status;
    }
}
