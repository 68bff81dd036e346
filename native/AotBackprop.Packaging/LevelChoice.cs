using System.Text;

namespace AotBackprop.Packaging;

/// <summary>What joins the object files of every level to one library, whose exports are those of the best level.</summary>
internal static class LevelChoice
{
    private const string ProcessorLevel = "ProcessorLevel.h";

    /// <summary>
    /// Writes levels.c, the library's exports, with the header that it includes, and for objcopy at each level how exports
    /// are renamed, LEVEL.renamed, and that no other name stays, LEVEL.kept.
    /// </summary>
    public static void Write(InterfaceTable table, string directory, IReadOnlyList<string> levels)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, ProcessorLevel), Resource.Text(ProcessorLevel));
        StringBuilder source = new(Resource.Text("Levels.c"));
        foreach (FunctionEntry function in table.Functions)
        {
            source.Append($"CHOOSE({function.Name});\n");
        }

        File.WriteAllText(Path.Combine(directory, "levels.c"), source.ToString());
        foreach (string level in levels)
        {
            // As in digits_forward.v3, which is no name in C.
            string suffix = level[level.LastIndexOf('v')..];
            IEnumerable<string> names = table.Functions.Select(f => f.Name);
            File.WriteAllLines(Path.Combine(directory, $"{level}.renamed"), names.Select(n => $"{n} {n}.{suffix}"));
            File.WriteAllLines(Path.Combine(directory, $"{level}.kept"), names.Select(n => $"{n}.{suffix}"));
        }
    }
}
