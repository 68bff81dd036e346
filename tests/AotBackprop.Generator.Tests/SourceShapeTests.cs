using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AotBackprop.Generator.Tests;

/// <summary>The generator's source can be read beside its design: short methods, short lines, named arguments.</summary>
public sealed class SourceShapeTests
{
    private static IEnumerable<SyntaxTree> Own =>
        ProjectSources.Generator.Where(tree => tree.FilePath.StartsWith(Repository.In("generator"), StringComparison.Ordinal)
            && !tree.FilePath.Contains("..", StringComparison.Ordinal));

    private static IEnumerable<SyntaxNode> Nodes =>
        Own.SelectMany(tree => tree.GetRoot(TestContext.Current.CancellationToken).DescendantNodes());

    [Fact]
    public void No_line_has_more_than_120_columns() => Assert.Empty(
        from tree in Own
        from line in tree.GetText(TestContext.Current.CancellationToken).Lines
        where line.Span.Length > 120
        select $"{tree.FilePath}({line.LineNumber + 1}): {line.Span.Length}");

    [Fact]
    public void No_method_has_more_than_60_lines() => Assert.Empty(
        from node in Nodes
        where node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
        where LinesOf(node) > 60
        select $"{Path.GetFileName(node.SyntaxTree.FilePath)} {node.GetLocation().GetLineSpan().StartLinePosition.Line}: {LinesOf(node)}");

    [Fact]
    public void No_record_has_more_than_five_positional_members() => Assert.Empty(
        from record in Nodes.OfType<RecordDeclarationSyntax>()
        where record.ParameterList is { Parameters.Count: > 5 }
        select record.Identifier.Text);

    private static int LinesOf(SyntaxNode node)
    {
        FileLinePositionSpan span = node.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }
}
