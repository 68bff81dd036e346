#nullable enable
using System;
using System.Runtime.InteropServices;

/// <summary>What a library without the runtime can't have, each behind an export of its own.</summary>
public static class Exports
{
    private static byte[]? s_kept;
    private static readonly int s_started = Environment.TickCount;

    [ThreadStatic]
    private static int t_calls;

    [UnmanagedCallersOnly(EntryPoint = "planted_allocation")]
    public static int Allocate(int count)
    {
        s_kept = new byte[count];
        return s_kept.Length;
    }

    [UnmanagedCallersOnly(EntryPoint = "planted_throw")]
    public static int Throw(int number) => number > 0 ? number : throw new InvalidOperationException();

    [UnmanagedCallersOnly(EntryPoint = "planted_static")]
    public static int Initialize() => s_started;

    [UnmanagedCallersOnly(EntryPoint = "planted_thread_static")]
    public static int Count() => ++t_calls;

    [UnmanagedCallersOnly(EntryPoint = "planted_sum")]
    public static int Add(int a, int b) => checked(a + b);
}
