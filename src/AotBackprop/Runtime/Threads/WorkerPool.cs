using System.Globalization;

namespace AotBackprop.Runtime;

/// <summary>A call that the threads of a pool run together.</summary>
internal interface IPoolCall
{
    /// <summary>Runs one thread's part.</summary>
    /// <param name="team">The thread among the others.</param>
    /// <param name="isFirst">Whether it is the caller's own.</param>
    void Run(in Team team, bool isFirst);
}

/// <summary>
/// The threads that share calls with their caller, which is the first of the team. A call allocates nothing, but for the
/// event that a semaphore makes once, at its first contention.
/// </summary>
/// <remarks>
/// The threads reference <see cref="Shared"/> alone, so that an unreferenced pool is finalized, which ends them.
/// </remarks>
internal sealed class WorkerPool : IDisposable
{
    private readonly Shared _shared;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">How many share a call, the caller's among them.</param>
    public WorkerPool(int threads)
    {
        // A local: a lambda that captured `this` would keep the pool alive, and its finalizer would never run.
        Shared shared = new(threads);
        _shared = shared;
        int rank = 1;
        try
        {
            for (; rank < threads; rank++)
            {
                int own = rank;
                new Thread(() => shared.Work(own)) { IsBackground = true, Name = $"AotBackprop {own}" }.Start();
            }
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            // Those that have started end.
            shared.Stop();
            Guard.ThrowOutOfMemory(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Thread {rank + 1} of {threads} can't be started; wanted fewer threads, or more memory or processes allowed."),
                e);
        }
    }

    ~WorkerPool() => _shared.Stop();

    /// <summary>Runs a call on all threads, and returns when the last has finished.</summary>
    public void Run(IPoolCall call)
    {
        _shared.Run(call);
        GC.KeepAlive(this);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _shared.Stop();
        GC.SuppressFinalize(this);
    }

    private sealed unsafe class Shared
    {
        private readonly int _threads;
        private readonly SemaphoreSlim[] _starts;

        // Pinned, for what threads meet at is known by its address.
        private readonly Team.Barrier[] _barrier = GC.AllocateArray<Team.Barrier>(1, pinned: true);
        private IPoolCall? _call;
        private int _busy;

        public Shared(int threads)
        {
            _threads = threads;
            _starts = new SemaphoreSlim[threads];
            for (int rank = 1; rank < threads; rank++)
            {
                _starts[rank] = new SemaphoreSlim(0);
            }
        }

        public void Run(IPoolCall call)
        {
            _call = call;
            Volatile.Write(ref _busy, _threads - 1);
            Wake();
            call.Run(TeamOf(0), isFirst: true);

            // All have met at the end of the call: what is left to each is to return from it.
            SpinWait spin = default;
            while (Volatile.Read(ref _busy) != 0)
            {
                spin.SpinOnce();
            }

            _call = null;
        }

        public void Stop()
        {
            _call = null;
            Wake();
        }

        public void Work(int rank)
        {
            for (; ; )
            {
                _starts[rank].Wait();
                if (_call is not { } call)
                {
                    return;
                }

                call.Run(TeamOf(rank), isFirst: false);
                Interlocked.Decrement(ref _busy);
            }
        }

        private Team TeamOf(int rank)
        {
            fixed (Team.Barrier* barrier = _barrier)
            {
                return new Team((nuint)rank, (nuint)_threads, barrier);
            }
        }

        private void Wake()
        {
            for (int rank = 1; rank < _threads; rank++)
            {
                _starts[rank].Release();
            }
        }
    }
}
