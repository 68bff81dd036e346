using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>
/// A register tile of a product at the columns of a panel: how its sums begin, what a step adds to them, and where they
/// go. The right factor is read at w, the left one at the letter of its rows.
/// </summary>
internal sealed class ProductTile(int lanes, ProductPlan plan, ProductNames names, RowTile tile, Panel panel)
{
    private readonly int[] _vectors = [.. Enumerable.Range(0, panel.Vectors)];

    public RowTile Plan => tile;

    /// <summary>Vectors of a row.</summary>
    public int Vectors => panel.Vectors;

    /// <summary>Steps of the inner index in a loop's body.</summary>
    public int StepsInLoop => tile.StepsInLoop[tile.Panels.TakeWhile(p => p != panel).Count()];

    public string Method => $"{names.Method}Rows{tile.Rows}Columns{Columns.First}";

    public PanelColumns Columns { get; } = new(panel, lanes);

    public RegisterTile Registers { get; } = new(tile.Rows, panel.Vectors)
    {
        Sum = names.Sum,
        Entry = names.Row,
        Vector = "w",
        HoldsVectors = tile.Rows > 1,
        Chunks = plan.Chunks,
    };

    /// <summary>A statement for each vector of a row, given how far it lies from the first.</summary>
    public IEnumerable<T> ForVectors<T>(Func<int, int, T> make) => _vectors.Select(v => make(v, v * lanes));

    /// <summary>What the sums of a vector begin with.</summary>
    public Expression StartOf(int v) => names.Start is null ? Zero : Vector(Columns.In(names.Start), v);

    /// <summary>The sums, which begin with b or 0 in the first chunk, and with 0 in the others.</summary>
    public IEnumerable<Statement> Start() =>
    [
        .. Registers.ByLine((r, v) => new Named(
            Registers.SumOf(r, v), r > 0 && names.Start is not null
                ? Registers.SumOf(0, v)
                : StartOf(v))).Select(line => Vectors(line)),
        .. from chunk in Enumerable.Range(1, plan.Chunks - 1)
           from line in Registers.ByLine((r, v) => new Named(Registers.SumOf(r, v, chunk), Zero))
           select Vectors(line),
    ];

    /// <summary>A row of the right factor, so far from w, times an entry of each row of the left.</summary>
    public IEnumerable<Statement> Step(Func<int, Address> entry, long row = 0, int chunk = 0) =>
        Registers.Step(entry, v => Vector(At("w", row), v), chunk);

    /// <summary>Step i of the inner index, where rows of the right factor are so many floats apart.</summary>
    public IEnumerable<Statement> Step(int i, long stride) =>
        Step(r => At(names.Row, ((long)r * plan.InputStride) + i), i * stride, i % plan.Chunks);

    public IEnumerable<Statement> Join() => plan.Chunks == 1 ? [] : [Blank, .. Registers.Join()];

    /// <summary>What becomes of the sums, from row n of the result on.</summary>
    public IEnumerable<Statement> Result(Expression n) =>
    [
        Blank,
        .. names.RowPointers(matrix => InRow(matrix, n)),
        .. Stores((r, v) => names.Stored(
            Registers.SumOf(r, v),
            matrix => At(names.PointerTo(matrix), ((long)r * plan.OutputStride) + (v * lanes)))),
        .. names.Activated(matrix => At(names.PointerTo(matrix)), tile.Rows, plan.OutputStride, panel.Vectors),
    ];

    /// <summary>The same, where rows of the result do not follow each other.</summary>
    public IEnumerable<Statement> Result(Func<int, Expression> n) =>
    [
        Blank,
        .. Stores((r, v) => names.Stored(Registers.SumOf(r, v), matrix => InRow(matrix, n(r)).Plus(v * lanes))),
        .. Enumerable.Range(0, tile.Rows).SelectMany(r =>
            names.Activated(matrix => InRow(matrix, n(r)), 1, plan.OutputStride, panel.Vectors)),
    ];

    private IEnumerable<Statement> Stores(Func<int, int, Store> store) =>
        Registers.ByLine(store).Select(line => Line(line));

    /// <summary>What a row has beyond its columns is set to 0, so that a matrix can be searched as a whole.</summary>
    public IEnumerable<Statement> Padding() => OnlyIf(
        IsBeforePadding,
        Blank,
        Each(
            "n",
            0,
            "N",
            1,
            names.Written.SelectMany(matrix => (Statement[])
            [
                Pointer(names.PointerTo(matrix), At(matrix).Row("n", plan.OutputStride)),
                .. PaddingOf(names.PointerTo(matrix)),
            ])));

    private bool IsBeforePadding => Columns.End >= plan.Columns && Columns.End < plan.OutputStride;

    private IEnumerable<Statement> PaddingOf(string row) =>
        Steps(Columns.End, plan.OutputStride, lanes).Select(j => new Store(At(row, j), Zero));

    // Of the last vector of a row only some lanes may be there.
    private Load Vector(Address row, int v)
    {
        bool isLast = Columns.End >= plan.Columns && v == panel.Vectors - 1;
        return new Load(row.Plus(v * lanes), isLast ? plan.LastPart : 0);
    }

    private Address InRow(string matrix, Expression n) => Columns.In(At(matrix).Row(n, plan.OutputStride));
}
