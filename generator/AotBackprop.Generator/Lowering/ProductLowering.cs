using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>Z = A W + b and dA = dZ Wᵀ: N rows times a matrix of constant size, by register tiles.</summary>
internal sealed partial class ProductLowering(int lanes, ProductPlan plan, ProductNames names)
{
    // Where a tile's steps find the right factor.
    private enum Reading
    {
        InPlace,

        /// <summary>In place, by a method for each part of a sum that is too long for one.</summary>
        InParts,

        /// <summary>In place, and the panel is left packed: row behind row.</summary>
        Packing,

        /// <summary>In the packed panel.</summary>
        Packed,
    }

    private IEnumerable<Parameter> Matrices => names.Operands.Select(o => new Parameter(DataType.FloatPointer, o));

    // From one column on to another: those of the groups that begin there.
    private string[] ColumnRange => plan.DividesColumns ? ["first", "end"] : [];

    private int ColumnsInShare => plan.DividesColumns ? Tallest.Panels[0].Vectors * lanes : 0;

    private IEnumerable<Parameter> Parameters =>
        [.. Matrices, new(DataType.Size, "N"), .. ColumnRange.Select(name => new Parameter(DataType.Int, name))];

    // Where a panel is packed.
    private string[] Packed => plan.Packs ? ["packed"] : [];

    private IEnumerable<Parameter> PackedParameter => Packed.Select(name => new Parameter(DataType.FloatPointer, name));

    private RowTile Tallest => plan.Tiles[0];

    private bool IsOneTile => plan.Tiles.Count == 1;

    private static DataType? Returned(bool finds) => finds ? DataType.Float : null;

    /// <summary>Every entry is added, 0 or not: the tiles, and before several what splits rows among them.</summary>
    public IEnumerable<Kernel> Dense() => IsOneTile ? Tiles() : [Split(), .. Tiles()];

    /// <summary>All N rows, which are split among the tiles.</summary>
    private Kernel Split() => new()
    {
        Name = names.Method,
        Returns = Returned(plan.FindsLargest),
        Compilation = Compilation.Free,
        Parameters = [.. Parameters, .. PackedParameter],
        Body =
        [
            .. OnlyIf(plan.FindsLargest, new Declare(DataType.Float, "largest", 0)),
            .. plan.Tiles.SelectMany(Share),
            .. OnlyIf(plan.FindsLargest, Blank, new Return("largest")),
        ],
    };

    /// <summary>A method for each tile, of as many rows as are whole tiles; its parts, where it is too long.</summary>
    private IEnumerable<Kernel> Tiles() => plan.Tiles.SelectMany(Methods);

    /// <summary>The product of one row, as a part of a method that has the operands by their names.</summary>
    /// <param name="steps">Steps in a turn of its loop; 0 without a loop.</param>
    public IEnumerable<Statement> One(int steps)
    {
        RowTile single = plan.Tiles[plan.Tiles.Count - 1];
        return single.Panels.Select(panel => TileOf(single, panel)).Select(tile => tile.Columns.ForAll(
        [
            Pointer(names.Row, At(names.Input)),
            Pointer("w", tile.Columns.In(names.Weights)),
            .. tile.Start(),
            Blank,
            .. steps == 0 ? StraightLine(tile, 0, plan.Inner) : Loop(tile, steps, plan.WeightStride),
            .. tile.Join(),
            .. tile.Result(0),
        ]));
    }

    private ProductTile TileOf(RowTile tile, Panel panel) => new(lanes, plan, names, tile, panel);

    /// <summary>The rows that a tile takes of those that taller ones have left.</summary>
    private IEnumerable<Statement> Share(RowTile tile, int number)
    {
        bool isFirst = number == 0;
        Expression left = isFirst ? "N" : (Expression)"N" - "n";
        if (tile.Rows == 1)
        {
            Statement rest = CallTile(tile, left);
            return [isFirst ? rest : When(Below("n", "N"), rest)];
        }

        Expression whole = left / tile.Rows * tile.Rows;
        return
        [
            isFirst ? Size("rows", whole) : Set("rows", whole),
            When(new Compare(">", "rows", 0), CallTile(tile, "rows")),
            Blank,
            isFirst ? Size("n", "rows") : new Add("n", "rows"),
            .. OnlyIf(tile.FindsLargest, When(Below("n", "N"), LookThroughRest()), Blank),
        ];
    }

    private Statement CallTile(RowTile tile, Expression rows)
    {
        bool isFirst = tile == Tallest;
        Call call = Call(
            MethodOf(tile),
            [
                .. names.Operands.Select(o => isFirst ? At(o) : From(o, "n")),
                rows,
                .. ColumnRange.Select(name => (Expression)name),
                .. isFirst ? Packed.Select(name => (Expression)name) : [],
            ]);
        return tile.FindsLargest ? Set("largest", call) : new Run(call);
    }

    // The tallest tile finds the largest of its rows. The few that are left over are looked through.
    private Assign LookThroughRest()
    {
        Expression floats = new Unsigned((Expression)"N" - "n") * plan.Inner;
        return Set("largest", new Larger("largest", Call(Runtime("Scan", "Largest"), From(names.Input, "n"), floats)));
    }

    private string MethodOf(RowTile tile) => IsOneTile ? names.Method : $"{names.Method}Rows{tile.Rows}";

    /// <summary>A matrix from a row on, where it has a row for each sample.</summary>
    private Address From(string operand, Expression n) =>
        operand == names.Weights || operand == names.Start ? At(operand)
        : At(operand).Row(n, operand == names.Input ? plan.InputStride : plan.OutputStride);

    private IEnumerable<Kernel> Methods(RowTile tile)
    {
        ProductTile[] groups = [.. Groups(tile)];
        Reading reading = tile.Cut == Cut.Steps ? Reading.InParts : Reading.InPlace;
        Kernel all = new()
        {
            Name = MethodOf(tile),
            Notes = [$"{Shape(tile)} at a time{(tile.Rows == 1 ? "" : $"; N is a multiple of {tile.Rows}")}."],
            Returns = Returned(tile.FindsLargest),
            Parameters = [.. Parameters, .. tile.Packs ? PackedParameter : []],
            Body =
            [
                .. OnlyIf(tile.FindsLargest, new Declare(DataType.Bytes256, "seen", Zero)),
                .. tile.IsInBlocks ? InBlocks(groups)
                    : tile.Cut == Cut.Groups ? groups.Select(CallGroup)
                    : tile.Packs ? groups.SelectMany(PackedPanel)
                    : groups.SelectMany(group => PanelInPlace(group, reading)),
                .. OnlyIf(tile.FindsLargest, Blank, new Return(Call(Runtime("Scan", "Largest"), "seen"))),
            ],
        };
        return
        [
            all,
            .. tile.Cut == Cut.Groups ? groups.Select(Group) : [],
            .. tile.Cut == Cut.Steps ? groups.SelectMany(Parts) : [],
        ];
    }

    private Run CallGroup(ProductTile group) => Run(group.Method, [.. names.Operands.Select(o => At(o)), "N"]);

    private Kernel Group(ProductTile group) => new()
    {
        Name = group.Method,
        Parameters = [.. Parameters],
        Body = [.. PanelInPlace(group, Reading.InPlace)],
    };

    // Straight line: each group of vectors stands for itself. Tiles: a loop over the groups of a panel.
    private IEnumerable<ProductTile> Groups(RowTile tile) => plan.Form == Form.Tiles
        ? tile.Panels.Select(panel => TileOf(tile, panel))
        : from panel in tile.Panels
          from g in Enumerable.Range(0, panel.Count)
          select TileOf(tile, new Panel(panel.FirstVector + (g * panel.Vectors), panel.Vectors, 1));

    private static string Shape(RowTile tile)
    {
        int vectors = tile.Panels[0].Vectors;
        return $"{tile.Rows} row{(tile.Rows == 1 ? "" : "s")} × {vectors} vector{(vectors == 1 ? "" : "s")}";
    }

    private IEnumerable<Statement> PanelInPlace(ProductTile tile, Reading reading) =>
    [
        Blank,
        .. tile.Columns.ForOwn(ColumnsInShare, plan.Columns, Samples(tile.Plan.Rows, Rows(tile, "n", reading))),
        .. tile.Padding(),
    ];

    /// <summary>The first tile leaves the panel packed for the others.</summary>
    private IEnumerable<Statement> PackedPanel(ProductTile tile)
    {
        int rows = tile.Plan.Rows;
        return
        [
            Blank,
            .. tile.Columns.ForOwn(
                ColumnsInShare,
                plan.Columns,
                [
                    new Note(
                        $"The first {rows} rows leave the columns of {names.Weights} in \"packed\", " +
                        "row behind row, for the others."),
                    Scope(Rows(tile, 0, Reading.Packing)),
                    Blank,
                    Each("n", rows, "N", rows, Rows(tile, "n", Reading.Packed)),
                ]),
            .. tile.Padding(),
        ];
    }

    /// <summary>A tile's rows from row n on, times a group of columns.</summary>
    private IEnumerable<Statement> Rows(ProductTile tile, Expression n, Reading reading) =>
    [
        Pointer(names.Row, From(names.Input, n)),
        Pointer("w", reading == Reading.Packed ? "packed" : tile.Columns.In(names.Weights)),
        .. OnlyIf(reading == Reading.Packing, Pointer("p", "packed")),
        .. OnlyIf(tile.Plan.FindsLargest, Pointer("s", names.Row)),
        .. tile.Start(),
        Blank,
        .. reading == Reading.InParts ? CallParts(tile)
            : plan.Form == Form.StraightLine ? StraightLine(tile, 0, plan.Inner)
            : Loop(
                tile,
                reading == Reading.Packing ? plan.Chunks : tile.StepsInLoop,
                reading == Reading.Packed ? tile.Columns.Width : plan.WeightStride,
                reading == Reading.Packing),
        .. tile.Join(),
        .. tile.Result(n),
    ];

    private IEnumerable<Statement> StraightLine(ProductTile tile, int first, int end) =>
    [
        .. tile.Registers.Operands(),
        .. Steps(first, end, 1).SelectMany(i => tile.Step(i, plan.WeightStride)),
    ];

    private IEnumerable<Statement> Loop(ProductTile tile, int steps, long stride, bool isPacking = false)
    {
        int whole = plan.Inner / steps * steps;

        // What outlives the activation's call lies in memory: the loop has its own.
        bool hasOwn = tile.Plan.FindsLargest && names.IsActivatedInPlace;
        string seen = hasOwn ? "seenHere" : "seen";
        return
        [
            .. tile.Registers.Operands(),
            .. OnlyIf(hasOwn, new Declare(DataType.Bytes256, seen, "seen")),
            Count(
                "i",
                0,
                whole,
                steps,
                [
                    .. Steps(0, steps, 1).SelectMany(i => tile.Step(i, stride)),
                    .. OnlyIf(
                        isPacking,
                        Line(tile.ForVectors((v, at) => new Store(At("p", at), tile.Registers.VectorOf(v)))),
                        new Add("p", tile.Columns.Width)),
                    .. OnlyIf(
                        tile.Plan.FindsLargest,
                        Set(seen, Call(Runtime("Scan", "Larger"), seen, "s")),
                        new Add("s", ProductPlan.SeenInStep)),
                    new Add(names.Row, steps),
                    new Add("w", steps * stride),
                ]),
            .. OnlyIf(hasOwn, Set("seen", seen)),
            .. from i in Enumerable.Range(0, plan.Inner - whole)
               from statement in tile.Step(i, stride).Prepend(Blank)
               select statement,
        ];
    }

    private IEnumerable<Statement> CallParts(ProductTile tile)
    {
        Expression[] sums = [.. tile.Registers.Sums.Select(sum => new Reference(sum, ReferenceKind.Ref))];
        return PartsOf(tile).Select(part => Run(part.Method, [names.Row, "w", .. sums]));
    }

    /// <summary>
    /// The parts of a sum that is too long for one method. They go on with the caller's sums, in order.
    /// </summary>
    private IEnumerable<Kernel> Parts(ProductTile tile)
    {
        string[] sums = [.. tile.Registers.Sums];
        return PartsOf(tile).Select(part => new Kernel
        {
            Name = part.Method,
            Parameters =
            [
                new(DataType.FloatPointer, names.Row),
                new(DataType.FloatPointer, "w"),
                .. sums.Select(sum => new Parameter(DataType.VectorReference, Given(sum))),
            ],
            Body =
            [
                .. sums.Select(sum => Vector(sum, Given(sum))),
                .. StraightLine(tile, part.First, Math.Min(plan.Inner, part.First + tile.Plan.Segment)),
                .. sums.Select(sum => Set(Given(sum), sum)),
            ],
        });

        static string Given(string sum) => $"{sum}Ref";
    }

    private IEnumerable<(string Method, int First)> PartsOf(ProductTile tile) =>
        Steps(0, plan.Inner, tile.Plan.Segment).Select((first, part) => ($"{tile.Method}Part{part + 1}", first));
}
