using System.Runtime.InteropServices;

namespace AotBackprop.Files;

/// <summary>
/// The system's own calls, whose errors are all to be seen: .NET's fsync and close have none. What these numbers mean is the
/// same on every processor for which there is a .NET on Linux.
/// </summary>
internal static unsafe partial class LinuxCalls
{
    public const int WorkingDirectory = -100;

    public const int ReadOnly = 0, WriteOnly = 1, Create = 0x40, Exclusive = 0x80, NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000, PathOnly = 0x200000;

    public const int NoFollow = 0x100, EffectiveIds = 0x200, EmptyPath = 0x1000;
    public const int MayExecute = 1, MayWrite = 2;
    public const int LockExclusive = 2, LockNow = 4;
    public const int DuplicateCloseOnExec = 1030;

    // Basic facts, and the mount.
    public const uint WantedStatus = 0x17FF;

    public const int NotPermitted = 1, NoEntry = 2, Interrupted = 4, TryAgain = 11, AccessDenied = 13, Busy = 16, Exists = 17;
    public const int NotDirectory = 20, IsDirectory = 21, Invalid = 22, TooManyLinks = 40;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int openat(int directory, byte* name, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint read(int file, byte* bytes, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint write(int file, byte* bytes, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fsync(int file);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(int file);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int renameat(int oldDirectory, byte* oldName, int newDirectory, byte* newName);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int unlinkat(int directory, byte* name, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int statx(int directory, byte* name, int flags, uint mask, FileStatus* status);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint readlinkat(int directory, byte* name, byte* target, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int faccessat(int directory, byte* name, int mode, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true)]
    public static partial int flock(int file, int operation);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fcntl(int file, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fchown(int file, uint user, uint group);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fchmod(int file, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint flistxattr(int file, byte* names, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint fgetxattr(int file, byte* name, byte* value, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fsetxattr(int file, byte* name, byte* value, nuint size, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fremovexattr(int file, byte* name);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint fdopendir(int file);

    [LibraryImport("libc", SetLastError = true)]
    public static partial byte* readdir(nint stream);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int closedir(nint stream);

    // Gives its error, and sets none.
    [LibraryImport("libc")]
    public static partial int pthread_sigmask(int how, ulong* set, ulong* before);

    [LibraryImport("libc")]
    public static partial int sigtimedwait(ulong* set, void* about, long* time);

    /// <summary>With a zero at the end, as these calls want names.</summary>
    public static byte[] Terminated(params ReadOnlySpan<byte> name) => [.. name, 0];

    public static bool TryStatus(int folder, byte[] name, int flags, out FileStatus status, out int error)
    {
        fixed (byte* path = name)
        fixed (FileStatus* to = &status)
        {
            bool isKnown = statx(folder, path, flags, WantedStatus, to) == 0;
            error = isKnown ? 0 : Marshal.GetLastPInvokeError();
            return isKnown;
        }
    }

    /// <summary>The error of a call, as an exception that names the file.</summary>
    public static Exception Failure(FileName file, string what, int error)
    {
        string message = $"{file.Described} {what}: {Marshal.GetPInvokeErrorMessage(error)}.";
        return error switch
        {
            NotPermitted or AccessDenied => new UnauthorizedAccessException(message),
            _ => new IOException(message, error),
        };
    }

    /// <summary>The kernel's <c>struct statx</c>, which is laid out alike everywhere.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct FileStatus
    {
        [FieldOffset(8)]
        public ulong Attributes;

        [FieldOffset(16)]
        public uint Links;

        [FieldOffset(20)]
        public uint User;

        [FieldOffset(24)]
        public uint Group;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong Size;

        [FieldOffset(136)]
        public ulong Device;

        [FieldOffset(144)]
        public ulong Mount;

        public readonly bool IsRegular => (Mode & 0xF000) == 0x8000;

        public readonly bool IsLink => (Mode & 0xF000) == 0xA000;

        /// <summary>Bytes of a file; null of anything else.</summary>
        public readonly long? FileSize => IsRegular ? (long)Size : null;

        /// <summary>Immutable, or only to be appended to.</summary>
        public readonly bool IsFixed => (Attributes & 0x30) != 0;

        public readonly bool IsSticky => (Mode & 0x200) != 0;

        /// <summary>Whether both are one file, by whatever names.</summary>
        public readonly bool IsSameFile(FileStatus other) => IsRegular && other.IsRegular && Inode == other.Inode && Device == other.Device;
    }
}
