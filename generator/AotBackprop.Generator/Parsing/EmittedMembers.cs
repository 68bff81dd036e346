using System.Text.RegularExpressions;
using AotBackprop.Generator.Model;
using Microsoft.CodeAnalysis;

namespace AotBackprop.Generator.Parsing;

/// <summary>The members that are emitted into a network's type, and what C# does not let stand beside them.</summary>
/// <param name="layers">How many layers the network has.</param>
/// <param name="kind">What it says of a sample.</param>
internal sealed class EmittedMembers(int layers, NetworkKind kind)
{
    private const string Floats = "System.ReadOnlySpan<float>";
    private const string Decisions = "System.Span<int>";
    private const string Targets = "AotBackprop.Targets";
    private const string Results = "System.Span<float>";
    private const string Initialization = "AotBackprop.Initialization";
    private const string Optimizer = "AotBackprop.Optimizer";
    private const int MostLayers = 7;

    private static readonly string[] Types = ["Derivation", "GradientView"];

    private static readonly string[] Fields = ["_instance"];

    private static readonly string[] Properties = ["LayerSizes", "ParameterCount", "Parameters", "Threads"];

    private static readonly string[] Constructors = ["(ulong)", $"(ulong, {Initialization})"];

    private static readonly string[] Shared =
    [
        $"Apply({Floats}, float)",
        $"Apply({Floats}, {Optimizer})",
        "Create(ulong)",
        $"Create(ulong, {Initialization})",
        "Dispose()",
        $"Evaluate({Floats}, {Targets})",
        $"Forward({Floats}, {Results})",
        $"Gradient({Floats}, {Targets}, {Results})",
        "Initialize(ulong)",
        $"Initialize(ulong, {Initialization})",
        $"Loss({Floats}, {Targets})",
        $"SetParameters({Floats})",
        $"Trace({Floats}, {Targets})",
        $"TrainEpoch({Floats}, {Targets}, int, float, ulong, int)",
        $"TrainEpoch({Floats}, {Targets}, int, {Optimizer}, ulong, int)",
        $"TrainStep({Floats}, {Targets}, float)",
        $"TrainStep({Floats}, {Targets}, {Optimizer})",
    ];

    private static readonly string[] MethodNames =
        [.. Enum.GetValues(typeof(NetworkKind)).Cast<NetworkKind>().SelectMany(MethodsOf)
            .Select(method => method.Substring(0, method.IndexOf('('))).Distinct()];

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
    public static IEnumerable<string> All(NetworkKind kind) =>
    [
        .. Types, .. Fields, .. Properties, .. MethodsOf(kind),
        .. Constructors.Select(parameters => ".ctor" + parameters),
        .. Enumerable.Range(1, MostLayers).SelectMany(l => new[] { $"W{l}", $"b{l}" }),
    ];

    /// <summary>
    /// Whether a network may not have this name, because a member of it has, or would with more layers.
    /// </summary>
    public static bool HaveName(string name) =>
        new EmittedMembers(MostLayers, default).StandsAlone(name) || MethodNames.Contains(name);

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
            IMethodSymbol method => MethodsOf(kind).Contains(Signature(method)) || IsAccessor(method.Name),
            _ => MethodsOf(kind).Any(method => method.StartsWith($"{member.Name}(", StringComparison.Ordinal)),
        };
    }

    /// <summary>A method or constructor by its name and the types of its parameters.</summary>
    public static string Signature(IMethodSymbol method) =>
        method.ToDisplayString(SignatureFormat).Replace("params ", "");

    private static IEnumerable<string> MethodsOf(NetworkKind kind) => kind switch
    {
        NetworkKind.Classifier =>
            [.. Shared, $"Classify({Floats}, {Decisions})", $"Trace({Floats}, {Floats}, bool)"],
        NetworkKind.MultiLabelClassifier => Shared.Append($"Predict({Floats}, {Decisions})"),
        _ => Shared,
    };

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
