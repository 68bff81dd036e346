using System.Runtime.InteropServices;

namespace AotBackprop.CommandLine.IO;

/// <summary>What Linux tells of a file: struct statx, which is the same on every processor.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct FileFacts
{
    [FieldOffset(28)]
    private readonly ushort _mode;

    [FieldOffset(32)]
    private readonly ulong _number;

    [FieldOffset(40)]
    private readonly ulong _size;

    [FieldOffset(136)]
    private readonly ulong _device;

    /// <summary>Bytes of a regular file; null of anything else.</summary>
    public readonly long? Size => IsRegular ? (long)_size : null;

    private readonly bool IsRegular => (_mode & 0xF000) == 0x8000;

    /// <summary>Whether both are one regular file, by whatever names.</summary>
    public readonly bool IsSameFile(FileFacts other) =>
        IsRegular && other.IsRegular && _number == other._number && _device == other._device;
}
