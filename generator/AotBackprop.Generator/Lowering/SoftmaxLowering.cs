using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>
/// What is done to each sample's row of classes: A = softmax(Z), dZ = (A − Y)/N. A sum over classes has 16 virtual
/// lanes, class j in lane j mod 16, joined by halves: the same order for each vector width.
/// </summary>
internal sealed class SoftmaxLowering(int lanes, LayerPlan layer)
{
    private readonly string _Z = $"Z{layer.Number}";
    private readonly string _A = $"A{layer.Number}";
    private readonly string _dZ = $"dZ{layer.Number}";

    private int Classes => layer.Outputs;

    private int VectorsInBlock => SoftmaxPlan.VirtualLanes / lanes;

    private int WholeBlocks => Classes / SoftmaxPlan.VirtualLanes * SoftmaxPlan.VirtualLanes;

    public Kernel Softmax() => new()
    {
        Name = "Softmax",
        Parameters =
        [
            new(DataType.FloatPointer, _Z), new(DataType.FloatPointer, _A), new(DataType.FloatPointer, "Largest"),
            new(DataType.FloatPointer, "Sums"), new(DataType.Size, "N"),
        ],
        Body =
        [
            Samples(
                1,
                [
                    Pointer("z", At(_Z).Row("n", layer.Stride)),
                    Pointer("a", At(_A).Row("n", Classes)),
                    .. Classes <= SoftmaxPlan.LongestLine
                        ? Line(column => new Store(At("a", column), Probability(column), PartOf(column)))
                        : Loops(),
                ]),
        ],
    };

    /// <summary>The softmax of one row, as a part of a method that has the matrices by their names.</summary>
    public IEnumerable<Statement> OneForward() =>
        One(column => new Store(At(_A, column), Probability(column), PartOf(column)));

    /// <summary>
    /// The softmax of one row and dZ = A − Y, as a part of a method that has the matrices by their names. The row is
    /// short enough for a straight line.
    /// </summary>
    public IEnumerable<Statement> OneGradient() =>
    [
        Pointer("d", _dZ),
        .. One(column => new Store(At("d", column), Probability(column) - VectorOps.OneAt.Of(At("label", -column)))),
    ];

    /// <summary>The loss of one row whose largest and sum are kept: log Σ exp(z − m) + m − z of its class.</summary>
    public Statement OneLoss() => Set(
        "loss",
        (new Element("scratch.Largest") + (Expression)Call(Numerics("Logarithm", "Of"), new Element("scratch.Sums")))
            - new Element(At($"scratch.{_Z}").Row("label")));

    private IEnumerable<Statement> One(Func<int, Statement> result) =>
    [
        Pointer("z", _Z),
        .. Line(result, keeps: false),
        Set(new Element("scratch.Largest"), "m"),
        Set(new Element("scratch.Sums"), "s"),
    ];

    /// <summary>dZ of samples whose Y is given as class numbers.</summary>
    public Kernel OutputGradientOfLabels()
    {
        Expression label = new Listed(At("labels").Row("n"), Classes);
        return OutputGradient(new(DataType.IntPointer, "labels"), (a, _) => a,
        [
            Set(new Element(At("d").Row(label)), (new Element(At("a").Row(label)) - (Expression)1) * "scale"),
        ]);
    }

    /// <summary>dZ of samples whose Y is given as rows of probabilities.</summary>
    public Kernel OutputGradientOfProbabilities() =>
        OutputGradient(new(DataType.FloatPointer, "Y"), (a, y) => a - y, [], Pointer("y", At("Y").Row("n", Classes)));

    private Kernel OutputGradient(
        Parameter targets,
        Func<Expression, Expression, Expression> difference,
        Statement[] then,
        params Statement[] row) => new()
    {
        Name = "OutputGradient",
        Parameters =
        [
            new(DataType.FloatPointer, _A), targets, new(DataType.Size, "N"), new(DataType.Float, "scale"), new(
                DataType.FloatPointer, _dZ),
        ],
        Body =
        [
            Samples(
                1,
                [
                    Pointer("a", At(_A).Row("n", Classes)),
                    .. row,
                    Pointer("d", At(_dZ).Row("n", layer.Stride)),
                    .. ForRow((at, part) => new Store(
                        at("d"), difference(
                            new Load(at("a"), part), new Load(at("y"), part)) * VectorOps.Splat.Of("scale"))),
                    .. Padding(),
                    .. then,
                ]),
        ],
    };

    /// <summary>
    /// What a row of dZ has beyond its classes is set to 0, so that the matrix can be searched as a whole.
    /// </summary>
    private IEnumerable<Statement> Padding()
    {
        int first = (Classes + lanes - 1) / lanes * lanes;
        for (int column = first; column < layer.Stride; column += lanes)
        {
            yield return new Store(At("d", column), Zero);
        }
    }

    private Expression Probability(int column) => (Expression)$"z{column / lanes}" * "inverse";

    /// <summary>
    /// All classes of a row in as many vectors; what is done with the probabilities from a column on is given.
    /// </summary>
    /// <param name="result">A statement for each vector.</param>
    /// <param name="keeps">Whether the largest and the sum are kept for the loss.</param>
    private IEnumerable<Statement> Line(Func<int, Statement> result, bool keeps = true)
    {
        int vectors = (Classes + lanes - 1) / lanes;
        Expression[] z = [.. Enumerable.Range(0, vectors).Select(v => (Expression)$"z{v}")];
        IEnumerable<Expression> sums = Enumerable.Range(0, VectorsInBlock).Select(q =>
        {
            Expression[] blocks = [.. z.Where((_, v) => v % VectorsInBlock == q)];
            return blocks.Length == 0 ? Zero : Joined(blocks);
        });
        Expression most = Largest(z);
        return
        [
            .. Enumerable.Range(0, vectors).Select(v => Vector($"z{v}", Padded(At("z", v * lanes), PartOf(v * lanes)))),
            Blank,
            new Note("The largest of the row is taken off, so that no exponential overflows."),
            new Declare(
                DataType.Float,
                "m",
                vectors == 1 ? VectorOps.LargestLane.Of(most, Classes) : VectorOps.LargestLane.Of(most)),
            .. z.Select(vector => Set(vector, VectorOps.Exp.Of(vector - VectorOps.Splat.Of("m")))),
            .. Sum(vectors == 1 ? [z[0], Classes] : [.. sums], keeps),
            .. Enumerable.Range(0, vectors).Select(v => result(v * lanes)),
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
            .. ForRow((at, part) => Set("most", VectorOps.Max.Of("most", Padded(at("z"), part)))),
            new Declare(DataType.Float, "m", VectorOps.LargestLane.Of("most")),
            Blank,
            Vectors([new Named("e"), .. sums.Select(s => new Named(s, Zero))]),
            Count(
                "j",
                0,
                WholeBlocks,
                SoftmaxPlan.VirtualLanes,
                sums.Select((sum, q) => Exponential(new Load(In("z", q)), In("a", q), 0, sum))),
            .. Enumerable.Range(0, (Classes - WholeBlocks + lanes - 1) / lanes).Select(q =>
            {
                int column = WholeBlocks + (q * lanes);
                return Exponential(Padded(At("z", column), PartOf(column)), At("a", column), PartOf(column), sums[q]);
            }),
            .. Sum([.. sums.Select(s => (Expression)s)], keeps: true),
            .. ForRow((at, part) => new Store(at("a"), new Load(at("a"), part) * (Expression)"inverse", part)),
        ];

        Address In(string row, int q) => At(row, q * lanes).Row("j");

        static Statement Exponential(Expression z, Address a, int part, string sum) => Code.Line(
            Set("e", VectorOps.Exp.Of(z - VectorOps.Splat.Of("m"))), new Store(a, "e", part), new Add(sum, "e"));
    }

    private static IEnumerable<Statement> Sum(Expression[] lanes, bool keeps) =>
    [
        Blank,
        new Declare(DataType.Float, "s", VectorOps.SumLanes.Of(lanes)),
        .. keeps
            ? [Set(new Element(At("Largest").Row("n")), "m"), Set(new Element(At("Sums").Row("n")), "s")]
            : Array.Empty<Statement>(),
        Vector("inverse", VectorOps.Splat.Of((Expression)1 / "s")),
    ];

    /// <summary>
    /// A statement for each vector of a row: straight where they are few, else a loop and what is left over.
    /// </summary>
    private IEnumerable<Statement> ForRow(Func<Func<string, Address>, int, Statement> statement)
    {
        int whole = Classes > SoftmaxPlan.LongestLine ? Classes / lanes * lanes : 0;
        if (whole > 0)
        {
            yield return Count("j", 0, whole, lanes, statement(row => At(row).Row("j"), 0));
        }

        for (int column = whole; column < Classes; column += lanes)
        {
            int at = column;
            yield return statement(row => At(row, at), PartOf(at));
        }
    }

    private int PartOf(int column) => Classes - column < lanes ? Classes - column : 0;

    private static Expression Padded(Address p, int part) =>
        part == 0 ? new Load(p) : VectorOps.Keep.Of(new Load(p), part, new Number(float.NegativeInfinity));
}
