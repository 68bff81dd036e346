using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Tests.Compiler.MemoryCheck;

/// <summary>Every load and store of every kernel lies inside the region that its pointer names.</summary>
public sealed class MemoryTests(ITestOutputHelper output)
{
    private static readonly long[] Batches = [1, 2, 5, 15, 16, 17, 33, 100];

    public static TheoryData<string> Networks =>
    [
        "1-2", "1-5-3", "9-1-4", "4-8-3", "7-17-3", "13-16-2", "16-16-16", "30-17-16", "31-33-63-20", "64-32-10", "100-10", "2-128",
        "127-64", "128-128", "129-33-7", "784-128-10", "300-256-5", "40-512-3", "8-8-8-8-8-8-8-8", "1000-3", "17-100-33-2",
        "4-8-3 Full", "31-33-63-20 Full", "128-40-11 Full", "13-16-2 Tiled", "31-33-63-20 Tiled", "200-100-10 Tiled", "40-1-20-1-3",
        "64-1-2", "300-1-4", "4-8-1 Output.Linear", "5-4-3 Output.Sigmoid", "1-1 Output.Sigmoid", "5-4-3 Output.Huber", "13-32-1 Output.Huber", "13-32-1 Output.Linear",
        "64-32-10 Output.Sigmoid", "7-70 Output.Linear", "31-33-63-20 Tiled Output.Sigmoid", "4-8-3 GeluTanh", "9-1-4 Silu", "64-32-10 GeluTanh", "200-33-16-10 GeluTanh", "31-33-63-20 Full Silu",
        "40-512-3 Softplus",
    ];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Nothing_beyond_a_region_is_touched(string shape)
    {
        NetworkPlan plan = Shapes.Plan(shape);
        Assert.All(plan.Widths, width =>
        {
            BoundsWatch watch = NetworkWalk.Bounds(plan, width, Shapes.Kernels(plan, width), Batches);
            output.WriteLine($"{width.Lanes} lanes: {watch.Seen:N0} uses of memory.");
            Assert.Equal([], watch.Outside.Select(touch => touch.ToString()));
        });
    }
}
