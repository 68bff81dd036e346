using System.Reflection;
using System.Text.RegularExpressions;
using AotBackprop.Generator.Diagnostics;
using AotBackprop.Generator.Parsing;
using AotBackprop.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AotBackprop.Generator.Tests;

/// <summary>Each refusal fires, says why and where, and the nearest legal code passes.</summary>
public sealed partial class DiagnosticTests
{
    /// <summary>Id, refused code, the nearest that is legal, and words of the message separated by |.</summary>
    public static TheoryData<string, string, string, string> Refusals => new()
    {
        { "ABP001", "[Network(4, 3)] class Refused;", "[Network(4, 3)] partial class Refused;", "'Refused'|partial" },
        { "ABP001", "class Outer { [Network(4, 3)] partial class Refused; }", "partial class Outer { [Network(4, 3)] partial class Refused; }", "'Outer'|partial|'Refused'" },
        { "ABP001", "class A { partial class B { [Network(4, 3)] partial class Refused; } }", "partial class A { partial class B { [Network(4, 3)] partial class Refused; } }", "'A'|partial|'Refused'" },
        { "ABP002", "[Network] partial class Refused;", "[Network(4, 3)] partial class Refused;", "'Refused'|0 size|2 to 8" },
        { "ABP002", "[Network(null!)] partial class Refused;", "[Network(new int[] { 4, 3 })] partial class Refused;", "'Refused'|0 size|2 to 8" },
        { "ABP002", "[Network(4)] partial class Refused;", "[Network(4, 3)] partial class Refused;", "'Refused'|1 size|2 to 8" },
        { "ABP003", "[Network(9, 8, 7, 6, 5, 4, 3, 2, 2)] partial class Refused;", "[Network(9, 8, 7, 6, 5, 4, 3, 2)] partial class Refused;", "'Refused'|9 sizes|2 to 8" },
        { "ABP004", "[Network(0, 3)] partial class Refused;", "[Network(1, 3)] partial class Refused;", "'Refused'|Size 1|is 0|1 to 65536" },
        { "ABP004", "[Network(4, 0, 3)] partial class Refused;", "[Network(4, 1, 3)] partial class Refused;", "'Refused'|Size 2|is 0|1 to 65536" },
        { "ABP004", "[Network(4, 8, 0)] partial class Refused;", "[Network(4, 8, 2)] partial class Refused;", "'Refused'|Size 3|is 0|1 to 65536" },
        { "ABP004", "[Network(4, -8, 3)] partial class Refused;", "[Network(4, 8, 3)] partial class Refused;", "'Refused'|Size 2|is -8|1 to 65536" },
        { "ABP004", "[Network(4, int.MinValue)] partial class Refused;", "[Network(4, 65536)] partial class Refused;", "'Refused'|Size 2|is -2147483648|1 to 65536" },
        { "ABP004", "[Network(65537, 3)] partial class Refused;", "[Network(65536, 3)] partial class Refused;", "'Refused'|Size 1|is 65537|1 to 65536" },
        { "ABP004", "[Network(2, 65537, 3)] partial class Refused;", "[Network(2, 65536, 3)] partial class Refused;", "'Refused'|Size 2|is 65537|1 to 65536" },
        { "ABP005", "[Network(4, 1)] partial class Refused;", "[Network(4, 2)] partial class Refused;", "'Refused'|single output|gradient 0" },
        { "ABP005", "[Network(4, 1)] partial class Refused;", "[Network(4, 1, Output = Output.Sigmoid)] partial class Refused;", "'Refused'|'Output = Output.Sigmoid'|one event" },
        { "ABP005", "[Network(4, 1)] partial class Refused;", "[Network(4, 1, Output = Output.Linear)] partial class Refused;", "'Refused'|'Output = Output.Linear'|a number" },
        { "ABP005", "[Network(4, 8, 1)] partial class Refused;", "[Network(4, 1, 2)] partial class Refused;", "'Refused'|single output|gradient 0" },
        { "ABP006", "[Network(65535, 8192)] partial class Refused;", "[Network(65535, 8191)] partial class Refused;", "'Refused'|536870912 weights and biases|fewer than 536870912" },
        { "ABP006", "[Network(65536, 65536, 65536)] partial class Refused;", "[Network(8, 65536, 8)] partial class Refused;", "'Refused'|8590065664 weights and biases|fewer than 536870912" },
        { "ABP007", "[Network(4, 3)] partial class Refused<T>;", "[Network(4, 3)] partial class Refused;", "'Refused'|generic" },
        { "ABP007", "partial class Outer<T> { [Network(4, 3)] partial class Refused; }", "partial class Outer { [Network(4, 3)] partial class Refused; }", "'Outer'|generic" },
        { "ABP007", "partial interface A<T> { partial struct B { [Network(4, 3)] partial class Refused; } }", "partial interface A { partial struct B { [Network(4, 3)] partial class Refused; } }", "'A'|generic" },
        { "ABP008", "[Network(4, 3)] static partial class Refused;", "[Network(4, 3)] sealed partial class Refused;", "'Refused'|static" },
        { "ABP008", "[Network(4, 3)] abstract partial class Refused;", "[Network(4, 3)] partial class Refused;", "'Refused'|abstract" },
        { "ABP008", "[Network(4, 3)] partial record Refused;", "[Network(4, 3)] partial class Refused;", "'Refused'|a record" },
        { "ABP008", "[Network(4, 3)] file partial class Refused;", "[Network(4, 3)] internal partial class Refused;", "'Refused'|local to a file" },
        { "ABP008", "file partial class Outer { [Network(4, 3)] internal partial class Refused; }", "partial class Outer { [Network(4, 3)] internal partial class Refused; }", "'Outer'|local to a file" },
        { "ABP008", "[Network(4, 3)] partial class Refused(int size) { int Size => size; }", "[Network(4, 3)] partial class Refused { Refused(int size) : this(1UL) { _ = size; } }", "'Refused'|primary constructor" },
        { "ABP008", "class Base { protected Base(int size) { } } [Network(4, 3)] partial class Refused : Base;", "class Base { protected Base() { } } [Network(4, 3)] partial class Refused : Base;", "'Refused'|'Base'|no constructor without parameters" },
        { "ABP008", "class Base { public virtual void Dispose() { } } [Network(4, 3)] partial class Refused : Base;", "class Base { public virtual void Close() { } } [Network(4, 3)] partial class Refused : Base;", "'Refused'|'Base'|Dispose" },
        { "ABP008", "[Network(4, 8, 3)] partial class Base; [Network(4, 3)] partial class Refused : Base;", "class Base; [Network(4, 3)] partial class Refused : Base;", "'Refused'|'Base'|a network" },
        { "ABP011", "[Network(145, 113, Unroll = Unrolling.Full)] partial class Refused;", "[Network(128, 128, Unroll = Unrolling.Full)] partial class Refused;", "'Refused'|16385 weights|up to 16384|Unrolling.Tiled" },
        { "ABP011", "[Network(126, 128, 3, Unroll = Unrolling.Full)] partial class Refused;", "[Network(126, 128, 2, Unroll = Unrolling.Full)] partial class Refused;", "'Refused'|16512 weights|up to 16384|Unrolling.Tiled" },
        { "ABP011", "[Network(145, 113, Unroll = Unrolling.Full)] partial class Refused;", "[Network(145, 113)] partial class Refused;", "'Refused'|16385 weights" },
        { "ABP011", "[Network(145, 113, Unroll = Unrolling.Full)] partial class Refused;", "[Network(145, 113, Unroll = Unrolling.Tiled)] partial class Refused;", "'Refused'|16385 weights" },
        { "ABP025", "[Network(4, 3, Activation = (Activation)99)] partial class Refused;", "[Network(4, 3, Activation = Activation.Relu)] partial class Refused;", "'Refused'|activation 99|'AotBackprop.Activation'" },
        { "ABP026", "[Network(4, 3, Output = (Output)99)] partial class Refused;", "[Network(4, 3, Output = Output.Linear)] partial class Refused;", "'Refused'|output 99|'AotBackprop.Output'" },
        { "ABP027", "[Network(4, 3, Output = Output.Huber, HuberDelta = 0)] partial class Refused;", "[Network(4, 3, Output = Output.Huber, HuberDelta = 1e-3f)] partial class Refused;", "'Refused'|of 0;|above 0" },
        { "ABP027", "[Network(4, 3, Output = Output.Huber, HuberDelta = float.NaN)] partial class Refused;", "[Network(4, 3, Output = Output.Huber)] partial class Refused;", "'Refused'|of NaN;|above 0" },
        { "ABP012", "[Network(4, 3)] partial class REFUSED; [Network(4, 3)] partial class Refused;", "[Network(4, 3)] partial class Accepted; [Network(4, 3)] partial class Refused;", "'Refused'|'REFUSED'|letter case" },
        { "ABP012", "namespace N { [Network(4, 3)] partial class Net; } namespace n { [Network(4, 3)] partial class Net; }", "namespace N { [Network(4, 3)] partial class Net; } namespace M { [Network(4, 3)] partial class Net; }", "'n.Net'|'N.Net'|letter case" },
        { "ABP013", "[Network(4, 3), NetworkExport(\"\")] partial class Refused;", "[Network(4, 3), NetworkExport(\"a\")] partial class Refused;", "''|C" },
        { "ABP013", "[Network(4, 3), NetworkExport(\"Net\")] partial class Refused;", "[Network(4, 3), NetworkExport(\"net\")] partial class Refused;", "'Net'|lower-case" },
        { "ABP013", "[Network(4, 3), NetworkExport(\"1st\")] partial class Refused;", "[Network(4, 3), NetworkExport(\"st1\")] partial class Refused;", "'1st'|a letter first" },
        { "ABP013", "[Network(4, 3), NetworkExport(\"a-b\")] partial class Refused;", "[Network(4, 3), NetworkExport(\"a_b\")] partial class Refused;", "'a-b'|underscores" },
        { "ABP013", "[Network(4, 3), NetworkExport(\"double\")] partial class Refused;", "[Network(4, 3), NetworkExport(\"double1\")] partial class Refused;", "'double'|no word of C" },
        { "ABP013", "[Network(4, 3), NetworkExport(\"math\")] partial class Refused;", "[Network(4, 3), NetworkExport(\"maths\")] partial class Refused;", "'math'|no header of the system" },
        { "ABP013", "[Network(4, 3), NetworkExport(\"constexpr\")] partial class Refused;", "[Network(4, 3), NetworkExport(\"const_expr\")] partial class Refused;", "'constexpr'|no word of C, C++" },
        { "ABP013", "[Network(4, 3), NetworkExport(\"nonlocal\")] partial class Refused;", "[Network(4, 3), NetworkExport(\"non_local\")] partial class Refused;", "'nonlocal'|or Python" },
        { "ABP013", "[Network(4, 3), NetworkExport(\"features\")] partial class Refused;", "[Network(4, 3), NetworkExport(\"feature\")] partial class Refused;", "'features'|no header of the system" },
        { "ABP013", "[Network(4, 3), NetworkExport(\"unistd\")] partial class Refused;", "[Network(4, 3), NetworkExport(\"unistd_\")] partial class Refused;", "'unistd'|no header of the system" },
        { "ABP013", $"[Network(4, 3), NetworkExport(\"{new string('a', 41)}\")] partial class Refused;", $"[Network(4, 3), NetworkExport(\"{new string('a', 40)}\")] partial class Refused;", "'aaa|40 at most" },
        { "ABP014", "[Network(4, 3), NetworkExport(\"a\")] partial class First; [Network(4, 3), NetworkExport(\"a\")] partial class Refused;", "[Network(4, 3), NetworkExport(\"a\")] partial class First; [Network(4, 3), NetworkExport(\"b\")] partial class Refused;", "'a.h'|'Refused'|'First'" },
        { "ABP014", "[Network(4, 3), NetworkExport(\"a\")] partial class First; [Network(4, 3), NetworkExport(\"a_team\")] partial class Refused;", "[Network(4, 3), NetworkExport(\"a\")] partial class First; [Network(4, 3), NetworkExport(\"a_teams\")] partial class Refused;", "'a_team_workspace_size'|'Refused'|'First'" },
        { "ABP014", "[Network(4, 3), NetworkExport(\"a_epoch\")] partial class First; [Network(4, 3), NetworkExport(\"a\")] partial class Refused;", "[Network(4, 3), NetworkExport(\"a_train\")] partial class First; [Network(4, 3), NetworkExport(\"a\")] partial class Refused;", "'a_epoch_workspace_size'|'Refused'|'First'" },
        { "ABP014", "[Network(4, 3), NetworkExport(\"aotbackprop\")] partial class Refused;", "[Network(4, 3), NetworkExport(\"aotbackprop1\")] partial class Refused;", "'aotbackprop.h'|'Refused'|the library" },
        { "ABP015", "partial class Outer { [Network(4, 3), NetworkExport(\"a\")] private partial class Refused; }", "partial class Outer { [Network(4, 3), NetworkExport(\"a\")] internal partial class Refused; }", "'Refused'|internal or public" },
        { "ABP015", "partial class A { private partial class B { [Network(4, 3), NetworkExport(\"a\")] internal partial class Refused; } }", "partial class A { private partial class B { [Network(4, 3)] internal partial class Refused; } }", "'Refused'|internal or public" },
        { "ABP016", "[NetworkExport(\"a\")] partial class Refused;", "[Network(4, 3), NetworkExport(\"a\")] partial class Refused;", "'Refused'|no [Network]" },
        { "ABP019", "class Base { public int W1; } [Network(4, 3)] partial class Refused : Base;", "class Base { private int W1; } [Network(4, 3)] partial class Refused : Base;", "'Refused'|'W1'|'Base'" },
        { "ABP019", "class Base { public event System.Action Derivation; } [Network(4, 3)] partial class Refused : Base;", "class Base { public event System.Action Layout; } [Network(4, 3)] partial class Refused : Base;", "'Refused'|'Derivation'|'Base'" },
        { "ABP019", "abstract class Base { public abstract void Forward(System.ReadOnlySpan<float> X, System.Span<float> A); } [Network(4, 3)] partial class Refused : Base;", "class Base { public void Forward(float[] X) { } } [Network(4, 3)] partial class Refused : Base;", "'Refused'|'Forward(System.ReadOnlySpan<float>, System.Span<float>)'|'Base'" },
        { "ABP019", "class Root<T> { public void Initialize(T seed) { } } class Base : Root<ulong>; [Network(4, 3)] partial class Refused : Base;", "class Root<T> { public void Initialize(T seed) { } } class Base : Root<int>; [Network(4, 3)] partial class Refused : Base;", "'Refused'|'Initialize(ulong)'|'Root'" },
        { "ABP019", "class Root { public int Loss; } class Base : Root { public new int Loss; } [Network(4, 3)] partial class Refused : Base;", "class Root { public int Losses; } class Base : Root { public new int Losses; } [Network(4, 3)] partial class Refused : Base;", "'Refused'|'Loss'|'Base'" },
        { "ABP019", "class Root { public int Loss; } class Base : Root { private new int Loss; } [Network(4, 3)] partial class Refused : Base;", "class Root { private int Loss; } class Base : Root; [Network(4, 3)] partial class Refused : Base;", "'Refused'|'Loss'|'Root'" },
        { "ABP019", "abstract class Root { public abstract int Loss { get; } } class Base : Root { public override int Loss => 1; } [Network(4, 3)] partial class Refused : Base;", "abstract class Root { public abstract int Losses { get; } } class Base : Root { public override int Losses => 1; } [Network(4, 3)] partial class Refused : Base;", "'Refused'|'Loss'|'Base'" },
        { "ABP021", "class Root { public required virtual int Size { get; set; } } class Base : Root { public required override int Size { get; set; } } [Network(4, 3)] partial class Refused : Base;", "class Root { public virtual int Size { get; set; } } class Base : Root { public override int Size { get; set; } } [Network(4, 3)] partial class Refused : Base;", "'Size'|'Refused'|no 'required'" },
        { "ABP021", "class Base { public required int Size; } [Network(4, 3)] partial class Refused : Base;", "class Base { public int Size; } [Network(4, 3)] partial class Refused : Base;", "'Size'|'Refused'|no 'required'" },
    };

    private static DiagnosticDescriptor[] Descriptors { get; } = [.. typeof(DiagnosticDescriptors)
        .GetFields(BindingFlags.Static | BindingFlags.Public)
        .Select(field => (DiagnosticDescriptor)field.GetValue(null)!)];

    public static TheoryData<string> RefusedCode => [.. Refusals.Select(row => row.Data.Item2).Distinct()];

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_cannot_be_a_network_is_refused_with_the_reason(string id, string refused, string legal, string words)
    {
        string source = "using AotBackprop; " + refused;
        Diagnostic diagnostic = Assert.Single(GeneratorRun.Of(source).Result.Diagnostics);
        ExpectRefusal(diagnostic, id, words);
        Assert.Equal(refused.Contains("Refused", StringComparison.Ordinal) ? "Refused" : "Net", Located(diagnostic, source));
        ExpectLegal(GeneratorRun.Of("using AotBackprop; " + legal));
    }

    [Fact]
    public void A_runtime_library_under_an_alias_is_refused()
    {
        CSharpCompilation compilation = GeneratorRun.Compile("extern alias abp; [abp::AotBackprop.Network(4, 3)] partial class Refused;");
        MetadataReference library = compilation.References.Single(r => r.Display!.EndsWith("AotBackprop.dll", StringComparison.Ordinal));
        Diagnostic[] DiagnosticsOf(params string[] aliases) => [.. GeneratorRun.CreateDriver()
            .RunGenerators(compilation.ReplaceReference(library, library.WithAliases(aliases)), TestContext.Current.CancellationToken)
            .GetRunResult().Diagnostics];
        ExpectRefusal(Assert.Single(DiagnosticsOf("abp")), "ABP022", "'Refused'|without an alias");
        Assert.Empty(DiagnosticsOf("abp", "global"));
    }

    [Fact]
    public void A_reference_that_has_the_attribute_for_itself_changes_nothing()
    {
        CSharpCompilation other = GeneratorRun.Compile("namespace AotBackprop { class NetworkAttribute : System.Attribute; class Optimizer; }");
        ExpectLegal(GeneratorRun.Of(Declare.Network("Net", 4, 3), references: [other.ToMetadataReference()]));
    }

    [Fact]
    public void The_types_of_the_root_namespace_that_emitted_code_names_are_known()
    {
        GeneratorRun run = GeneratorRun.Of("""
            using AotBackprop;
            [Network(1, 2), NetworkExport("net")] public partial class Net;
            [Network(1, 2, 3, Output = Output.Linear, Activation = Activation.Tanh), NetworkExport("reg")] public partial class Reg;
            [Network(1, 3, Output = Output.Sigmoid), NetworkExport("labels")] public partial class Labels;
            """);
        IEnumerable<string> named =
            from tree in run.Result.GeneratedTrees
            let model = run.Output.GetSemanticModel(tree)
            from node in tree.GetRoot().DescendantNodes(descendIntoTrivia: true)
            let symbol = model.GetSymbolInfo(node).Symbol
            let type = symbol as INamedTypeSymbol ?? symbol?.ContainingType
            where type?.ContainingNamespace.ToDisplayString() == "AotBackprop"
            select type.OriginalDefinition.MetadataName;
        Assert.Equal(RuntimeLibrary.NamedTypes, named.Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>A header of ours would be found in place of the C library's, by the C library's headers too.</summary>
    [Fact]
    public void No_prefix_is_the_name_of_a_header_of_the_C_library()
    {
        const string Package = "/var/lib/dpkg/info";
        string[] lists = Directory.Exists(Package) ? Directory.GetFiles(Package, "libc6-dev*.list") : [];
        Assert.SkipWhen(lists.Length == 0, "No list of the C library's headers here.");
        string[] headers = [.. lists.SelectMany(File.ReadLines)
            .Select(line => Header().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups["name"].Value)];
        Assert.Contains("features", headers);
        Assert.All(headers, header => Assert.False(CNames.IsPrefix(header), header));
    }

    [Theory]
    [InlineData("namespace AotBackprop { class Optimizer; }", "'AotBackprop.Optimizer'")]
    [InlineData("namespace AotBackprop { interface INetwork<T>; }", "'AotBackprop.INetwork<TSelf>'")]
    [InlineData("namespace AotBackprop.Runtime { struct Part; }", "'AotBackprop.Runtime.Part'")]
    public void A_type_that_emitted_code_names_and_the_project_declares_is_refused_where_it_is_declared(string hiding, string words)
    {
        string source = hiding + Declare.Network("Refused", 4, 3);
        Diagnostic diagnostic = Assert.Single(GeneratorRun.Of(source).Result.Diagnostics);
        ExpectRefusal(diagnostic, "ABP023", "'Refused'|" + words);
        Assert.Equal(words.Trim('\'').Split('.')[^1].Split('<')[0], Located(diagnostic, source));
    }

    [Theory]
    [InlineData("namespace AotBackprop { class Optimizers; } namespace AotBackprop.Mine { class Optimizer; }")]
    [InlineData("namespace AotBackprop { class ModelFile; enum NetworkStatus { } } namespace AotBackprop.Runtime { class Mine; }")]
    [InlineData("namespace AotBackprop { class INetwork; class Optimizer<T>; }")]
    public void One_that_it_does_not_name_hides_nothing(string beside) =>
        ExpectLegal(GeneratorRun.Of(beside + Declare.Network("Net", 4, 3)));

    [Fact]
    public void Every_refusal_and_every_message_of_the_build_has_a_help_link_to_its_section()
    {
        string page = File.ReadAllText(Repository.In("docs", "diagnostics.md"));
        string targets = string.Concat(Directory.GetFiles(Repository.In("src", "AotBackprop", "build")).Select(File.ReadAllText));
        string tool = string.Concat(
            Directory.GetFiles(Repository.In("native", "AotBackprop.Packaging"), "*.cs").Select(File.ReadAllText));
        string[] built = [.. TargetMessage().Matches(targets).Select(match => $"ABP{match.Groups["number"].Value}")];
        string[] told = [.. ToolMessage().Matches(tool).Select(match => match.Groups["id"].Value)];
        Assert.Contains("ABP100", built);
        Assert.Contains("ABP101", told);
        Assert.Equal(Regex.Count(targets, "Code=\"ABP"), built.Length);
        Assert.Equal(Regex.Count(tool, @"\bABP\d"), told.Length);
        Assert.All(Descriptors, d => Assert.EndsWith($"/docs/diagnostics.md#{d.Id.ToLowerInvariant()}", d.HelpLinkUri, StringComparison.Ordinal));
        Assert.Contains($"<_AotBackpropHelp>{Descriptors[0].HelpLinkUri.Split('#')[0]}</_AotBackpropHelp>", targets, StringComparison.Ordinal);
        Assert.Contains($"Help = \"{Descriptors[0].HelpLinkUri.Split('#')[0]}\";", tool, StringComparison.Ordinal);
        Assert.Equal(
            Descriptors.Select(d => d.Id).Concat(built).Concat(told).Distinct().Order(StringComparer.Ordinal),
            Section().Matches(page).Select(match => match.Groups["id"].Value).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Trace")]
    [InlineData("Loss")]
    [InlineData("Derivation")]
    [InlineData("GradientView")]
    [InlineData("W1")]
    [InlineData("b7")]
    [InlineData("Threads")]
    public void A_network_named_like_a_member_of_it_is_refused(string name)
    {
        string source = $"[AotBackprop.Network(4, 3)] partial class {name};";
        Diagnostic diagnostic = Assert.Single(GeneratorRun.Of(source).Result.Diagnostics);
        ExpectRefusal(diagnostic, "ABP017", $"'{name}'|another name");
        Assert.Equal(name, Located(diagnostic, source));
        ExpectLegal(GeneratorRun.Of($"[AotBackprop.Network(4, 3)] partial class {name}Net;"));
    }

    [Theory]
    [InlineData("Layout")]
    [InlineData("Workspace")]
    [InlineData("Kernels")]
    [InlineData("Vector256Kernels")]
    [InlineData("Exports")]
    public void What_a_network_stands_on_takes_no_name_from_it(string name) => ExpectLegal(GeneratorRun.Of(
        $"using AotBackprop; [Network(4, 3), NetworkExport(\"a\")] partial class {name} {{ enum Own {{ }} }}"));

    [Fact]
    public void The_attribute_twice_on_a_type_is_left_to_the_compiler()
    {
        GeneratorRun run = GeneratorRun.Of("[AotBackprop.Network(4, 3)] partial class Net; [AotBackprop.Network(4, 3)] partial class Net;");
        Assert.Empty(run.Result.Diagnostics);
        Assert.Contains(run.Output.GetDiagnostics(TestContext.Current.CancellationToken), d => d.Id == "CS0579");
    }

    [Fact]
    public void A_network_inside_a_network_whose_name_is_that_of_a_file_stops_nothing() =>
        ExpectLegal(GeneratorRun.Of("[AotBackprop.Network(4, 3)] partial class Net { [AotBackprop.Network(4, 3)] public partial class layout; }"));

    [Fact]
    public void A_project_without_pointers_is_told_which_property_to_set()
    {
        string source = Declare.Network("Refused", 4, 3);
        GeneratorRun run = GeneratorRun.Of(source, GeneratorRun.Options.WithAllowUnsafe(false));
        ExpectRefusal(Assert.Single(run.Result.Diagnostics), "ABP009", "'Refused'|<AllowUnsafeBlocks>true</AllowUnsafeBlocks>");
        Assert.Empty(run.Result.GeneratedTrees);
        ExpectLegal(GeneratorRun.Of(source));
    }

    [Theory]
    [InlineData(LanguageVersion.CSharp10, "C# 10.0")]
    [InlineData(LanguageVersion.CSharp9, "C# 9.0")]
    public void A_language_version_that_is_too_old_is_named(LanguageVersion version, string name)
    {
        const string Source = "[AotBackprop.Network(4, 3)] public partial class Refused { }";
        GeneratorRun run = GeneratorRun.Of(Source, version: version);
        ExpectRefusal(Assert.Single(run.Result.Diagnostics), "ABP010", $"'Refused'|{name}|C# 11");
        Assert.Empty(run.Result.GeneratedTrees);
        ExpectLegal(GeneratorRun.Of(Source, version: LanguageVersion.CSharp11));
    }

    [Theory]
    [InlineData("My library")]
    [InlineData("")]
    [InlineData("int")]
    public void A_library_that_cannot_be_named_in_C_is_refused_where_it_is_named(string name)
    {
        string source = $"using AotBackprop; [assembly: NetworkLibrary(\"{name}\")] " + Declare.Network("Net", 4, 3);
        Diagnostic diagnostic = Assert.Single(GeneratorRun.Of(source).Result.Diagnostics);
        ExpectRefusal(diagnostic, "ABP013", $"'{name}'|lower-case");
        Assert.Equal($"NetworkLibrary(\"{name}\")", Located(diagnostic, source));
        ExpectLegal(GeneratorRun.Of(source.Replace($"\"{name}\"", "\"my_library\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void One_refusal_for_each_reason()
    {
        const string Source = "[AotBackprop.Network(4, 1)] class Refused;";
        IEnumerable<Diagnostic> diagnostics = GeneratorRun.Of(Source).Result.Diagnostics;
        Assert.Equal(["ABP001", "ABP005"], diagnostics.Select(d => d.Id).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(RefusedCode))]
    public void Beside_a_refused_network_the_others_are_emitted(string refused)
    {
        GeneratorRunResult result = GeneratorRun.Of($"using AotBackprop; {refused} [Network(4, 3)] public partial class Good;").Result.Results.Single();
        Assert.Single(result.Diagnostics);
        string[] emitted = [.. result.GeneratedSources.Select(source => source.HintName)];
        Assert.Contains("Good.g.cs", emitted);
        Assert.DoesNotContain("Refused.g.cs", emitted);
    }

    [Fact]
    public void Of_two_networks_that_collide_one_is_emitted_whichever_comes_first()
    {
        string first = Declare.Network("Digits", 64, 10);
        string second = Declare.Network("DIGITS", 64, 10);
        string[] Emitted(string source) => [.. GeneratorRun.Of(source).Result.Results.Single().GeneratedSources.Select(s => s.HintName)];
        Assert.Contains("DIGITS.g.cs", Emitted(first + second));
        Assert.Equal(Emitted(first + second), Emitted(second + first));
    }

    [Fact]
    public void Every_refusal_is_an_error_with_an_id_of_its_own_that_the_release_notes_list()
    {
        string notes = string.Concat(new[] { "Shipped", "Unshipped" }.Select(kind =>
            File.ReadAllText(Repository.In("generator", "AotBackprop.Generator", $"AnalyzerReleases.{kind}.md"))));
        string[] listed = [.. ReleaseRow().Matches(notes).Select(match => $"{match.Groups["id"].Value} {match.Groups["title"].Value}")];
        Assert.Equal(
            Descriptors.Select(d => $"{d.Id} {d.Title}").Order(StringComparer.Ordinal),
            listed.Order(StringComparer.Ordinal));
        Assert.Equal(Descriptors.Length, Descriptors.Select(d => d.Id).Distinct().Count());
        Assert.All(Descriptors, d => Assert.True(d is { DefaultSeverity: DiagnosticSeverity.Error, IsEnabledByDefault: true }));
    }

    [Fact]
    public void Every_refusal_is_tried_here()
    {
        IEnumerable<string> tried = Refusals.Select(row => row.Data.Item1)
            .Concat(MemberRefusals.Select(row => row.Data.Item1))
            .Concat(["ABP009", "ABP010", "ABP017", "ABP022", "ABP023", "ABP024"])
            .Distinct();
        IEnumerable<string> all = Descriptors.Select(d => d.Id);
        Assert.Equal(all.Order(StringComparer.Ordinal), tried.Order(StringComparer.Ordinal));
    }

    private static void ExpectRefusal(Diagnostic diagnostic, string id, string words)
    {
        Assert.Equal(id, diagnostic.Id);
        string message = diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture);
        Assert.All(words.Split('|'), word => Assert.Contains(word, message, StringComparison.Ordinal));
    }

    /// <summary>The text that a refusal points to.</summary>
    private static string Located(Diagnostic diagnostic, string source)
    {
        FileLinePositionSpan lines = diagnostic.Location.GetLineSpan();
        Assert.Equal("Source.cs", lines.Path);
        Assert.Equal(diagnostic.Location.SourceSpan.Start, lines.StartLinePosition.Character);
        return source[diagnostic.Location.SourceSpan.Start..diagnostic.Location.SourceSpan.End];
    }

    private static void ExpectLegal(GeneratorRun run)
    {
        Assert.Empty(run.Result.Diagnostics);
        Assert.NotEmpty(run.Result.GeneratedTrees);
    }

    [GeneratedRegex(@"^(?<id>ABP\d{3}) \| AotBackprop \| Error \| (?<title>.+?)\s*$", RegexOptions.Multiline)]
    private static partial Regex ReleaseRow();

    // The section that a message leads to is its own.
    [GeneratedRegex("""Code="ABP(?<number>\d{3})" HelpLink="\$\(_AotBackpropHelp\)#abp\k<number>\b""")]
    private static partial Regex TargetMessage();

    [GeneratedRegex("""BuildMessage\.(Error|Warning)\([^"]+, "(?<id>ABP\d{3})",""")]
    private static partial Regex ToolMessage();

    [GeneratedRegex(@"^/usr/include/([^/]*-linux-gnu/)?(?<name>[^/]+)\.h$")]
    private static partial Regex Header();

    [GeneratedRegex(@"^## (?<id>ABP\d{3})$", RegexOptions.Multiline)]
    private static partial Regex Section();
}
