using System.Text.RegularExpressions;

namespace AotBackprop.Packaging;

/// <summary>Which names a Python package and its networks can't have.</summary>
internal static partial class PythonNames
{
    /// <summary>Refuses a package, or a class for a network, whose name means something else.</summary>
    public static void Require(string sources, string library, IReadOnlyList<string> classes)
    {
        HashSet<string> python = [.. Resource.Words("PythonNames.txt")];
        HashSet<string> own = Own(sources);
        if (python.Contains(library))
        {
            throw new InvalidDataException(
                $"wanted another --name than '{library}', which is a module or a word of Python, "
                + "or a module that the package needs");
        }

        if (Resource.Words("SystemLibraries.txt").Contains(library))
        {
            throw new InvalidDataException(
                $"wanted another --name than '{library}': -l{library} is a library of the system or the compiler");
        }

        HashSet<string> seen = [];
        foreach (string name in classes)
        {
            string? taken =
                own.Contains(name) ? "which the package has for something else"
                : python.Contains(name) ? "which is a word of Python"
                : seen.Add(name) ? null
                : "as another one would";
            if (taken is not null)
            {
                throw new InvalidDataException(
                    $"wanted another name for the network that would be the class {name} in Python, {taken}");
            }
        }
    }

    /// <summary>
    /// The names that the package itself exports: every word in quotes in its first module, and in the list of the
    /// optimizers' module.
    /// </summary>
    private static HashSet<string> Own(string sources)
    {
        string module = File.ReadAllText(Path.Combine(sources, "__init__.py"));
        string optimizers = ExportList().Match(File.ReadAllText(Path.Combine(sources, "_optimizers.py"))).Value;
        return [.. QuotedWord().Matches(module + optimizers).Select(m => m.Groups[1].Value)];
    }

    [GeneratedRegex("^__all__ = \\[[^]]*", RegexOptions.Multiline)]
    private static partial Regex ExportList();

    [GeneratedRegex("\"([A-Za-z]\\w*)\"")]
    private static partial Regex QuotedWord();
}
