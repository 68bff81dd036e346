using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Printing;

/// <summary>Prints the struct that says where each region of scratch memory begins.</summary>
internal static class WorkspacePrinter
{
    public static void Print(SourceWriter writer, WorkspacePlan plan)
    {
        writer.Line(
            "/// <summary>Where the intermediates of N samples lie in a workspace; each begins at a multiple of 64 " +
                "bytes.</summary>");
        GeneratedMark.EmitAttributes(writer);
        using (writer.Block("internal readonly unsafe struct Workspace"))
        {
            PrintFields(writer, plan);
            writer.Line();
            PrintWhole(writer, plan);
            writer.Line();
            PrintThreads(writer, plan);
            writer.Line();
            writer.Line("private static nint WholeLines(nint floats) => (floats + 15) & ~15;");
        }
    }

    private static void PrintFields(SourceWriter writer, WorkspacePlan plan)
    {
        string structure = "";
        foreach (Region region in plan.Regions)
        {
            int point = region.Name.IndexOf('.');
            if (point < 0)
            {
                writer.Line($"public readonly {TypeOf(region)} {region.Name}; // {region.Contents}");
            }
            else if (structure.Length == 0)
            {
                structure = region.Name.Substring(0, point);
                writer.Line($"public readonly {structure} {structure};");
            }
        }
    }

    private static void PrintWhole(SourceWriter writer, WorkspacePlan plan)
    {
        writer.Line("[MethodImplAttribute(MethodImplOptions.AggressiveInlining)]");
        using (writer.Block("public Workspace(float* start, nint N)"))
        {
            if (plan.Regions.Any(r => r.InBlocks))
            {
                writer.Line("nint samples = WholeLines(N);");
            }

            Region? last = null;
            foreach (Region region in plan.Regions)
            {
                if (region.IsTraining && last is { IsTraining: false })
                {
                    writer.Line();
                    writer.Line("// Inference ends here.");
                }

                writer.Line($"{region.Name} = {(last is null ? "start" : After(last, region))};");
                last = region;
            }
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

    private static void PrintThreads(SourceWriter writer, WorkspacePlan plan)
    {
        writer.Line("// Where threads share a batch each has scratch of its own.");
        writer.Line("[MethodImplAttribute(MethodImplOptions.AggressiveInlining)]");
        using (writer.Block("public Workspace(float* start, in Part part) : this(start, part.N)"))
        using (writer.Block("if (part.IsShared)"))
        {
            string next = "part.Scratch";
            Region? last = null;
            foreach (Region region in plan.PerThread)
            {
                writer.Line($"{region.Name} = {(last is null ? next : After(last, region))};");
                last = region;
            }
        }
    }

    private static string TypeOf(Region region) => region.Element switch
    {
        RegionElement.Int => "int*",
        RegionElement.Double => "double*",
        _ => "float*",
    };
}
