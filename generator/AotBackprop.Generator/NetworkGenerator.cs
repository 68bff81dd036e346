using AotBackprop.Generator.Diagnostics;
using AotBackprop.Generator.Emit;
using AotBackprop.Generator.Model;
using AotBackprop.Generator.Parsing;
using AotBackprop.Generator.Planning;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AotBackprop.Generator;

/// <summary>
/// The pipeline: attribute → <see cref="NetworkSpec"/> → plan → text. Specs and diagnostics are two outputs of one
/// parse, so that moving a declaration in its file emits nothing anew.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class NetworkGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<CompilationFacts> facts = context.CompilationProvider
            .Select((compilation, _) => NetworkParser.ReadFacts(compilation))
            .WithTrackingName(StepNames.Facts);

        IncrementalValuesProvider<ParseResult> parsed = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                NetworkParser.AttributeName, (node, _) => node is TypeDeclarationSyntax, NetworkParser.Parse)
            .WithTrackingName(StepNames.Parsed);

        IncrementalValueProvider<Collisions> collisions = parsed
            .Collect()
            .Select((results, _) => Collisions.Find(results))
            .WithTrackingName(StepNames.Collisions);

        IncrementalValuesProvider<NetworkSpec> specs = parsed
            .Where(result => result.Spec is not null)
            .Select((result, _) => result.Spec!)
            .Combine(facts)
            .Where(pair => Obstacle(pair.Left, pair.Right) is null)
            .Select((pair, _) => pair.Left)
            .Combine(collisions.Select((found, _) => found.Refused))
            .Where(pair => !pair.Right.Contains(pair.Left.FullName))
            .Select((pair, _) => pair.Left)
            .WithTrackingName(StepNames.Specs);

        IncrementalValuesProvider<DiagnosticInfo> diagnostics = parsed
            .Combine(facts)
            .SelectMany((pair, _) => Diagnose(pair.Left, pair.Right))
            .WithTrackingName(StepNames.Diagnostics);

        context.RegisterSourceOutput(diagnostics, (output, info) => output.ReportDiagnostic(info.ToDiagnostic()));
        context.RegisterSourceOutput(collisions, (output, found) =>
        {
            foreach (DiagnosticInfo info in found.Diagnostics)
            {
                output.ReportDiagnostic(info.ToDiagnostic());
            }
        });
        context.RegisterSourceOutput(specs, (output, spec) =>
        {
            NetworkPlan plan = Planner.Plan(spec);
            foreach (EmittedFile file in NetworkEmitter.Emit(plan))
            {
                output.CancellationToken.ThrowIfCancellationRequested();
                output.AddSource(file.HintName, file.Text);
            }
        });
    }

    private static IEnumerable<DiagnosticInfo> Diagnose(ParseResult result, CompilationFacts facts)
    {
        foreach (DiagnosticInfo info in result.Diagnostics)
        {
            yield return info;
        }

        if (result.Spec is { } spec && Obstacle(spec, facts) is { } obstacle)
        {
            yield return obstacle with { Location = result.Location };
        }
    }

    /// <summary>What in the project's options stands against the emitted code, or null.</summary>
    private static DiagnosticInfo? Obstacle(NetworkSpec spec, CompilationFacts facts)
    {
        if (facts.LanguageVersion is { } version)
        {
            return new DiagnosticInfo(DiagnosticDescriptors.LanguageTooOld, null, new([spec.Name, version]));
        }

        return facts.AllowsUnsafe ? null : new DiagnosticInfo(DiagnosticDescriptors.UnsafeNotAllowed, null, new([spec.Name]));
    }
}
