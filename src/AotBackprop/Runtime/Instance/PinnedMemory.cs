using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AotBackprop.Runtime;

/// <summary>
/// Memory that the garbage collector owns and does not move, from a cache line on. A span of it keeps it alive; who uses
/// its address keeps this object alive until the end (<see cref="GC.KeepAlive"/>).
/// </summary>
internal sealed unsafe class PinnedMemory
{
    private readonly CacheLine[] _lines;
    private readonly nuint _start;

    /// <summary>Takes memory.</summary>
    /// <param name="bytes">How much.</param>
    /// <param name="what">What it is for, in the words of an exception.</param>
    /// <param name="cleared">Whether it has to begin as zeros.</param>
    /// <exception cref="OutOfMemoryException">There is not so much, or no array could hold it.</exception>
    public PinnedMemory(nuint bytes, string what, bool cleared)
    {
        // One line more, to begin at the start of one.
        nuint lines = (bytes / CacheLine.Size) + 2;
        if (lines > (nuint)Array.MaxLength)
        {
            ThrowOutOfMemory(bytes, what, null);
        }

        try
        {
            _lines = cleared
                ? GC.AllocateArray<CacheLine>((int)lines, pinned: true)
                : GC.AllocateUninitializedArray<CacheLine>((int)lines, pinned: true);
        }
        catch (OutOfMemoryException error)
        {
            ThrowOutOfMemory(bytes, what, error);
        }

        nuint first = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_lines));
        _start = (first + (CacheLine.Size - 1)) & ~(nuint)(CacheLine.Size - 1);
        Size = bytes;
    }

    /// <summary>The bytes that were asked for.</summary>
    public nuint Size { get; }

    /// <summary>Where it begins, at a multiple of 64 bytes.</summary>
    public void* Start
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (void*)_start;
    }

    /// <summary>Floats from the start on.</summary>
    /// <param name="count">No more than there are.</param>
    public Span<float> Floats(int count)
    {
        ref byte first = ref Unsafe.As<CacheLine, byte>(ref MemoryMarshal.GetArrayDataReference(_lines));
        nuint offset = _start - (nuint)Unsafe.AsPointer(ref first);
        return MemoryMarshal.CreateSpan(ref Unsafe.As<byte, float>(ref Unsafe.AddByteOffset(ref first, offset)), count);
    }

    [DoesNotReturn]
    private static void ThrowOutOfMemory(nuint bytes, string what, Exception? inner)
    {
        string size = bytes == nuint.MaxValue ? "more bytes than can be counted" : $"{bytes.ToString("N0", CultureInfo.InvariantCulture)} bytes";
        string limit = inner is null
            ? string.Create(CultureInfo.InvariantCulture, $"; one array holds no more than {(Array.MaxLength - 2) * (long)CacheLine.Size:N0}")
            : "";
        Guard.ThrowOutOfMemory($"There is no memory for {what}: {size} are wanted{limit}.", inner);
    }

    // The element type with which one array holds the most.
    [StructLayout(LayoutKind.Explicit, Size = Size)]
    private struct CacheLine
    {
        public const int Size = 64;
    }
}
