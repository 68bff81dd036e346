using System.Runtime.InteropServices;

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

    public const int ErrorInterrupted = 4;
    public const int ErrorTryAgain = 11;
    public const int ErrorIsDirectory = 21;

    public const int FileSizeSignal = 25;

    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000;
    private const int CurrentDirectory = -100;
    private const int OfDescriptor = 0x1000;
    private const int BasicFacts = 0x7FF;
    private const nuint TerminalSize = 0x5413;
    private const int UsualWidth = 80;
    private const nint Ignore = 1;
    private const short PollForWriting = 4;

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="IOException">The system's reason.</exception>
    public static int OpenToRead(string name)
    {
        int descriptor = open(Terminated(name), ReadOnly | CloseOnExec, 0);
        return descriptor >= 0 ? descriptor : throw new IOException(LastError());
    }

    public static string LastError() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    /// <summary>What a name or, without one, a descriptor stands for.</summary>
    public static FileFacts? Facts(string? name, int descriptor = 0) =>
        OperatingSystem.IsLinux()
            && statx(name is null ? descriptor : CurrentDirectory, Terminated(name ?? ""), name is null ? OfDescriptor : 0, BasicFacts, out FileFacts facts) == 0
            ? facts
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
        while ((ready = poll(ref entry, 1, milliseconds)) < 0 && Marshal.GetLastPInvokeError() == ErrorInterrupted)
        {
        }

        if (ready == 0)
        {
            return 0;
        }

        fixed (byte* start = bytes)
        {
            int written = (int)write(descriptor, start, (nuint)bytes.Length);
            return written < 0 && Marshal.GetLastPInvokeError() is ErrorTryAgain or ErrorInterrupted ? 0 : written;
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

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial nint read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial nint write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc")]
    public static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int open(byte[] name, int flags, int mode);

    [LibraryImport("libc")]
    private static partial int statx(int directory, byte[] name, int flags, uint mask, out FileFacts facts);

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

    private static byte[] Terminated(string name) => [.. FileName.ToBytes(name), 0];

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
