using AotBackprop.Generator.Diagnostics;
using AotBackprop.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AotBackprop.Generator.Parsing;

/// <summary>
/// From the attribute in the compiler's terms to a valid <see cref="NetworkSpec"/>, or to diagnostics.
/// </summary>
internal static class NetworkParser
{
    public const string AttributeName = "AotBackprop.NetworkAttribute";
    public const string ExportAttributeName = "AotBackprop.NetworkExportAttribute";
    public const string LibraryAttributeName = "AotBackprop.NetworkLibraryAttribute";

    public static ParseResult Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        INamedTypeSymbol type = (INamedTypeSymbol)context.TargetSymbol;
        AttributeData attribute = context.Attributes[0];
        LocationInfo? location = LocationOf(context);
        if (IsUnfinished(type) || AttributeReading.IsUnfinished(attribute))
        {
            return new ParseResult(null, location, []);
        }

        NetworkSpec spec = new()
        {
            Namespace = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(),
            Containers = new(NetworkChecks.TypeAndContainers(type).Skip(1).Reverse()
                .Select(t => new ContainingType(Keyword(t), Identifier(t)))),
            Name = Identifier(type),
            Sizes = new(AttributeReading.Sizes(attribute)),
            Unroll = (Unrolling)AttributeReading.Option(attribute, nameof(NetworkSpec.Unroll), 0),
            Activation = (Activation)AttributeReading.Option(attribute, nameof(NetworkSpec.Activation), 0),
            Output = (Output)AttributeReading.Option(attribute, nameof(NetworkSpec.Output), 0),
            HuberDelta = AttributeReading.Option(attribute, nameof(NetworkSpec.HuberDelta), 1f),
            ExportPrefix = ReadExportPrefix(type),
            IsEntirelyGenerated = IsEntirelyGenerated(type),
        };
        DiagnosticInfo[] refused = [.. Refused(type, spec, location, context.SemanticModel.Compilation)];
        return new ParseResult(refused.Length > 0 ? null : spec, location, new(refused));
    }

    /// <summary>An export attribute on a type that is no network.</summary>
    public static DiagnosticInfo? ParseExport(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return AttributeReading.Find(context.TargetSymbol, AttributeName) is not null
            ? null
            : DiagnosticDescriptors.ExportWithoutNetwork.Refuse(context.TargetSymbol.Name).At(LocationOf(context));
    }

    /// <summary>The name of the library, and what is wrong with it.</summary>
    public static LibraryResult ParseLibrary(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        AttributeData attribute = context.Attributes[0];
        string name =
            AttributeReading.IsUnfinished(attribute) ? LibrarySpec.DefaultName : AttributeReading.Text(attribute);
        SyntaxNode? place = attribute.ApplicationSyntaxReference?.GetSyntax(cancellation);
        return NetworkChecks.OfPrefix(name) is { } refused
            ? new LibraryResult(LibrarySpec.DefaultName, refused.At(LocationInfo.From(place?.GetLocation())))
            : new LibraryResult(name, null);
    }

    public static CompilationFacts ReadFacts(Compilation compilation)
    {
        CSharpCompilation csharp = (CSharpCompilation)compilation;
        bool tooOld = csharp.LanguageVersion < LanguageVersion.CSharp11;
        IAssemblySymbol[] libraries = [.. RuntimeLibrary.AssembliesOf(csharp)];
        return new CompilationFacts(
            csharp.Options.AllowUnsafe,
            tooOld ? csharp.LanguageVersion.ToDisplayString() : null,
            libraries.Length == 0,
            RuntimeLibrary.FindHidden(csharp, libraries));
    }

    /// <summary>Everything that speaks against a network.</summary>
    private static IEnumerable<DiagnosticInfo> Refused(
        INamedTypeSymbol type, NetworkSpec spec, LocationInfo? location, Compilation compilation)
    {
        DiagnosticInfo? ofType = NetworkChecks.OfType(type);
        int outputs = spec.Sizes.Count == 0 ? 0 : spec.Sizes[spec.Sizes.Count - 1];
        EmittedMembers emitted = new(spec.Sizes.Count - 1, NetworkKinds.Of(spec.Output, outputs));
        IEnumerable<DiagnosticInfo?> refused =
        [
            ofType,
            .. ofType is null ? new MemberChecks(type, emitted, location, compilation).Find() : [],
            NetworkChecks.OfActivation(type.Name, (int)spec.Activation),
            NetworkChecks.OfOutput(type.Name, (int)spec.Output),
            NetworkChecks.OfDelta(type.Name, spec.HuberDelta),
            NetworkChecks.OfSizes(type.Name, [.. spec.Sizes], spec.Unroll, spec.Output),
            NetworkChecks.OfPrefix(spec.ExportPrefix),
            spec.ExportPrefix is null ? null : NetworkChecks.OfAccess(type),
        ];
        return refused.OfType<DiagnosticInfo>().Select(one => one.At(location));
    }

    private static LocationInfo? LocationOf(GeneratorAttributeSyntaxContext context) =>
        LocationInfo.From(((TypeDeclarationSyntax)context.TargetNode).Identifier.GetLocation());

    // A declaration that is still being written.
    private static bool IsUnfinished(INamedTypeSymbol type) =>
        NetworkChecks.TypeAndContainers(type).Any(part => part.Name.Length == 0)
        || type.ContainingNamespace.ToDisplayString().Split('.').Any(name => name.Length == 0);

    private static string? ReadExportPrefix(INamedTypeSymbol type)
    {
        AttributeData? export = AttributeReading.Find(type, ExportAttributeName);
        return export is null || AttributeReading.IsUnfinished(export) ? null : AttributeReading.Text(export);
    }

    // Attributes that the user has set cannot be set again.
    private static bool IsEntirelyGenerated(INamedTypeSymbol type) =>
        type.GetMembers().All(member => member.IsImplicitlyDeclared)
        && AttributeReading.Find(type, "System.CodeDom.Compiler.GeneratedCodeAttribute") is null
        && AttributeReading.Find(type, "System.Diagnostics.CodeAnalysis.ExcludeFromCodeCoverageAttribute") is null;

    private static string Keyword(INamedTypeSymbol type) => type.TypeKind switch
    {
        TypeKind.Interface => "interface",
        TypeKind.Struct => type.IsRecord ? "record struct" : "struct",
        _ => type.IsRecord ? "record" : "class",
    };

    private static string Identifier(INamedTypeSymbol type) =>
        SyntaxFacts.GetKeywordKind(type.Name) != SyntaxKind.None
            || SyntaxFacts.GetContextualKeywordKind(type.Name) != SyntaxKind.None
            ? "@" + type.Name
            : type.Name;
}
