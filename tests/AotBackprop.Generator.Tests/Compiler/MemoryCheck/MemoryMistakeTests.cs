using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Tests.Compiler.MemoryCheck;

/// <summary>Mistakes that are planted are reported by their kernel, their region and their index.</summary>
public sealed class MemoryMistakeTests
{
    private static readonly NetworkPlan Plan = Shapes.Plan("64-32-10");

    private static WidthPlan Width => Plan.Widths[0];

    [Fact]
    public void A_stride_off_by_one()
    {
        WidthPlan wrong = Width with { Forward = [Width.Forward[0] with { InputStride = 65 }, Width.Forward[1]] };
        Expect(Plan, Shapes.Kernels(Plan, wrong), "Forward1Rows4: Read of X[1024] from 1037 to 1037", N: 16);
    }

    [Fact]
    public void A_stride_off_by_one_in_the_right_factor()
    {
        WidthPlan wrong = Width with { Forward = [Width.Forward[0] with { WeightStride = 33 }, Width.Forward[1]] };
        Expect(Plan, Shapes.Kernels(Plan, wrong), "Forward1Rows1: Read of W1[2048] from 2046 to 2061");
    }

    [Fact]
    public void A_padded_store_beyond_the_last_row()
    {
        WidthPlan wrong = Plan.Widths[2] with { Backward = [Plan.Widths[2].Backward[0] with { OutputStride = 36 }] };
        Expect(Plan, Shapes.Kernels(Plan, wrong), "Backward1Rows1: Clear of dZ1[32] from 32 to 35", lanes: 2);
    }

    [Fact]
    public void A_whole_vector_where_only_a_part_is_there()
    {
        NetworkPlan plan = Shapes.Plan("7-17-3 Tiled");
        WidthPlan width = plan.Widths[0];
        GradientPlan gradient = width.Gradients[0];
        WidthPlan wrong = width with { Gradients = [gradient with { LastPart = 0 }, width.Gradients[1]] };
        Expect(plan, Shapes.Kernels(plan, wrong), "BiasDescend1: Read of b1[17] from 16 to 31");
    }

    [Theory]
    [InlineData("Forward1Rows4", "Forward1Rows4: Read of X[1088]")]
    [InlineData("Forward1Rows1", "Forward1Rows1: Read of X[1088]")]
    [InlineData("Backward1Rows8", "Backward1Rows8: Read of dZ2[272]")]
    [InlineData("Descend1", "Descend1: Read of X[1088]")]
    [InlineData("BiasDescend2", "BiasDescend2: Read of dZ2[272]")]
    [InlineData("Softmax", "Softmax: Read of Z2[272]")]
    [InlineData("SoftmaxAcross", "SoftmaxAcross: Read of Z2[272]")]
    public void A_loop_one_turn_too_long(string kernel, string report)
    {
        Kernel[] planted = Planted.In<For>(Shapes.Kernels(Plan, Width), kernel, loop =>
            loop is { Condition: Compare { Right: Variable { Name: "N" or "until" } } end, Next: { } next }
                ? loop with { Condition = end with { Right = end.Right + next.Value } }
                : null);
        Expect(Plan, planted, report, N: 17);
    }

    [Fact]
    public void A_loop_over_the_inner_index_one_turn_too_long()
    {
        Kernel[] planted = Planted.In<For>(Shapes.Kernels(Plan, Width), "Forward1Rows1", loop =>
            loop.Index == "i"
            && loop is { Condition: Compare { Right: Constant { Value: var end } } condition, Next.Value: Constant { Value: var step } }
                ? loop with { Condition = condition with { Right = end + step } }
                : null);
        Expect(Plan, planted, "Forward1Rows1: Read of W1[2048] from 2048 to 2063");
    }

    [Fact]
    public void An_index_from_data_one_too_large()
    {
        Kernel[] planted = Planted.In<Assign>(Shapes.Kernels(Plan, Width), "OutputGradient", assigned =>
            assigned.Target is Element { At: { Terms: [{ Index: Listed }] } at }
                ? assigned with { Target = new Element(at.Plus(7)) }
                : null);
        Expect(Plan, planted, "OutputGradient: Write of dZ2[16] from 7 to 16");
    }

    [Fact]
    public void A_limit_of_listed_columns_that_is_too_small()
    {
        NetworkPlan plan = Shapes.Plan("129-33-7");
        Kernel[] planted = Planted.In<Nodes.Declare>(Shapes.Kernels(plan, plan.Widths[0]), "Forward1Listed", declared =>
            declared.Variables is [{ Value: Listed listed } index]
                ? new Nodes.Declare(declared.Type, index.Name, listed with { Limit = 128 })
                : null);
        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(
            () => NetworkWalk.Bounds(plan, plan.Widths[0], planted, 16));
        Assert.Contains("holds 0 to 128, where 0 to 127 is wanted", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("64-32-10", "A1", "Forward1Rows1: Write of A1[16] from 16 to 31")]
    [InlineData("64-32-10", "Largest", "Softmax: Write of Largest[0] from 0 to 0")]
    [InlineData("64-32-10", "W2T", "Overread of W2T[400] from 320 to 415")]
    [InlineData("64-32-10", "Block", "SoftmaxAcross: Write of Block")]
    [InlineData("129-33-7", "Columns", "Forward1Listed: Write of Columns", 32)]
    [InlineData("129-33-7", "Samples", "Write of Samples")]
    [InlineData("129-33-7", "Entries.Values", "Forward1Scattered: Read of Entries.Values")]
    [InlineData("129-33-7", "Entries.Heads", "Read of Entries.Heads")]
    [InlineData("784-512-10", "Packed", "Forward1Rows8: Write of Packed")]
    [InlineData("4-8-3", "XAcross", "Forward1Across: Read of XAcross")]
    [InlineData("4-8-3", "LaneSums", "Gradient2Across: Write of sums of b2", 256)]
    public void A_smaller_region(string shape, string name, string report, int less = 16)
    {
        NetworkPlan plan = Shapes.Plan(shape);
        Region Smaller(Region region) => region.Once > 0
            ? region with { Once = region.Once - less }
            : region with { PerSample = region.PerSample > 16 ? region.PerSample - 16 : region.PerSample - 1 };
        NetworkPlan wrong = plan with
        {
            Workspace = new([.. plan.Workspace.Regions.Select(r => r.Name == name ? Smaller(r) : r)]),
        };
        BoundsWatch watch = NetworkWalk.Bounds(wrong, plan.Widths[0], Shapes.Kernels(plan, plan.Widths[0]), 1, 17);
        Assert.Contains(watch.Outside, touch => touch.ToString().Contains(report, StringComparison.Ordinal));
    }

    [Fact]
    public void A_loop_without_end()
    {
        Kernel[] planted = Planted.In<For>(
            Shapes.Kernels(Plan, Width), "Forward1Rows1", loop => loop with { Next = new Add(loop.Index, 0) });
        Assert.Throws<InvalidOperationException>(() => NetworkWalk.Bounds(Plan, Width, planted, 1));
    }

    [Fact]
    public void An_address_that_depends_on_nothing_known()
    {
        Kernel[] planted = Planted.In<Nodes.Declare>(Shapes.Kernels(Plan, Width), "Softmax", declared =>
            declared.Variables[0].Name == "z"
                ? declared with { Variables = [new("z", At("Z2").Row(new Element("Sums"))), .. declared.Variables.Skip(1)] }
                : null);
        Assert.Throws<InvalidOperationException>(() => NetworkWalk.Bounds(Plan, Width, planted, 16));
    }

    private static void Expect(NetworkPlan plan, IEnumerable<Kernel> kernels, string report, long N = 1, int lanes = 0)
    {
        BoundsWatch watch = NetworkWalk.Bounds(plan, plan.Widths[lanes], kernels, N);
        Assert.Contains(watch.Outside.Select(touch => touch.ToString()), r => r.StartsWith(report, StringComparison.Ordinal));
    }
}
