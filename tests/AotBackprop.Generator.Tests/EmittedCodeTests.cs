using System.Collections.Immutable;
using System.Globalization;
using AotBackprop.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AotBackprop.Generator.Tests;

/// <summary>What is emitted compiles without a warning, nullable on, every warning an error, documentation checked.</summary>
public sealed class EmittedCodeTests
{
    public static TheoryData<string> Shapes =>
    [
        Declare.Network("Tiny", 1, 2),
        Declare.Network("OneInput", 1, 5, 3),
        Declare.Network("OneHiddenUnit", 9, 1, 4),
        Declare.Network("TwoClasses", 30, 16, 2),
        Declare.Network("Odd", 7, 17, 3),
        Declare.Network("Iris", 4, 8, 3),
        Declare.Network("Digits", 64, 32, 10),
        Declare.Network("Mnist", 784, 128, 10),
        Declare.Network("Hundred", 100, 100),
        Declare.Network("Four", 12, 10, 8, 6),
        Declare.Network("Five", 16, 8, 4, 8, 16),
        Declare.Network("Six", 3, 5, 7, 9, 11, 13),
        Declare.Network("Seven", 2, 2, 2, 2, 2, 2, 2),
        Declare.Network("Eight", 33, 31, 17, 15, 9, 7, 5, 3),
        Declare.Network("WideInput", 65_536, 3),
        Declare.Network("WideHidden", 2, 65_536, 2),
        Declare.Network("ManyClasses", 2, 65_536),
        Declare.Network("Largest", 65_534, 8_192),
        Declare.Unrolled("Full", "Tiny", 1, 2),
        Declare.Unrolled("Full", "Odd", 7, 17, 3),
        Declare.Unrolled("Full", "Digits", 64, 32, 10),
        Declare.Unrolled("Tiled", "Tiny", 1, 2),
        Declare.Unrolled("Tiled", "Odd", 7, 17, 3),
        Declare.Unrolled("Tiled", "Digits", 64, 32, 10),
    ];

    public static TheoryData<string> Places =>
    [
        "[AotBackprop.Network(4, 3)] partial class Internal;",
        "namespace Deep.Down { [AotBackprop.Network(4, 3)] public partial class Inside; }",
        "namespace FileScoped; [AotBackprop.Network(4, 3)] public partial class Inside;",
        "partial class Outer { [AotBackprop.Network(4, 3)] partial class Inner; }",
        "partial class Outer { [AotBackprop.Network(4, 3)] private partial class Inner; }",
        "partial struct Outer { [AotBackprop.Network(4, 3)] public partial class Inner; }",
        "ref partial struct Outer { [AotBackprop.Network(4, 3)] public partial class Inner; }",
        "readonly partial struct Outer { [AotBackprop.Network(4, 3)] public partial class Inner; }",
        "partial record Outer { [AotBackprop.Network(4, 3)] public partial class Inner; }",
        "partial record class Outer(int Number) { [AotBackprop.Network(4, 3)] public partial class Inner; }",
        "partial record struct Outer(int Number) { [AotBackprop.Network(4, 3)] public partial class Inner; }",
        "partial interface Outer { [AotBackprop.Network(4, 3)] public partial class Inner; }",
        "static partial class Outer { [AotBackprop.Network(4, 3)] internal sealed partial class Inner; }",
        "abstract partial class Outer { [AotBackprop.Network(4, 3)] protected internal partial class Inner; }",
        "namespace A { partial class B { partial struct C { partial record D { [AotBackprop.Network(4, 3)] internal partial class E; } } } }",
        "namespace One { [AotBackprop.Network(4, 3)] partial class Same; } namespace Two { [AotBackprop.Network(5, 3)] partial class Same; }",
        "[AotBackprop.Network(4, 3)] partial class First; [AotBackprop.Network(4, 8, 3)] partial class Second; [AotBackprop.Network(4, 3)] partial class Third;",
        "[AotBackprop.Network(4, 3)] partial class @class;",
        "namespace @event.@namespace { partial class @struct { [AotBackprop.Network(4, 3)] internal partial class @int; } }",
        "[AotBackprop.Network(4, 3)] partial class @partial;",
        "[AotBackprop.Network(4, 3)] partial class @record;",
        "namespace async.yield { [AotBackprop.Network(4, 3)] partial class @var; }",
        "[AotBackprop.Network(4, 3)] partial class Größe;",
        "using AotBackprop; [Network(4, 3)] [NetworkExport(\"first\")] partial class First; namespace N { partial class Outer { [NetworkExport(\"second\"), Network(4, 8, 3)] internal partial class @class; } }",
        "using AotBackprop; [assembly: NetworkLibrary(\"mine\")] [Network(4, 3)] [NetworkExport(\"first\")] partial class First;",
    ];

    public static TheoryData<string> Neighbours =>
    [
        """
        using AotBackprop;
        [Network(4, 8, 3)]
        internal partial class Net
        {
            private static float Load(float x) => x;
            private static float Store => Load(1);
            private const int N = 3;
            private static readonly int[] X = [N];
            internal int Zero => W1.Length;
            internal int parameters { get; set; }
            internal int w { get; set; }
            internal int n { get; set; }
            internal int i { get; set; }
            internal float Exp(int x) => X[0] + x + Store;
            internal static class Vector { }
            internal enum Kernel { None }
        }
        """,
        """
        using AotBackprop;
        namespace Mine
        {
            internal struct Span<T> { }
            internal struct ReadOnlySpan<T> { }
            internal static class UnmanagedCallersOnly { }
            internal static class CallConvCdecl { }
            internal static class GeneratedCode { }
            internal static class ExcludeFromCodeCoverage { }
            internal static class CLSCompliant { }
            internal static class Optimizer { }
            internal static class Evaluation { }
            internal static class INetwork { }

            [Network(4, 8, 3), NetworkExport("net")]
            internal partial class Net
            {
                internal struct Span<T> { }
            }
        }
        """,
        """
        global using Other;
        internal static class NativeAbi { }
        internal static class NativeLibraryFunctions { }
        internal static class MethodImpl { }
        internal struct Span<T> { }
        namespace Other
        {
            internal struct ReadOnlySpan<T> { }
        }
        [AotBackprop.Network(4, 8, 3), AotBackprop.NetworkExport("net")]
        internal partial class Net;
        """,
        """
        using AotBackprop;
        #pragma warning disable CS8981
        internal abstract class Base
        {
            private int W1 => 1;
            internal int Forward(float[] X) => W1;
            internal abstract int Thread { get; }
            internal void Initialize() { }
        }

        internal interface IMine { int W1 { get; } void Dispose(); }

        [System.Obsolete("old", true)]
        [Network(4, 3), NetworkExport("net")]
        internal partial class net : Base, IMine
        {
            int IMine.W1 => 1;
            void IMine.Dispose() { }
            private string _name = "";
            private string? _other;
            internal net(string name) : this(1UL) => _name = name;
            internal net() : this("") { }
            internal override int Thread => _name.Length + (_other ?? "").Length;
            internal string Lazy { get => field ?? ""; set; }
            internal void Forward<T>(System.ReadOnlySpan<float> X, System.Span<float> A) => _other = Lazy;
            internal double Loss(System.ReadOnlySpan<float> X, System.ReadOnlySpan<double> Y) => W2 + X.Length + Y.Length;
            internal void Create(params ulong[] seeds) { }
            internal int W2 => this[1];
            internal int this[int a] => a;
            internal struct Layout<T> { }
            ~net() { }
        }
        """,
        """
        using AotBackprop;
        [assembly: System.CLSCompliant(true)]
        /// <summary>Mine.</summary>
        [Network(4, 3), NetworkExport("net")]
        public partial class Net;
        [Network(4, 3)]
        internal partial class Inner;
        /// <summary>Around.</summary>
        [System.CLSCompliant(false)]
        public partial class Outer
        {
            /// <summary>Within.</summary>
            [Network(4, 3)]
            public partial class Net;
        }
        /// <summary>Its own.</summary>
        [System.CLSCompliant(false), System.Diagnostics.CodeAnalysis.ExcludeFromCodeCoverage]
        [Network(4, 3)]
        public partial class Own;
        """,
        """
        using AotBackprop;
        namespace Mine
        {
            internal static class Matrix { }
            internal static class Math { }
            internal static class Scan { }
            internal static class Initialization { }
            internal static class Logarithm { }
            internal struct Xoshiro256 { }
            internal struct BatchTargets { }
            internal struct LayerView { }

            [Network(4, 8, 3)]
            internal partial class Net;
        }
        """,
        """
        using AotBackprop;
        [Network(4, 8, 3)]
        internal partial class Net
        {
            internal partial Net(int a);
            internal partial Net(int a) : this(1UL) => _ = a;
            internal partial string Name { get; set; }
            internal partial event System.Action Ended;
            internal static int Exports => 1;
        }
        internal partial class Net
        {
            internal partial string Name { get => field ?? ""; set; }
            internal partial event System.Action Ended { add => Name += value; remove { } }
        }
        """,
        """
        namespace Mine.AotBackprop { internal static class Runtime { } }
        namespace Mine.System { internal static class Runtime { } }
        namespace Mine { [global::AotBackprop.Network(4, 8, 3)] internal partial class Net; }
        """,
        """
        using AotBackprop;
        internal abstract class Base { internal int Load { get; set; } internal static void Store() { } }
        internal interface IMine { int Zero { get; } }
        [Network(4, 8, 3)]
        internal sealed partial class Net : Base, IMine
        {
            public int Zero => 0;
        }
        """,
    ];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_shape_compiles_clean(string source) => ExpectClean(GeneratorRun.Of(source));

    [Theory]
    [MemberData(nameof(Places))]
    public void A_network_compiles_clean_wherever_its_type_stands(string source) => ExpectClean(GeneratorRun.Of(source));

    [Theory]
    [MemberData(nameof(Neighbours))]
    public void Names_of_the_user_disturb_nothing(string source) => ExpectClean(GeneratorRun.Of(source));

    [Theory]
    [InlineData(LanguageVersion.CSharp11)]
    [InlineData(LanguageVersion.CSharp12)]
    [InlineData(LanguageVersion.CSharp13)]
    [InlineData(LanguageVersion.CSharp14)]
    [InlineData(LanguageVersion.Latest)]
    [InlineData(LanguageVersion.Preview)]
    public void Every_language_version_from_the_oldest_allowed_on_compiles_it_clean(LanguageVersion version) =>
        ExpectClean(GeneratorRun.Of("""
            namespace A { partial class B { [AotBackprop.Network(7, 70, 3)] internal partial class Net { } } }
            """, version: version));

    [Fact]
    public void It_compiles_clean_where_overflow_is_checked() =>
        ExpectClean(GeneratorRun.Of(Declare.Network("Odd", 70, 17, 3), GeneratorRun.Options.WithOverflowChecks(true)));

    [Theory]
    [InlineData(NullableContextOptions.Disable)]
    [InlineData(NullableContextOptions.Annotations)]
    public void It_compiles_clean_where_nullable_is_off(NullableContextOptions nullable) =>
        ExpectClean(GeneratorRun.Of(Declare.Network("Odd", 70, 17, 3), GeneratorRun.Options.WithNullableContextOptions(nullable)));

    [Fact]
    public void Debug_and_release_get_the_same_text() => Assert.Equal(
        Texts(Declare.Network("Odd", 7, 17, 3)),
        Texts(Declare.Network("Odd", 7, 17, 3), GeneratorRun.Options.WithOptimizationLevel(OptimizationLevel.Debug)));

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_text_is_the_same_each_time_and_its_lines_end_in_line_feeds(string source)
    {
        string[] texts = Texts(source);
        Assert.Equal(texts, Texts(source));
        Assert.All(texts, text => Assert.DoesNotContain('\r', text));
        Assert.All(texts, text => Assert.EndsWith("}\n", text, StringComparison.Ordinal));
        Assert.All(texts, text => Assert.DoesNotContain(text.Split('\n'), line => line.EndsWith(' ')));
    }

    [Fact]
    public void The_text_does_not_depend_on_the_culture()
    {
        string[] sources = [Declare.Network("Iris", 4, 8, 3), Declare.Network("Mnist", 784, 128, 64, 10), Declare.Unrolled("Full", "Init", 64, 32, 10)];
        string[] expected = [.. sources.SelectMany(source => Texts(source))];
        Assert.All(Cultures(), culture =>
        {
            using (new CultureScope(culture))
            {
                Assert.Equal(expected, sources.SelectMany(source => Texts(source)));
            }
        });
    }

    /// <summary>Those of the machine that write numbers or letters otherwise, and one that no machine is without.</summary>
    private static IEnumerable<CultureInfo> Cultures()
    {
        CultureInfo strange = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        strange.NumberFormat.NegativeSign = "minus ";
        strange.NumberFormat.NumberDecimalSeparator = "/";
        strange.NumberFormat.NumberGroupSeparator = "_";
        strange.NumberFormat.NumberGroupSizes = [2];
        string[] names = ["de-DE", "tr-TR", "sv-SE", "fa-IR", "hi-IN"];
        return CultureInfo.GetCultures(CultureTypes.SpecificCultures).Where(culture => names.Contains(culture.Name)).Append(strange);
    }

    [Fact]
    public void Every_emitted_type_is_marked_as_generated_and_members_that_are_written_by_hand_are_not()
    {
        GeneratorRun run = GeneratorRun.Of("""
            using AotBackprop;
            [Network(4, 3), NetworkExport("whole")] public partial class Whole;
            [Network(4, 3), NetworkExport("mixed")] public partial class Mixed { internal int Mine => 1; }
            """);
        INamedTypeSymbol whole = run.Output.GetTypeByMetadataName("Whole")!, mixed = run.Output.GetTypeByMetadataName("Mixed")!;
        INamedTypeSymbol[] emitted =
        [
            whole, .. whole.GetTypeMembers(), .. mixed.GetTypeMembers(), run.Output.GetTypeByMetadataName("AotBackprop.Emitted.LibraryExports")!,
            .. new[] { "Whole", "Mixed" }.SelectMany(name => TypesBeside(run.Output, name)),
        ];
        Assert.Equal(20, emitted.Length);
        string version = typeof(NetworkGenerator).Assembly.GetName().Version!.ToString(3);
        Assert.All(emitted, type => Assert.Equal(
            ["ExcludeFromCodeCoverage", $"GeneratedCode AotBackprop.Generator {version}"], Marks(type)));
        Assert.Empty(Marks(mixed));

        static IEnumerable<string> Marks(INamedTypeSymbol type) => type.GetAttributes()
            .Where(a => a.AttributeClass!.Name is "GeneratedCodeAttribute" or "ExcludeFromCodeCoverageAttribute")
            .Select(a => string.Join(' ', a.ConstructorArguments.Select(c => c.Value).Prepend(a.AttributeClass!.Name[..^"Attribute".Length])))
            .Order(StringComparer.Ordinal);
    }

    /// <summary>What is emitted for a network in a namespace of its own.</summary>
    private static ImmutableArray<INamedTypeSymbol> TypesBeside(Compilation compilation, string network) => compilation
        .GetTypeByMetadataName($"AotBackprop.Emitted.{network}Code.Kernels")!.ContainingNamespace.GetTypeMembers();

    private static string[] Texts(string source, CSharpCompilationOptions? options = null) =>
        [.. GeneratorRun.Of(source, options).Result.GeneratedTrees.Select(tree => tree.ToString())];

    private static void ExpectClean(GeneratorRun run)
    {
        Assert.Empty(run.Result.Diagnostics);
        Assert.NotEmpty(run.Result.GeneratedTrees);
        Assert.Empty(run.Output.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity != DiagnosticSeverity.Hidden));
    }

    private sealed class CultureScope : IDisposable
    {
        private readonly CultureInfo _before = CultureInfo.CurrentCulture;

        public CultureScope(CultureInfo culture) => CultureInfo.CurrentCulture = culture;

        public void Dispose() => CultureInfo.CurrentCulture = _before;
    }
}
