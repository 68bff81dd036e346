using System.Collections.Immutable;
using AotBackprop.Generator.Diagnostics;
using AotBackprop.Generator.Model;
using AotBackprop.Generator.Parsing;
using AotBackprop.Generator.Planning;
using AotBackprop.Generator.Printing;
using AotBackprop.Generator.Printing.Native;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AotBackprop.Generator;

/// <summary>
/// The pipeline: attribute → <see cref="NetworkSpec"/> → plan → text. Specs and diagnostics are two outputs of one
/// parse, so that moving a declaration in its file emits nothing anew.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class NetworkGenerator : IIncrementalGenerator
{
    // The same for all sizes.
    private static readonly Lazy<CHeaderNames> HeaderNames = new(() =>
    {
        NetworkSpec spec = new() { Name = "Network", Sizes = [1, 2], ExportPrefix = "network" };
        return new CHeaderNames(
            CHeaderNames.In(HeaderPrinter.Network(Planner.Plan(spec), "library"), "network"),
            CHeaderNames.In(HeaderPrinter.Library(new LibrarySpec("library", new([spec]))), "library"));
    });

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<CompilationFacts> facts = context.CompilationProvider
            .Select((compilation, _) => NetworkParser.ReadFacts(compilation))
            .WithTrackingName(StepNames.Facts);

        IncrementalValuesProvider<ParseResult> parsed = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                NetworkParser.AttributeName, (node, _) => IsClass(node), NetworkParser.Parse)
            .WithTrackingName(StepNames.Parsed);

        IncrementalValueProvider<VectorWidths> widths = context.AnalyzerConfigOptionsProvider
            .Select((options, _) => VectorWidths.Read(options.GlobalOptions))
            .WithTrackingName(StepNames.VectorWidths);

        IncrementalValueProvider<ImmutableArray<LibraryResult>> libraries = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                NetworkParser.LibraryAttributeName,
                (node, _) => node is CompilationUnitSyntax,
                NetworkParser.ParseLibrary)
            .Collect();

        IncrementalValueProvider<string> libraryName = libraries
            .Select((found, _) => found.IsEmpty ? LibrarySpec.DefaultName : found[0].Name)
            .WithTrackingName(StepNames.LibraryName);

        IncrementalValueProvider<Collisions> collisions = parsed
            .Collect()
            .Combine(libraryName)
            .Select((pair, _) => Collisions.Find(pair.Left, pair.Right, HeaderNames.Value))
            .WithTrackingName(StepNames.Collisions);

        IncrementalValuesProvider<NetworkSpec> specs = Accepted(parsed, facts, collisions, widths);
        IncrementalValuesProvider<(NetworkSpec Spec, string Library)> exported = specs
            .Where(spec => spec.ExportPrefix is not null)
            .Combine(libraryName)
            .WithTrackingName(StepNames.Exported);

        Report(context, libraries.SelectMany((found, _) => found.Select(r => r.Diagnostic).OfType<DiagnosticInfo>()));
        Report(context, collisions.SelectMany((found, _) => found.Diagnostics));
        ReportNetworks(context, parsed, facts, widths);
        AddSources(context, specs, exported, libraryName);
    }

    /// <summary>The networks that code is emitted for.</summary>
    private static IncrementalValuesProvider<NetworkSpec> Accepted(
        IncrementalValuesProvider<ParseResult> parsed,
        IncrementalValueProvider<CompilationFacts> facts,
        IncrementalValueProvider<Collisions> collisions,
        IncrementalValueProvider<VectorWidths> widths) =>
        parsed
            .Where(result => result.Spec is not null)
            .Select((result, _) => result.Spec!)
            .Combine(facts)
            .Where(pair => Obstacle(pair.Left, pair.Right) is null)
            .Select((pair, _) => pair.Left)
            .Combine(collisions.Select((found, _) => found.Refused))
            .Where(pair => !pair.Right.Contains(pair.Left.FullName))
            .Select((pair, _) => pair.Left)
            .Combine(widths)
            .Select((pair, _) => pair.Left with { VectorWidths = pair.Right.Bits })
            .WithTrackingName(StepNames.Specs);

    private static void AddSources(
        IncrementalGeneratorInitializationContext context,
        IncrementalValuesProvider<NetworkSpec> specs,
        IncrementalValuesProvider<(NetworkSpec Spec, string Library)> exported,
        IncrementalValueProvider<string> libraryName)
    {
        IncrementalValueProvider<LibrarySpec> library = exported
            .Select((pair, _) => pair.Spec)
            .Collect()
            .Combine(libraryName)
            .Select((pair, _) => new LibrarySpec(
                pair.Right, new(pair.Left.OrderBy(s => s.ExportPrefix, StringComparer.Ordinal))))
            .WithTrackingName(StepNames.Library);

        context.RegisterSourceOutput(specs, (output, spec) => Add(output, NetworkPrinter.Emit(Planner.Plan(spec))));
        context.RegisterSourceOutput(exported, (output, pair) =>
            Add(output, [ExportsPrinter.Emit(Planner.Plan(pair.Spec), pair.Library)]));
        context.RegisterSourceOutput(library, (output, spec) =>
            Add(
                output,
                spec.Networks.Count == 0 ? [] : [LibraryPrinter.Emit(spec, [.. spec.Networks.Select(Planner.Plan)])]));
    }

    /// <summary>What is refused of networks, of exports without one, and of the widths where there is one.</summary>
    private static void ReportNetworks(
        IncrementalGeneratorInitializationContext context,
        IncrementalValuesProvider<ParseResult> parsed,
        IncrementalValueProvider<CompilationFacts> facts,
        IncrementalValueProvider<VectorWidths> widths)
    {
        IncrementalValuesProvider<DiagnosticInfo> diagnostics = parsed
            .Combine(facts)
            .SelectMany((pair, _) => Diagnose(pair.Left, pair.Right))
            .WithTrackingName(StepNames.Diagnostics);

        IncrementalValuesProvider<DiagnosticInfo> strayExports = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                NetworkParser.ExportAttributeName, (node, _) => IsClass(node), NetworkParser.ParseExport)
            .Where(info => info is not null)
            .Select((info, _) => info!);

        Report(context, diagnostics);
        Report(context, strayExports);
        Report(context, parsed.Collect().Combine(widths).SelectMany((pair, _) =>
            pair.Left.IsEmpty || pair.Right.Diagnostic is not { } diagnostic
                ? Array.Empty<DiagnosticInfo>()
                : [diagnostic]));
    }

    // On what is no class the compiler refuses the attributes.
    private static bool IsClass(SyntaxNode node) =>
        node is ClassDeclarationSyntax || node.IsKind(SyntaxKind.RecordDeclaration);

    private static void Add(SourceProductionContext output, IEnumerable<EmittedFile> files)
    {
        foreach (EmittedFile file in files)
        {
            output.CancellationToken.ThrowIfCancellationRequested();
            output.AddSource(file.HintName, file.Text);
        }
    }

    private static void Report(
        IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<DiagnosticInfo> diagnostics) =>
        context.RegisterSourceOutput(diagnostics, (output, info) => output.ReportDiagnostic(info.ToDiagnostic()));

    private static IEnumerable<DiagnosticInfo> Diagnose(ParseResult result, CompilationFacts facts) =>
        result.Spec is { } spec && Obstacle(spec, facts) is { } obstacle
            ? result.Diagnostics.Append(obstacle.At(result.Location))
            : result.Diagnostics;

    /// <summary>What in the project stands against the emitted code of any network, or null.</summary>
    private static DiagnosticInfo? Obstacle(NetworkSpec spec, CompilationFacts facts) =>
        facts.LanguageVersion is { } version ? DiagnosticDescriptors.LanguageTooOld.Refuse(spec.Name, version)
        : facts.HasAlias ? DiagnosticDescriptors.LibraryAliased.Refuse(spec.Name)
        : facts.Hidden is { } hidden
            ? DiagnosticDescriptors.LibraryTypeHidden.Refuse(spec.Name, hidden.Name).At(hidden.Location)
        : facts.AllowsUnsafe ? null
        : DiagnosticDescriptors.UnsafeNotAllowed.Refuse(spec.Name);
}
