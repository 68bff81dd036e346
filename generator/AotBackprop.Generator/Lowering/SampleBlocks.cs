using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>
/// Loops over blocks of 16 samples with one in each lane. The place in a block is null where a step takes all of it,
/// else the variable q.
/// </summary>
internal sealed class SampleBlocks(int lanes)
{
    public const int Samples = AcrossPlan.Samples;

    /// <summary>Over all blocks, so many vectors of a block at a time.</summary>
    public Statement ForVectors(Func<Expression?, IEnumerable<Statement>> body, int vectors = 1) =>
        Code.Samples(Samples, ForPlaces(vectors * lanes, body));

    /// <summary>Over the vectors of one block.</summary>
    public IEnumerable<Statement> ForVectorsOfBlock(Func<Expression?, IEnumerable<Statement>> body) =>
        ForPlaces(lanes, body);

    /// <summary>Writes the numbers of a block of samples, which lie one behind another, as rows of a matrix.</summary>
    public static Run Collect(string matrix, int columns, Expression samples) => Run(
        Runtime("RowBlock", "Collect"),
        "block",
        columns,
        samples,
        At("block", Samples * Samples),
        At(matrix).Row("n", columns));

    /// <summary>Where the block of sample n begins in a matrix, and the place in it.</summary>
    public static Address Block(string matrix, int units, Expression? q) => In(new Address(matrix).Row("n", units), q);

    /// <summary>A place in a block.</summary>
    public static Address In(Address block, Expression? q) => q is null ? block : block.Row(q);

    private static IEnumerable<Statement> ForPlaces(int step, Func<Expression?, IEnumerable<Statement>> body) =>
        step == Samples ? body(null) : [Count("q", 0, Samples, step, body("q"))];
}
