using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Lowering.Places;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>Of an output that is taken element by element: A = f(Z), and N dZ is a function of A and Y.</summary>
internal sealed class ElementwiseLowering(int lanes, LayerPlan layer) : OutputRows(lanes, layer)
{
    private readonly OutputFunction _f = OutputFunction.Of(layer);

    public override Kernel Forward() => new()
    {
        Name = "Output",
        Notes = NetworkLowering.Head(Notation.Output(Layer), $"[N×{Layer.Outputs}], by rows"),
        Parameters = [.. Matrices(Z, A), N],
        Body =
        [
            Samples(
                1,
                [RowOfZ, RowOfA, .. ForRow((at, part) => new Store(at("a"), _f.Forward!(new Load(at("z"))), part))]),
        ],
    };

    public override IEnumerable<Kernel> Gradients() =>
    [
        new()
        {
            Name = "OutputGradient",
            Notes = [$"{Notation.Output(Layer)}, and dZ{Layer.Number}, by rows."],
            Parameters = [.. Matrices(Z, A, "Y"), N, Scale, Matrix(dZ)],
            Body =
            [
                Vector("f"),
                Samples(
                    1,
                    [
                        RowOfZ,
                        RowOfA,
                        RowOfY,
                        RowOfdZ,
                        .. ForRow((at, part) => Line(
                            Set("f", _f.Forward!(new Load(at("z")))),
                            new Store(at("a"), "f", part),
                            new Store(
                                at("d"),
                                Whole(_f.Derive("f", new Load(at("y"), part)) * VectorOps.Splat.Of("scale"), part)))),
                        .. Padding(),
                    ]),
            ],
        },
    ];

    public override IEnumerable<Statement> OneForward(Func<int, Expression> z) => Steps(0, Layer.Outputs, Lanes)
        .Select(column => new Store(At(A, column), _f.Forward!(z(column)), PartOf(column)));

    public override IEnumerable<Statement> OneGradient(Func<int, Expression> z) =>
        Steps(0, Layer.Outputs, Lanes).Select(column =>
        {
            int part = PartOf(column);
            Expression Y = OneSamplePlan.IsInEveryLane(Layer)
                ? new Broadcast(At("Y", column))
                : new Load(At("Y", column), part);
            Expression derivative = _f.Derive(_f.Forward!(z(column)), Y);
            return new Store(
                At(dZ, column), OneSamplePlan.IsInEveryLane(Layer) ? derivative : Whole(derivative, part));
        });

    public override Statement OneLoss() => Set(
        "loss",
        Call(Runtime(_f.LossClass, "OfOne"), [At($"scratch.{Z}"), "Y", Layer.Outputs, .. _f.LossNumbers]));

    // What is behind the row is 0, whatever Z has there.
    private static Expression Whole(Expression vector, int part) =>
        part == 0 ? vector : VectorOps.Keep.Of(vector, part, 0);
}
