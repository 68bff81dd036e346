using System.Reflection;
using AotBackprop.Testing;
using Microsoft.CodeAnalysis;

namespace AotBackprop.Generator.Tests;

public sealed class SnapshotTests
{
    [Fact]
    public void Iris_4_8_3() => Verify(nameof(Iris_4_8_3), Declare.Network("Iris", 4, 8, 3));

    [Fact]
    public void The_readme_shows_what_is_emitted()
    {
        string readme = File.ReadAllText(Repository.In("README.md"));
        string block = readme.Split("## What is emitted")[1].Split("```csharp\n")[1].Split("```")[0];
        string emitted = Emit(Declare.Network("Iris", 4, 8, 3)).Single(file => file.HintName.Contains("Vector256")).SourceText.ToString();
        Assert.Contains(block, emitted.Replace("\n    ", "\n", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_snapshot_belongs_to_a_test()
    {
        IEnumerable<string> tests = typeof(SnapshotTests)
            .GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
            .Select(method => $"{nameof(SnapshotTests)}.{method.Name}");
        SnapshotFolder.ExpectNothing(SnapshotFolder.OfTests.FindStrays(tests));
    }

    [Fact]
    public void A_missing_an_orphaned_and_a_differing_snapshot_are_told_apart()
    {
        GeneratedSourceResult[] emitted = Emit(Declare.Network("Tiny", 1, 2));
        using TemporaryFolder folder = new();
        SnapshotFolder snapshots = new(folder.Path, accepts: false);
        new SnapshotFolder(folder.Path, accepts: true).Compare("Test", emitted);
        Assert.Equal("", snapshots.Compare("Test", emitted));

        string[] files = [.. Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal)];
        File.Move(files[0], Path.Combine(folder.Path, "Test#Other.g.verified.cs"));
        File.WriteAllText(files[1], File.ReadAllText(files[1]).Replace("#nullable enable", "#nullable disable", StringComparison.Ordinal));
        string report = snapshots.Compare("Test", emitted);
        Assert.Contains($"{Path.GetFileName(files[0])} is missing", report, StringComparison.Ordinal);
        Assert.Contains("Test#Other.g.verified.cs is an orphan", report, StringComparison.Ordinal);
        Assert.Contains($"{Path.GetFileName(files[1])} differs", report, StringComparison.Ordinal);
        Assert.Contains("\n- #nullable disable\n+ #nullable enable\n", report, StringComparison.Ordinal);
        Assert.Contains("Test#Other.g.verified.cs is an orphan", snapshots.FindStrays(["Another"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Accepting_writes_what_is_emitted_and_removes_the_rest()
    {
        using TemporaryFolder folder = new();
        string orphan = Path.Combine(folder.Path, "Test#Other.g.verified.cs");
        File.WriteAllText(orphan, "");
        GeneratedSourceResult[] emitted = Emit(Declare.Network("Tiny", 1, 2));
        SnapshotFolder accepting = new(folder.Path, accepts: true);
        Assert.Equal("", accepting.Compare("Test", emitted));
        Assert.Equal(
            emitted.Select(source => $"Test#{source.HintName[..^".cs".Length]}.verified.cs").Order(StringComparer.Ordinal),
            Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private static void Verify(string method, string source) =>
        SnapshotFolder.ExpectNothing(SnapshotFolder.OfTests.Compare($"{nameof(SnapshotTests)}.{method}", Emit(source)));

    private static GeneratedSourceResult[] Emit(string source) => [.. GeneratorRun.Of(source).Result.Results.Single().GeneratedSources];
}
