using AotBackprop.Generator.Diagnostics;
using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Parsing;

/// <summary>A network or the reasons why it is none.</summary>
/// <param name="Spec">The network, where nothing speaks against it.</param>
/// <param name="Location">Where it was asked for.</param>
/// <param name="Diagnostics">The reasons.</param>
internal sealed record ParseResult(
    NetworkSpec? Spec, LocationInfo? Location, EquatableArray<DiagnosticInfo> Diagnostics);

/// <summary>What of the compilation's options matters.</summary>
/// <param name="AllowsUnsafe">Whether pointers may be used.</param>
/// <param name="LanguageVersion">The version of C#, where it is too old; otherwise null.</param>
/// <param name="HasAlias">Whether the runtime library is reached by an alias alone, which emitted code does not
/// know.</param>
/// <param name="Hidden">A type of the runtime library that the project declares too, or null.</param>
internal sealed record CompilationFacts(bool AllowsUnsafe, string? LanguageVersion, bool HasAlias, HiddenType? Hidden);

/// <summary>A type of the runtime library that the project declares too.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Location">Where the project declares it.</param>
internal sealed record HiddenType(string Name, LocationInfo? Location);

/// <summary>The name of the library.</summary>
/// <param name="Name">As asked for, or where that cannot be used, the default.</param>
/// <param name="Diagnostic">What is wrong with the name that was asked for, or null.</param>
internal sealed record LibraryResult(string Name, DiagnosticInfo? Diagnostic);
