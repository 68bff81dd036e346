using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;
using AotBackprop.Generator.Tests.Compiler.MemoryCheck;

namespace AotBackprop.Generator.Tests.Compiler.ScheduleCheck;

/// <summary>The gradient of one block of samples after the other, without a barrier between them.</summary>
public sealed class BlockTests
{
    private const int N = 17, Samples = 16;

    [Theory]
    [MemberData(nameof(RaceTests.Networks), MemberType = typeof(RaceTests))]
    public void A_thread_adds_to_the_same_sums_in_each_block(string shape) => ForEach(shape, [1, 3], (plan, width, situation) =>
    {
        RaceWatch watch = new();
        BatchMemory memory = new(plan, N);
        for (int rank = 0; rank < situation.Ranks; rank++)
        {
            watch.Begin(rank);
            Walk(plan, width, memory, situation with { Rank = rank }, watch);
        }

        Assert.Empty(watch.Races());
    });

    [Theory]
    [MemberData(nameof(RaceTests.Networks), MemberType = typeof(RaceTests))]
    public void Nothing_is_read_in_whose_place_the_sums_are(string shape) => ForEach(shape, [1], (plan, width, situation) =>
    {
        NameWatch watch = new();
        Walk(plan, width, new(plan, N), situation, watch);
        int last = plan.OutputLayer.Number;
        bool isLast = situation.Layer is 0 || situation.Layer == last;
        Assert.DoesNotContain(isLast ? $"Z{last}" : $"A{situation.Layer}", watch.Names);
        if (situation.Layer is > 0 and var l && !plan.IsTiny)
        {
            IEnumerable<string> updated = watch.Names.Where(name => name[0] is 'W' or 'b' && name[^1] != 'T');
            Assert.Equal([$"W{l}", $"b{l}"], updated.Order(StringComparer.Ordinal));
        }
    });

    private static void ForEach(string shape, int[] threads, Action<NetworkPlan, WidthPlan, Situation> test)
    {
        NetworkPlan plan = Shapes.Plan(shape);
        foreach (WidthPlan width in plan.Widths)
        {
            foreach (Situation situation in
                from ranks in threads
                from layer in Enumerable.Range(0, plan.Layers.Count + 1)
                from zeros in plan.Layers[0].SkipsZeros ? Enum.GetValues<InputZeros>() : [InputZeros.Few]
                select new Situation { N = N, Ranks = ranks, Layer = layer, Zeros = zeros })
            {
                test(plan, width, situation);
            }
        }
    }

    // Of a network whose gradient is formed with a sample in each lane, the first thread forms all of it.
    private static void Walk(NetworkPlan plan, WidthPlan width, BatchMemory memory, Situation situation, IWatch watch)
    {
        Kernel[] kernels = Shapes.Kernels(plan, width);
        string name = plan.IsTiny ? "GradientAcross" : "Descend";
        for (long first = 0; first < N && !(plan.IsTiny && situation.Rank > 0); first += Samples)
        {
            Situation block = situation with { Block = (first, Math.Min(Samples, N - first)) };
            KernelWalk walk = new(kernels, width.Lanes, memory, block, watch) { IsExact = true };
            walk.Walk(kernels.Single(k => k.IsPublic && k.Name == name));
        }
    }

    /// <summary>Keeps the names of what is touched.</summary>
    private sealed class NameWatch : IWatch
    {
        public HashSet<string> Names { get; } = [];

        public void See(Touch touch) => Names.Add(touch.Memory.Name);

        public void Meet()
        {
        }
    }
}
