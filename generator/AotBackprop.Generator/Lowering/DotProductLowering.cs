using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>
/// Z = A W + b of a layer of one unit: W is one column, whose entries lie side by side as those of a row of A do. Sum
/// number i mod 16 is a lane, and the lanes are joined by halves.
/// </summary>
internal sealed class DotProductLowering(int lanes, LayerPlan layer)
{
    private readonly ProductNames _names = ProductNames.Forward(layer);

    private string[] Sums => [.. Enumerable.Range(0, SoftmaxPlan.VirtualLanes / lanes).Select(q => $"s{q}")];

    /// <summary>All N rows.</summary>
    public Kernel Rows() => new()
    {
        Name = _names.Method,
        Parameters = [.. _names.Operands.Select(o => new Parameter(DataType.FloatPointer, o)), new(DataType.Size, "N")],
        Body =
        [
            Samples(
                1,
                [
                    Pointer(_names.Row, At(_names.Input).Row("n", layer.InputStride)),
                    .. Row(
                        matrix => At(matrix).Row("n", layer.Stride),
                        z => VectorOps.Keep.Of(z, 1, new Number(0))),
                    .. from matrix in _names.Written
                       from j in Steps(lanes, layer.Stride, lanes)
                       select new Store(At(matrix).Row("n", layer.Stride).Plus(j), Zero),
                ]),
        ],
    };

    /// <summary>
    /// One row, as a part of a method that has the operands by their names. Its one entry is in every lane: to keep
    /// one of them, and to repeat it again for the passes back, would lengthen the chain from step to step.
    /// </summary>
    public Statement One() => Scope([Pointer(_names.Row, At(_names.Input)), .. Row(matrix => At(matrix), z => z)]);

    private IEnumerable<Statement> Row(Func<string, Address> at, Func<Expression, Expression> entry)
    {
        const int Block = SoftmaxPlan.VirtualLanes;
        int looped = layer.Inputs > ProductPlan.LongestDotProduct ? layer.Inputs / Block * Block : 0;
        Expression sum = VectorOps.SumLanes.Of([.. Sums.Select(s => (Expression)s)]);
        return
        [
            Code.Vectors(Sums.Select((s, q) => new Named(s, q == 0 ? new Load(At(_names.Start!), 1) : Zero))),
            .. OnlyIf(
                looped > 0,
                Count("i", 0, looped, Block, Step(At(_names.Row).Row("i"), At(_names.Weights).Row("i"), Block))),
            .. Steps(looped, layer.Inputs, Block).SelectMany(i =>
                Step(At(_names.Row, i), At(_names.Weights, i), layer.Inputs - i)),
            Vector("z", entry(VectorOps.Splat.Of(sum))),
            _names.Stored("z", at),
            .. _names.Activated(at, rows: 1, layer.Stride, vectors: 1),
        ];
    }

    /// <summary>Up to 16 terms, each added to its own sum.</summary>
    private IEnumerable<Statement> Step(Address x, Address w, int terms) => Sums
        .Select((s, q) => (Sum: s, First: q * lanes, Left: terms - (q * lanes)))
        .Where(part => part.Left > 0)
        .Select(part =>
        {
            int count = part.Left < lanes ? part.Left : 0;
            Load X = new(x.Plus(part.First), count), W = new(w.Plus(part.First), count);
            return Set(part.Sum, MultiplyAdd(X, W, part.Sum));
        });
}
