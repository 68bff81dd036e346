using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Passes;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Tests.Compiler;

public sealed class OperationCountTests
{
    private static readonly Load Whole = new(At("p")), Part = new(At("p"), 3);

    [Fact]
    public void A_load_or_store_of_a_part_counts_more()
    {
        Assert.Equal(2, Count(new Store(At("q"), Whole)));
        Assert.Equal(2 + TilePlanner.PartWords, Count(new Store(At("q"), Part)));
        Assert.Equal(2 + TilePlanner.PartWords, Count(new Store(At("q"), Whole, 3)));
        Assert.Equal(1 + TilePlanner.PartWords, Count(new Update(At("q"), "g", 3)));
    }

    [Fact]
    public void Each_word_counts_once_wherever_it_stands()
    {
        Statement step = Set("z", MultiplyAdd(new Broadcast(At("x")), Whole, "z"));
        Assert.Equal(3, Count(step));
        Assert.Equal(3, Count(Samples(1, step)));
        Assert.Equal(6, Count(Line(step, step)));
        Assert.Equal(6, Count(new If(Below("n", "N"), [step], [step])));
        Assert.Equal(9, Count(new ByZeros([step], [step], [step])));
        Assert.Equal(3, Count(new Follow("e", "head", "next", [step])));
        Assert.Equal(3, Count(Vectors(new Named("a", Zero), new Named("b", VectorOps.Relu.Of(Whole)))));
    }

    [Fact]
    public void What_is_no_word_counts_nothing() => Assert.Equal(0, Count(
        Size("n", 0), Pointer("p", "q"), Blank, new Note("x"), new Add("p", 16), Run("Other", "p", "n"), new Return(), new Wait()));

    private static int Count(params Statement[] body) =>
        OperationCount.Of(new Kernel { Name = "Kernel", Parameters = [], Body = new(body) });
}
