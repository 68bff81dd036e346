using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Lowering.Places;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>
/// What is done to each sample's row of classes: A = softmax(Z), dZ = (A − Y)/N. A sum over classes has 16 virtual
/// Lanes, class j in lane j mod 16, joined by halves: the same order for each vector width.
/// </summary>
internal sealed class SoftmaxLowering(int lanes, LayerPlan layer) : OutputRows(lanes, layer)
{
    private int Classes => Layer.Outputs;

    private int VectorsInBlock => SoftmaxPlan.VirtualLanes / Lanes;

    private int WholeBlocks => Classes / SoftmaxPlan.VirtualLanes * SoftmaxPlan.VirtualLanes;

    public override Kernel Forward() => new()
    {
        Name = "Softmax",
        Notes = NetworkLowering.Head(
            Notation.Output(Layer),
            $"[N×{Classes}], by rows; log Σⱼ exp Zᵢⱼ = Largestᵢ + log Sumsᵢ is kept for the loss"),
        Parameters = [.. Matrices(Z, A, "Largest", "Sums"), N],
        Body =
        [
            Samples(
                1,
                [
                    RowOfZ,
                    RowOfA,
                    .. Classes <= SoftmaxPlan.LongestLine
                        ? Line(
                            column => new Load(At("z", column)),
                            column => new Store(At("a", column), Probability(column), PartOf(column)))
                        : Loops(),
                ]),
        ],
    };

    public override IEnumerable<Statement> OneForward(Func<int, Expression> z) =>
        One(z, column => new Store(At(A, column), Probability(column), PartOf(column)));

    public override IEnumerable<Statement> OneGradient(Func<int, Expression> z) =>
    [
        Pointer("d", dZ),
        .. One(z, column => new Store(
            At("d", column), Probability(column) - VectorOps.OneAt.Of(Plus("label", -column)))),
    ];

    // From what is kept: log Σ exp(z − m) + m − z of its class.
    public override Statement OneLoss() => Set(
        "loss",
        (new Element("scratch.Largest") + (Expression)Call(Runtime("Logarithm", "Of"), new Element("scratch.Sums")))
            - new Element(At($"scratch.{Z}").Row("label")));

    private IEnumerable<Statement> One(Func<int, Expression> z, Func<int, Statement> result) =>
    [
        .. Line(z, result, keeps: false),
        Set(new Element("scratch.Largest"), "m"),
        Set(new Element("scratch.Sums"), "s"),
    ];

    public override IEnumerable<Kernel> Gradients()
    {
        Expression label = new Listed(At("labels").Row("n"), Classes);
        Expression ofClass = (new Element(At("a").Row(label)) - (Expression)1) * "scale";
        return
        [
            Gradient(new(DataType.IntPointer, "labels"), [], (a, _) => a, Set(new Element(At("d").Row(label)), ofClass))
                with { Notes = ["Y is one-hot, given as class numbers."] },
            Gradient(Matrix("Y"), [RowOfY], (a, y) => a - y)
                with { Notes = ["Y is given as rows of probabilities."] },
        ];
    }

    private Kernel Gradient(
        Parameter targets,
        Statement[] row,
        Func<Expression, Expression, Expression> difference,
        params Statement[] then) => new()
    {
        Name = "OutputGradient",
        Parameters = [Matrix(A), targets, N, Scale, Matrix(dZ)],
        Body =
        [
            Samples(
                1,
                [
                    RowOfA,
                    .. row,
                    RowOfdZ,
                    .. ForRow((at, part) => new Store(
                        at("d"),
                        difference(new Load(at("a"), part), new Load(at("y"), part)) * VectorOps.Splat.Of("scale"))),
                    .. Padding(),
                    .. then,
                ]),
        ],
    };

    private Expression Probability(int column) => (Expression)$"z{column / Lanes}" * "inverse";

    /// <summary>
    /// All classes of a row in as many vectors; what is done with the probabilities from a column on is given.
    /// </summary>
    /// <param name="read">Z from a column on.</param>
    /// <param name="result">A statement for each vector.</param>
    /// <param name="keeps">Whether the largest and the sum are kept for the loss.</param>
    private IEnumerable<Statement> Line(
        Func<int, Expression> read, Func<int, Statement> result, bool keeps = true)
    {
        int vectors = (Classes + Lanes - 1) / Lanes;
        Expression[] z = [.. Enumerable.Range(0, vectors).Select(v => (Expression)$"z{v}")];
        IEnumerable<Expression> sums = Enumerable.Range(0, VectorsInBlock).Select(q =>
        {
            Expression[] blocks = [.. z.Where((_, v) => v % VectorsInBlock == q)];
            return blocks.Length == 0 ? Zero : Joined(blocks);
        });
        Expression most = Largest(z);
        return
        [
            .. Enumerable.Range(0, vectors).Select(v => Vector($"z{v}", Padded(read(v * Lanes), PartOf(v * Lanes)))),
            Blank,
            new Note("The largest of the row is taken off, so that no exponential overflows."),
            new Declare(
                DataType.Float,
                "m",
                vectors == 1 ? VectorOps.LargestLane.Of(most, Classes) : VectorOps.LargestLane.Of(most)),
            .. z.Select(vector => Set(vector, VectorOps.Exp.Of(vector - VectorOps.Splat.Of("m")))),
            .. Sum(vectors == 1 ? [z[0], Classes] : [.. sums], keeps),
            .. Enumerable.Range(0, vectors).Select(v => result(v * Lanes)),
        ];
    }

    /// <summary>The same in loops over blocks of 16 classes.</summary>
    private IEnumerable<Statement> Loops()
    {
        string[] sums = [.. Enumerable.Range(0, VectorsInBlock).Select(q => $"s{q}")];
        return
        [
            new Note("The largest of the row is taken off, so that no exponential overflows."),
            Vector("most", VectorOps.Splat.Of(new Number(float.NegativeInfinity))),
            .. ForRow((at, part) => Set("most", VectorOps.Max.Of("most", Padded(new Load(at("z")), part)))),
            new Declare(DataType.Float, "m", VectorOps.LargestLane.Of("most")),
            Blank,
            Vectors([new Named("e"), .. sums.Select(s => new Named(s, Zero))]),
            Count(
                "j",
                0,
                WholeBlocks,
                SoftmaxPlan.VirtualLanes,
                sums.Select((sum, q) => Exponential(new Load(In("z", q)), In("a", q), 0, sum))),
            .. Enumerable.Range(0, (Classes - WholeBlocks + Lanes - 1) / Lanes).Select(q =>
            {
                int column = WholeBlocks + (q * Lanes);
                int part = PartOf(column);
                return Exponential(Padded(new Load(At("z", column)), part), At("a", column), part, sums[q]);
            }),
            .. Sum([.. sums.Select(s => (Expression)s)], keeps: true),
            .. ForRow((at, part) => new Store(at("a"), new Load(at("a"), part) * (Expression)"inverse", part)),
        ];

        Address In(string row, int q) => At(row, q * Lanes).Row("j");

        static Statement Exponential(Expression z, Address a, int part, string sum) => Code.Line(
            Set("e", VectorOps.Exp.Of(z - VectorOps.Splat.Of("m"))), new Store(a, "e", part), new Add(sum, "e"));
    }

    private static IEnumerable<Statement> Sum(Expression[] lanes, bool keeps) =>
    [
        Blank,
        new Declare(DataType.Float, "s", VectorOps.SumLanes.Of(lanes)),
        .. OnlyIf(
            keeps, Set(new Element(At("Largest").Row("n")), "m"), Set(new Element(At("Sums").Row("n")), "s")),
        Vector("inverse", VectorOps.Splat.Of((Expression)1 / "s")),
    ];

    private static Expression Padded(Expression z, int part) =>
        part == 0 ? z : VectorOps.Keep.Of(z, part, new Number(float.NegativeInfinity));
}
