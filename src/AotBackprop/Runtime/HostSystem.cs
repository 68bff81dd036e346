using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AotBackprop.Runtime;

/// <summary>
/// Calls of the operating system. A C library in which .NET's runtime never starts calls it directly, so that nothing
/// throws or enters the runtime; all others call it through .NET.
/// </summary>
internal static unsafe class HostSystem
{
    // Long enough that a thread of lower priority on the same core gets on, short against a step that is worth a team.
    private const long SleepNanoseconds = 50_000;

    /// <summary>
    /// Whether this is compiled to a library without the runtime: a constant to the ahead-of-time compiler. In .NET it is
    /// read once, because a team reads it at every barrier.
    /// </summary>
    [FeatureSwitchDefinition("AotBackprop.WithoutRuntime")]
    private static bool IsWithoutRuntime { get; } =
        AppContext.TryGetSwitch("AotBackprop.WithoutRuntime", out bool isOn) && isOn;

    /// <summary>Lets another thread run that waits for this processor, if it has the same priority.</summary>
    public static void Yield()
    {
        if (IsWithoutRuntime)
        {
            Direct.Yield();
        }
        else
        {
            Thread.Yield();
        }
    }

    /// <summary>Sleeps for a moment, so that any other thread may run.</summary>
    public static void Sleep()
    {
        if (IsWithoutRuntime)
        {
            Direct.Sleep(SleepNanoseconds);
        }
        else
        {
            Thread.Sleep(1);
        }
    }

    /// <summary>Tells race detectors that a thread arrives at a barrier, which is so many bytes of memory.</summary>
    public static void Arrive(void* barrier, nuint bytes)
    {
        if (IsWithoutRuntime)
        {
            Direct.Arrive(barrier, bytes);
        }
    }

    /// <summary>Tells race detectors that a thread leaves a barrier.</summary>
    public static void Leave(void* barrier)
    {
        if (IsWithoutRuntime)
        {
            Direct.Leave(barrier);
        }
    }

    /// <summary>Memory for <see cref="Free"/>, or null where there is none.</summary>
    public static void* TryAllocate(nuint bytes)
    {
        if (IsWithoutRuntime)
        {
            return Direct.Allocate(bytes);
        }

        try
        {
            return NativeMemory.Alloc(bytes);
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>Gives back what <see cref="TryAllocate"/> gave.</summary>
    public static void Free(void* memory)
    {
        if (IsWithoutRuntime)
        {
            Direct.Free(memory);
        }
        else
        {
            NativeMemory.Free(memory);
        }
    }

    /// <summary>
    /// The calls of a library without the runtime. None is inlined: a JIT would bind a function while it compiles a caller
    /// that never calls it, and there is no such function elsewhere.
    /// </summary>
    private static class Direct
    {
        private const string LinkedIn = "aotbackprop";

        // Of Linux, for which alone there are such libraries: arm64, or x86-64.
        private static nint NanosleepNumber => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 101 : 35;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static void Yield() => _ = SchedYield();

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static void Sleep(long nanoseconds)
        {
            // Not the C library's function, in which a thread may be cancelled.
            Duration duration = new() { Nanoseconds = nanoseconds };
            _ = SystemCall(NanosleepNumber, &duration, null);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static void Arrive(void* barrier, nuint bytes) => BarrierArrive(barrier, bytes);

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static void Leave(void* barrier) => BarrierLeave(barrier);

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static void* Allocate(nuint bytes) => Malloc(bytes);

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static void Free(void* memory) => Release(memory);

        [DllImport("libc", EntryPoint = "sched_yield")]
        [SuppressGCTransition]
        private static extern int SchedYield();

        [DllImport("libc", EntryPoint = "syscall")]
        [SuppressGCTransition]
        private static extern nint SystemCall(nint number, Duration* requested, Duration* remaining);

        // Not the C library's: linked into a library without the runtime, and into nothing else.
        [DllImport(LinkedIn, EntryPoint = "aotbackprop_barrier_arrive")]
        [SuppressGCTransition]
        private static extern void BarrierArrive(void* barrier, nuint bytes);

        [DllImport(LinkedIn, EntryPoint = "aotbackprop_barrier_leave")]
        [SuppressGCTransition]
        private static extern void BarrierLeave(void* barrier);

        [DllImport("libc", EntryPoint = "malloc")]
        [SuppressGCTransition]
        private static extern void* Malloc(nuint bytes);

        [DllImport("libc", EntryPoint = "free")]
        [SuppressGCTransition]
        private static extern void Release(void* memory);

        // struct timespec of 64-bit systems.
        private struct Duration
        {
            public long Seconds;
            public long Nanoseconds;
        }
    }
}
