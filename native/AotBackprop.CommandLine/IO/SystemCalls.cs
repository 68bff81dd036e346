using System.Runtime.InteropServices;
using AotBackprop.Files;
using Microsoft.Win32.SafeHandles;
using static AotBackprop.Files.LinuxCalls;

namespace AotBackprop.CommandLine.IO;

/// <summary>
/// The C library's own functions, where .NET's do more than is wanted: its files take part in locks and resolve names as
/// text, its console changes the terminal.
/// </summary>
internal static partial class SystemCalls
{
    public const int Input = 0;
    public const int Output = 1;
    public const int Error = 2;

    private const int FileSizeSignal = 25;
    private const nuint TerminalSize = 0x5413;
    private const int UsualWidth = 80;
    private const nint Ignore = 1;
    private const short PollForWriting = 4;

    public static Stream OpenInput() => new DescriptorStream(Input, Failure);

    public static Stream OpenOutput() => new DescriptorStream(Output, error => new IOException($"standard output: {Marshal.GetPInvokeErrorMessage(error)}"));

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="IOException">The system's reason.</exception>
    public static unsafe Stream OpenToRead(string name)
    {
        fixed (byte* path = Terminated(NameBytes.Of(name)))
        {
            int descriptor = openat(WorkingDirectory, path, ReadOnly | CloseOnExec, 0);
            if (descriptor < 0)
            {
                throw Failure(Marshal.GetLastPInvokeError());
            }

            // Its length is known, and it may be read anywhere. No lock is asked for: the file is open already.
            return Status(null, descriptor) is { IsRegular: true }
                ? new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Read, bufferSize: 0)
                : new DescriptorStream(descriptor, Failure, isOwned: true);
        }
    }

    /// <summary>What a name or, without one, a descriptor stands for.</summary>
    public static FileStatus? Status(string? name, int descriptor = 0) =>
        OperatingSystem.IsLinux() && (name is null
            ? TryStatus(descriptor, [0], EmptyPath, out FileStatus status, out _)
            : TryStatus(WorkingDirectory, Terminated(NameBytes.Of(name)), 0, out status, out _))
            ? status
            : null;

    /// <summary>The columns of the terminal that a descriptor is, or null where it is none.</summary>
    public static int? TerminalWidth(int descriptor) =>
        OperatingSystem.IsLinux() && isatty(descriptor) == 1 && ioctl(descriptor, TerminalSize, out WindowSize size) == 0
            ? size.Columns > 0 ? size.Columns : UsualWidth
            : null;

    /// <summary>Writes what a descriptor takes once it takes something.</summary>
    /// <returns>Bytes written; 0 where it takes nothing within these milliseconds, -1 where it is an error.</returns>
    public static unsafe int WriteUnlessFull(int descriptor, ReadOnlySpan<byte> bytes, int milliseconds)
    {
        PollEntry entry = new() { Descriptor = descriptor, Wanted = PollForWriting };
        int ready;
        while ((ready = poll(ref entry, 1, milliseconds)) < 0 && Marshal.GetLastPInvokeError() == Interrupted)
        {
        }

        if (ready == 0)
        {
            return 0;
        }

        fixed (byte* start = bytes)
        {
            int written = (int)write(descriptor, start, (nuint)bytes.Length);
            return written < 0 && Marshal.GetLastPInvokeError() is TryAgain or Interrupted ? 0 : written;
        }
    }

    /// <summary>Whether a signal is one that the program was started to ignore.</summary>
    public static unsafe bool IsIgnored(int signal)
    {
        // More than any system's struct sigaction takes, which begins with the handler. It is read alone: .NET's own
        // handlers have flags that signal() would not give back.
        nint* action = stackalloc nint[64];
        return sigaction(signal, null, action) == 0 && *action == Ignore;
    }

    /// <summary>A file that would exceed `ulimit -f` is then an error of the write.</summary>
    public static void IgnoreFileSizeSignal() => _ = signal(FileSizeSignal, Ignore);

    /// <summary>Ends the process as the signal does where nobody handles it.</summary>
    public static void EndBy(int signal)
    {
        _ = SystemCalls.signal(signal, 0);
        _ = raise(signal);
        Thread.Sleep(Timeout.Infinite);
    }

    [LibraryImport("libc")]
    private static partial int isatty(int descriptor);

    [LibraryImport("libc")]
    private static partial int ioctl(int descriptor, nuint request, out WindowSize size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(ref PollEntry entry, nuint count, int milliseconds);

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);

    [LibraryImport("libc")]
    private static unsafe partial int sigaction(int number, void* action, nint* old);

    [LibraryImport("libc")]
    private static partial int raise(int number);

    private static IOException Failure(int error) =>
        new(error == IsDirectory ? "It is a directory; wanted a file." : Marshal.GetPInvokeErrorMessage(error));

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Came;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }
}
