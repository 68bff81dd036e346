using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Printing.SourceWriter;

namespace AotBackprop.Generator.Printing;

/// <summary>Prints the struct that says where each region of scratch memory begins.</summary>
internal static class WorkspacePrinter
{
    public static string Text(WorkspacePlan plan)
    {
        IEnumerable<string> fields =
            from region in plan.Regions
            group region by region.Name.Split('.')[0] into part
            let first = part.First()
            select first.Name == part.Key
                ? $"public readonly {TypeOf(first)} {part.Key}; // {first.Contents}"
                : $"public readonly {part.Key} {part.Key};";
        return $$"""
            /// <summary>Where the intermediates of N samples lie in a workspace; each begins at a multiple of 64 \
            bytes.</summary>
            {{GeneratedMark.Attributes}}
            internal readonly unsafe struct Workspace
            {
                {{Lines(fields)}}

                [MethodImplAttribute(MethodImplOptions.AggressiveInlining)]
                public Workspace(float* start, nint N)
                {
                    {{(plan.Regions.Any(r => r.InBlocks) ? "nint samples = WholeLines(N);\n" : "")}}\
                    {{Lines(Places("start", plan.Regions, "\n// Inference ends here.\n"))}}
                }

                // Where threads share a batch each has scratch of its own.
                [MethodImplAttribute(MethodImplOptions.AggressiveInlining)]
                public Workspace(float* start, in Part part) : this(start, part.N)
                {
                    if (part.IsShared)
                    {
                        {{Lines(Places("part.Scratch", plan.PerThread))}}
                    }
                }

                private static nint WholeLines(nint floats) => (floats + 15) & ~15;
            }
            """;
    }

    /// <summary>Where each region begins: the first at a start, the others behind the one before.</summary>
    private static IEnumerable<string> Places(string start, IEnumerable<Region> regions, string behindInference = "")
    {
        Region? last = null;
        foreach (Region region in regions)
        {
            string before = region.IsTraining && last is { IsTraining: false } ? behindInference : "";
            yield return $"{before}{region.Name} = {(last is null ? start : After(last, region))};";
            last = region;
        }
    }

    /// <summary>Where a region ends, as the pointer of the next.</summary>
    private static string After(Region last, Region next)
    {
        string size = last switch
        {
            { PerSample: 0 } => $"{last.Once}",
            { InBlocks: true } => Product("samples", last.PerSample),
            { IsRounded: true } => $"WholeLines({Times("N", last.PerSample)})",
            _ => Product("N", last.PerSample),
        };
        string start = last.Element == RegionElement.Double ? $"(float*){last.Name}" : last.Name;
        bool sameType = next.Element == last.Element
            || (last.Element == RegionElement.Double && next.Element == RegionElement.Float);
        return sameType ? $"{start} + {size}" : $"({TypeOf(next)})({start} + {size})";
    }

    private static string Times(string count, int each) => each == 1 ? count : $"{count} * {each}";

    private static string Product(string count, int each) => each == 1 ? count : $"({count} * {each})";

    private static string TypeOf(Region region) => region.Element switch
    {
        RegionElement.Int => "int*",
        RegionElement.Double => "double*",
        _ => "float*",
    };
}
