using System.Collections.Immutable;
using AotBackprop.Generator.Diagnostics;
using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Parsing;

/// <summary>
/// Networks whose files would have the same name: the compiler compares these without letter case, and refuses
/// everything where two are equal.
/// </summary>
/// <param name="Refused">Full names that are left out.</param>
/// <param name="Diagnostics">One for each.</param>
internal sealed record Collisions(EquatableArray<string> Refused, EquatableArray<DiagnosticInfo> Diagnostics)
{
    public static Collisions Find(ImmutableArray<ParseResult> results)
    {
        List<string> refused = [];
        List<DiagnosticInfo> diagnostics = [];
        IEnumerable<IGrouping<string, ParseResult>> groups = results
            .Where(r => r.Spec is not null)
            .OrderBy(r => r.Spec!.FullName, StringComparer.Ordinal)
            .GroupBy(r => r.Spec!.FullName, StringComparer.OrdinalIgnoreCase);
        foreach (IGrouping<string, ParseResult> group in groups)
        {
            foreach (ParseResult other in group.Skip(1))
            {
                refused.Add(other.Spec!.FullName);
                diagnostics.Add(new DiagnosticInfo(
                    DiagnosticDescriptors.Collision, other.Location, new([other.Spec.FullName, group.First().Spec!.FullName])));
            }
        }

        return new Collisions(new(refused), new(diagnostics));
    }
}
