using AotBackprop.Generator.Diagnostics;
using Microsoft.CodeAnalysis;

namespace AotBackprop.Generator.Parsing;

/// <summary>The runtime library as the code of a compilation sees it.</summary>
internal static class RuntimeLibrary
{
    /// <summary>Those of the root namespace that emitted code names, by their metadata names.</summary>
    public static readonly string[] NamedTypes =
    [
        "Activation", "Evaluation", "IClassifier", "IMultiLabelClassifier", "INetwork`1", "IRegressor",
        "Initialization", "MultiLabelEvaluation", "Optimizer", "Output", "RegressionEvaluation", "Targets",
    ];

    private const string Root = "AotBackprop";

    // Of these it names many, and may name any.
    private static readonly string[] NamedSpaces = ["Native", "Numerics", "Runtime"];

    /// <summary>
    /// The assemblies whose network attribute can be named without an alias: none where an alias stands before it, and
    /// several where the runtime library was compiled into one of them too.
    /// </summary>
    public static IEnumerable<IAssemblySymbol> AssembliesOf(Compilation compilation) =>
        from space in Within(compilation.GlobalNamespace, Root)
        from attribute in space.GetTypeMembers("NetworkAttribute")
        where compilation.IsSymbolAccessibleWithin(attribute, compilation.Assembly)
        select attribute.ContainingAssembly;

    /// <summary>
    /// A type of the runtime library that emitted code names and that the project declares too, or null.
    /// </summary>
    /// <param name="compilation">The project.</param>
    /// <param name="libraries">Where the runtime library is: in the project itself, nothing is hidden.</param>
    public static HiddenType? FindHidden(
        Compilation compilation, IReadOnlyCollection<IAssemblySymbol> libraries)
    {
        if (libraries.Contains(compilation.Assembly, SymbolEqualityComparer.Default))
        {
            return null;
        }

        INamespaceSymbol[] roots = [.. Within(compilation.Assembly.GlobalNamespace, Root)];
        IEnumerable<INamedTypeSymbol> declared =
        [
            .. roots.SelectMany(root => root.GetTypeMembers()).Where(type => NamedTypes.Contains(type.MetadataName)),
            .. from root in roots
               from name in NamedSpaces
               from space in Within(root, name)
               from type in space.GetTypeMembers()
               select type,
        ];
        IEnumerable<HiddenType> hidden =
            from type in declared
            let name = $"{type.ContainingNamespace.ToDisplayString()}.{type.MetadataName}"
            let hides = libraries.Select(library => library.GetTypeByMetadataName(name))
                .FirstOrDefault(found => found is { DeclaredAccessibility: Accessibility.Public })
            where hides is not null
            let place = type.Locations.FirstOrDefault(location => location.IsInSource)
            select new HiddenType(hides.ToDisplayString(), LocationInfo.From(place));
        return hidden.FirstOrDefault();
    }

    private static IEnumerable<INamespaceSymbol> Within(INamespaceSymbol around, string name) =>
        around.GetNamespaceMembers().Where(space => space.Name == name);
}
