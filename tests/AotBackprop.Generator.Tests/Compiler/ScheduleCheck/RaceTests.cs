using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;
using AotBackprop.Generator.Tests.Compiler.MemoryCheck;

namespace AotBackprop.Generator.Tests.Compiler.ScheduleCheck;

/// <summary>
/// The kernels themselves, walked by each of several threads: no element that one writes is touched by another before they
/// have met. So what the schedule says of each run is what the run does.
/// </summary>
public sealed class RaceTests
{
    public static TheoryData<string> Networks =>
    [
        "1-2", "9-1-4", "4-8-3", "13-16-2", "30-17-16", "64-32-10", "100-10", "127-64", "129-33-7", "17-100-33-2", "40-300-200-3",
        "31-33-63-20 Full", "200-100-10 Tiled", "40-1-20-1-3",
        "40-300-200-3 GeluTanh", "4-8-3 Silu", "4-8-1 Output.Sigmoid", "40-300-200-3 Output.Linear",
    ];

    [Theory]
    [MemberData(nameof(Networks))]
    public void No_thread_touches_what_another_writes(string shape)
    {
        NetworkPlan plan = Shapes.Plan(shape);
        foreach (WidthPlan width in plan.Widths)
        {
            foreach (Situation situation in Situations(plan))
            {
                RaceWatch watch = Step(plan, width, Shapes.Kernels(plan, width), situation);
                Assert.Empty(watch.Races());
                Assert.Single(watch.Phases.Distinct());
            }
        }
    }

    [Fact]
    public void A_barrier_that_is_missing_is_seen()
    {
        NetworkPlan plan = Shapes.Plan("40-300-200-3");
        WidthPlan width = plan.Widths[0];
        Kernel[] planted = Planted.In<Wait>(Shapes.Kernels(plan, width), "Differentiate", _ => new Note(""));
        Assert.Contains(
            Step(plan, width, planted, new Situation { N = 33, Ranks = 2 }).Races(),
            race => race.StartsWith("A1[9900] at ", StringComparison.Ordinal) || race.StartsWith("A1[10032] at ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_share_that_is_too_wide_is_seen()
    {
        NetworkPlan plan = Shapes.Plan("129-33-7");
        WidthPlan width = plan.Widths[0];
        Kernel[] planted = Planted.In<Divide>(
            Shapes.Kernels(plan, width), "Descend", divide => divide.First == "first1" ? divide with { Tile = divide.Tile - 1 } : null);
        Assert.NotEmpty(Step(plan, width, planted, new Situation { N = 33, Ranks = 2 }).Races());
    }

    private static IEnumerable<Situation> Situations(NetworkPlan plan) =>
        from batch in new[] { (N: 5, Ranks: 3), (N: 33, Ranks: 2) }
        from zeros in plan.Layers[0].SkipsZeros ? Enum.GetValues<InputZeros>() : [InputZeros.Few]
        from hasLabels in new[] { true, false }
        select new Situation { N = batch.N, Ranks = batch.Ranks, Zeros = zeros, HasLabels = hasLabels };

    /// <summary>A training step: Wᵀ, every dZ, the update, with the barriers of the runtime library between them.</summary>
    private static RaceWatch Step(NetworkPlan plan, WidthPlan width, Kernel[] kernels, Situation situation)
    {
        RaceWatch watch = new();
        BatchMemory memory = new(plan, situation.N);
        Kernel Public(string name) => kernels.Single(k => k.IsPublic && k.Name == name);
        bool isInterleaved = plan.IsTiny && situation.N >= 16;
        for (int rank = 0; rank < situation.Ranks; rank++)
        {
            KernelWalk walk = new(kernels, width.Lanes, memory, situation with { Rank = rank }, watch) { IsExact = true };
            watch.Begin(rank);
            walk.Transpose();
            watch.Meet();
            walk.Walk(Public(isInterleaved ? "DifferentiateAcross" : "Differentiate"));
            watch.Meet();
            if (!isInterleaved)
            {
                walk.Walk(Public("Descend"));
            }
            else if (rank == 0)
            {
                walk.Walk(Public("GradientAcross"));
            }
        }

        return watch;
    }
}
