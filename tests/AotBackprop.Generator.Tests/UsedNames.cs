using AotBackprop.Testing;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AotBackprop.Generator.Tests;

/// <summary>A type, or a member of it, that some code uses.</summary>
internal sealed record UsedName(string Namespace, string Type, string Member);

/// <summary>What the code in each namespace uses, as the compiler understands it.</summary>
internal sealed class UsedNames(ILookup<string, UsedName> names)
{
    public static UsedNames In(IEnumerable<SyntaxTree> sources)
    {
        SyntaxTree[] all = [.. sources];
        return In(all, all);
    }

    /// <summary>Of some of the sources that are compiled together.</summary>
    public static UsedNames In(IEnumerable<SyntaxTree> sources, IEnumerable<SyntaxTree> some)
    {
        CSharpCompilation compilation = Compile(sources);
        IEnumerable<(string By, UsedName Name)> all =
            from tree in some
            let model = compilation.GetSemanticModel(tree)
            from declaration in tree.GetRoot().DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
            from node in declaration.DescendantNodes()
            from symbol in SymbolsOf(node, model)
            where symbol.ContainingNamespace is not null
            let type = symbol as ITypeSymbol ?? symbol.ContainingType
            where type is INamedTypeSymbol { CanBeReferencedByName: true }
            select (declaration.Name.ToString(), new UsedName(type.ContainingNamespace.ToDisplayString(), type.Name, symbol is ITypeSymbol ? "" : symbol.Name));
        return new UsedNames(all.Distinct().ToLookup(use => use.By, use => use.Name));
    }

    /// <summary>A compilation without errors.</summary>
    public static CSharpCompilation Compile(IEnumerable<SyntaxTree> sources)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Sources",
            sources,
            [.. Net100.References.All, .. new[] { typeof(Compilation), typeof(CSharpCompilation) }.Select(type => MetadataReference.CreateFromFile(type.Assembly.Location))],
            GeneratorRun.Options.WithGeneralDiagnosticOption(ReportDiagnostic.Default));
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        return compilation;
    }

    /// <summary>What is used in a namespace and those within it.</summary>
    public IEnumerable<UsedName> Of(string user) => names.Where(group => Lies(group.Key, user)).SelectMany(group => group);

    public static bool Lies(string space, string within) => space == within || space.StartsWith(within + ".", StringComparison.Ordinal);

    private static IEnumerable<ISymbol> SymbolsOf(SyntaxNode node, SemanticModel model) =>
        new[] { model.GetSymbolInfo(node).Symbol, node is ExpressionSyntax ? model.GetTypeInfo(node).Type : null }.OfType<ISymbol>();
}
