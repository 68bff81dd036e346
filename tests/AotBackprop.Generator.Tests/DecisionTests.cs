using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AotBackprop.Generator.Tests;

/// <summary>The plan decides, and what comes after it computes no sizes: Printing prints, Lowering makes loops of the plan.</summary>
public sealed class DecisionTests
{
    private static readonly Lazy<CSharpCompilation> Generator = new(() => UsedNames.Compile(ProjectSources.Generator));

    // These lay out text, and Native the structs of C.
    private static readonly string[] OfText = ["Printing/SourceWriter.cs", "Printing/LineBreaker.cs", "Printing/GeneratedMark.cs"];

    [Fact]
    public void No_size_is_computed_while_printing() => Assert.Empty(Found(Arithmetic, "Printing"));

    [Fact]
    public void No_number_about_a_processor_stands_outside_the_plan() =>
        Assert.Empty(Found(Numbers, "Lowering", "Nodes", "Ops", "Passes", "Printing"));

    [Theory]
    [InlineData("int a = layer.Stride * 2;", 1)]
    [InlineData("int a = (N + 15) & ~15;", 3)]
    [InlineData("string a = \"x\" + N;", 0)]
    [InlineData("int a = 0; a += N;", 1)]
    [InlineData("double a = 4L * N;", 1)]
    [InlineData("int a = N - 1;", 0)]
    public void Arithmetic_is_seen(string code, int count) => Assert.Equal(count, Arithmetic(Model(code)).Count());

    [Theory]
    [InlineData("const int ShortBody = 12;", 1)]
    [InlineData("int rows = lanes == 16 ? 6 : 4;", 3)]
    [InlineData("int next = N - 1; int twice = 2 * N; int none = 0;", 0)]
    public void A_number_is_seen(string code, int count) => Assert.Equal(count, Numbers(Model(code)).Count());

    private static IEnumerable<(string File, int Count)> Found(
        Func<(SyntaxNode Root, SemanticModel Model), IEnumerable<SyntaxNode>> find, params string[] stages)
    {
        CSharpCompilation compilation = Generator.Value;
        return from stage in stages
               from tree in compilation.SyntaxTrees
               let file = $"{stage}/{Path.GetFileName(tree.FilePath)}"
               where tree.FilePath.EndsWith($"/AotBackprop.Generator/{file}", StringComparison.Ordinal) && !OfText.Contains(file)
               let count = find((tree.GetRoot(), compilation.GetSemanticModel(tree))).Count()
               where count > 0
               select (file, count);
    }

    /// <summary>+, −, ·, /, % and the operators on bits, of numbers; but for the next, and the one before.</summary>
    private static IEnumerable<SyntaxNode> Arithmetic((SyntaxNode Root, SemanticModel Model) source) =>
        from node in source.Root.DescendantNodes()
        where node.Kind() is SyntaxKind.AddExpression or SyntaxKind.SubtractExpression or SyntaxKind.MultiplyExpression or SyntaxKind.DivideExpression
            or SyntaxKind.ModuloExpression or SyntaxKind.BitwiseAndExpression or SyntaxKind.BitwiseOrExpression or SyntaxKind.BitwiseNotExpression
            or SyntaxKind.LeftShiftExpression or SyntaxKind.RightShiftExpression
            or SyntaxKind.AddAssignmentExpression or SyntaxKind.SubtractAssignmentExpression or SyntaxKind.MultiplyAssignmentExpression
        where source.Model.GetTypeInfo(node).Type is { SpecialType: >= SpecialType.System_SByte and <= SpecialType.System_Double }
        where node is not BinaryExpressionSyntax
        {
            RawKind: (int)SyntaxKind.AddExpression or (int)SyntaxKind.SubtractExpression,
            Right: LiteralExpressionSyntax { Token.Value: 1 or 2 },
        }
        select node;

    /// <summary>Whole numbers above 2.</summary>
    private static IEnumerable<SyntaxNode> Numbers((SyntaxNode Root, SemanticModel Model) source) =>
        source.Root.DescendantNodes().OfType<LiteralExpressionSyntax>().Where(literal => literal.Token.Value is int and > 2);

    private static (SyntaxNode Root, SemanticModel Model) Model(string code)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(
            $"class C {{ public int Stride; void M(int N, int lanes, C layer) {{ {code} }} }}", new CSharpParseOptions(LanguageVersion.Latest));
        CSharpCompilation compilation = UsedNames.Compile([tree]);
        return (tree.GetRoot(), compilation.GetSemanticModel(tree));
    }
}
