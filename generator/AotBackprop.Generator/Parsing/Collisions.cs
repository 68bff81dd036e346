using System.Collections.Immutable;
using AotBackprop.Generator.Diagnostics;
using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Parsing;

/// <summary>
/// Networks that cannot stand beside each other: those whose files would have the same name (the compiler compares
/// these without letter case, and refuses everything where two are equal), and those whose C functions would.
/// </summary>
/// <param name="Refused">Full names that are left out.</param>
/// <param name="Diagnostics">One for each.</param>
internal sealed record Collisions(EquatableArray<string> Refused, EquatableArray<DiagnosticInfo> Diagnostics)
{
    public static Collisions Find(ImmutableArray<ParseResult> results, string library)
    {
        List<string> refused = [];
        List<DiagnosticInfo> diagnostics = [];
        Dictionary<string, NetworkSpec> byFile = new(StringComparer.OrdinalIgnoreCase);
        Dictionary<string, NetworkSpec> byPrefix = new(StringComparer.Ordinal);
        foreach (ParseResult result in results.Where(r => r.Spec is not null).OrderBy(r => r.Spec!.FullName, StringComparer.Ordinal))
        {
            NetworkSpec spec = result.Spec!;
            DiagnosticInfo? found = null;
            if (byFile.TryGetValue(spec.FullName, out NetworkSpec? other))
            {
                found = new DiagnosticInfo(DiagnosticDescriptors.Collision, result.Location, new([spec.FullName, other.FullName]));
                if (spec.FullName == other.FullName)
                {
                    // The attribute stands twice on one type, which the compiler refuses itself.
                    refused.Add(spec.FullName);
                    continue;
                }
            }
            else if (spec.ExportPrefix is { } prefix)
            {
                string? taken = prefix == library ? "the library"
                    : byPrefix.TryGetValue(prefix, out other) ? $"'{other.Name}'"
                    : null;
                found = taken is null ? null
                    : new DiagnosticInfo(DiagnosticDescriptors.ExportNameTaken, result.Location, new([prefix, spec.Name, taken]));
                byPrefix[prefix] = spec;
            }

            if (found is null)
            {
                byFile[spec.FullName] = spec;
            }
            else
            {
                refused.Add(spec.FullName);
                diagnostics.Add(found);
            }
        }

        return new Collisions(new(refused), new(diagnostics));
    }
}
