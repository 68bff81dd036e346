using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;
using Microsoft.CodeAnalysis;

namespace AotBackprop.Generator.Tests;

/// <summary>
/// Emitted files kept as text, in files named as Verify names them: Class.Method#Hint.g.verified.cs. After a wanted
/// change this accepts what is emitted, and removes what no longer is:
/// <code>ACCEPT_SNAPSHOTS=1 dotnet test --project tests/AotBackprop.Generator.Tests/AotBackprop.Generator.Tests.csproj</code>
/// </summary>
internal sealed class SnapshotFolder(string path, bool accepts)
{
    private const string Extension = ".verified.cs";
    private const int ContextLines = 3;
    private const int MostLines = 60;

    public static SnapshotFolder OfTests { get; } = Of("");

    /// <summary>A folder within that of the tests.</summary>
    public static SnapshotFolder Of(string name) => new(
        Repository.In("tests", "AotBackprop.Generator.Tests", "Snapshots", name),
        Environment.GetEnvironmentVariable("ACCEPT_SNAPSHOTS") == "1");

    /// <summary>Fails where a text differs from the kept one.</summary>
    public void Expect(string file, string text) => ExpectNothing(Check(file, text) ?? "");

    /// <summary>Fails where other files are kept.</summary>
    public void ExpectNoStrays(IEnumerable<string> files) => ExpectNothing(FindStrays(files));

    /// <summary>Fails with a report, if there is one.</summary>
    public static void ExpectNothing(string report) =>
        Assert.True(report.Length == 0, report + "\nTo accept: ACCEPT_SNAPSHOTS=1 dotnet test --project tests/AotBackprop.Generator.Tests/AotBackprop.Generator.Tests.csproj");

    /// <summary>What stands between the emitted files and the kept ones: nothing, or a text that says it.</summary>
    public string Compare(string test, IEnumerable<GeneratedSourceResult> emitted)
    {
        Dictionary<string, string> wanted = emitted.ToDictionary(
            source => $"{test}#{Path.ChangeExtension(source.HintName, null)}{Extension}",
            source => $"//HintName: {source.HintName}\n{WithoutVersion(source.SourceText.ToString())}");
        return string.Join('\n', wanted.Select(pair => Check(pair.Key, pair.Value)).OfType<string>().Concat(
            Orphans(name => name.StartsWith(test + "#", StringComparison.Ordinal) && !wanted.ContainsKey(name))));
    }

    /// <summary>Kept files that belong to none of these tests: nothing, or a text that names them.</summary>
    public string FindStrays(IEnumerable<string> tests) => string.Join('\n', Orphans(name => !tests.Contains(name.Split('#')[0])));

    // A release changes the version of the generator, and no snapshot.
    private static string WithoutVersion(string text)
    {
        string version = typeof(NetworkGenerator).Assembly.GetName().Version!.ToString(3);
        const string Generator = "(\"AotBackprop.Generator\", \"";
        return text.Replace($"{Generator}{version}\")", $"{Generator}version\")", StringComparison.Ordinal);
    }

    private string? Check(string name, string text)
    {
        string file = Path.Combine(path, name);
        string? kept = File.Exists(file) ? File.ReadAllText(file) : null;
        if (kept == text)
        {
            return null;
        }

        if (accepts)
        {
            Directory.CreateDirectory(path);
            File.WriteAllText(file, text);
            return null;
        }

        return kept is null
            ? $"{name} is missing: what is emitted has no snapshot."
            : $"{name} differs (- kept, + emitted):\n{Difference(kept, text)}";
    }

    private IEnumerable<string> Orphans(Func<string, bool> isOrphan)
    {
        if (!Directory.Exists(path))
        {
            yield break;
        }

        foreach (string name in Directory.GetFiles(path).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal).Where(isOrphan))
        {
            if (accepts)
            {
                File.Delete(Path.Combine(path, name));
            }
            else
            {
                yield return $"{name} is an orphan: nothing of its name is emitted.";
            }
        }
    }

    /// <summary>The changed lines with a few around them.</summary>
    private static string Difference(string kept, string emitted)
    {
        List<DiffPiece> lines = InlineDiffBuilder.Diff(kept, emitted, ignoreWhiteSpace: false).Lines;
        IEnumerable<string> shown =
            from i in Enumerable.Range(0, lines.Count)
            let near = lines.Skip(i - ContextLines).Take(Math.Min(i, ContextLines) + 1 + ContextLines)
            where near.Any(line => line.Type != ChangeType.Unchanged)
            select $"{Sign(lines[i].Type)} {lines[i].Text}";
        string[] first = [.. shown.Take(MostLines + 1)];
        string text = string.Join('\n', first.Take(MostLines));
        if (first.Length > MostLines)
        {
            return text + "\n…";
        }

        return first.Length > 0 ? text : "only in their line endings or their last line's.";
    }

    private static char Sign(ChangeType type) => type switch
    {
        ChangeType.Inserted => '+',
        ChangeType.Deleted => '-',
        _ => ' ',
    };
}
