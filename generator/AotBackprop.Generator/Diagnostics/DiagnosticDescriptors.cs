using Microsoft.CodeAnalysis;

namespace AotBackprop.Generator.Diagnostics;

/// <summary>Everything the generator may refuse, one error each.</summary>
internal static class DiagnosticDescriptors
{
    // The page that explains each, as AotBackprop.Tools.targets and the packaging tool have it too.
    private const string Help = "https://github.com/aotbackprop/aotbackprop/blob/main/docs/diagnostics.md";

    public static readonly DiagnosticDescriptor NotPartial = Error(
        "ABP001", "The type has to be partial",
        "'{0}' has to be declared partial: the generator writes the network '{1}' into it");

    public static readonly DiagnosticDescriptor TooFewSizes = Error(
        "ABP002", "A network has two sizes or more",
        "'{0}' has {1} size(s); wanted 2 to 8: inputs, the units of each hidden layer, classes");

    public static readonly DiagnosticDescriptor TooManySizes = Error(
        "ABP003", "A network has eight sizes at most",
        "'{0}' has {1} sizes; wanted 2 to 8: inputs, the units of each hidden layer, classes");

    public static readonly DiagnosticDescriptor SizeOutOfRange = Error(
        "ABP004", "A size lies from 1 to 65,536",
        "Size {1} of '{0}' is {2}; wanted 1 to 65536");

    public static readonly DiagnosticDescriptor SingleClass = Error(
        "ABP005", "A softmax has two classes or more",
        "'{0}' has a single output: its softmax is always 1 and every gradient 0; wanted 'Output = Output.Sigmoid' " +
            "for the probability of one event, 'Output = Output.Linear' for a number, or two classes or more");

    public static readonly DiagnosticDescriptor TooManyParameters = Error(
        "ABP006", "A network has fewer than 2²⁹ parameters",
        "'{0}' has {1} weights and biases; wanted fewer than 536870912");

    public static readonly DiagnosticDescriptor Generic = Error(
        "ABP007", "A network's type and the types around it cannot be generic",
        "'{0}' is generic; a network needs a type that is not, inside types that are not");

    public static readonly DiagnosticDescriptor UnsupportedType = Error(
        "ABP008", "A network's type is an ordinary class",
        "'{0}' is {1}; a network needs a class that is not static, abstract, a record or local to a file, without a " +
            "primary constructor, whose base class (if any) can be constructed without arguments, is not disposable " +
                "and no network");

    public static readonly DiagnosticDescriptor UnsafeNotAllowed = Error(
        "ABP009", "The emitted code needs AllowUnsafeBlocks",
        "The code emitted for '{0}' works on pointers: set <AllowUnsafeBlocks>true</AllowUnsafeBlocks> in the " +
            "project file");

    public static readonly DiagnosticDescriptor LanguageTooOld = Error(
        "ABP010", "The emitted code needs C# 11",
        "The code emitted for '{0}' needs C# 11 or later; the project compiles as C# {1}");

    public static readonly DiagnosticDescriptor FullUnrollingTooLarge = Error(
        "ABP011", "The network is too large for Unrolling.Full",
        "'{0}' has {1} weights; Unrolling.Full takes up to {2}: leave Unroll away, or set Unrolling.Tiled");

    public static readonly DiagnosticDescriptor Collision = Error(
        "ABP012", "Two networks differ in letter case alone",
        "'{0}' and '{1}' differ in letter case alone, so their files would overwrite each other: rename one");

    public static readonly DiagnosticDescriptor InvalidExportName = Error(
        "ABP013", "A name in C is an identifier",
        "'{0}' cannot begin names in C: wanted lower-case letters, digits and underscores, a letter first, 40 at most, "
        + "no word of C, C++ or Python, and no header of the system");

    public static readonly DiagnosticDescriptor ExportNameTaken = Error(
        "ABP014", "Each name in C stands for one thing",
        "'{0}' and {1} would both have '{2}' in C: wanted another prefix");

    public static readonly DiagnosticDescriptor ExportNotAccessible = Error(
        "ABP015", "An exported network is accessible in its assembly",
        "'{0}' has to be internal or public, and so the types around it: the library's self-test calls it");

    public static readonly DiagnosticDescriptor ExportWithoutNetwork = Error(
        "ABP016", "NetworkExport stands beside Network",
        "'{0}' has no [Network]: there is nothing to export");

    public static readonly DiagnosticDescriptor NameTaken = Error(
        "ABP017", "A network is not named like a member of it",
        "'{0}' is the name of a member that the generator writes: wanted another name for the network");

    public static readonly DiagnosticDescriptor MemberTaken = Error(
        "ABP018", "A network declares no member that the generator writes",
        "'{0}' declares '{1}', which the generator writes into it: wanted another name");

    public static readonly DiagnosticDescriptor InheritedMemberTaken = Error(
        "ABP019", "A network inherits no member that the generator writes",
        "'{0}' inherits '{1}' from '{2}', and the generator writes a member of that name: wanted a base class " +
            "without it");

    public static readonly DiagnosticDescriptor ConstructorStandsAlone = Error(
        "ABP020", "A network's constructor calls one that the generator writes",
        "'{0}' calls none of the constructors that make the network: wanted ': this(seed)' after its parameters");

    public static readonly DiagnosticDescriptor MemberUnset = Error(
        "ABP021", "A network can be made from a seed alone",
        "'{0}' has to be set when a '{1}' is made, and '{1}(ulong seed)', which the generator writes, does not set " +
            "it: wanted {2}");

    public static readonly DiagnosticDescriptor LibraryAliased = Error(
        "ABP022", "The runtime library is referred to without an alias",
        "The code emitted for '{0}' names 'global::AotBackprop': wanted a reference to AotBackprop without an alias, " +
            "or with 'global' among its aliases");

    public static readonly DiagnosticDescriptor LibraryTypeHidden = Error(
        "ABP023", "A project declares no type of the runtime library",
        "The code emitted for '{0}' names '{1}', which this project declares too: wanted another name, or another " +
            "namespace");

    public static readonly DiagnosticDescriptor InvalidVectorWidths = Error(
        "ABP024", "AotBackpropVectorWidths names vector widths",
        "AotBackpropVectorWidths is '{0}': wanted one or more of 512, 256 and 128, with ';' between them");

    public static readonly DiagnosticDescriptor UnknownActivation = Error(
        "ABP025", "An activation is one that exists",
        "'{0}' asks for activation {1}: wanted a member of 'AotBackprop.Activation'");

    public static readonly DiagnosticDescriptor UnknownOutput = Error(
        "ABP026", "An output is one that exists",
        "'{0}' asks for output {1}: wanted a member of 'AotBackprop.Output'");

    public static readonly DiagnosticDescriptor InvalidDelta = Error(
        "ABP027", "HuberDelta is finite and above 0",
        "'{0}' has a HuberDelta of {1}; wanted a finite number above 0");

    public static DiagnosticInfo Refuse(this DiagnosticDescriptor descriptor, params string[] arguments) =>
        new(descriptor, null, new(arguments));

    private static DiagnosticDescriptor Error(string id, string title, string message) => new(
        id,
        title,
        message,
        "AotBackprop",
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: $"{Help}#{id.ToLowerInvariant()}");
}
