using AotBackprop.Generator.Planning;
using AotBackprop.Generator.Tests.Compiler.MemoryCheck;

namespace AotBackprop.Generator.Tests.Compiler.ScheduleCheck;

/// <summary>Between two barriers of a schedule no thread reads or writes what another one writes.</summary>
public sealed class ScheduleTests
{
    public static TheoryData<string> Networks =>
    [
        .. MemoryTests.Networks.Select(row => row.Data), "784-10", "784-128-64-10", "784-512-10", "1000-1000-1000", "128-512-512-3",
        "65536-3", "2-65536-2", "4096-4096-10",
    ];

    [Theory]
    [MemberData(nameof(Networks))]
    public void No_thread_meets_another(string shape)
    {
        NetworkPlan plan = Shapes.Plan(shape);
        Assert.All(plan.Widths, width => Assert.Empty(ConflictsOf(plan, width, width.Schedule.Whole)));
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_barrier_that_is_missing_is_seen(string shape)
    {
        NetworkPlan plan = Shapes.Plan(shape);
        Assert.All(plan.Widths, width =>
        {
            Step[] steps = [.. width.Schedule.Differentiate];
            IEnumerable<int> barriers = Enumerable.Range(0, steps.Length).Where(i => steps[i] is ThreadBarrier);
            Assert.All(barriers, i => Assert.NotEmpty(
                ConflictsOf(plan, width, steps.Where((step, at) => at != i && step is not KernelRun { IsPrepared: true }))));
        });
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void No_thread_meets_another_where_sums_are_formed_in_blocks(string shape)
    {
        NetworkPlan plan = Shapes.Plan(shape);
        Assert.All(plan.Widths, width =>
        {
            Assert.Empty(ConflictsOf(plan, width, width.Schedule.InBlocks(areTogether: true)));
            Assert.Empty(ConflictsOf(plan, width, width.Schedule.InBlocks(areTogether: false)));
        });
    }

    [Theory]
    [InlineData("784-128-10", true, 3)]
    [InlineData("784-128-10", false, 6)]
    [InlineData("17-100-33-2", false, 9)]
    public void Each_barrier_of_sums_in_blocks_is_wanted(string shape, bool areTogether, int count)
    {
        NetworkPlan plan = Shapes.Plan(shape);
        WidthPlan width = plan.Widths[0];
        Step[] steps = [.. width.Schedule.InBlocks(areTogether)];
        int[] barriers = [.. Enumerable.Range(0, steps.Length).Where(i => steps[i] is ThreadBarrier)];

        // The last one is the step's. Of three the first is for rows of a layer that follow others in the same place.
        IEnumerable<int> wanted = barriers[^(count + 1)..^1].Where((_, number) => number % 3 != 0);
        Assert.All(wanted, i => Assert.NotEmpty(ConflictsOf(plan, width, steps.Where((_, at) => at != i))));
    }

    [Theory]
    [InlineData(Pass.Backward, "Backward1 writes dZ1[0..32, 0..128]")]
    [InlineData(Pass.Forward, "Forward1 writes A1[0..32, 0..128]")]
    [InlineData(Pass.WeightGradient, "WeightGradient1 writes W1[0..784, 0..128]")]
    public void A_share_that_is_widened_is_seen(object pass, string report)
    {
        NetworkPlan plan = Shapes.Plan("784-128-10");
        WidthPlan width = plan.Widths[0];
        IEnumerable<Step> planted = width.Schedule.Whole.Select(step => step is KernelRun run && run.Pass == (Pass)pass && run.Layer == 1
            ? run with { Writes = [.. run.Writes.Select(write => write with { Share = Share.All })] }
            : step);
        Assert.Contains(ConflictsOf(plan, width, planted), conflict => conflict.StartsWith(report, StringComparison.Ordinal));
    }

    [Fact]
    public void Barriers_of_the_runtime_library_are_wanted_too()
    {
        NetworkPlan plan = Shapes.Plan("64-32-10");
        WidthPlan width = plan.Widths[0];
        Assert.DoesNotContain(width.Schedule.Differentiate, step => step is ThreadBarrier);
        Assert.NotEmpty(ConflictsOf(plan, width, [.. width.Schedule.Differentiate]));
        Assert.NotEmpty(ConflictsOf(plan, width, [.. width.Schedule.Differentiate.Where(step => step is not KernelRun { IsPrepared: true }), .. width.Schedule.Gradient]));
    }

    private static IEnumerable<string> ConflictsOf(NetworkPlan plan, WidthPlan width, IEnumerable<Step> steps)
    {
        Step[] all = [.. steps];
        return from N in new long[] { 1, 15, 16, 32, 33, 100, 1000 }
               from ranks in new[] { 2, 3, 8 }
               from zeros in plan.Layers[0].SkipsZeros ? Enum.GetValues<InputZeros>() : [InputZeros.Few]
               from conflict in Conflicts.In(plan, width, all, new Situation { N = N, Ranks = ranks, Zeros = zeros })
               select $"{conflict}, of {ranks} threads and {N} samples";
    }
}
