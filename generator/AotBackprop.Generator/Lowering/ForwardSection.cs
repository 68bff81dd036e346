using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Lowering.Places;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>From X to A of the output layer, and in training on to every dZ.</summary>
internal sealed class ForwardSection(NetworkPlan plan, WidthPlan width)
{
    private readonly OutputLowering _output = new(width, plan.OutputLayer);

    private LayerPlan Output => plan.OutputLayer;

    // X is its owner's and is left as it is: of a network of one layer Z is laid across lanes, not what it comes from.
    private bool InterleavesInput => !plan.IsTiny && Output.FormsZAcross(width.Lanes);

    public IEnumerable<Kernel> Kernels() =>
    [
        Forward(),
        Differentiate(),
        .. plan.Layers.SelectMany(Products),
        .. InterleavesInput
            ?
            [
                _output.Forward() with
                {
                    Notes = NetworkLowering.Head(
                        Notation.Forward(Output), "with a sample in each lane, and the same sums"),
                },
            ]
            : Array.Empty<Kernel>(),
        OutputRows.Of(width.Lanes, Output).Forward(),
        .. plan.HasOutputAcross
            ?
            [
                _output.Softmax() with
                {
                    Notes = NetworkLowering.Head(Notation.Output(Output), "with a sample in each lane"),
                },
            ]
            : Array.Empty<Kernel>(),
    ];

    private ProductPlan Product(LayerPlan layer) => width.Forward[layer.Number - 1];

    private IEnumerable<Kernel> Products(LayerPlan layer)
    {
        ProductPlan product = Product(layer);
        ProductLowering lowering = new(width.Lanes, product, ProductNames.Forward(layer));
        string equation = Notation.Forward(layer);
        string order = NetworkLowering.Order("i", product.Inner, product.Chunks, $"b{layer.Number}");
        IEnumerable<Kernel> dense = NetworkLowering.WithHead(
            NetworkLowering.Head(equation, Notation.ForwardShapes(layer), product.Form, order),
            layer.IsDotProduct ? [new DotProductLowering(width.Lanes, layer).Rows()]
                : product.Form == Form.FewColumns
                ? [new OneSampleFewColumns(width.Lanes, layer, width.OneSample.FewColumns[layer.Number - 1]).Rows()]
                : lowering.Dense());
        return !layer.SkipsZeros ? dense :
        [
            .. dense,
            .. NetworkLowering.WithHead(NetworkLowering.Head(equation, "where many inputs are 0"), [lowering.Listed()]),
            .. NetworkLowering.WithHead(
                NetworkLowering.Head(equation, "where nearly all inputs are 0"), [lowering.Scattered(width.Scattered)]),
        ];
    }

    private Kernel Forward() => new()
    {
        Name = "Forward",
        IsPublic = true,
        Compilation = Compilation.Inlined,
        Returns = DataType.Bool,
        Parameters = [Matrix("parameters"), Matrix("X"), Zeros, Part, Workspace, Matrix($"A{Output.Number}")],
        Body =
        [
            Size("N", "part.N"),
            .. plan.Layers.Where(layer => layer != Output || !InterleavesInput).SelectMany(ForwardWhole),
            .. InterleavesInput && plan.HasOutputAcross
                ? ForwardInterleaved(
                    Input(Output), SoftmaxAcross(plan, $"A{Output.Number}"), SoftmaxOfRest(plan, $"A{Output.Number}"))
                :
                [
                    .. InterleavesInput ? ForwardInterleaved(Input(Output)) : InterleavesResult(),
                    .. OutputOf(plan, $"A{Output.Number}"),
                    Blank,
                ],
            new Return("true"),
        ],
    };

    /// <summary>A layer of all samples, by one thread.</summary>
    private Statement[] ForwardWhole(LayerPlan layer)
    {
        ProductPlan product = Product(layer);
        string forward = $"Forward{layer.Number}";
        Expression[] operands = [Input(layer), .. Parameters(layer), .. Given(Results(layer)), "N"];
        Expression[] range = product.DividesColumns ? [0, layer.Outputs] : [];
        Expression[] packed = product.Packs ? ["w.Packed"] : [];
        Call dense = Call(forward, [.. operands, .. range, .. packed]);
        Statement[] few = product.FindsLargest
            ? [When(new Not(Call("float.IsFinite", dense)), new Return("false")), Blank]
            : [new Nodes.Run(dense)];
        return !layer.SkipsZeros ? few :
        [
            new ByZeros(
                [Run($"{forward}Scattered", ["w.Entries", .. Parameters(layer), .. Given(Results(layer)), "N"])],
                [Run($"{forward}Listed", [.. operands, .. range, .. packed, "null", "w.Columns"])],
                [.. few]),
            Blank,
        ];
    }

    /// <summary>
    /// Z of the output layer: whole blocks of samples with one in each lane, then what is left over by rows. It is left
    /// so for a softmax, else put in rows.
    /// </summary>
    /// <param name="squares">Where A of the layer below may be laid across lanes.</param>
    /// <param name="thenAcross">What follows for the samples of blocks.</param>
    /// <param name="thenOfRest">What follows for the others.</param>
    private IEnumerable<Statement> ForwardInterleaved(
        string squares, Statement? thenAcross = null, Statement? thenOfRest = null)
    {
        int L = Output.Number;
        Address from = Own(Input(Output), Output.InputStride), to = Own(squares, Output.InputStride);
        return
        [
            Across,
            When(
                HasAcross,
                [
                    Run(Runtime("SampleLanes", "Transpose"), from, Output.InputStride, "across", Output.Inputs, to),
                    Run($"Forward{L}Across", [to, .. Parameters(Output), Own($"w.Z{L}", Output.Stride), "across"]),
                    .. plan.HasOutputAcross ? Given(thenAcross) : [TransposedZ],
                ]),
            Blank,
            When(
                HasRest,
                [
                    Size("first", (Expression)"part.First" + "across"),
                    Run(
                        $"Forward{L}",
                        [
                            FromFirst(Input(Output), Output.InputStride),
                            .. Parameters(Output),
                            FromFirst($"w.Z{L}", Output.Stride),
                            Rest,
                        ]),
                    .. Given(thenOfRest),
                ]),
            Blank,
        ];
    }

    private static IEnumerable<Expression> Given(IEnumerable<string> matrices) =>
        matrices.Select(matrix => (Expression)matrix);

    private static Statement[] Given(Statement? statement) => statement is null ? [] : [statement];

    /// <summary>Z of the one layer of a network, laid across lanes.</summary>
    private IEnumerable<Statement> InterleavesResult() =>
        !plan.HasOutputAcross || InterleavesInput ? [] : [Across, TransposedZ];

    // Of rows the squares, and of squares the rows.
    private Run TransposedZ
    {
        get
        {
            Address Z = Own($"w.Z{Output.Number}", Output.Stride);
            return Run(Runtime("SampleLanes", "Transpose"), Z, Output.Stride, "across", Output.Stride, Z);
        }
    }

    /// <summary>A of a thread's samples, of which "across" lie in blocks.</summary>
    public static IEnumerable<Statement> OutputOf(NetworkPlan plan, string A) => !plan.HasOutputAcross
        ? [Run(plan.OutputLayer.IsSoftmax ? "Softmax" : "Output", [.. OwnRows(plan.OutputLayer, A), "part.Count"])]
        :
        [
            When(HasAcross, SoftmaxAcross(plan, A)),
            Blank,
            When(HasRest, Size("first", (Expression)"part.First" + "across"), SoftmaxOfRest(plan, A)),
        ];

    private static Expression[] OwnRows(LayerPlan output, string A) =>
    [
        Own($"w.Z{output.Number}", output.Stride),
        Own(A, output.Outputs),
        .. output.IsSoftmax ? [Own("w.Largest"), Own("w.Sums")] : Array.Empty<Expression>(),
    ];

    private static Run SoftmaxAcross(NetworkPlan plan, string A) =>
        Run("SoftmaxAcross", [.. OwnRows(plan.OutputLayer, A), "across", "w.Block"]);

    private static Run SoftmaxOfRest(NetworkPlan plan, string A)
    {
        LayerPlan output = plan.OutputLayer;
        return Run(
            "Softmax",
            FromFirst($"w.Z{output.Number}", output.Stride),
            FromFirst(A, output.Outputs),
            FromFirst("w.Largest"),
            FromFirst("w.Sums"),
            Rest);
    }

    /// <summary>All passes up to every dZ, in the order of the schedule.</summary>
    private Kernel Differentiate()
    {
        Step[] steps =
        [
            .. width.Schedule.Differentiate.TakeWhile(
                step => step is not KernelRun { Pass: Pass.Transpose or Pass.Findings }),
        ];

        // Those before the first of the passes that go back belong to those.
        int last = Array.FindIndex(steps, step => step is KernelRun { Pass: Pass.OutputGradient });
        return new()
        {
            Name = "Differentiate",
            Notes =
            [
                "All passes up to every dZ. Threads that share a batch divide wide layers by units, others by samples.",
            ],
            IsPublic = true,
            Compilation = Compilation.Inlined,
            Parameters = [Matrix("parameters"), Matrix("X"), Targets, Zeros, Part, Workspace],
            Body =
            [
                .. steps.Take(last + 1).SelectMany(step => step is KernelRun run ? ForwardOf(run) : [new Wait()]),
                Blank,
                new Note("Where several threads go back, all of it is there already."),
                When(new Not("part.IsShared"), Run("Kernels.Transpose", "parameters", "part", "w")),
                Blank,
                Run("Backward", "part", "w"),
            ],
        };
    }

    private IEnumerable<Statement> ForwardOf(KernelRun run) => run.Pass switch
    {
        Pass.Forward => ForwardShared(plan.Layers[run.Layer - 1], run),
        Pass.ForwardInterleaved =>
        [
            new Note($"dZ{Output.Number - 1} is not there yet: its place takes A{Output.Number - 1} across lanes."),
            .. ForwardInterleaved($"w.dZ{Output.Number - 1}"),
        ],
        Pass.Interleave => InterleavesResult(),
        _ => [Run("OutputGradient", "targets", "part", "w")],
    };

    /// <summary>A layer, of which each thread computes its samples or its units.</summary>
    private IEnumerable<Statement> ForwardShared(LayerPlan layer, KernelRun run)
    {
        int l = layer.Number;
        ProductPlan product = Product(layer);
        bool byUnits = run.Division == Division.Units;
        Expression[] rows =
        [
            Own(Input(layer), layer.InputStride),
            .. Parameters(layer),
            .. Results(layer).Select(matrix => Own(matrix, layer.Stride)),
            "part.Count",
        ];
        Expression[] units =
        [
            Input(layer),
            .. Parameters(layer),
            .. Given(Results(layer)),
            "part.N",
            $"first{l}",
            $"end{l}",
            .. product.Packs ? ["w.Packed"] : Array.Empty<Expression>(),
        ];
        Call dense = Call($"Forward{l}", byUnits ? units : rows);
        Statement few = product.FindsLargest
            ? Set(new Element(At("w.Magnitudes", layer.PlaceOfInput)), dense)
            : new Nodes.Run(dense);
        Statement[] divide = byUnits ? [new Divide(layer.Outputs, run.Tile, $"first{l}", $"end{l}")] : [];
        return !layer.SkipsZeros ? [.. divide, few] :
        [
            .. divide,
            new ByZeros(
                [
                    Run(
                        $"Forward{l}Scattered",
                        [
                            Call("w.Entries.From", "part.First"),
                            .. Parameters(layer),
                            .. Results(layer).Select(matrix => Own(matrix, layer.Stride)),
                            "part.Count",
                        ]),
                ],
                [
                    Run(Runtime("NonZero", "Order"), [.. OwnTargets(byUnits), product.Tiles[0].Rows, "w.Samples"]),
                    Run($"Forward{l}Listed", [.. dense.Arguments, "w.Samples", "w.Columns"]),
                ],
                [few]),
            Blank,
        ];
    }

    private Expression[] OwnTargets(bool all) => all
        ? ["targets", Output.Outputs, "part.N"]
        : [Call("targets.From", "part.First", Output.Outputs), Output.Outputs, "part.Count"];
}
