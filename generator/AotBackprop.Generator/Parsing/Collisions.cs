using System.Collections.Immutable;
using AotBackprop.Generator.Diagnostics;
using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Parsing;

/// <summary>
/// Networks that cannot stand beside each other: those whose files would have the same name (the compiler compares
/// these without letter case, and refuses everything where two are equal), and those whose headers would declare the
/// same name in C, as each other or as the library.
/// </summary>
/// <param name="Refused">Full names that are left out.</param>
/// <param name="Diagnostics">One for each.</param>
internal sealed record Collisions(EquatableArray<string> Refused, EquatableArray<DiagnosticInfo> Diagnostics)
{
    /// <summary>Looks for collisions among networks, and with the library.</summary>
    public static Collisions Find(ImmutableArray<ParseResult> results, string library, CHeaderNames names)
    {
        List<string> refused = [];
        List<DiagnosticInfo> diagnostics = [];
        Dictionary<string, NetworkSpec> byFile = new(StringComparer.OrdinalIgnoreCase);
        Dictionary<string, string> owners = names.OfLibrary(library)
            .ToDictionary(name => name, _ => "the library", StringComparer.Ordinal);
        foreach (ParseResult result in results
            .Where(r => r.Spec is not null)
            .OrderBy(r => r.Spec!.FullName, StringComparer.Ordinal))
        {
            NetworkSpec spec = result.Spec!;
            if (byFile.TryGetValue(spec.FullName, out NetworkSpec? other))
            {
                refused.Add(spec.FullName);

                // Where the names are equal the attribute stands twice on one type, which the compiler refuses itself.
                if (spec.FullName != other.FullName)
                {
                    diagnostics.Add(
                        DiagnosticDescriptors.Collision.Refuse(spec.FullName, other.FullName).At(result.Location));
                }

                continue;
            }

            IReadOnlyList<string> own = spec.ExportPrefix is { } prefix ? names.OfNetwork(prefix) : [];
            if (own.FirstOrDefault(owners.ContainsKey) is { } taken)
            {
                refused.Add(spec.FullName);
                diagnostics.Add(DiagnosticDescriptors.ExportNameTaken
                    .Refuse(spec.Name, owners[taken], taken).At(result.Location));
                continue;
            }

            byFile[spec.FullName] = spec;
            foreach (string name in own)
            {
                owners[name] = $"'{spec.Name}'";
            }
        }

        return new Collisions(new(refused), new(diagnostics));
    }
}
