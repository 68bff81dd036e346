using System.Runtime.InteropServices;

namespace AotBackprop.Tests.Support;

/// <summary>Which end of a piece of memory lies at a page that may not be touched.</summary>
public enum Fence
{
    Before,
    After,
}

/// <summary>
/// Memory whose one end lies at a page that may not be touched, where a read or write beyond it kills the process. It
/// is aligned as its size leaves it, so no more than its elements need.
/// </summary>
internal sealed unsafe partial class FencedMemory : IDisposable
{
    private const int ReadWrite = 1 | 2;
    private const int PrivateAnonymous = 2 | 0x20;

    private readonly byte* _start;
    private readonly nuint _mapped;
    private readonly int _size;

    public FencedMemory(nuint size, Fence fence)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        nuint body = (size + page - 1) / page * page;
        _size = (int)size;
        _mapped = body + (2 * page);
        _start = Map(null, _mapped, 0, PrivateAnonymous, -1, 0);
        if (_start == (byte*)-1 || Protect(_start + page, body, ReadWrite) != 0)
        {
            throw new InvalidOperationException("The system gives no fenced memory.");
        }

        Pointer = _start + page + (fence == Fence.After ? body - size : 0);
    }

    public byte* Pointer { get; }

    public float* Floats => (float*)Pointer;

    public int* Ints => (int*)Pointer;

    /// <summary>Fenced memory with a copy of these elements.</summary>
    public static FencedMemory Of<T>(ReadOnlySpan<T> elements, Fence fence)
        where T : unmanaged
    {
        FencedMemory memory = new((nuint)(elements.Length * sizeof(T)), fence);
        elements.CopyTo(memory.Span<T>());
        return memory;
    }

    public Span<T> Span<T>()
        where T : unmanaged => new(Pointer, _size / sizeof(T));

    public void Dispose() => _ = Unmap(_start, _mapped);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);
}
