using System.Collections.Immutable;
using AotBackprop.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AotBackprop.Generator.Tests;

/// <summary>Why each step of the pipeline runs again after an edit.</summary>
public sealed class PipelineTests
{
    private const string Iris = "[AotBackprop.Network(4, 8, 3)]\npublic partial class Iris;\n";
    private const string Digits = "[AotBackprop.Network(64, 32, 10)]\npublic partial class Digits;\n";
    private const string Exported = "[AotBackprop.NetworkExport(\"digits\")]\n" + Digits;
    private const string Single = "[AotBackprop.Network(64, 1)] public partial class Single;\n";
    private const string Other = "public static class Other { public static int Answer() => 41; }\n";

    [Fact]
    public void Everything_is_new_at_first() => ExpectReasons(
        RunAfter(compilation => compilation, runs: 1),
        facts: "New", parsed: "New", vectorWidths: "New", libraryName: "New", collisions: "New", specs: "New", library: "New", sources: "New, New");

    [Fact]
    public void No_edit_runs_nothing() => ExpectReasons(
        RunAfter(compilation => compilation),
        facts: "Cached", parsed: "Cached", collisions: "Cached", specs: "Cached", sources: "Cached, Cached");

    [Fact]
    public void An_edit_in_another_file_emits_nothing_anew() => ExpectReasons(
        RunAfter(compilation => Replace(compilation, "Other.cs", Other.Replace("41", "42", StringComparison.Ordinal))),
        parsed: "Unchanged", collisions: "Cached", specs: "Cached", sources: "Cached, Cached");

    [Fact]
    public void An_edit_below_the_network_emits_nothing_anew() => ExpectReasons(
        RunAfter(compilation => Replace(compilation, "Source.cs", Iris + "class More;\n")),
        parsed: "Unchanged", collisions: "Cached", specs: "Cached", sources: "Cached, Cached");

    [Fact]
    public void A_comment_above_the_attribute_emits_nothing_anew() => ExpectReasons(
        RunAfter(compilation => Replace(compilation, "Source.cs", "// Flowers.\n" + Iris)),
        parsed: "Modified", collisions: "Unchanged", specs: "Cached", sources: "Cached, Cached");

    [Fact]
    public void A_changed_size_emits_its_network_anew() => ExpectReasons(
        RunAfter(compilation => Replace(compilation, "Source.cs", Iris.Replace('8', '9'))),
        parsed: "Modified", collisions: "Unchanged", specs: "Modified", sources: "Cached, Modified");

    [Fact]
    public void A_second_network_leaves_the_first_as_it_is() => ExpectReasons(
        RunAfter(compilation => compilation.AddSyntaxTrees(Parse("Second.cs", Digits))),
        parsed: "New, Unchanged", collisions: "Unchanged", specs: "Cached, New", sources: "Cached, Cached, New");

    [Fact]
    public void A_network_that_is_taken_away_leaves_the_other_as_it_is() => ExpectReasons(
        RunAfter(compilation => Remove(compilation, "Second.cs"), Parse("Second.cs", Digits)),
        parsed: "Removed, Unchanged", collisions: "Unchanged", specs: "Cached, Removed", sources: "Cached, Cached, Removed");

    [Fact]
    public void An_exported_network_that_moves_emits_nothing_anew() => ExpectReasons(
        RunAfter(compilation => Replace(compilation, "Second.cs", "\n" + Exported), Parse("Second.cs", Exported)),
        parsed: "Modified, Unchanged", collisions: "Unchanged", specs: "Cached, Cached", exported: "Cached", sources: "Cached, Cached, Cached, Cached");

    [Fact]
    public void A_changed_size_of_an_exported_network_emits_its_functions_and_the_library_anew() => ExpectReasons(
        RunAfter(compilation => Replace(compilation, "Second.cs", Exported.Replace("32", "33", StringComparison.Ordinal)), Parse("Second.cs", Exported)),
        parsed: "Modified, Unchanged", collisions: "Unchanged", specs: "Cached, Modified", exported: "Modified", library: "Modified",
        sources: "Cached, Modified, Modified, Modified");

    [Fact]
    public void A_second_network_leaves_the_library_of_the_first_as_it_is() => ExpectReasons(
        RunAfter(compilation => compilation.AddSyntaxTrees(Parse("Third.cs", Digits.Replace("Digits", "Third", StringComparison.Ordinal))), Parse("Second.cs", Exported)),
        parsed: "New, Unchanged, Unchanged", collisions: "Unchanged", specs: "Cached, Cached, New", exported: "Cached",
        sources: "Cached, Cached, Cached, Cached, New");

    [Fact]
    public void An_error_that_moves_is_reported_anew_and_emits_nothing_anew() => ExpectReasons(
        RunAfter(compilation => Replace(compilation, "Second.cs", "\n" + Single), Parse("Second.cs", Single)),
        parsed: "Modified, Unchanged", collisions: "Unchanged", specs: "Cached", diagnostics: "Modified", sources: "Cached, Cached, Modified");

    [Fact]
    public void Options_that_forbid_the_emitted_code_take_it_away() => ExpectReasons(
        RunAfter(compilation => compilation.WithOptions(compilation.Options.WithAllowUnsafe(false))),
        facts: "Modified", parsed: "Unchanged", collisions: "Cached", specs: "Removed", diagnostics: "New", sources: "Cached, New, Removed");

    [Fact]
    public void No_step_keeps_anything_of_the_compiler_alive()
    {
        const string Refused = """
            [assembly: AotBackprop.NetworkLibrary("no name")]
            [AotBackprop.Network(4, 2)] class Whole;
            [AotBackprop.Network(4, 2)] partial class IRIS;
            [AotBackprop.NetworkExport("stray")] partial class Stray;
            """;
        GeneratorRunResult result = RunAfter(
            compilation => Replace(compilation, "Source.cs", "\n" + Iris), Parse("Refused.cs", Refused), Parse("Single.cs", Single), Parse("Exported.cs", Exported));
        Assert.Equal(5, result.Diagnostics.Length);
        IncrementalGeneratorRunStep[] steps = [.. Steps(result)];
        Assert.Superset(StepNames.All.ToHashSet(), steps.Select(step => step.Name ?? "").ToHashSet());
        Assert.All(steps, step => Assert.All(step.Outputs, output => Assert.Null(CompilerObjects.FindIn(output.Value))));
    }

    [Fact]
    public void An_object_of_the_compiler_is_found_however_deep_it_lies()
    {
        SyntaxTree tree = Parse("Source.cs", Iris);
        CSharpCompilation compilation = GeneratorRun.Compile(Iris);
        object[] kept =
        [
            tree,
            tree.GetRoot(TestContext.Current.CancellationToken),
            compilation,
            compilation.GlobalNamespace,
            compilation.GetSemanticModel(compilation.SyntaxTrees[0]),
            Location.Create(tree, default),
        ];
        Assert.All(kept, one => Assert.Contains(
            one.GetType().Name,
            CompilerObjects.FindIn(new { Deep = new[] { (1, new List<object> { new Lazy<object>(() => one) }) } }),
            StringComparison.Ordinal));
        Assert.Null(CompilerObjects.FindIn(new { Deep = new[] { (1, "text", StringComparer.Ordinal) } }));
    }

    /// <summary>The generator's result after an edit, in a driver that has run before it.</summary>
    private static GeneratorRunResult RunAfter(Func<CSharpCompilation, CSharpCompilation> edit, params SyntaxTree[] more) => RunAfter(edit, 2, more);

    private static GeneratorRunResult RunAfter(Func<CSharpCompilation, CSharpCompilation> edit, int runs, params SyntaxTree[] more)
    {
        CSharpCompilation compilation = GeneratorRun.Compile(Iris).AddSyntaxTrees([Parse("Other.cs", Other), .. more]);
        GeneratorDriver driver = GeneratorRun.CreateDriver();
        if (runs > 1)
        {
            driver = driver.RunGenerators(compilation, TestContext.Current.CancellationToken);
        }

        return driver.RunGenerators(edit(compilation), TestContext.Current.CancellationToken).GetRunResult().Results.Single();
    }

    private static CSharpCompilation Replace(CSharpCompilation compilation, string path, string text) =>
        compilation.ReplaceSyntaxTree(Find(compilation, path), Parse(path, text));

    private static CSharpCompilation Remove(CSharpCompilation compilation, string path) =>
        compilation.RemoveSyntaxTrees(Find(compilation, path));

    private static SyntaxTree Find(CSharpCompilation compilation, string path) =>
        compilation.SyntaxTrees.Single(tree => tree.FilePath == path);

    private static SyntaxTree Parse(string path, string text) =>
        CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Latest, DocumentationMode.Diagnose), path);

    private static void ExpectReasons(
        GeneratorRunResult result,
        string parsed,
        string collisions,
        string specs,
        string sources,
        string facts = "Unchanged",
        string vectorWidths = "Cached",
        string libraryName = "Cached",
        string exported = "",
        string library = "Cached",
        string diagnostics = "")
    {
        string expected = $"""
            {StepNames.Facts}: {facts}
            {StepNames.Parsed}: {parsed}
            {StepNames.VectorWidths}: {vectorWidths}
            {StepNames.LibraryName}: {libraryName}
            {StepNames.Collisions}: {collisions}
            {StepNames.Specs}: {specs}
            {StepNames.Exported}: {exported}
            {StepNames.Library}: {library}
            {StepNames.Diagnostics}: {diagnostics}
            Sources: {sources}
            """;
        IEnumerable<string> lines = StepNames.All
            .Select(name => $"{name}: {Reasons(result.TrackedSteps.TryGetValue(name, out ImmutableArray<IncrementalGeneratorRunStep> steps) ? steps : [])}")
            .Append($"Sources: {Reasons(result.TrackedOutputSteps.Values.SelectMany(steps => steps))}");
        Assert.Equal(expected, string.Join('\n', lines));
    }

    private static string Reasons(IEnumerable<IncrementalGeneratorRunStep> steps) =>
        string.Join(", ", steps.SelectMany(step => step.Outputs).Select(output => output.Reason.ToString()).Order(StringComparer.Ordinal));

    /// <summary>All steps from the named ones to the emitted text, which themselves hold what the compiler makes of it.</summary>
    private static HashSet<IncrementalGeneratorRunStep> Steps(GeneratorRunResult result)
    {
        HashSet<IncrementalGeneratorRunStep> found = [];
        Queue<IncrementalGeneratorRunStep> open = new(result.TrackedOutputSteps.Values.SelectMany(steps => steps));
        while (open.TryDequeue(out IncrementalGeneratorRunStep? step))
        {
            bool isFirst = step.Name is StepNames.Facts or StepNames.Parsed or "result_ForAttributeWithMetadataName";
            foreach ((IncrementalGeneratorRunStep source, _) in isFirst ? [] : step.Inputs.Where(input => found.Add(input.Source)))
            {
                open.Enqueue(source);
            }
        }

        return found;
    }
}
