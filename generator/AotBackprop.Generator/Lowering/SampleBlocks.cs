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

    /// <summary>Over all blocks: what is formed of each, one output behind another, is collected in rows.</summary>
    /// <param name="matrix">The matrix of the rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="samples">How many of a block are samples.</param>
    /// <param name="body">Given the place in a block, and where an output goes.</param>
    public Statement InRows(
        string matrix,
        int columns,
        Expression samples,
        Func<Expression?, Func<int, Address>, IEnumerable<Statement>> body) =>
        Code.Samples(
            Samples,
            [
                .. ForPlaces(lanes, q => body(q, j => In(At("block", j * Samples), q))),
                Run(
                    Runtime("RowBlock", "Collect"),
                    "block",
                    columns,
                    samples,
                    At("block", Samples * Samples),
                    At(matrix).Row("n", columns)),
            ]);

    /// <summary>Where the block of sample n begins in a matrix, and the place in it.</summary>
    public static Address Block(string matrix, int units, Expression? q) => In(new Address(matrix).Row("n", units), q);

    /// <summary>A place in a block.</summary>
    public static Address In(Address block, Expression? q) => q is null ? block : block.Row(q);

    private static IEnumerable<Statement> ForPlaces(int step, Func<Expression?, IEnumerable<Statement>> body) =>
        step == Samples ? body(null) : [Count("q", 0, Samples, step, body("q"))];
}
