using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>One sample's dW, row by row: W is read and written once, as it lies or nearly so.</summary>
internal sealed partial class GradientLowering
{
    private Kernel OneSample()
    {
        int rows = plan.RowsInPiece;
        bool isInPieces = rows < plan.Inputs;
        return new()
        {
            Name = $"{_name}One",
            Notes =
            [
                isInPieces
                    ? $"Of one sample: by pieces of {rows} rows, so that W is read and written nearly as it lies."
                    : "Of one sample: row by row, so that W is read and written in the order in which it lies.",
            ],
            Updates = true,
            Parameters = [.. Factors, .. _target.Parameters, .. _share],
            Body =
            [
                UpdatedParameter.Start,
                .. !plan.KeepsRow ? [RowsOfAllPanels()]
                    : isInPieces ? [Count("start", First, End, rows, [Until(rows), .. PanelsOfRows("start", "until")])]
                    : PanelsOfRows(First, End),
            ],
        };
    }

    private Declare Until(int rows) => new(DataType.Int, "until", new Smaller(End, (Expression)"start" + rows));

    /// <summary>dZ is read again for each row.</summary>
    private For RowsOfAllPanels() => ForRows(First, End, _columns.For(plan.RowPanels, plan.DividesColumns, panel =>
    [
        Pointer("d", _columns.Of(_dZ, panel)),
        .. UseRow(panel, v => new Load(At("d", v * lanes))),
    ]));

    /// <summary>A panel of dZ stays in registers for some rows.</summary>
    private IEnumerable<Statement> PanelsOfRows(Expression first, Expression end) =>
        _columns.For(plan.RowPanels, plan.DividesColumns, panel =>
        {
            Address d = _columns.Of(_dZ, panel);
            IEnumerable<int> vectors = Enumerable.Range(0, panel.Vectors);
            return
            [
                Vectors(vectors.Select(v => new Named($"d{v}", new Load(d.Plus(v * lanes))))),
                ForRows(first, end, UseRow(panel, v => $"d{v}")),
            ];
        });

    private For ForRows(Expression first, Expression end, IEnumerable<Statement> body) => Count(
        "i",
        first,
        end,
        1,
        [
            When(new And(new LeavesWhereGradientIsZero(), Equal(new Element(At(_input).Row("i")), 0)), new Continue()),
            Blank,
            Vector("xi", new Broadcast(At(_input).Row("i"))),
            Pointer("row", At(_target.Name).Row("i", plan.Outputs)),
            .. body,
        ]);

    private IEnumerable<Statement> UseRow(Panel panel, Func<int, Expression> d) =>
    [
        Pointer("w", _columns.Of("row", panel)),
        Line(Enumerable.Range(0, panel.Vectors).Select(v =>
            new Update(At("w", v * lanes), MultiplyAdd("xi", d(v), Zero), _columns.Part(panel, v)))),
    ];
}
