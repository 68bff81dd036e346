using System.Xml.Linq;
using AotBackprop.Generator.Model;
using AotBackprop.Generator.Planning;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AotBackprop.Generator.Tests;

/// <summary>The boundaries between the stages: Parsing → NetworkSpec → Planning → NetworkPlan → Lowering → Kernel → Printing.</summary>
public sealed class ArchitectureTests
{
    private const string Root = "AotBackprop.Generator";

    // Of the runtime library's files that are compiled into the generator too.
    private static readonly string[] SharedNamespaces = ["AotBackprop", "AotBackprop.Native"];

    private static readonly string[] PlainNamespaces =
        ["System", "System.Collections", "System.Collections.Generic", "System.Globalization", "System.Linq", "System.Runtime.CompilerServices", "System.Text"];

    private static readonly Lazy<UsedNames> Names = new(() => UsedNames.In(ProjectSources.Generator));

    [Theory]
    [InlineData("Model")]
    [InlineData("Planning", "Model")]
    [InlineData("Nodes", "Model")]
    [InlineData("Ops", "Model", "Planning", "Nodes")]
    [InlineData("Lowering", "Model", "Planning", "Ops", "Nodes")]
    [InlineData("Passes", "Model", "Planning", "Nodes")]
    [InlineData("Printing", "Model", "Planning", "Ops", "Nodes", "Lowering", "Passes", "Printing.Native")]
    public void A_pure_stage_knows_its_input_and_the_plain_library_alone(string stage, params string[] others)
    {
        string[] allowed = [.. others.Append(stage).Select(other => $"{Root}.{other}"), .. SharedNamespaces, .. PlainNamespaces];
        Assert.NotEmpty(Names.Value.Of($"{Root}.{stage}"));
        Assert.DoesNotContain(
            Names.Value.Of($"{Root}.{stage}"),
            name => !allowed.Contains(name.Namespace) && name is not ("System.Reflection", "Assembly" or "AssemblyName" or "MemberInfo", _));
    }

    [Theory]
    [InlineData("Parsing", "Planning", "Ops", "Nodes", "Lowering", "Passes", "Printing")]
    [InlineData("Diagnostics", "Parsing", "Planning", "Ops", "Nodes", "Lowering", "Passes", "Printing")]
    public void A_stage_that_knows_the_compiler_knows_no_later_one(string stage, params string[] later) => Assert.DoesNotContain(
        Names.Value.Of($"{Root}.{stage}"), name => later.Any(l => UsedNames.Lies(name.Namespace, within: $"{Root}.{l}")));

    [Theory]
    [InlineData("Model")]
    [InlineData("Planning")]
    [InlineData("Ops")]
    [InlineData("Nodes")]
    [InlineData("Lowering")]
    [InlineData("Passes")]
    [InlineData("Printing")]
    public void A_pure_stage_depends_on_nothing_but_its_input(string stage) =>
        Assert.DoesNotContain(Names.Value.Of($"{Root}.{stage}"), IsImpure);

    [Fact]
    public void A_breach_of_a_boundary_is_seen()
    {
        SyntaxTree breach = CSharpSyntaxTree.ParseText(
            """
            namespace AotBackprop.Generator.Planning;
            internal static class Breach
            {
                public static object Hidden() => new { A = Printing.KernelsPrinter.ClassName(null!), B = DateTime.Now.Ticks, C = 1.5.ToString(), D = new List<int>().ToDictionary(i => i).Count, E = System.Globalization.CultureInfo.CurrentCulture };
                public static void Symbol(Microsoft.CodeAnalysis.ISymbol symbol) => symbol.ToString();
            }
            """,
            new CSharpParseOptions(LanguageVersion.Latest),
            cancellationToken: TestContext.Current.CancellationToken);
        UsedName[] names = [.. UsedNames.In(ProjectSources.Generator.Append(breach), [breach]).Of($"{Root}.Planning")];
        Assert.Contains(names, name => name.Namespace == $"{Root}.Printing");
        Assert.Contains(names, name => name.Namespace == "Microsoft.CodeAnalysis");
        Assert.Equal(
            ["CultureInfo", "DateTime", "Dictionary", "Enumerable"],
            names.Where(IsImpure).Select(name => name.Type).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_same_spec_gives_an_equal_plan_each_time()
    {
        static NetworkPlan Plan() => Planner.Plan(
            new NetworkSpec { Namespace = "N", Containers = [new("class", "Outer")], Name = "Net", Sizes = [784, 128, 10] });
        Assert.Equal(Plan(), Plan());
        Assert.Equal(Plan().GetHashCode(), Plan().GetHashCode());
    }

    [Fact]
    public void The_runtime_library_stands_on_the_framework_alone() => Assert.All(
        typeof(NetworkAttribute).Assembly.GetReferencedAssemblies(),
        reference => Assert.StartsWith("System", reference.Name, StringComparison.Ordinal));

    [Fact]
    public void The_generator_stands_on_the_compiler_alone() => Assert.All(
        typeof(NetworkGenerator).Assembly.GetReferencedAssemblies(),
        reference => Assert.Contains(reference.Name, new[] { "netstandard", "Microsoft.CodeAnalysis", "Microsoft.CodeAnalysis.CSharp", "System.Collections.Immutable", "System.Memory" }));

    [Fact]
    public void The_oracle_shares_nothing_with_what_it_judges()
    {
        string folder = Repository.In("tests", "AotBackprop.Oracle");
        XElement project = XElement.Load(Path.Combine(folder, "AotBackprop.Oracle.csproj"));
        Assert.DoesNotContain(project.Descendants(), e => e.Name.LocalName is "ProjectReference" or "PackageReference" or "Reference" or "Compile");
    }

    private static bool IsImpure(UsedName name) => name switch
    {
        ("System", "DateTime" or "DateTimeOffset" or "TimeProvider" or "TimeZoneInfo" or "Environment" or "Random" or "Guid" or "Console", _) => true,
        ("System", "AppContext" or "AppDomain" or "GC" or "Activator" or "OperatingSystem" or "HashCode", _) => true,
        ("System", "String", "ToUpper" or "ToLower" or "Compare" or "CompareTo" or "GetHashCode") => true,
        ("System.Collections.Generic", "Dictionary" or "HashSet" or "PriorityQueue", _) => true,
        ("System.Linq", "Enumerable", "ToDictionary" or "ToHashSet") => true,
        ("System.Globalization", "CultureInfo", "CurrentCulture" or "CurrentUICulture" or "DefaultThreadCurrentCulture" or "InstalledUICulture") => true,
        ("System.Globalization", "NumberFormatInfo", "CurrentInfo") => true,
        _ => false,
    };
}
