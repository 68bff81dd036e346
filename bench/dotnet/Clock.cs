using System.Runtime.InteropServices;

namespace Race;

/// <summary>The time that the process has had the core.</summary>
internal static unsafe partial class Clock
{
    private const int ProcessTime = 2;

    public static double Seconds()
    {
        long* time = stackalloc long[2];
        return clock_gettime(ProcessTime, time) == 0
            ? time[0] + (time[1] / 1e9)
            : throw new PlatformNotSupportedException("no clock for the process's time");
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, long* time);
}
