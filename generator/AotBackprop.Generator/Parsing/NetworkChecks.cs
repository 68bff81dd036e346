using System.Globalization;
using AotBackprop.Generator.Diagnostics;
using AotBackprop.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static AotBackprop.Generator.Diagnostics.DiagnosticDescriptors;

namespace AotBackprop.Generator.Parsing;

/// <summary>What a network may be: each check gives the first thing that it refuses, or null.</summary>
internal static class NetworkChecks
{
    private const int MostSizes = 8;
    private const int LargestSize = 65_536;
    private const long ParameterLimit = 1L << 29;

    /// <summary>Whether members can be written into the type.</summary>
    public static DiagnosticInfo? OfType(INamedTypeSymbol type)
    {
        IEnumerable<DiagnosticInfo?> ofParts = TypeAndContainers(type).Select(part =>
            part.Arity > 0 ? Generic.Refuse(part.Name)
            : part.IsFileLocal ? UnsupportedType.Refuse(part.Name, "local to a file")
            : part.DeclaringSyntaxReferences.Any(r => IsPartial(r.GetSyntax())) ? null
            : NotPartial.Refuse(part.Name, type.Name));
        string? kind = type.IsStatic ? "static" : type.IsAbstract ? "abstract" : type.IsRecord ? "a record"
            : HasPrimaryConstructor(type) ? "a class with a primary constructor"
            : BaseObstacle(type);
        return ofParts.FirstOrDefault(refused => refused is not null)
            ?? (EmittedMembers.HaveName(type.Name) ? NameTaken.Refuse(type.Name)
                : kind is not null ? UnsupportedType.Refuse(type.Name, kind)
                : null);
    }

    public static DiagnosticInfo? OfActivation(string name, int activation) =>
        activation >= 0 && activation < Activations.All.Count ? null : UnknownActivation.Refuse(name, Text(activation));

    public static DiagnosticInfo? OfOutput(string name, int output) =>
        output >= 0 && output < Outputs.All.Count ? null : UnknownOutput.Refuse(name, Text(output));

    public static DiagnosticInfo? OfDelta(string name, float delta) =>
        delta > 0 && delta <= float.MaxValue
            ? null
            : InvalidDelta.Refuse(name, delta.ToString("R", CultureInfo.InvariantCulture));

    public static DiagnosticInfo? OfSizes(string name, List<int> sizes, Unrolling unroll, Output output)
    {
        int wrong = sizes.FindIndex(size => size is < 1 or > LargestSize);
        return sizes.Count < 2 ? TooFewSizes.Refuse(name, Text(sizes.Count))
            : sizes.Count > MostSizes ? TooManySizes.Refuse(name, Text(sizes.Count))
            : wrong >= 0 ? SizeOutOfRange.Refuse(name, Text(wrong + 1), Text(sizes[wrong]))
            : sizes[sizes.Count - 1] == 1 && output == Output.Softmax ? SingleClass.Refuse(name)
            : Weights() + Biases() >= ParameterLimit ? TooManyParameters.Refuse(name, Text(Weights() + Biases()))
            : unroll == Unrolling.Full && Weights() > NetworkSpec.LargestFullUnrolling
                ? FullUnrollingTooLarge.Refuse(name, Text(Weights()), Text(NetworkSpec.LargestFullUnrolling))
            : null;

        long Weights() => sizes.Skip(1).Select((outputs, l) => (long)outputs * sizes[l]).Sum();
        long Biases() => sizes.Skip(1).Sum(outputs => (long)outputs);
    }

    /// <param name="prefix">Of its names in C, or null where it is not exported.</param>
    public static DiagnosticInfo? OfPrefix(string? prefix) =>
        prefix is null || CNames.IsPrefix(prefix) ? null : InvalidExportName.Refuse(prefix);

    /// <summary>Whether an exported network can be reached from the library's self-test.</summary>
    public static DiagnosticInfo? OfAccess(INamedTypeSymbol type) =>
        TypeAndContainers(type).Any(t => t.DeclaredAccessibility is
            Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal)
            ? ExportNotAccessible.Refuse(type.Name)
            : null;

    /// <summary>A type and those around it, from the inside out.</summary>
    public static IEnumerable<INamedTypeSymbol> TypeAndContainers(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? part = type; part is not null; part = part.ContainingType)
        {
            yield return part;
        }
    }

    /// <summary>What of a base class the emitted constructor and Dispose cannot live with, or null.</summary>
    private static string? BaseObstacle(INamedTypeSymbol type)
    {
        if (type.BaseType is not { TypeKind: TypeKind.Class } parent)
        {
            // The compiler says what is wrong with a base that is no class.
            return null;
        }

        bool constructible = parent.InstanceConstructors.Any(c =>
            c.Parameters.IsEmpty && c.DeclaredAccessibility != Accessibility.Private);
        IEnumerable<string?> obstacles = MemberChecks.Ancestors(type).Select(ancestor =>
            AttributeReading.Find(ancestor, NetworkParser.AttributeName) is not null
                ? $"derived from '{ancestor.Name}', a network"
            : ancestor.GetMembers(nameof(IDisposable.Dispose)).Any(m => m is IMethodSymbol { Parameters.IsEmpty: true })
                ? $"derived from '{ancestor.Name}', which has a Dispose of its own"
            : null);
        return constructible
            ? obstacles.FirstOrDefault(obstacle => obstacle is not null)
            : $"derived from '{parent.Name}', which has no constructor without parameters";
    }

    private static bool HasPrimaryConstructor(INamedTypeSymbol type) => type.DeclaringSyntaxReferences.Any(r =>
        r.GetSyntax() is ClassDeclarationSyntax declaration && declaration.ParameterList is not null);

    private static bool IsPartial(SyntaxNode declaration) =>
        declaration is TypeDeclarationSyntax type && type.Modifiers.Any(SyntaxKind.PartialKeyword);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
