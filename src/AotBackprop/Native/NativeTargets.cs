using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AotBackprop.Runtime;

namespace AotBackprop.Native;

/// <summary>What a network should say about samples, as C gives it: <c>LIBRARY_targets</c>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[StructLayout(LayoutKind.Sequential)]
public unsafe struct NativeTargets
{
    // The size of the struct when weights were its last field.
    private const nuint FirstSize = 32;

    /// <summary>The bytes of the struct that the caller was compiled with.</summary>
    internal nuint Size;

    /// <summary>Class numbers, or null.</summary>
    internal int* Labels;

    /// <summary>Rows of values, or null.</summary>
    internal float* Values;

    /// <summary>How much each sample counts, or null.</summary>
    internal float* Weights;

    /// <summary>The targets, where this version understands them: read once, for their owner may change them meanwhile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static NetworkStatus Read(NativeTargets* targets, out BatchTargets read) =>
        TryRead(targets, out read) ? NetworkStatus.Ok : ReadOther(targets, out read);

    /// <summary>The targets, where the caller was compiled with this version of the struct; likewise read once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryRead(NativeTargets* targets, out BatchTargets read)
    {
        bool isKnown = targets != null && targets->Size == (nuint)sizeof(NativeTargets);
        read = isKnown ? BatchTargets.Of(targets->Labels, targets->Values, targets->Weights) : default;
        return isKnown;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static NetworkStatus ReadOther(NativeTargets* targets, out BatchTargets read)
    {
        NetworkStatus status = SizedStruct.Read(
            targets, FirstSize, NetworkStatus.InvalidTargets, NetworkStatus.UnknownTargetOption, out NativeTargets copy);
        read = BatchTargets.Of(copy.Labels, copy.Values, copy.Weights);
        return status;
    }
}
