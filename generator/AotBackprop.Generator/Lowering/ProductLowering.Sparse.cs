using AotBackprop.Generator.Model;
using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>The forms of a product that skip entries of the left factor that are 0.</summary>
internal sealed partial class ProductLowering
{
    /// <summary>A tile lists the columns where any of its rows is not 0, and adds only those.</summary>
    public Kernel Listed()
    {
        RowTile tile = Tallest;
        int rows = tile.Rows;
        int[] all = [.. Enumerable.Range(0, rows)];
        ProductTile[] panels = [.. tile.Panels.Select(panel => TileOf(tile, panel))];
        return new()
        {
            Name = $"{names.Method}Listed",
            Notes =
            [
                $"{rows} rows × {tile.Panels[0].Vectors} vectors at a time, in an order or as they lie; " +
                $"what is 0 in all {rows} rows is skipped.",
            ],
            Parameters =
            [
                .. Parameters,
                .. PackedParameter,
                new(DataType.IntPointer, "order"),
                new(DataType.IntPointer, "columns"),
            ],
            Body =
            [
                Size("rows", (Expression)"N" / rows * rows),
                Each("n", 0, "rows", rows,
                [
                    Size("count", Call(
                        Runtime("NonZero", "ColumnsOf"),
                        [names.Input, plan.InputStride, "order", "n", rows, plan.Inner, "columns"])),
                    .. all.Select(r => Size($"n{r}", Call(Runtime("NonZero", "Row"), "order", Plus("n", r)))),
                    .. all.Select(r => Pointer($"{names.Row}{r}", From(names.Input, $"n{r}"))),
                    .. panels.SelectMany(panel => ForOwn(panel, ListedSums(panel))),
                ]),
                .. panels[panels.Length - 1].Padding(),
                Blank,
                When(Below("rows", "N"), Run(names.Method, RestAsItLies())),
            ],
        };

        IEnumerable<Expression> RestAsItLies() =>
        [
            .. names.Operands.Select(o => From(o, "rows")),
            (Expression)"N" - "rows",
            .. ColumnRange.Concat(Packed).Select(name => (Expression)name),
        ];
    }

    private IEnumerable<Statement> ListedSums(ProductTile tile) =>
    [
        .. tile.Start(),
        .. tile.Registers.Operands(),
        Each("k", 0, "count", 1,
        [
            Size("i", new Listed(At("columns").Row("k"), plan.Inner)),
            Pointer("w", tile.Columns.In(names.Weights).Row("i", plan.WeightStride)),
            .. tile.Step(r => At($"{names.Row}{r}").Row("i")),
        ]),
        .. tile.Result(r => $"n{r}"),
    ];

    /// <summary>A row adds the entries that are listed.</summary>
    public Kernel Scattered(EquatableArray<Panel> panels)
    {
        ProductTile[] tiles = [.. panels.Select(panel => TileOf(RowTile.OneRow(panels, plan.Inner), panel))];
        return new()
        {
            Name = $"{names.Method}Scattered",
            Notes = [$"1 row × {panels[0].Vectors} vectors at a time, of the entries of {names.Input} that are not 0."],
            Parameters =
            [
                new(DataType.Entries, "entries"),
                .. Matrices.Where(matrix => matrix.Name != names.Input),
                new(DataType.Size, "N"),
            ],
            Body =
            [
                Integers("columns", "entries.Columns"),
                Pointer("values", "entries.Values"),
                Samples(
                    1,
                    [
                        Size("first", new Element(At("entries.Starts").Row("n"))),
                        Size("end", new Element(At("entries.Ends").Row("n"))),
                        .. from tile in tiles
                           from statement in (Statement[])[Blank, tile.Columns.ForAll(ScatteredSums(tile))]
                           select statement,
                    ]),
                .. tiles[tiles.Length - 1].Padding(),
            ],
        };
    }

    private IEnumerable<Statement> ScatteredSums(ProductTile tile)
    {
        Listed column = new(At("columns").Row("e"), plan.Inner, Widens: true);
        return
        [
            .. tile.Start(),
            .. tile.Registers.Operands(),
            Each("e", "first", "end", 1,
            [
                Pointer(names.Row, At("values").Row("e")),
                Pointer("w", tile.Columns.In(names.Weights).Row(column, plan.WeightStride)),
                .. tile.Step(_ => names.Row),
            ]),
            .. tile.Result(_ => "n"),
        ];
    }
}
