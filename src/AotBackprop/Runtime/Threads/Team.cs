using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace AotBackprop.Runtime;

/// <summary>
/// One of the threads that train together: each makes the same call at once, with a rank of its own. The bits of all
/// results are those of one thread.
/// </summary>
/// <param name="rank">The thread, counted from 0.</param>
/// <param name="ranks">How many there are, up to <see cref="MostRanks"/>.</param>
/// <param name="barrier">The team's own memory, zeroed before its first call. Not looked at where there is one thread.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct Team(nuint rank, nuint ranks, Team.Barrier* barrier)
{
    /// <summary>The most threads of a team.</summary>
    internal const int MostRanks = 1024;

    private readonly Barrier* _barrier = barrier;
    private readonly nuint _rank = rank;
    private readonly nuint _ranks = ranks;

    /// <summary>One thread.</summary>
    internal static Team Alone => new(0, 1, null);

    /// <summary>The thread's number.</summary>
    internal int Rank => (int)_rank;

    /// <summary>How many threads there are.</summary>
    internal int Ranks => (int)_ranks;

    internal bool IsAlone => _ranks == 1;

    /// <summary>Whether this is the first thread of the team.</summary>
    internal bool IsFirst => _rank == 0;

    /// <summary>Whether the numbers of rank and ranks make sense.</summary>
    internal NetworkStatus Validate() =>
        _ranks is 0 or > MostRanks ? NetworkStatus.InvalidTeam
        : _rank >= _ranks ? NetworkStatus.InvalidRank
        : _ranks > 1 && _barrier == null ? NetworkStatus.NullPointer
        : NetworkStatus.Ok;

    /// <summary>A barrier: returns when every thread of the team has called it. Writes before it are visible to all after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Wait()
    {
        if (!IsAlone)
        {
            HostSystem.Arrive(_barrier, (nuint)sizeof(Barrier));
            _barrier->Wait((uint)_ranks);
            HostSystem.Leave(_barrier);
        }
    }

    /// <summary>The barrier of a team: zeroed memory, which serves any number of calls, of one team at a time.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    public struct Barrier
    {
        // Some twenty microseconds: longer than a part of a step differs from another.
        private const int Spins = 1000;

        // Some hundreds of microseconds. A thread that only yields never lets those of lower priority run, and one of them
        // may be the one that is waited for.
        private const int Yields = 1000;

        [FieldOffset(0)]
        private uint _arrived;

        // On a cache line of its own: those that arrive do not invalidate the line that others spin on.
        [FieldOffset(64)]
        private uint _phase;

        internal void Wait(uint ranks)
        {
            uint phase = Volatile.Read(ref _phase);
            if (Interlocked.Increment(ref _arrived) == ranks)
            {
                _arrived = 0;
                Volatile.Write(ref _phase, phase + 1);
                return;
            }

            for (long waits = 0; Volatile.Read(ref _phase) == phase; waits++)
            {
                if (waits < Spins)
                {
                    Pause();
                }
                else if (waits < Spins + Yields)
                {
                    HostSystem.Yield();
                }
                else
                {
                    HostSystem.Sleep();
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Pause()
        {
            if (X86Base.IsSupported)
            {
                X86Base.Pause();
            }
            else if (ArmBase.IsSupported)
            {
                ArmBase.Yield();
            }
        }
    }
}
