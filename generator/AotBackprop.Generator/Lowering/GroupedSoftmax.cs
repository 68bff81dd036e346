using AotBackprop.Generator.Model;
using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>
/// The softmax of rows so short that a vector has several of them, each in a group of lanes: one exponential serves
/// all. Sums over a group go by halves, which leaves them in each of its lanes, with the bits of a single row's.
/// </summary>
internal sealed class GroupedSoftmax(int lanes, LayerPlan layer, GroupsPlan groups)
{
    private readonly int[] _rows = [.. Enumerable.Range(0, groups.Rows)];

    private readonly string _dZ = $"dZ{layer.Number}";

    // The first row of a group.
    private readonly string _first = groups.Rows > 1 ? "first" : "n";

    private int Classes => layer.Outputs;

    /// <summary>dZ = (A − Y)/N of all rows, of which there are no fewer than groups.</summary>
    public IEnumerable<Statement> Gradient()
    {
        Statement[] difference =
        [
            Integers("label", At("labels").Row(_first)),
            Vector("y", Joined(_rows.Select(r => (Expression)VectorOps.OneAt.Of(
                r == 0 ? Item("label", 0) : Item("label", r) + (Expression)LaneOf(r))))),
            Vector("g", ((Expression)"e" - "y") * VectorOps.Splat.Of("scale")),
            .. _rows.Select(r => new Store(Row(_dZ, r), VectorOps.Keep.Of(Turned("g", LaneOf(r)), Classes, 0))),
        ];
        if (groups.Rows > 1)
        {
            return [ForGroups([.. Exponentials(), Divided, .. difference])];
        }

        // In two loops, of which the processor has more rows under way than of one.
        return
        [
            ForGroups([.. Exponentials(), new Store(Row(_dZ, 0), "e")]),
            Blank,
            ForGroups([Vector("e", new Load(Row(_dZ, 0))), Divided, .. difference]),
        ];
    }

    /// <summary>A of all rows.</summary>
    public Statement Forward() => ForGroups(
    [
        .. Exponentials(),
        Divided,
        new Store(
            At($"A{layer.Number}").Row(_first, Classes),
            Picked("e", f => LaneOf(f / Classes) + (f % Classes), groups.Rows * Classes),
            PartOf(groups.Rows * Classes)),
    ]);

    // The last group begins so much earlier that it is whole: what is computed again is the same.
    private For ForGroups(IEnumerable<Statement> body) => Samples(
        groups.Rows,
        [.. OnlyIf(groups.Rows > 1, Size(_first, new Smaller("n", (Expression)"N" - groups.Rows))), .. body]);

    private IEnumerable<Statement> Exponentials() =>
    [
        Vector("z", Padded(_rows.Skip(1).Aggregate(
            ReadRow(0), (others, r) => new Blend(Marks(lane => lane / groups.Width == r), ReadRow(r), others)))),
        Vector("m", "z"),
        .. Halves().Select(half => Set("m", VectorOps.Max.Of("m", Exchanged("m", half)))),
        Vector("e", VectorOps.Exp.Of((Expression)"z" - "m")),
        Vector("s", "e"),
        .. Halves().Select(half => Set("s", (Expression)"s" + Exchanged("s", half))),
        new Store(At("Largest").Row(_first), FirstOfEach("m"), PartOf(groups.Rows)),
        new Store(At("Sums").Row(_first), FirstOfEach("s"), PartOf(groups.Rows)),
    ];

    private Assign Divided => Set("e", (Expression)"e" * (groups.Rows == 1
        ? VectorOps.Splat.Of((Expression)1 / new Element(At("Sums").Row(_first)))
        : VectorOps.Splat.Of(new Number(1)) / "s"));

    // A number of each row, side by side.
    private Expression FirstOfEach(string vector) => Picked(vector, LaneOf, groups.Rows);

    private int LaneOf(int row) => row * groups.Width;

    private int PartOf(int floats) => floats < lanes ? floats : 0;

    private Expression ReadRow(int r) => Turned(new Load(Row($"Z{layer.Number}", r)), lanes - LaneOf(r));

    private Address Row(string matrix, int r) => At(matrix).Row(_first, layer.Stride).Plus(r * layer.Stride);

    /// <summary>The lanes from one on come first.</summary>
    private Expression Turned(Expression vector, int first) =>
        first % lanes == 0 ? vector : new Shuffle(vector, Order(lane => (lane + first) % lanes));

    private Shuffle Exchanged(string vector, int half) => new(vector, Order(lane => lane ^ half));

    private Expression Picked(string vector, Func<int, int> laneOf, int floats) =>
        groups.Rows == 1 ? vector : new Shuffle(vector, Order(lane => lane < floats ? laneOf(lane) : lane));

    private EquatableArray<int> Order(Func<int, int> from) => new(Enumerable.Range(0, lanes).Select(from));

    private EquatableArray<bool> Marks(Func<int, bool> are) => new(Enumerable.Range(0, lanes).Select(are));

    private Expression Padded(Expression z) => Classes == groups.Width ? z : new Blend(
        Marks(lane => lane % groups.Width >= Classes), VectorOps.Splat.Of(new Number(float.NegativeInfinity)), z);

    private IEnumerable<int> Halves()
    {
        for (int half = groups.Width / 2; half > 0; half /= 2)
        {
            yield return half;
        }
    }
}
