using AotBackprop.Generator.Planning;
using AotBackprop.Runtime;

namespace AotBackprop.Generator.Tests;

/// <summary>The plan says how large a workspace is, and the runtime library writes to it.</summary>
public sealed class WorkspaceTests
{
    [Fact]
    public void The_plan_leaves_as_much_room_as_the_runtime_library_writes()
    {
        Assert.Equal(SampleLanes.Samples, AcrossPlan.Samples);
        Assert.Equal(Part.BlockSamples, GradientPlan.BlockSamples);
        Assert.Equal(RowBlock.Floats, WorkspacePlan.BlockFloats);
        Assert.Equal(NonZero.Overrun, WorkspacePlan.ListSlack);
        foreach (int inputs in new[] { 128, 129, 135, 136, 784, 10_000, 65_536 })
        {
            Assert.Equal(Entries.Capacity(1, inputs), WorkspacePlan.EntriesOf(inputs));
        }
    }
}
