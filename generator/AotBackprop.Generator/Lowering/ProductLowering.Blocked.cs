using AotBackprop.Generator.Nodes;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>The form of a product of one row for which registers do not hold all sums.</summary>
internal sealed partial class ProductLowering
{
    /// <summary>One row, by pieces of the right factor. Between them the sums lie where the result will.</summary>
    private IEnumerable<Statement> InBlocks(ProductTile[] tiles) =>
    [
        Samples(
            1,
            [
                Pointer(names.Row, From(names.Input, "n")),
                .. names.RowPointers(matrix => From(matrix, "n")),
                .. ForOwnVectors(
                    tiles, (tile, v, at) => new Store(tile.Columns.In(names.Sum).Plus(at), tile.StartOf(v))),
                Blank,
                new Note(
                    $"By pieces of {plan.StepsInPiece} rows, so that {names.Weights} is read nearly as it lies; " +
                    $"between them the sums are in {names.Output}."),
                Each(
                    "start",
                    0,
                    plan.Inner,
                    plan.StepsInPiece,
                    [
                        Size("until", new Smaller(plan.Inner, (Expression)"start" + plan.StepsInPiece)),
                        .. tiles.SelectMany(tile => ForOwn(tile, Piece(tile))),
                    ]),
                .. names.Activation is null || names.IsActivatedInPlace ? [] : ForOwnVectors(
                    tiles,
                    (tile, _, at) => names.Stored(
                        new Load(InResult(tile, names.Output, at)), matrix => InResult(tile, matrix, at))),
                .. OnlyIf(names.IsActivatedInPlace, tiles.SelectMany(tile => ForOwn(
                    tile, names.Activated(matrix => InResult(tile, matrix, 0), 1, plan.OutputStride, tile.Vectors)))),
            ]),
        .. tiles[tiles.Length - 1].Padding(),
    ];

    private IEnumerable<Statement> ForOwnVectors(
        ProductTile[] tiles, Func<ProductTile, int, int, Statement> statement) =>
        tiles.SelectMany(tile => ForOwn(tile, tile.ForVectors((v, at) => statement(tile, v, at))));

    private Address InResult(ProductTile tile, string matrix, long at) =>
        tile.Columns.In(names.PointerTo(matrix)).Plus(at);

    private IEnumerable<Statement> ForOwn(ProductTile tile, IEnumerable<Statement> body) =>
        [Blank, .. tile.Columns.ForOwn(ColumnsInShare, plan.Columns, body)];

    private IEnumerable<Statement> Piece(ProductTile tile) =>
    [
        Pointer("w", tile.Columns.In(names.Weights).Row("start", plan.WeightStride)),
        Pointer("sums", tile.Columns.In(names.Sum)),
        .. tile.ForVectors((v, at) => Vector(tile.Registers.SumOf(0, v), new Load(At("sums", at)))),
        .. tile.Registers.Operands(),
        Each(
            "i",
            "start",
            "until",
            1,
            [.. tile.Step(_ => At(names.Row).Row("i")), new Add("w", plan.WeightStride)]),
        Blank,
        .. tile.ForVectors((v, at) => new Store(At("sums", at), tile.Registers.SumOf(0, v))),
    ];
}
