using System.Numerics;
using System.Runtime.InteropServices;

namespace AotBackprop.Runtime;

/// <summary>Workspaces of one size that nobody uses, as many as there are processors: each call takes one, and gives it back.</summary>
/// <param name="size">Their bytes.</param>
internal sealed class IdleWorkspaces(nuint size)
{
    private static readonly int Mask = (int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount) - 1;

    private readonly Place[] _places = new Place[Mask + 1];

    /// <summary>An idle workspace, from the thread's own place if there is one; a new one where all are in use.</summary>
    public PinnedMemory Rent()
    {
        int own = Environment.CurrentManagedThreadId;
        for (int i = 0; i <= Mask; i++)
        {
            ref PinnedMemory? place = ref _places[(own + i) & Mask].Workspace;
            if (place is not null && Interlocked.Exchange(ref place, null) is { } idle)
            {
                return idle;
            }
        }

        return new PinnedMemory(size, "the workspace of inference", cleared: false);
    }

    /// <summary>Gives one back. Where there are more than places the collector takes one.</summary>
    public void Return(PinnedMemory workspace)
    {
        int own = Environment.CurrentManagedThreadId;
        for (int i = 0; i <= Mask; i++)
        {
            ref PinnedMemory? place = ref _places[(own + i) & Mask].Workspace;
            if (place is null && Interlocked.CompareExchange(ref place, workspace, null) is null)
            {
                return;
            }
        }
    }

    // A cache line each, so that threads do not disturb one another.
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    private struct Place
    {
        [FieldOffset(0)]
        public PinnedMemory? Workspace;
    }
}
