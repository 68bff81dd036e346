using System.Runtime.InteropServices;

namespace AotBackprop.Native;

/// <summary>Which batches of which epoch to train on, as C gives it: <c>LIBRARY_epoch</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct NativeEpoch
{
    // What the struct was when it ended with the stop flag.
    private const nuint FirstSize = 56;

    /// <summary>The bytes of the struct that the caller was compiled with.</summary>
    public nuint Size;

    /// <summary>Samples in a batch; the last batch of an epoch may be short.</summary>
    public nuint BatchSize;

    /// <summary>With <see cref="Epoch"/>, decides the order of the samples.</summary>
    public ulong Seed;

    /// <summary>The number of the epoch.</summary>
    public ulong Epoch;

    /// <summary>The first batch of the range, counted from 0.</summary>
    public nuint FirstBatch;

    /// <summary>Batches in the range; 0 is all from the first on.</summary>
    public nuint BatchCount;

    /// <summary>Read before each batch; any number but 0 ends the call. May be null.</summary>
    public int* Stop;

    /// <summary>Where the loss of each batch, times its samples, is added one by one. May be null.</summary>
    public double* LossSum;

    /// <summary>The range, where this version understands it: read once, for its owner may change it meanwhile.</summary>
    internal static NetworkStatus Read(NativeEpoch* epoch, out NativeEpoch range) =>
        SizedStruct.Read(epoch, FirstSize, NetworkStatus.InvalidEpoch, NetworkStatus.UnknownEpochOption, out range);
}
