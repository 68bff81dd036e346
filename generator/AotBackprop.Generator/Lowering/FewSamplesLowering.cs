using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>
/// Forward, and a step of gradient descent, on few samples as one method each, which call the passes of rows: for
/// networks so small that what stands around the passes takes a good part of the time.
/// </summary>
internal sealed class FewSamplesLowering(NetworkPlan plan, WidthPlan width)
{
    private readonly OneSampleLowering _one = new(plan, width);
    private readonly GroupsPlan _groups = width.FewSamples.Groups;

    private static readonly Declare _scratch = new(DataType.Workspace, "scratch", new Construct(["workspace", "N"]));

    private static readonly Parameter _parameters = new(DataType.FloatPointer, "parameters");
    private static readonly Parameter _X = new(DataType.FloatPointer, "X");
    private static readonly Parameter _N = new(DataType.Size, "N");
    private static readonly Parameter _workspace = new(DataType.FloatPointer, "workspace");

    private LayerPlan Output => plan.OutputLayer;

    private string Z => $"Z{Output.Number}";

    // What the softmax keeps for the loss.
    private static string[] Kept => ["Largest", "Sums"];

    public IEnumerable<Kernel> Kernels() => [Forward(), Step()];

    private IEnumerable<Statement> RunLayers() => plan.Layers.Select(layer => Run(
        $"Forward{layer.Number}",
        [
            Input(layer),
            .. Places.Parameters(layer),
            .. ProductNames.Forward(layer).Written.Select(InScratch),
            "N",
            .. AllColumns(width.Forward[layer.Number - 1]),
        ]));

    private static Address Input(LayerPlan layer) =>
        layer.Number == 1 ? At("X") : InScratch(Notation.Input(layer));

    /// <summary>dZ of the layer below.</summary>
    private IEnumerable<Statement> Backward(LayerPlan above) =>
    [
        Blank,
        new Note($"{Notation.ActivationGradient(above)}, {Notation.HiddenGradient(above)}"),
        .. above.Inputs == 1 && above.BackwardChunks == 1 ? BackwardOfOneRow(above) : BackwardOfRows(above),
    ];

    private IEnumerable<Statement> BackwardOfRows(LayerPlan above)
    {
        ProductNames names = ProductNames.Backward(above);
        ProductPlan product = width.Backward[above.Number - 2];
        Address WT = InScratch(names.Weights);
        return
        [
            .. OneSamplePlan.TransposesInRegisters(above)
                ? [Scope(new OneSampleBackward(width.Lanes, above, names).Transposition(Weights(above), WT))]
                : _one.Transposition(above),
            Run(
                names.Method,
                [
                    InScratch(names.Input),
                    WT,
                    InScratch(names.Output),
                    InScratch(names.DerivativeFrom!),
                    "N",
                    .. AllColumns(product),
                ]),
        ];
    }

    // W is its own transpose, and dA one sum.
    private Scope[] BackwardOfOneRow(LayerPlan above)
    {
        ProductNames names = ProductNames.Backward(above);
        string[] rows = [names.Input, names.Output, names.DerivativeFrom!];
        return
        [
            Scope(
            [
                new Declare(
                    DataType.FloatPointer,
                    new(rows.Select(Place).Append(new($"W{above.Number}", Weights(above))))),
                .. new OneSampleBackward(width.Lanes, above, names).OfManySamples(Line(rows.Select(row =>
                    new Add(row, row == names.Input ? above.Stride : above.InputStride)))),
            ]),
        ];
    }

    private static Address Weights(LayerPlan layer) => Places.Weights("parameters", layer);

    // What a product takes beside its matrices: the columns that one thread has, and where a panel is packed.
    private static IEnumerable<Expression> AllColumns(ProductPlan product) =>
    [
        .. product.DividesColumns ? [0, product.Columns] : Array.Empty<Expression>(),
        .. product.Packs ? [InScratch("Packed")] : Array.Empty<Expression>(),
    ];

    /// <summary>What inputs and parameters bound is far below the largest float, and any update of them too.</summary>
    private And IsInOrder => new(
        Below(LargestOf(At("X"), plan.Layers[0].Inputs), new Number(FewSamplesPlan.LargestInput)),
        Below(
            Call(Runtime("Scan", "Largest"), "parameters", plan.ParameterCount),
            new Number(width.FewSamples.LargestParameter)));

    private static Call LargestOf(Address matrix, int floats) =>
        Call(Runtime("Scan", "Largest"), matrix, new Unsigned("N") * floats);

    private static Named Place(string matrix) => new(matrix, InScratch(matrix));

    private static Address InScratch(string matrix) => At($"scratch.{matrix}");

    private IEnumerable<Statement> OutputGradient()
    {
        int L = Output.Number;
        Address A = InScratch($"A{L}");
        Statement[] rows =
        [
            Run("Softmax", [Z, A, .. Kept.Select(InScratch), "N"]),
            Run("OutputGradient", A, "labels", "N", "scale", $"dZ{L}"),
        ];
        return
        [
            new Declare(DataType.Float, "scale", new Number(1) / (Expression)"N"),
            new Declare(DataType.FloatPointer, new([Place(Z), Place($"dZ{L}")])),
            .. InGroups(softmax => softmax.Gradient(), rows),
        ];
    }

    private Statement[] InGroups(
        Func<GroupedSoftmax, IEnumerable<Statement>> groups, params Statement[] byRows)
    {
        if (_groups.Rows == 0)
        {
            return byRows;
        }

        Statement[] grouped =
        [
            new Declare(DataType.FloatPointer, new(Kept.Select(Place))),
            .. groups(new(width.Lanes, Output, _groups)),
        ];
        return _groups.Rows == 1
            ? grouped
            : [new If(new Compare(">=", "N", _groups.Rows), [.. grouped], [.. byRows])];
    }

    private Kernel Forward() => new()
    {
        Name = "ForwardFew",
        Notes =
        [
            "Forward for few samples. Nothing is written, and false returned, where an input is not finite.",
        ],
        IsPublic = true,
        Returns = DataType.Bool,
        Parameters = [_parameters, _X, _N, _workspace, new(DataType.FloatPointer, $"A{Output.Number}")],
        Body =
        [
            When(
                new Not(Call("float.IsFinite", LargestOf(At("X"), plan.Layers[0].Inputs))),
                new Return("false")),
            Blank,
            _scratch,
            .. RunLayers(),
            new Declare(DataType.FloatPointer, new([Place(Z)])),
            Blank,
            new Note(Notation.Output(Output)),
            .. InGroups(
                softmax => [softmax.Forward()],
                [Run("Softmax", [Z, $"A{Output.Number}", .. Kept.Select(InScratch), "N"])]),
            Blank,
            new Return("true"),
        ],
    };

    private Kernel Step() => new()
    {
        Name = "StepFew",
        Notes =
        [
            "A step on few samples. No parameter is written, and false returned, where a number is too large to tell " +
            "at a glance that the update is safe: the passes above find out.",
        ],
        IsPublic = true,
        Updates = true,
        Returns = DataType.Bool,
        Parameters =
        [
            _parameters, _X, new(DataType.IntPointer, "labels"), _N, new(DataType.Update, "given"), _workspace,
            new(DataType.DoubleOut, "loss"),
        ],
        Body =
        [
            When(new Not(IsInOrder), Set("loss", 0), new Return("false")),
            Blank,
            _scratch,
            .. RunLayers(),
            Blank,
            new Note($"{Notation.Output(Output)}, {Notation.OutputGradient(Output)}"),
            Scope(OutputGradient()),
            .. plan.Layers.Skip(1).Reverse().SelectMany(Backward),
            Blank,
            new Note($"log Σⱼ exp {Z}ᵢⱼ = Largestᵢ + log Sumsᵢ: while others are waited for."),
            Run(Runtime("Logarithm", "Add"), [.. Kept.Select(InScratch), "N", InScratch("Losses")]),
            Blank,
            .. plan.Layers.Reverse().SelectMany(Descent),
            Blank,
            new Note("Last, because nothing waits for it."),
            Set("loss", Call(
                Runtime("CrossEntropy", "MeanOfRows"),
                "labels", "N", InScratch(Z), Output.Stride, InScratch("Losses"))),
            new Return("true"),
        ],
    };

    private IEnumerable<Statement> Descent(LayerPlan layer)
    {
        int l = layer.Number;
        Expression given = new Reference("given", ReferenceKind.In);
        Address dZ = InScratch($"dZ{l}");
        GradientPlan gradient = width.Gradients[l - 1];
        Expression[] all = gradient.Form == Form.Tiles
            ? [0, gradient.DividesColumns ? layer.Outputs : layer.Inputs]
            : [];
        return
        [
            Run($"Descend{l}", [Input(layer), dZ, "N", given, Weights(layer), .. all]),
            Run($"BiasDescend{l}", dZ, "N", given, Places.Bias("parameters", layer)),
        ];
    }
}
