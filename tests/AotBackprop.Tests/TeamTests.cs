using AotBackprop.Runtime;
using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>Threads that share a step leave the bits of one thread.</summary>
public sealed unsafe class TeamTests
{
    // So small that squared errors of a hundred outputs shrink.
    private const float Rate = 0.002f;

    private static readonly int[] _sizesOfTeams = [2, 3, 5];

    [Fact]
    public void The_bits_do_not_depend_on_the_number_of_threads() => RandomNetworks.ForEach((random, type) =>
    {
        using Subject alone = Subject.Drawn(type, random.Seed);
        using Subject shared = Subject.Drawn(type, random.Seed);
        shared.Threads = _sizesOfTeams[random.Seed % 3];
        foreach (int N in new[] { random.N, 1, 40 })
        {
            Batch batch = Batch.Draw(random.Seed, alone, N, soft: N == 40);
            Bits.Same(alone.TrainStep(batch, Rate), shared.TrainStep(batch, Rate), "the loss");
            Bits.Same(alone.Parameters, shared.Parameters, "of the parameters");
            Bits.Same(alone.TrainEpoch(batch, 17, Rate, 3, 1), shared.TrainEpoch(batch, 17, Rate, 3, 1), "the epoch's loss");
            Bits.Same(alone.Parameters, shared.Parameters, "of the parameters");
        }
    });

    /// <summary>Dense, with zeros in some parts and not in others, and nearly all 0.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(0.3, 0.3)]
    [InlineData(0.1, 0.1)]
    [InlineData(0.01, 0.01)]
    [InlineData(0.01, 1)]
    [InlineData(1, 0.01)]
    [InlineData(0.3, 0.01)]
    [InlineData(0, 0)]
    public void Zeros_are_skipped_to_the_same_bits(double first, double last)
    {
        Func<Optimizer>[] optimizers =
        [
            () => Optimizer.Sgd(Rate),
            () => Optimizer.Sgd(Rate, weightDecay: 0.1f, clipNorm: 0.1f),
            () => Optimizer.Momentum(Rate),
            () => Optimizer.Adam(weightDecay: 0.1f),
            () => Optimizer.AdamW(clipNorm: 1),
            () => Optimizer.Lion(weightDecay: 0.1f),
        ];
        foreach (Func<Optimizer> create in optimizers)
        {
            foreach (int threads in _sizesOfTeams)
            {
                using Mnist alone = new(7);
                using Mnist shared = new(7) { Threads = threads };
                Optimizer one = create();
                Optimizer other = create();
                for (int step = 0; step < 3; step++)
                {
                    const int N = 100;
                    Random random = new(step);
                    float[] X = new float[N * 784];
                    for (int i = 0; i < X.Length; i++)
                    {
                        X[i] = random.NextDouble() < (i < X.Length / 2 ? first : last) ? random.NextSingle() - 0.5f : 0;
                    }

                    int[] labels = [.. Enumerable.Range(0, N).Select(n => n % 10)];
                    Bits.Same(alone.TrainStep(X, labels, one), shared.TrainStep(X, labels, other), "the loss");
                    Bits.Same(alone.Parameters, shared.Parameters, "of the parameters");
                    Bits.Same(
                        alone.TrainEpoch(X, labels, 64, one, 1, step), shared.TrainEpoch(X, labels, 64, other, 1, step), "the epoch's loss");
                    Bits.Same(alone.Parameters, shared.Parameters, "of the parameters");
                }
            }
        }
    }

    [Fact]
    public void What_is_wrong_in_any_part_is_found_and_nothing_is_changed()
    {
        using Digits network = new(1) { Threads = 3 };
        float[] before = network.Parameters.ToArray();
        const int N = 96;
        foreach (int sample in new[] { 0, 31, 32, 95 })
        {
            float[] X = new float[N * 64];
            int[] labels = new int[N];
            X[(sample * 64) + 5] = float.NaN;
            Assert.Throws<ArgumentException>(() => network.TrainStep(X, labels, Rate));
            Assert.Throws<ArgumentException>(() => network.TrainEpoch(X, labels, 32, Rate, 0, 0));
            labels[sample] = 10;
            Assert.Throws<ArgumentOutOfRangeException>(() => network.TrainStep(X, labels, Rate));
            Assert.Throws<ArgumentOutOfRangeException>(() => network.TrainEpoch(X, labels, 32, Rate, 0, 0));
            labels[sample] = 0;
            X[(sample * 64) + 5] = float.MaxValue;
            Assert.Throws<NotFiniteNumberException>(() => network.TrainStep(X, labels, Rate));
            Bits.Same(before, network.Parameters);
        }

        Batch batch = Batch.Draw(1, [64, 32, 10], N);
        network.TrainStep(batch.X, batch.Labels!, Rate);
        Assert.NotEqual(before, network.Parameters.ToArray());
    }

    [Fact]
    public void The_number_of_threads_may_change_and_is_checked()
    {
        using Digits network = new(1);
        using Digits other = new(1);
        Assert.Equal(1, network.Threads);
        Batch batch = Batch.Draw(1, [64, 32, 10], 50);
        foreach (int threads in new[] { 2, 1, 4, 4, 2 })
        {
            network.Threads = threads;
            Assert.Equal(threads, network.Threads);
            Bits.Same(other.TrainStep(batch.X, batch.Labels!, Rate), network.TrainStep(batch.X, batch.Labels!, Rate), "the loss");
            Bits.Same(other.Parameters, network.Parameters);
        }

        foreach (int wrong in new[] { 0, -1, 1025 })
        {
            Assert.Contains(
                $"Threads is {wrong}", Assert.Throws<ArgumentOutOfRangeException>(() => network.Threads = wrong).Message, StringComparison.Ordinal);
        }

        Assert.Equal(2, network.Threads);
    }

    [Fact]
    public void A_shared_step_allocates_nothing()
    {
        using Digits network = new(1) { Threads = 2 };
        Batch batch = Batch.Draw(1, [64, 32, 10], 50);
        Allocations.AssertNone(100, _ => network.TrainStep(batch.X, batch.Labels!, Rate));
    }

    [Fact]
    public void Threads_end_when_nobody_holds_the_network()
    {
        WeakReference dropped = Drop();
        for (int i = 0; i < 20 && dropped.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(dropped.IsAlive);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static WeakReference Drop()
        {
            Digits network = new(1) { Threads = 3 };
            Batch batch = Batch.Draw(1, [64, 32, 10], 50);
            network.TrainStep(batch.X, batch.Labels!, Rate);
            return new WeakReference(network);
        }
    }

    /// <summary>A thread's name is that of its task, where there is /proc; no other test has a team of so many.</summary>
    [Fact]
    public void The_threads_themselves_end_too()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self/task"), "no /proc");
        Train();
        for (int i = 0; i < 200 && IsThere(); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(10);
        }

        Assert.False(IsThere());

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Train()
        {
            Digits network = new(1) { Threads = 9 };
            Batch batch = Batch.Draw(1, [64, 32, 10], 50);
            network.TrainStep(batch.X, batch.Labels!, Rate);
            Assert.True(IsThere());
        }

        static bool IsThere() => Directory.GetDirectories("/proc/self/task").Any(task => NameOf(task) == "AotBackprop 8");

        static string? NameOf(string task)
        {
            try
            {
                return File.ReadAllText(Path.Combine(task, "comm")).TrimEnd();
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    /// <summary>Where every column has entries, the list of columns is full before all entries are chained.</summary>
    [Fact]
    public void A_chain_of_some_columns_leaves_those_of_other_threads_alone()
    {
        const int Rows = 4, Columns = 3;
        int[] starts = [0, 3, 6, 9], ends = [3, 6, 9, 12];
        int[] columns = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2];
        int[] rows = new int[12], next = new int[12], heads = [-7, -7, -7], chained = [-7, -7, -7];
        fixed (int* s = starts, e = ends, c = columns, r = rows, n = next, h = heads, l = chained)
        {
            Entries entries = new() { Starts = s, Ends = e, Columns = c, Rows = r, Next = n, Heads = h, Chained = l };
            entries.Chain(Rows, 0, Columns - 1);
            Assert.Equal(2, entries.ChainedCount);
        }

        Assert.Equal([0, 1, -7], heads);
        Assert.Equal([0, 1], chained[..2].Order());
        Assert.Equal(-7, chained[2]);
    }

    [Theory]
    [InlineData(typeof(Digits), 8)]
    [InlineData(typeof(Iris), 8)]
    [InlineData(typeof(Iris), 1)]
    public void A_team_that_cannot_be_is_refused(Type network, int count)
    {
        Functions functions = Functions.Of(network);
        Team.Barrier barrier = default;
        (nuint Rank, nuint Ranks, bool HasBarrier, NetworkStatus Status)[] teams =
        [
            (0, 0, true, NetworkStatus.InvalidTeam),
            (1, 1, true, NetworkStatus.InvalidRank),
            (2, 2, true, NetworkStatus.InvalidRank),
            (0, 1025, true, NetworkStatus.InvalidTeam),
            (0, nuint.MaxValue, true, NetworkStatus.InvalidTeam),
            (0, 2, false, NetworkStatus.NullPointer),
        ];
        nuint N = (nuint)count;
        float[] parameters = new float[functions.ParameterCount];
        float[] X = new float[count * functions.InputCount];
        int[] labels = new int[count];
        byte[] workspace = new byte[functions.TeamWorkspaceSize(N, 2)];
        fixed (float* p = parameters, x = X)
        fixed (int* l = labels)
        fixed (byte* w = workspace)
        {
            nuint size = (nuint)workspace.Length;
            foreach ((nuint rank, nuint ranks, bool hasBarrier, NetworkStatus expected) in teams)
            {
                Team team = new(rank, ranks, hasBarrier ? &barrier : null);
                Assert.Equal(expected, functions.TrainStep(p, x, BatchTargets.Of(l), N, Rate, team, w, size, out _));
                Assert.Equal(expected, functions.TrainEpoch(p, x, BatchTargets.Of(l), N, 4, Rate, (0, 0), (0, 2), null, team, w, size, out _, out _));
            }

            Team first = new(0, 2, &barrier);
            Assert.Equal(NetworkStatus.WorkspaceTooSmall, functions.TrainStep(p, x, BatchTargets.Of(l), N, Rate, first, w, size - 1, out _));
        }

        Assert.All(parameters, parameter => Assert.Equal(0, parameter));
        Assert.Equal(nuint.MaxValue, functions.TeamWorkspaceSize(nuint.MaxValue / 2, 2));
        Assert.Equal(nuint.MaxValue, functions.TeamWorkspaceSize(8, nuint.MaxValue));
        Assert.Equal(functions.TrainingWorkspaceSize(8), functions.TeamWorkspaceSize(8, 1));
    }

    /// <summary>Threads of the caller's own, on memory that ends or begins at a page that may not be touched.</summary>
    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 33)]
    [InlineData(3, 70)]
    [InlineData(4, 16)]
    public void No_thread_touches_memory_beyond_the_workspace(int threads, int N)
    {
        foreach (Type type in new[] { typeof(Iris), typeof(Digits), typeof(Mnist), typeof(MnistDeep), typeof(Sparse), typeof(Wide) })
        {
            Functions functions = Functions.Of(type);
            foreach (Fence fence in new[] { Fence.Before, Fence.After })
            {
                foreach (double share in new[] { 0.01, 0.4, 1 })
                {
                    Bits.Same(Train(functions, 1, N, share, fence), Train(functions, threads, N, share, fence), "of the parameters");
                }
            }
        }
    }

    /// <summary>A flag that rank 0 reads ends the epoch for all of them.</summary>
    [Fact]
    public void A_stop_flag_ends_all_threads_after_the_same_batch()
    {
        Functions functions = Functions.Of(typeof(Digits));
        const int N = 64, Threads = 2;
        float[] X = new float[N * 64];
        int[] labels = new int[N];
        float[] parameters = new float[functions.ParameterCount];
        byte[] workspace = new byte[functions.TeamEpochWorkspaceSize(N, 16, Threads)];
        nuint[] done = [9, 9];
        int stop = 1;
        Team.Barrier barrier = default;
        fixed (float* p = parameters, x = X)
        fixed (int* l = labels)
        fixed (byte* w = workspace)
        {
            (nint P, nint Inputs, nint Labels, nint Workspace, nint Stop, nint Barrier) at = ((nint)p, (nint)x, (nint)l, (nint)w, (nint)(&stop), (nint)(&barrier));
            Together(Threads, rank => functions.TrainEpoch(
                (float*)at.P, (float*)at.Inputs, BatchTargets.Of((int*)at.Labels), N, 16, Rate, (0, 0), (0, 4), (int*)at.Stop, new Team((nuint)rank, Threads, (Team.Barrier*)at.Barrier), (void*)at.Workspace, (nuint)workspace.Length, out _, out done[rank]));
        }

        Assert.Equal([0, 0], done);
        Assert.All(parameters, parameter => Assert.Equal(0, parameter));
    }

    private static float[] Train(Functions functions, int threads, int N, double share, Fence fence)
    {
        Random random = new(N);
        float[] inputs = [.. Enumerable.Range(0, N * functions.InputCount).Select(_ => random.NextDouble() < share ? random.NextSingle() : 0)];
        int[] classes = [.. Enumerable.Range(0, N).Select(n => n % functions.OutputCount)];
        nuint ranks = (nuint)threads;
        nuint batch = (nuint)((N / 2) + 1);
        using FencedMemory X = FencedMemory.Of<float>(inputs, fence);
        using FencedMemory labels = FencedMemory.Of<int>(classes, fence);
        using FencedMemory parameters = new((nuint)functions.ParameterCount * sizeof(float), fence);
        using FencedMemory step = new(functions.TeamWorkspaceSize((nuint)N, ranks), fence);
        using FencedMemory epoch = new(functions.TeamEpochWorkspaceSize((nuint)N, batch, ranks), fence);
        using FencedMemory barrier = new((nuint)sizeof(Team.Barrier), fence);
        functions.Initialize(parameters.Floats, 3);
        Together(threads, rank =>
        {
            Team team = new((nuint)rank, ranks, (Team.Barrier*)barrier.Pointer);
            NetworkStatus status = functions.TrainStep(
                parameters.Floats, X.Floats, BatchTargets.Of(labels.Ints), (nuint)N, Rate, team, step.Pointer, functions.TeamWorkspaceSize((nuint)N, ranks), out _);
            return status != NetworkStatus.Ok ? status : functions.TrainEpoch(
                parameters.Floats, X.Floats, BatchTargets.Of(labels.Ints), (nuint)N, batch, Rate, (1, 2), (0, (nuint)(N > 1 ? 2 : 1)), null, team, epoch.Pointer, functions.TeamEpochWorkspaceSize((nuint)N, batch, ranks), out _, out _);
        });
        return parameters.Span<float>().ToArray();
    }

    private static void Together(int threads, Func<int, NetworkStatus> call)
    {
        NetworkStatus[] statuses = new NetworkStatus[threads];
        Thread[] others = [.. Enumerable.Range(0, threads).Select(rank => new Thread(() => statuses[rank] = call(rank)))];
        Array.ForEach(others, thread => thread.Start());
        Array.ForEach(others, thread => thread.Join());
        Assert.All(statuses, status => Assert.Equal(NetworkStatus.Ok, status));
    }
}
