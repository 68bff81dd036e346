using System.Buffers;
using System.Runtime.InteropServices;

namespace AotBackprop.Data;

/// <summary>Floats in the memory of an array of doubles.</summary>
internal sealed class PackedFloats(double[] array, int count) : MemoryManager<float>
{
    public override Memory<float> Memory => CreateMemory(count);

    public override Span<float> GetSpan() => MemoryMarshal.Cast<double, float>(array.AsSpan())[..count];

    public override unsafe MemoryHandle Pin(int elementIndex = 0)
    {
        GCHandle handle = GCHandle.Alloc(array, GCHandleType.Pinned);
        return new MemoryHandle((float*)handle.AddrOfPinnedObject() + elementIndex, handle, this);
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
