using System.Globalization;
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

    private const int MostSizes = 8;
    private const int LargestSize = 65_536;
    private const long ParameterLimit = 1L << 29;

    public static ParseResult Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        INamedTypeSymbol type = (INamedTypeSymbol)context.TargetSymbol;
        AttributeData attribute = context.Attributes[0];
        LocationInfo? location = LocationInfo.From(
            ((TypeDeclarationSyntax)context.TargetNode).Identifier.GetLocation());
        List<DiagnosticInfo> diagnostics = [];
        if (IsUnfinished(type) || IsUnfinished(attribute))
        {
            // The compiler says what is missing.
            return new ParseResult(null, location, new(diagnostics));
        }

        void Refuse(DiagnosticDescriptor descriptor, params string[] arguments) =>
            diagnostics.Add(new DiagnosticInfo(descriptor, location, new(arguments)));

        List<int> sizes = ReadSizes(attribute);
        int output = ReadOption(attribute, nameof(NetworkSpec.Output));
        if (CheckType(type, Refuse))
        {
            EmittedMembers emitted = new(
                sizes.Count - 1, NetworkKinds.Of((Output)output, sizes.Count == 0 ? 0 : sizes[sizes.Count - 1]));
            diagnostics.AddRange(new MemberChecks(type, emitted, location, context.SemanticModel.Compilation).Find());
        }

        Unrolling unroll = (Unrolling)ReadOption(attribute, nameof(NetworkSpec.Unroll));
        int activation = ReadOption(attribute, nameof(NetworkSpec.Activation));
        float delta = ReadNumber(attribute, nameof(NetworkSpec.HuberDelta), 1);
        CheckFunctions(type.Name, activation, output, delta, Refuse);
        CheckSizes(type.Name, sizes, unroll, (Output)output, Refuse);
        string? prefix = ReadExportPrefix(type);
        if (prefix is not null)
        {
            CheckExport(type, prefix, Refuse);
        }

        NetworkSpec? spec = diagnostics.Count > 0 ? null : new NetworkSpec
        {
            Namespace = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(),
            Containers = new(Containers(type).Reverse().Select(t => new ContainingType(Keyword(t), Identifier(t)))),
            Name = Identifier(type),
            Sizes = new(sizes),
            Unroll = unroll,
            Activation = (Activation)activation,
            Output = (Output)output,
            HuberDelta = delta,
            ExportPrefix = prefix,
            IsEntirelyGenerated = IsEntirelyGenerated(type),
        };
        return new ParseResult(spec, location, new(diagnostics));
    }

    /// <summary>An export attribute on a type that is no network.</summary>
    public static DiagnosticInfo? ParseExport(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ISymbol type = context.TargetSymbol;
        return Attribute(type, AttributeName) is not null
            ? null
            : new DiagnosticInfo(
                DiagnosticDescriptors.ExportWithoutNetwork,
                LocationInfo.From(((TypeDeclarationSyntax)context.TargetNode).Identifier.GetLocation()),
                new([type.Name]));
    }

    /// <summary>The name of the library, and what is wrong with it.</summary>
    public static LibraryResult ParseLibrary(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        AttributeData attribute = context.Attributes[0];
        if (IsUnfinished(attribute))
        {
            return new LibraryResult(LibrarySpec.DefaultName, null);
        }

        string name = ReadText(attribute);
        if (CNames.IsPrefix(name))
        {
            return new LibraryResult(name, null);
        }

        LocationInfo? location = LocationInfo.From(
            attribute.ApplicationSyntaxReference?.GetSyntax(cancellation).GetLocation());
        return new LibraryResult(
            LibrarySpec.DefaultName,
            new DiagnosticInfo(DiagnosticDescriptors.InvalidExportName, location, new([name])));
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

    // A declaration that is still being written.
    private static bool IsUnfinished(INamedTypeSymbol type) =>
        Containers(type).Prepend(type).Any(part => part.Name.Length == 0)
        || type.ContainingNamespace.ToDisplayString().Split('.').Any(name => name.Length == 0);

    private static bool IsUnfinished(AttributeData attribute) =>
        attribute.AttributeConstructor is null || attribute.ConstructorArguments.Any(IsUnfinished);

    private static bool IsUnfinished(TypedConstant argument) =>
        argument.Kind == TypedConstantKind.Error
        || (argument is { Kind: TypedConstantKind.Array, IsNull: false } && argument.Values.Any(IsUnfinished));

    /// <summary>Whether members can be written into the type.</summary>
    private static bool CheckType(INamedTypeSymbol type, Action<DiagnosticDescriptor, string[]> refuse)
    {
        foreach (INamedTypeSymbol part in Containers(type).Prepend(type))
        {
            if (part.Arity > 0)
            {
                refuse(DiagnosticDescriptors.Generic, [part.Name]);
                return false;
            }

            if (part.IsFileLocal)
            {
                refuse(DiagnosticDescriptors.UnsupportedType, [part.Name, "local to a file"]);
                return false;
            }

            if (!part.DeclaringSyntaxReferences.Any(r => IsPartial(r.GetSyntax())))
            {
                refuse(DiagnosticDescriptors.NotPartial, [part.Name, type.Name]);
                return false;
            }
        }

        if (EmittedMembers.HaveName(type.Name))
        {
            refuse(DiagnosticDescriptors.NameTaken, [type.Name]);
            return false;
        }

        string? kind = type.IsStatic ? "static" : type.IsAbstract ? "abstract" : type.IsRecord ? "a record"
            : HasPrimaryConstructor(type) ? "a class with a primary constructor"
            : BaseObstacle(type);
        if (kind is not null)
        {
            refuse(DiagnosticDescriptors.UnsupportedType, [type.Name, kind]);
        }

        return kind is null;
    }

    private static void CheckSizes(
        string name, List<int> sizes, Unrolling unroll, Output output, Action<DiagnosticDescriptor, string[]> refuse)
    {
        if (sizes.Count < 2)
        {
            refuse(DiagnosticDescriptors.TooFewSizes, [name, Text(sizes.Count)]);
            return;
        }

        if (sizes.Count > MostSizes)
        {
            refuse(DiagnosticDescriptors.TooManySizes, [name, Text(sizes.Count)]);
            return;
        }

        int wrong = sizes.FindIndex(size => size is < 1 or > LargestSize);
        if (wrong >= 0)
        {
            refuse(DiagnosticDescriptors.SizeOutOfRange, [name, Text(wrong + 1), Text(sizes[wrong])]);
            return;
        }

        if (sizes[sizes.Count - 1] == 1 && output == Output.Softmax)
        {
            refuse(DiagnosticDescriptors.SingleClass, [name]);
            return;
        }

        long weights = sizes.Skip(1).Select((outputs, l) => (long)outputs * sizes[l]).Sum();
        long parameters = weights + sizes.Skip(1).Sum(outputs => (long)outputs);
        if (parameters >= ParameterLimit)
        {
            refuse(DiagnosticDescriptors.TooManyParameters, [name, Text(parameters)]);
        }
        else if (unroll == Unrolling.Full && weights > NetworkSpec.LargestFullUnrolling)
        {
            refuse(
                DiagnosticDescriptors.FullUnrollingTooLarge,
                [name, Text(weights), Text(NetworkSpec.LargestFullUnrolling)]);
        }
    }

    private static void CheckFunctions(
        string name, int activation, int output, float delta, Action<DiagnosticDescriptor, string[]> refuse)
    {
        if (activation < 0 || activation >= Activations.All.Count)
        {
            refuse(DiagnosticDescriptors.UnknownActivation, [name, Text(activation)]);
        }

        if (output < 0 || output >= Outputs.All.Count)
        {
            refuse(DiagnosticDescriptors.UnknownOutput, [name, Text(output)]);
        }

        if (!(delta > 0 && delta <= float.MaxValue))
        {
            refuse(DiagnosticDescriptors.InvalidDelta, [name, delta.ToString("R", CultureInfo.InvariantCulture)]);
        }
    }

    private static void CheckExport(INamedTypeSymbol type, string prefix, Action<DiagnosticDescriptor, string[]> refuse)
    {
        if (!CNames.IsPrefix(prefix))
        {
            refuse(DiagnosticDescriptors.InvalidExportName, [prefix]);
        }

        bool hidden = Containers(type).Prepend(type).Any(t =>
            t.DeclaredAccessibility is
                Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal);
        if (hidden)
        {
            refuse(DiagnosticDescriptors.ExportNotAccessible, [type.Name]);
        }
    }

    private static string? ReadExportPrefix(INamedTypeSymbol type)
    {
        AttributeData? export = Attribute(type, ExportAttributeName);
        return export is null || IsUnfinished(export) ? null : ReadText(export);
    }

    private static string ReadText(AttributeData attribute) => attribute.ConstructorArguments[0].Value as string ?? "";

    // Attributes that the user has set cannot be set again.
    private static bool IsEntirelyGenerated(INamedTypeSymbol type) =>
        type.GetMembers().All(member => member.IsImplicitlyDeclared)
        && Attribute(type, "System.CodeDom.Compiler.GeneratedCodeAttribute") is null
        && Attribute(type, "System.Diagnostics.CodeAnalysis.ExcludeFromCodeCoverageAttribute") is null;

    private static AttributeData? Attribute(ISymbol symbol, string name) =>
        symbol.GetAttributes().FirstOrDefault(a => a.AttributeClass?.ToDisplayString() == name);

    // The sizes are arguments of their own, or one array.
    private static List<int> ReadSizes(AttributeData attribute) =>
        [.. attribute.ConstructorArguments.SelectMany(Values).Select(value => value.Value is int size ? size : 0)];

    private static IEnumerable<TypedConstant> Values(TypedConstant argument) =>
        argument.Kind != TypedConstantKind.Array ? new[] { argument }
            : argument.IsNull ? Array.Empty<TypedConstant>()
            : argument.Values.AsEnumerable();

    /// <summary>The number of an option that is an enum, or 0 where it is left alone.</summary>
    private static int ReadOption(AttributeData attribute, string name)
    {
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument.Key == name && argument.Value.Value is int number)
            {
                return number;
            }
        }

        return 0;
    }

    private static float ReadNumber(AttributeData attribute, string name, float otherwise)
    {
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument.Key == name && argument.Value.Value is float number)
            {
                return number;
            }
        }

        return otherwise;
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
        if (!constructible)
        {
            return $"derived from '{parent.Name}', which has no constructor without parameters";
        }

        for (INamedTypeSymbol? ancestor = parent; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (Attribute(ancestor, AttributeName) is not null)
            {
                return $"derived from '{ancestor.Name}', a network";
            }

            if (
                ancestor.GetMembers(nameof(IDisposable.Dispose)).Any(
                    m => m is IMethodSymbol { Parameters.IsEmpty: true }))
            {
                return $"derived from '{ancestor.Name}', which has a Dispose of its own";
            }
        }

        return null;
    }

    private static bool HasPrimaryConstructor(INamedTypeSymbol type) => type.DeclaringSyntaxReferences.Any(r =>
        r.GetSyntax() is ClassDeclarationSyntax declaration && declaration.ParameterList is not null);

    private static bool IsPartial(SyntaxNode declaration) =>
        declaration is TypeDeclarationSyntax type && type.Modifiers.Any(SyntaxKind.PartialKeyword);

    private static IEnumerable<INamedTypeSymbol> Containers(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            yield return outer;
        }
    }

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

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
