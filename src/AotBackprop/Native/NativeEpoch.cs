using System.ComponentModel;
using System.Runtime.InteropServices;

namespace AotBackprop.Native;

/// <summary>Which batches of which epoch to train on, as C gives it: <c>LIBRARY_epoch</c>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[StructLayout(LayoutKind.Sequential)]
public unsafe struct NativeEpoch
{
    // The size of the struct when the stop flag was its last field.
    private const nuint FirstSize = 56;

    /// <summary>The bytes of the struct that the caller was compiled with.</summary>
    internal nuint Size;

    /// <summary>Samples in a batch; the last batch of an epoch may be short.</summary>
    internal nuint BatchSize;

    /// <summary>With <see cref="Epoch"/>, decides the order of the samples.</summary>
    internal ulong Seed;

    /// <summary>The number of the epoch.</summary>
    internal ulong Epoch;

    /// <summary>The first batch of the range, counted from 0.</summary>
    internal nuint FirstBatch;

    /// <summary>Batches in the range; 0 is all from the first on.</summary>
    internal nuint BatchCount;

    /// <summary>Read before each batch; any number but 0 ends the call. May be null.</summary>
    internal int* Stop;

    /// <summary>Where the loss of each batch, times its samples, is added one by one. May be null.</summary>
    internal double* LossSum;

    /// <summary>The range, where this version understands it: read once, for its owner may change it meanwhile.</summary>
    internal static NetworkStatus Read(NativeEpoch* epoch, out NativeEpoch range) =>
        SizedStruct.Read(epoch, FirstSize, NetworkStatus.InvalidEpoch, NetworkStatus.UnknownEpochOption, out range);
}
