using AotBackprop.Generator.Parsing;
using AotBackprop.Testing;
using Microsoft.CodeAnalysis;

namespace AotBackprop.Generator.Tests;

/// <summary>Members of the user's that the emitted ones cannot live with.</summary>
public sealed partial class DiagnosticTests
{
    /// <summary>Id, refused code, the name that the refusal points to, the nearest code that is legal, and words of the message.</summary>
    public static TheoryData<string, string, string, string, string> MemberRefusals => new()
    {
        { "ABP018", "[Network(4, 3)] partial class Net { int W1 => 1; }", "W1", "[Network(4, 3)] partial class Net { int W2 => 1; }", "'Net'|'W1'|another name" },
        { "ABP018", "[Network(4, 3)] partial class Net { const int Threads = 2; }", "Threads", "[Network(4, 3)] partial class Net { const int Thread = 2; }", "'Net'|'Threads'" },
        { "ABP018", "[Network(4, 3)] partial class Net { double Loss { get; set; } }", "Loss", "[Network(4, 3)] partial class Net { double Loss(float[] X) => X[0]; }", "'Net'|'Loss'" },
        { "ABP018", "[Network(4, 3)] partial class Net { public void Dispose() { } }", "Dispose", "[Network(4, 3)] partial class Net { void Dispose(bool disposing) { } }", "'Net'|'Dispose()'" },
        { "ABP018", "[Network(4, 3)] partial class Net { void Apply(System.ReadOnlySpan<float> g, Optimizer o) { } }", "Apply", "[Network(4, 3)] partial class Net { void Apply<T>(System.ReadOnlySpan<float> g, Optimizer o) { } }", "'Net'|'Apply(System.ReadOnlySpan<float>, AotBackprop.Optimizer)'" },
        { "ABP018", "[Network(4, 3)] partial class Net { void SetParameters(params System.ReadOnlySpan<float> g) { } }", "SetParameters", "[Network(4, 3)] partial class Net { void SetParameters(params float[] g) { } }", "'Net'|'SetParameters(System.ReadOnlySpan<float>)'" },
        { "ABP018", "[Network(4, 3)] partial class Net { enum Derivation { } }", "Derivation", "[Network(4, 3)] partial class Net { struct Derivation<T> { } enum Layout { } enum Kernels { } }", "'Net'|'Derivation'" },
        { "ABP018", "[Network(4, 3)] partial class Net { enum Forward { } }", "Forward", "[Network(4, 3)] partial class Net { enum Forwards { } }", "'Net'|'Forward'" },
        { "ABP018", "[Network(4, 3)] partial class Net { int get_b1() => 1; }", "get_b1", "[Network(4, 3)] partial class Net { int get_b2() => 1; }", "'Net'|'get_b1()'" },
        { "ABP018", "[Network(4, 3)] partial class Net { Net(ulong seed) { } }", "Net", "[Network(4, 3)] partial class Net { Net(long seed) : this((ulong)seed) { } }", "'Net'|'Net(ulong)'" },
        { "ABP018", "interface I { int W1 { get; } } [Network(4, 3)] partial class Net : I { public int W1 => 1; }", "W1", "interface I { int W1 { get; } } [Network(4, 3)] partial class Net : I { int I.W1 => 1; }", "'Net'|'W1'" },
        { "ABP018", "abstract class Base { public abstract int Threads { get; } } [Network(4, 3)] partial class Net : Base { public override int Threads => 1; }", "Threads", "abstract class Base { public abstract int Thread { get; } } [Network(4, 3)] partial class Net : Base { public override int Thread => 1; }", "'Net'|'Threads'" },
        { "ABP020", "[Network(4, 3)] partial class Net { public Net() { } }", "Net", "[Network(4, 3)] partial class Net { public Net() : this(1UL) { } Net(int a) : this() { } static Net() { } }", "'Net()'|this(seed)" },
        { "ABP020", "[Network(4, 3)] partial class Net { public Net(int a) : base() { } }", "Net", "[Network(4, 3)] partial class Net { public Net(int a) : this(1UL) { } }", "'Net(int)'|this(seed)" },
        { "ABP020", "[Network(4, 3)] partial class Net { public partial Net(int a); public partial Net(int a) { } }", "Net", "[Network(4, 3)] partial class Net { public partial Net(int a); public partial Net(int a) : this(1UL) { } }", "'Net(int)'|this(seed)" },
        { "ABP021", "class Base { public required virtual int Size { get; set; } } [Network(4, 3)] partial class Net : Base { public required override int Size { get; set; } }", "Size", "class Base { public virtual int Size { get; set; } } [Network(4, 3)] partial class Net : Base { public override int Size { get; set; } }", "'Size'|'Net'|no 'required'" },
        { "ABP021", "[Network(4, 3)] partial class Net { public required int Size { get; set; } }", "Size", "[Network(4, 3)] partial class Net { public int Size { get; set; } }", "'Size'|'Net'|no 'required'" },
        { "ABP021", "[Network(4, 3)] partial class Net { string name; }", "name", "[Network(4, 3)] partial class Net { string? name; string other = \"\"; static string s; int size; [System.Diagnostics.CodeAnalysis.MaybeNull] string third; }", "'name'|'Net'|an initializer" },
        { "ABP021", "[Network(4, 3)] partial class Net { public string Name { get; set; } }", "Name", "[Network(4, 3)] partial class Net { public string Name { get; set; } = \"\"; string Other => \"\"; }", "'Name'|'Net'|an initializer" },
        { "ABP021", "[Network(4, 3)] partial class Net { event System.Action Ended; }", "Ended", "[Network(4, 3)] partial class Net { event System.Action? Ended; }", "'Ended'|'Net'|may be null" },
    };

    [Theory]
    [MemberData(nameof(MemberRefusals))]
    public void A_member_that_the_emitted_ones_cannot_live_with_is_refused_where_it_is_declared(
        string id, string refused, string place, string legal, string words)
    {
        string source = "using AotBackprop; " + refused;
        Diagnostic diagnostic = Assert.Single(GeneratorRun.Of(source).Result.Diagnostics);
        ExpectRefusal(diagnostic, id, words);
        Assert.Equal(place, Located(diagnostic, source));
        ExpectLegal(GeneratorRun.Of("using AotBackprop; " + legal));
    }

    [Theory]
    [InlineData("Softmax", nameof(Model.NetworkKind.Classifier))]
    [InlineData("Linear", nameof(Model.NetworkKind.Regressor))]
    [InlineData("Sigmoid", nameof(Model.NetworkKind.MultiLabelClassifier))]
    public void Every_emitted_member_is_known(string output, string kind)
    {
        GeneratorRun run = GeneratorRun.Of(
            $"[AotBackprop.Network(2, 2, 2, 2, 2, 2, 2, 2, Output = AotBackprop.Output.{output}), AotBackprop.NetworkExport(\"net\")] partial class Net;");
        IEnumerable<ISymbol> members = run.Output.GetTypeByMetadataName("Net")!.GetMembers()
            .Where(member => !member.IsImplicitlyDeclared && member is not IMethodSymbol { AssociatedSymbol: not null })
            .Where(member => member is not IPropertySymbol { ExplicitInterfaceImplementations.Length: > 0 });
        Assert.Equal(
            EmittedMembers.All(Enum.Parse<Model.NetworkKind>(kind)).Order(StringComparer.Ordinal),
            members.Select(Name).Order(StringComparer.Ordinal));

        static string Name(ISymbol member) => member switch
        {
            IMethodSymbol { MethodKind: MethodKind.Constructor } constructor => ".ctor" + EmittedMembers.Signature(constructor)["Net".Length..],
            IMethodSymbol method => EmittedMembers.Signature(method),
            _ => member.Name,
        };
    }
}
