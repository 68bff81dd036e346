namespace AotBackprop.Files;

/// <summary>
/// Where a file would exceed a limit (<c>ulimit -f</c>), a write fails, and the system sends its thread a signal that ends
/// the process. While this is there, the write fails alone.
/// </summary>
internal readonly unsafe ref struct FileSizeSignal : IDisposable
{
    private const int Block = 0;
    private const int Unblock = 1;

    // SIGXFSZ, 25, in the first of the 16 words that a sigset_t has at most.
    private const int Words = 16;
    private const ulong Signal = 1UL << 24;

    private readonly bool _wasBlocked;

    private FileSizeSignal(bool wasBlocked) => _wasBlocked = wasBlocked;

    public static FileSizeSignal Hold()
    {
        ulong* set = stackalloc ulong[Words];
        ulong* before = stackalloc ulong[Words];
        set[0] = Signal;
        return new(LinuxCalls.pthread_sigmask(Block, set, before) != 0 || (before[0] & Signal) != 0);
    }

    public void Dispose()
    {
        if (_wasBlocked)
        {
            return;
        }

        ulong* set = stackalloc ulong[Words];
        long* noTime = stackalloc long[2];
        set[0] = Signal;
        _ = LinuxCalls.sigtimedwait(set, null, noTime);
        _ = LinuxCalls.pthread_sigmask(Unblock, set, null);
    }
}
