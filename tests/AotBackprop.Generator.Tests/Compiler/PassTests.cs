using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Passes;
using AotBackprop.Generator.Printing;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Tests.Compiler;

/// <summary>Passes that make a tree read better, shown by what is printed of it.</summary>
public sealed class PassTests
{
    private static readonly Statement Declaration = Pointer("p", "P"), Use = Set("z", new Load("p"));

    [Fact]
    public void A_scope_whose_names_nobody_else_has_is_opened() =>
        Expect("float* p = P;\nz = Load(p);\n", Scopes.Open, Scope(Declaration, Use));

    [Fact]
    public void Scopes_that_share_a_name_stay() => Expect(
        "{\n    float* p = P;\n    z = Load(p);\n}\n\n{\n    float* p = P;\n}\n",
        Scopes.Open,
        Scope(Declaration, Use),
        Scope(Declaration));

    [Fact]
    public void A_scope_stays_where_a_loop_beside_it_declares_its_name() => Expect(
        "{\n    float* p = P;\n}\n\nfor (int i = 0; i < 8; i++)\n{\n    float* p = P;\n}\n",
        Scopes.Open,
        Scope(Declaration),
        Count("i", 0, 8, 1, Declaration));

    [Fact]
    public void A_scope_within_a_loop_is_opened() => Expect(
        "for (int i = 0; i < 8; i++)\n{\n    float* p = P;\n}\n", Scopes.Open, Count("i", 0, 8, 1, Scope(Declaration)));

    [Fact]
    public void Pointers_that_follow_each_other_are_declared_on_one_line() => Expect(
        "float* p = P, q = Q;\nint i = 0;\n", Lines.Join, Declaration, Pointer("q", "Q"), new Nodes.Declare(DataType.Int, "i", 0));

    [Fact]
    public void Vectors_keep_a_line_each() =>
        Expect("Vector256<float> a = c;\nVector256<float> b = Zero;\n", Lines.Join, Vector("a", "c"), Vector("b", Zero));

    [Fact]
    public void Sums_that_begin_with_zero_are_declared_on_one_line() =>
        Expect("Vector256<float> a = Zero, b = Zero;\n", Lines.Join, Vector("a", Zero), Vector("b", Zero));

    [Fact]
    public void What_goes_on_by_constants_goes_on_on_one_line() => Expect(
        "p += 8; q += 16; n += 1;\nn += rows;\n",
        Lines.Join,
        new Add("p", 8),
        new Add("q", 16),
        new Add("n", 1),
        new Add("n", "rows"));

    private static void Expect(string text, Func<Kernel, Kernel> pass, params Statement[] body)
    {
        SourceWriter writer = new();
        new CSharpPrinter(writer, bits: 256).Print(pass(new Kernel { Name = "Kernel", Parameters = [], Body = new(body) }).Body);
        Assert.Equal(text, writer.ToString());
    }
}
