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

    [Fact]
    public void A_stored_vector_is_taken_from_its_register() => Expect(
        "float* p = A;\nVector256<float> A_8 = x;\nStore(&p[8], A_8);\nz = A_8 + Load(&p[9]);\n",
        Forwarded,
        Pointer("p", "A"),
        new Store(At("p", 8), "x"),
        Set("z", new Load(At("A", 8)) + new Load(At("p", 9))));

    [Fact]
    public void What_a_scope_stores_has_its_name_outside() => Expect(
        "Vector256<float> A_0;\n{\n    A_0 = x;\n    Store(A, A_0);\n}\n\nz = A_0;\n",
        Forwarded,
        Scope(new Store("A", "x")),
        Set("z", new Load("A")));

    [Fact]
    public void A_vector_over_which_something_is_stored_is_loaded() => Expect(
        "Store(A, x); Store(&A[4], y);\nz = Load(A);\n",
        Forwarded,
        Line(new Store("A", "x"), new Store(At("A", 4), "y")),
        Set("z", new Load("A")));

    [Fact]
    public void What_a_loop_or_a_call_may_write_is_loaded()
    {
        Statement[] writers =
        [
            Run("Kernel", "A"),
            Count("i", 0, 8, 1, new Store(At("A").Row("i"), "y")),
            new Store(At("A").Row("n"), "y"),
            Set(new Element(At("A", 3)), 1),
            new Update("A", "y"),
            Line(new Store("q", "y"), new Add("q", 8)),
        ];
        foreach (Statement writer in writers)
        {
            Statement[] body = [Pointer("q", "A"), new Store("A", "x"), writer, Set("z", new Load("A"))];
            Kernel kernel = new() { Name = "Kernel", Parameters = [], Body = new(body) };
            Assert.Equal(kernel, Forwarded(kernel));
        }
    }

    [Fact]
    public void More_vectors_of_a_matrix_than_registers_keep_are_loaded()
    {
        Statement[] Body(int vectors) =>
        [
            .. Enumerable.Range(0, vectors).Select(i => new Store(At("A", 8 * i), "x")),
            .. Enumerable.Range(0, vectors).Select(i => Set("z", new Load(At("A", 8 * i)))),
        ];
        Kernel kernel = new() { Name = "Kernel", Parameters = [], Body = new(Body(3)) };
        Assert.Equal(kernel, Forwarded(kernel));
        kernel = kernel with { Body = new(Body(2)) };
        Assert.NotEqual(kernel, Forwarded(kernel));
    }

    private static Kernel Forwarded(Kernel kernel) => StoreForwarding.Apply(kernel, lanes: 8, most: 2);

    private static void Expect(string text, Func<Kernel, Kernel> pass, params Statement[] body)
    {
        SourceWriter writer = new();
        new CSharpPrinter(writer, bits: 256).Print(pass(new Kernel { Name = "Kernel", Parameters = [], Body = new(body) }).Body);
        Assert.Equal(text, writer.ToString());
    }
}
