using System.Reflection;
using AotBackprop.Generator.Model;
using AotBackprop.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AotBackprop.Generator.Tests;

/// <summary>Whatever a user names types and networks, emitted code means what it meant.</summary>
public sealed class HostileNamesTests
{
    // Those that C# lets no other member of the network have.
    private static readonly string[] OwnTypes = ["Derivation", "GradientView"];

    private static readonly Lazy<string[]> UsedTypes = new(() => [.. TypesIn(GeneratorRun.Of(Source("", "", ""))).Order(StringComparer.Ordinal)]);

    [Fact]
    public void The_names_of_types_in_emitted_code_are_found() =>
        Assert.Superset(
            new HashSet<string>(["Layout", "Workspace", "Kernels", "MethodImplAttribute", "MethodImplOptions", "Span", "Vector256", "Math", "Part"]),
            new HashSet<string>(UsedTypes.Value));

    [Fact]
    public void A_type_of_the_user_without_a_namespace_is_not_taken_for_another() => ExpectTraining(Source(Types(UsedTypes.Value), "", ""));

    [Fact]
    public void A_type_beside_the_network_is_not_taken_for_another() => ExpectTraining(Source("", Types(UsedTypes.Value), ""));

    [Fact]
    public void A_type_in_the_network_is_not_taken_for_another() => ExpectTraining(Source("", "", Types(UsedTypes.Value.Except(OwnTypes))));

    [Fact]
    public void Attributes_and_namespaces_of_the_user_are_not_taken_for_others()
    {
        string attributes = string.Concat(new[] { "MethodImpl", "GeneratedCode", "ExcludeFromCodeCoverage", "UnmanagedCallersOnly" }.Select(name =>
            $"internal sealed class {name} : global::System.Attribute {{ }} internal sealed class {name}Attribute : global::System.Attribute {{ }} "));
        string spaces = string.Concat(UsedTypes.Value.Where(name => name != "Net").Select(name => $"namespace {name} {{ internal static class Inner {{ }} }} "));
        ExpectTraining(Source(attributes, "", ""));
        ExpectTraining(Source(spaces, "", ""));
        ExpectTraining(Source("", attributes, ""));
    }

    [Theory]
    [InlineData("Span")]
    [InlineData("Object")]
    [InlineData("Math")]
    [InlineData("Kernels")]
    [InlineData("Layout")]
    [InlineData("Vector512")]
    [InlineData("System")]
    [InlineData("AotBackprop")]
    [InlineData("Emitted")]
    [InlineData("TUpdate")]
    public void A_network_may_be_named_like_what_it_stands_on(string name) =>
        ExpectTraining(Source("", "", "", name));

    [Fact]
    public void Each_network_has_a_namespace_in_which_nothing_of_another_lies()
    {
        NetworkSpec[] specs =
        [
            Spec("", "A"), Spec("", "A_"), Spec("", "ACode"), Spec("", "A_B"), Spec("", "_B"), Spec("A", "B"), Spec("A", "_B"), Spec("A_", "B"),
            Spec("A", "Kernels"), Spec("ACode", "Kernels"), Spec("ACode.Kernels", "B"), Spec("A_", "Kernels"), Spec("A", "ACode"), Spec("@class", "@event"),
        ];
        string[] spaces = [.. specs.Select(spec => spec.EmittedNamespace)];
        Assert.Equal(spaces.Length, spaces.Distinct().Count());
        Assert.All(spaces, space => Assert.DoesNotContain(spaces, other => other.StartsWith($"{space}.", StringComparison.Ordinal)));
        Assert.Equal("AotBackprop.Emitted.class_.eventCode", spaces[^1]);

        static NetworkSpec Spec(string space, string name) => new() { Namespace = space, Name = name, Sizes = [4, 3] };
    }

    private static string Source(string global, string beside, string within, string name = "Net") => $$"""
        {{global}}
        namespace Mine
        {
            {{beside}}

            [global::AotBackprop.Network(4, 8, 3), global::AotBackprop.NetworkExport("net")]
            internal sealed partial class {{name}}
            {
                {{within}}
            }

            internal static class Trial
            {
                internal static double Step()
                {
                    using {{name}} net = new(1);
                    return net.TrainStep(new float[] { 1, 2, 3, 4 }, new int[] { 2 }, 0.1f);
                }
            }
        }
        """;

    private static string Types(IEnumerable<string> names) =>
        string.Concat(names.Where(name => name != "Net").Select(name => $"internal static class {name} {{ }} internal static class {name}<T> {{ }} "));

    private static IEnumerable<string> TypesIn(GeneratorRun run)
    {
        IEnumerable<string> used =
            from tree in run.Result.GeneratedTrees
            let model = run.Output.GetSemanticModel(tree)
            from name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>()
            let symbol = model.GetSymbolInfo(name).Symbol
            let type = symbol is IMethodSymbol { MethodKind: MethodKind.Constructor } constructor ? constructor.ContainingType : symbol as INamedTypeSymbol
            where type is not null
            select type.Name;
        return used.Distinct();
    }

    private static void ExpectTraining(string source)
    {
        GeneratorRun run = GeneratorRun.Of(source);
        Assert.Empty(run.Result.Diagnostics);
        Assert.Empty(run.Output.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity != DiagnosticSeverity.Hidden));
        object? loss = run.Load().GetType("Mine.Trial")!.GetMethod("Step", BindingFlags.Static | BindingFlags.NonPublic)!.Invoke(null, null);
        Assert.InRange(Assert.IsType<double>(loss), 0.01, 10);
    }
}
