using System.Reflection;
using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Passes;
using AotBackprop.Generator.Planning;
using AotBackprop.Generator.Tests.Compiler;
using AotBackprop.Runtime;
using AotBackprop.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AotBackprop.Generator.Tests;

/// <summary>
/// The compiler makes a local of about every word of a kernel and keeps no more than a thousand in registers: so no
/// emitted method may have more words than a limit well below.
/// </summary>
public sealed class MethodLengthTests(ITestOutputHelper output)
{
    /// <summary>The planner's budget is for a product or a gradient; what is loaded and stored around it comes on top.</summary>
    private const int MostWords = 500;

    private static readonly HashSet<string> Words = [.. typeof(Lanes128)
        .GetMembers(BindingFlags.Static | BindingFlags.Public | BindingFlags.FlattenHierarchy)
        .Select(member => member.Name)];

    private static readonly string[] Small =
    [
        "1-2", "1-5-3", "9-1-4", "4-8-3", "7-17-3", "13-16-2", "30-16-2", "16-16-16", "31-33-63-20", "64-32-10", "100-10", "100-100",
        "128-2", "2-128", "127-64", "126-128-2", "128-128", "5461-3", "2-512", "8-8-8-8-8-8-8-8",
    ];

    private static readonly string[] Large =
    [
        "784-10", "784-128-10", "784-128-64-10", "1000-1000-1000", "65536-3", "2-65536-2", "2-65536", "4096-4096-10",
    ];

    public static TheoryData<string> Networks =>
        [.. Small, .. Large, .. Small.Select(shape => $"{shape} Full"), .. Small.Select(shape => $"{shape} Tiled")];

    [Theory]
    [MemberData(nameof(Networks))]
    public void No_method_is_longer_than_the_compiler_takes_well(string shape)
    {
        (Kernel Kernel, int Words)[] methods = [.. Kernels(Shapes.Plan(shape))];
        (Kernel kernel, int words) = methods.MaxBy(m => m.Words);
        output.WriteLine($"{words} words in {kernel.Name}.");
        Assert.True(words <= MostWords, $"{kernel.Name} has {words} words.");
    }

    [Fact]
    public void A_method_uses_much_of_its_budget() =>
        Assert.Contains(Kernels(Shapes.Plan("126-128-2 Full")), m => m.Words > TilePlanner.MethodBudget / 2);

    [Theory]
    [InlineData("4-8-3")]
    [InlineData("31-33-63-20")]
    [InlineData("784-512-10")]
    [InlineData("129-40-20")]
    public void The_words_of_a_tree_are_those_of_its_text(string shape)
    {
        NetworkPlan plan = Shapes.Plan(shape);
        string source = Declare.Network("Net", [.. plan.Spec.Sizes]);
        Assert.Equal(
            GeneratorRun.Of(source).Result.GeneratedTrees.SelectMany(InText).Select(m => $"{m.Method}: {m.Words}"),
            Kernels(plan).Select(m => $"{m.Kernel.Name}: {m.Words}"));
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void No_straight_line_of_a_gradient_has_more_words_than_are_planned(string shape)
    {
        NetworkPlan plan = Shapes.Plan(shape);
        IEnumerable<(Kernel Kernel, int Words)> lines =
            from width in plan.Widths
            from gradient in width.Gradients.Select((g, l) => (Plan: g, Name: $"Descend{l + 1}"))
            where gradient.Plan.Form == Form.StraightLine
            from kernel in Shapes.Kernels(plan, width)
            where kernel.Name == gradient.Name || kernel.Name.StartsWith($"{gradient.Name}Part", StringComparison.Ordinal)
            select (kernel, OperationCount.Of(kernel));
        Assert.All(lines, line => Assert.True(line.Words <= TilePlanner.MethodBudget, $"{line.Kernel.Name} has {line.Words} words."));
    }

    private static IEnumerable<(Kernel Kernel, int Words)> Kernels(NetworkPlan plan) =>
        from width in plan.Widths
        from kernel in Shapes.Kernels(plan, width)
        select (kernel, OperationCount.Of(kernel));

    private static IEnumerable<(string Method, int Words)> InText(SyntaxTree tree) =>
        from type in tree.GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>()
        where type.BaseList?.ToString().Contains("Lanes", StringComparison.Ordinal) == true
        from method in type.Members.OfType<MethodDeclarationSyntax>()
        select (method.Identifier.Text, method.DescendantNodes().OfType<IdentifierNameSyntax>().Sum(Weigh));

    private static int Weigh(IdentifierNameSyntax name)
    {
        string word = name.Identifier.Text;
        bool isOfAnother = name.Parent is MemberAccessExpressionSyntax;
        return isOfAnother || !Words.Contains(word) ? 0
            : word.EndsWith("Part", StringComparison.Ordinal) ? 1 + TilePlanner.PartWords
            : word == nameof(Lanes128.Descend) ? 2
            : 1;
    }
}
