using Microsoft.CodeAnalysis;

namespace AotBackprop.Generator.Diagnostics;

/// <summary>Everything the generator may refuse, one error each.</summary>
internal static class DiagnosticDescriptors
{
    public static readonly DiagnosticDescriptor NotPartial = Error(
        "ABP001",
        "The type has to be partial",
        "'{0}' has to be declared partial: the generator writes the network '{1}' into it");

    public static readonly DiagnosticDescriptor TooFewSizes = Error(
        "ABP002",
        "A network has two sizes or more",
        "'{0}' has {1} size(s); wanted 2 to 8: inputs, the units of each hidden layer, classes");

    public static readonly DiagnosticDescriptor TooManySizes = Error(
        "ABP003",
        "A network has eight sizes at most",
        "'{0}' has {1} sizes; wanted 2 to 8: inputs, the units of each hidden layer, classes");

    public static readonly DiagnosticDescriptor SizeOutOfRange = Error(
        "ABP004",
        "A size lies from 1 to 65,536",
        "Size {1} of '{0}' is {2}; wanted 1 to 65536");

    public static readonly DiagnosticDescriptor SingleClass = Error(
        "ABP005",
        "A network has two classes or more",
        "'{0}' has a single output: its softmax is always 1 and every gradient 0; wanted at least 2 (two classes for a yes or no)");

    public static readonly DiagnosticDescriptor TooManyParameters = Error(
        "ABP006",
        "A network has fewer than 2²⁹ parameters",
        "'{0}' has {1} weights and biases; wanted fewer than 536870912");

    public static readonly DiagnosticDescriptor Generic = Error(
        "ABP007",
        "A network's type and the types around it cannot be generic",
        "'{0}' is generic; a network needs a type that is not, inside types that are not");

    public static readonly DiagnosticDescriptor UnsupportedType = Error(
        "ABP008",
        "A network's type is an ordinary class",
        "'{0}' is {1}; a network needs a class that is not static, abstract, a record or local to a file, without a primary constructor, whose base class (if any) can be constructed without arguments and is not disposable");

    public static readonly DiagnosticDescriptor UnsafeNotAllowed = Error(
        "ABP009",
        "The emitted code needs AllowUnsafeBlocks",
        "The code emitted for '{0}' works on pointers: set <AllowUnsafeBlocks>true</AllowUnsafeBlocks> in the project file");

    public static readonly DiagnosticDescriptor LanguageTooOld = Error(
        "ABP010",
        "The emitted code needs C# 11",
        "The code emitted for '{0}' needs C# 11 or later; the project compiles as C# {1}");

    public static readonly DiagnosticDescriptor FullUnrollingTooLarge = Error(
        "ABP011",
        "The network is too large for Unrolling.Full",
        "'{0}' has {1} weights; Unrolling.Full takes up to {2}: leave Unroll away, or set Unrolling.Tiled");

    public static readonly DiagnosticDescriptor Collision = Error(
        "ABP012",
        "Two networks differ in letter case alone",
        "'{0}' and '{1}' differ in letter case alone, so their files would overwrite each other: rename one");

    public static readonly DiagnosticDescriptor InvalidExportName = Error(
        "ABP013",
        "A name in C is an identifier",
        "'{0}' cannot begin names in C: wanted lower-case letters, digits and underscores, a letter first, 40 at most, and no word of C or C++");

    public static readonly DiagnosticDescriptor ExportNameTaken = Error(
        "ABP014",
        "Each name in C stands for one thing",
        "The C prefix '{0}' of '{1}' is that of {2} too: names in C would collide");

    public static readonly DiagnosticDescriptor ExportNotAccessible = Error(
        "ABP015",
        "An exported network is accessible in its assembly",
        "'{0}' has to be internal or public, and so the types around it: the library's self-test calls it");

    public static readonly DiagnosticDescriptor ExportWithoutNetwork = Error(
        "ABP016",
        "NetworkExport stands beside Network",
        "'{0}' has no [Network]: there is nothing to export");

    public static readonly DiagnosticDescriptor NameTaken = Error(
        "ABP017",
        "A network is not named like a member of it",
        "'{0}' is the name of a member that the generator writes: wanted another name for the network");

    private static DiagnosticDescriptor Error(string id, string title, string message) =>
        new(id, title, message, "AotBackprop", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
