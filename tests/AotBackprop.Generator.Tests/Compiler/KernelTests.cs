using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;
using AotBackprop.Generator.Printing;

namespace AotBackprop.Generator.Tests.Compiler;

/// <summary>A kernel of each kind, lowered for a small network and printed.</summary>
public sealed class KernelTests
{
    private static readonly SnapshotFolder Kernels = SnapshotFolder.Of("Kernels");

    // A kind, a network, the lanes of a vector, the kernels.
    private static readonly (string Kind, string Shape, int Lanes, string[] Kernels)[] Kinds =
    [
        ("product-split", "64-32-10", 16, ["Forward1"]),
        ("product-unrolled", "5-17-3", 16, ["Forward1Rows2", "Forward1Rows1"]),
        ("product-unrolled-in-parts", "128-40-11 Full", 16, ["Forward1"]),
        ("product-dot", "40-1-3", 8, ["Forward1"]),
        ("product-few-columns", "20-17-3", 16, ["Forward2"]),
        ("product-tiles", "200-100-10 Tiled", 8, ["Forward1Rows2", "Forward1Rows1"]),
        ("product-tiles-packed", "784-512-10", 16, ["Forward1Rows8"]),
        ("product-tiles-in-pieces", "784-512-10", 8, ["Forward1Rows1"]),
        ("product-finds-largest", "200-130-10", 16, ["Forward1", "Forward1Rows8"]),
        ("product-listed", "129-33-7", 8, ["Forward1Listed"]),
        ("product-entries", "129-33-7", 8, ["Forward1Scattered"]),
        ("product-activated", "5-17-3 Gelu", 8, ["Forward1Rows1", "Backward1Rows1"]),
        ("product-back", "64-32-10", 8, ["Backward1Rows2", "Backward1Rows1"]),
        ("gradient-unrolled", "5-17-3", 16, ["Descend1"]),
        ("gradient-few-columns", "20-17-3", 16, ["Descend2"]),
        ("gradient-tiles", "64-40-10", 8, ["Descend1"]),
        ("gradient-one-sample", "200-40-10", 8, ["Descend1One"]),
        ("gradient-listed", "129-33-7", 16, ["Descend1Listed"]),
        ("gradient-entries", "129-33-7", 16, ["Descend1Scattered"]),
        ("gradient-bias", "129-33-7", 16, ["BiasDescend1"]),
        ("softmax-row", "20-17-3", 4, ["Softmax"]),
        ("softmax-row-in-loops", "40-100", 8, ["Softmax"]),
        ("output-gradient", "20-17-3", 8, ["OutputGradient"]),
        ("output-interleaved", "20-17-3", 16, ["Forward2Across", "SoftmaxAcross", "OutputGradientAcross", "Gradient2Across"]),
        ("output-interleaved-narrow", "20-17-3", 4, ["OutputGradientAcross"]),
        ("few-samples", "20-17-3", 16, ["ForwardFew", "StepFew"]),
        ("few-samples-of-one-unit", "40-1-10", 16, ["StepFew"]),
        ("calls-by-samples", "20-17-3", 16, ["Forward", "Differentiate", "Backward", "Descend"]),
        ("calls-by-units", "129-300-200-20", 8, ["Forward", "Differentiate", "Backward", "Descend"]),
    ];

    public static TheoryData<string> Names => [.. Kinds.Select(kind => kind.Kind)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_kernel_is_as_kept(string kind)
    {
        (_, string shape, int lanes, string[] names) = Kinds.Single(k => k.Kind == kind);
        NetworkPlan plan = Shapes.Plan(shape);
        Kernel[] kernels = Shapes.Kernels(plan, plan.Widths.Single(w => w.Lanes == lanes));
        SourceWriter writer = new();
        writer.Line($"// {shape}, vectors of {lanes} floats.");
        CSharpPrinter printer = new(writer, lanes);
        foreach (string name in names)
        {
            Assert.Contains(kernels, kernel => kernel.Name == name);
            printer.Print(kernels.Where(kernel => kernel.Name == name));
        }

        Kernels.Expect($"{kind}.verified.cs", writer.ToString());
    }

    [Fact]
    public void Every_snapshot_belongs_to_a_kind() => Kernels.ExpectNoStrays(Kinds.Select(kind => $"{kind.Kind}.verified.cs"));
}
