using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace AotBackprop.Generator.Parsing;

/// <summary>The members that are emitted into a network's type, and what C# does not let stand beside them.</summary>
/// <param name="layers">How many layers the network has.</param>
internal sealed class EmittedMembers(int layers)
{
    private const string Floats = "System.ReadOnlySpan<float>";
    private const string Labels = "System.ReadOnlySpan<int>";
    private const string Results = "System.Span<float>";
    private const string Initialization = "AotBackprop.Initialization";
    private const string Optimizer = "AotBackprop.Optimizer";
    private const int MostLayers = 7;

    private static readonly string[] Types = ["Derivation", "GradientView"];

    private static readonly string[] Fields = ["_instance"];

    private static readonly string[] Properties = ["LayerSizes", "ParameterCount", "Parameters", "Threads"];

    private static readonly string[] Constructors = ["(ulong)", $"(ulong, {Initialization})"];

    private static readonly string[] Methods =
    [
        $"Apply({Floats}, float)",
        $"Apply({Floats}, {Optimizer})",
        $"Classify({Floats}, System.Span<int>)",
        "Create(ulong)",
        $"Create(ulong, {Initialization})",
        "Dispose()",
        $"Evaluate({Floats}, {Labels})",
        $"Evaluate({Floats}, {Floats}, bool)",
        $"Forward({Floats}, {Results})",
        $"Gradient({Floats}, {Labels}, {Results})",
        $"Gradient({Floats}, {Floats}, {Results}, bool)",
        "Initialize(ulong)",
        $"Initialize(ulong, {Initialization})",
        $"Loss({Floats}, {Labels})",
        $"Loss({Floats}, {Floats}, bool)",
        $"SetParameters({Floats})",
        $"Trace({Floats}, {Labels})",
        $"Trace({Floats}, {Floats}, bool)",
        $"TrainEpoch({Floats}, {Labels}, int, float, ulong, int)",
        $"TrainEpoch({Floats}, {Labels}, int, {Optimizer}, ulong, int)",
        $"TrainEpoch({Floats}, {Floats}, int, float, ulong, int, bool)",
        $"TrainEpoch({Floats}, {Floats}, int, {Optimizer}, ulong, int, bool)",
        $"TrainStep({Floats}, {Labels}, float)",
        $"TrainStep({Floats}, {Labels}, {Optimizer})",
        $"TrainStep({Floats}, {Floats}, float, bool)",
        $"TrainStep({Floats}, {Floats}, {Optimizer}, bool)",
    ];

    private static readonly string[] MethodNames =
        [.. Methods.Select(method => method.Substring(0, method.IndexOf('('))).Distinct()];

    private static readonly SymbolDisplayFormat SignatureFormat = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters,
        memberOptions: SymbolDisplayMemberOptions.IncludeParameters,
        parameterOptions: SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeParamsRefOut,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes);

    /// <summary>
    /// Every member of a network of eight sizes: methods and constructors by name and parameters, the others
    /// by name.
    /// </summary>
    public static IEnumerable<string> All =>
    [
        .. Types, .. Fields, .. Properties, .. Methods, .. Constructors.Select(parameters => ".ctor" + parameters),
        .. Enumerable.Range(1, MostLayers).SelectMany(l => new[] { $"W{l}", $"b{l}" }),
    ];

    /// <summary>
    /// Whether a network may not have this name, because a member of it has, or would with more layers.
    /// </summary>
    public static bool HaveName(string name) =>
        new EmittedMembers(MostLayers).StandsAlone(name) || MethodNames.Contains(name);

    /// <summary>Whether a declared or inherited member and an emitted one cannot both be.</summary>
    public bool ClashWith(ISymbol member)
    {
        if (member is IMethodSymbol { MethodKind: MethodKind.Constructor } constructor)
        {
            return Constructors.Contains(Signature(constructor).Substring(constructor.ContainingType.Name.Length));
        }

        if (StandsAlone(member.Name))
        {
            return member is not INamedTypeSymbol { Arity: > 0 } || !Types.Contains(member.Name);
        }

        return member switch
        {
            IMethodSymbol { MethodKind: MethodKind.ExplicitInterfaceImplementation } => false,
            IMethodSymbol method => Methods.Contains(Signature(method)) || IsAccessor(method.Name),
            _ => MethodNames.Contains(member.Name),
        };
    }

    /// <summary>A method or constructor by its name and the types of its parameters.</summary>
    public static string Signature(IMethodSymbol method) =>
        method.ToDisplayString(SignatureFormat).Replace("params ", "");

    // Only methods may share a name, and only with other parameters.
    private bool StandsAlone(string name) => Types.Contains(name) || Fields.Contains(name) || IsProperty(name);

    private bool IsProperty(string name) =>
        Properties.Contains(name) || (Regex.IsMatch(name, "^[Wb][1-7]$") && name[1] - '0' <= layers);

    // A property reserves the names of both accessors, whichever it has.
    private bool IsAccessor(string name) =>
        name.Length > 4
        && (name.StartsWith("get_", StringComparison.Ordinal) || name.StartsWith("set_", StringComparison.Ordinal))
        && IsProperty(name.Substring(4));
}
