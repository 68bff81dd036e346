using AotBackprop.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace AotBackprop.Generator.Diagnostics;

/// <summary>
/// A diagnostic as data that the incremental pipeline can compare: no syntax tree is kept alive by it.
/// </summary>
internal sealed record DiagnosticInfo(
    DiagnosticDescriptor Descriptor, LocationInfo? Location, EquatableArray<string> Arguments)
{
    public Diagnostic ToDiagnostic() =>
        Diagnostic.Create(Descriptor, Location?.ToLocation(), Arguments.ToArray<object>());

    /// <summary>The same at a place, where it has none of its own.</summary>
    public DiagnosticInfo At(LocationInfo? place) => Location is null ? this with { Location = place } : this;
}

/// <summary>A place in a file, as data.</summary>
internal sealed record LocationInfo(string Path, TextSpan Span, LinePositionSpan Lines)
{
    public static LocationInfo? From(Location? location) =>
        location?.SourceTree is { } tree
            ? new LocationInfo(tree.FilePath, location.SourceSpan, location.GetLineSpan().Span)
            : null;

    public Location ToLocation() => Microsoft.CodeAnalysis.Location.Create(Path, Span, Lines);
}
