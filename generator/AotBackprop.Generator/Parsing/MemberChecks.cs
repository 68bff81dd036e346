using AotBackprop.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AotBackprop.Generator.Parsing;

/// <summary>What a network's type declares and inherits that the emitted members cannot live with.</summary>
internal sealed class MemberChecks(
    INamedTypeSymbol type, EmittedMembers emitted, LocationInfo? location, Compilation compilation)
{
    public IEnumerable<DiagnosticInfo> Find() => [.. Declared(), .. Inherited(), .. Constructors(), .. Unset()];

    private IEnumerable<DiagnosticInfo> Declared() =>
        from member in type.GetMembers()
        where !member.IsImplicitlyDeclared && IsMember(member) && emitted.ClashWith(member)
        select DiagnosticDescriptors.MemberTaken.Refuse(type.Name, Shown(member)).At(LocationOf(member));

    /// <summary>Of members that hide or override each other, the nearest.</summary>
    private IEnumerable<DiagnosticInfo> Inherited()
    {
        HashSet<string> nearer = [.. type.GetMembers().Where(emitted.ClashWith).Select(member => member.Name)];
        foreach (INamedTypeSymbol ancestor in Ancestors(type))
        {
            ISymbol[] found =
            [
                .. from member in ancestor.GetMembers()
                   where member is not IMethodSymbol { MethodKind: MethodKind.Constructor } && IsMember(member)
                       && compilation.IsSymbolAccessibleWithin(member, type) && emitted.ClashWith(member)
                       && !nearer.Contains(member.Name)
                   select member,
            ];
            foreach (ISymbol member in found)
            {
                nearer.Add(member.Name);
                yield return DiagnosticDescriptors.InheritedMemberTaken
                    .Refuse(type.Name, Shown(member), ancestor.Name).At(location);
            }
        }
    }

    /// <summary>Constructors that call none of the emitted ones, neither directly nor through another.</summary>
    private IEnumerable<DiagnosticInfo> Constructors() =>
        from constructor in type.InstanceConstructors
        from reference in (constructor.PartialImplementationPart ?? constructor).DeclaringSyntaxReferences
        let declaration = reference.GetSyntax() as ConstructorDeclarationSyntax
        where declaration is not null && !emitted.ClashWith(constructor)
            && !declaration.Initializer.IsKind(SyntaxKind.ThisConstructorInitializer)
        select DiagnosticDescriptors.ConstructorStandsAlone.Refuse(Shown(constructor)).At(LocationOf(constructor));

    /// <summary>Members that have to be set when a network is made, which the emitted constructors do not do.</summary>
    private IEnumerable<DiagnosticInfo> Unset()
    {
        HashSet<string> required = [];
        foreach (ISymbol member in Ancestors(type).Prepend(type).SelectMany(t => t.GetMembers()))
        {
            bool isOwn = SymbolEqualityComparer.Default.Equals(member.ContainingType, type);
            if (member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true })
            {
                // An override is required where what it overrides is: the nearest is told.
                if (required.Add(member.Name))
                {
                    yield return Unset(isOwn ? LocationOf(member) : location, member, "no 'required'");
                }
            }
            else if (isOwn && IsNeverNull(member) && !IsInitialized(member))
            {
                yield return Unset(LocationOf(member), member, "an initializer, or a type that may be null");
            }
        }
    }

    private DiagnosticInfo Unset(LocationInfo? place, ISymbol member, string wanted) =>
        DiagnosticDescriptors.MemberUnset.Refuse(Declaration(member).Name, type.Name, wanted).At(place);

    private bool IsNeverNull(ISymbol member)
    {
        (ITypeSymbol? stored, NullableAnnotation annotation) = member switch
        {
            IFieldSymbol { IsConst: false } field => (field.Type, field.NullableAnnotation),
            IEventSymbol declared when SyntaxOf(declared) is VariableDeclaratorSyntax =>
                (declared.Type, declared.NullableAnnotation),
            _ => (null, NullableAnnotation.None),
        };
        return stored is { IsReferenceType: true } && annotation == NullableAnnotation.NotAnnotated && !member.IsStatic
            && !Declaration(member).GetAttributes().Any(a => a.AttributeClass?.Name == "MaybeNullAttribute")
            && SyntaxOf(member) is { } syntax
            && compilation.GetSemanticModel(syntax.SyntaxTree).GetNullableContext(syntax.SpanStart).WarningsEnabled();
    }

    // An accessor with a body can handle a field that was never set.
    private bool IsInitialized(ISymbol member) => SyntaxOf(member) switch
    {
        VariableDeclaratorSyntax field => field.Initializer is not null || IsPartial(field.Parent?.Parent),
        PropertyDeclarationSyntax { AccessorList: not null } property => PartsOf(property).Any(part =>
            part.Initializer is not null || part.ExpressionBody is not null
            || part.AccessorList!.Accessors.Any(a => a.Body is not null || a.ExpressionBody is not null)),
        _ => true,
    };

    // The symbol of a partial property has the syntax of one part alone; no other property has its name.
    private IEnumerable<PropertyDeclarationSyntax> PartsOf(PropertyDeclarationSyntax property) =>
        !IsPartial(property) ? [property]
            : from reference in type.DeclaringSyntaxReferences
              from part in ((TypeDeclarationSyntax)reference.GetSyntax()).Members.OfType<PropertyDeclarationSyntax>()
              where part.Identifier.ValueText == property.Identifier.ValueText && IsPartial(part)
              select part;

    private static bool IsPartial(SyntaxNode? member) =>
        member is MemberDeclarationSyntax declaration && declaration.Modifiers.Any(SyntaxKind.PartialKeyword);

    private static SyntaxNode? SyntaxOf(ISymbol member) =>
        Declaration(member).DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();

    // A property stands for the field that holds its value.
    private static ISymbol Declaration(ISymbol member) =>
        member is IFieldSymbol { AssociatedSymbol: { } property } ? property : member;

    private static bool IsMember(ISymbol member) => member is not IMethodSymbol { AssociatedSymbol: not null };

    private static string Shown(ISymbol member) =>
        member is IMethodSymbol method ? EmittedMembers.Signature(method) : member.Name;

    /// <summary>The base classes, the nearest first.</summary>
    public static IEnumerable<INamedTypeSymbol> Ancestors(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            yield return ancestor;
        }
    }

    private static LocationInfo? LocationOf(ISymbol member) =>
        LocationInfo.From(Declaration(member).Locations.FirstOrDefault(l => l.IsInSource));
}
