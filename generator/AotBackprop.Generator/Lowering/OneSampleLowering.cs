using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>
/// Forward, and a step of gradient descent, on one sample as one method each: for networks so small that a call for
/// each pass, and what each has to look up, takes a good part of the time. They have the passes' bits.
/// </summary>
internal sealed class OneSampleLowering(NetworkPlan plan, WidthPlan width)
{
    private readonly int _lanes = width.Lanes;
    private readonly OneSamplePlan _plan = width.OneSample;
    private readonly OutputRows _output = OutputRows.Of(width.Lanes, plan.OutputLayer);

    /// <summary>The vector that has −η in every lane.</summary>
    public const string Rates = "rates";

    private LayerPlan Output => plan.OutputLayer;

    private IEnumerable<LayerPlan> AboveHidden => plan.Layers.Skip(1);

    private string Z => $"Z{Output.Number}";

    // Where Z is one vector, it is handed on in a register; it is in memory for the loss alone.
    private bool ReturnsZ => Output.Outputs <= _lanes;

    private static Declare Scratch =>
        new(DataType.Workspace, "scratch", new Construct(["workspace", 1]));

    private static Parameter Parameters => new(DataType.FloatPointer, "parameters");

    private static Parameter X => new(DataType.FloatPointer, "X");

    private static Parameter Workspace => new(DataType.FloatPointer, "workspace");

    // After a softmax the class counts, else values.
    private Parameter Target => Output.IsSoftmax ? new(DataType.Int, "label") : new(DataType.FloatPointer, "Y");

    public IEnumerable<Kernel> Kernels() => [Layers(), Forward(), Step()];

    private Kernel Layers() => new()
    {
        Name = "LayersOne",
        Notes = ["Of one sample: A of each hidden layer, and Z of the output."],
        Compilation = Compilation.Inlined,
        Returns = ReturnsZ ? DataType.Vector : null,
        Parameters = [Parameters, X, new(DataType.WorkspaceReference, "scratch")],
        Body =
        [
            .. plan.Layers.Select(Matrices),
            .. Products(),
            .. OnlyIf(ReturnsZ, Blank, new Return(new Load(At(Z)))),
        ],
    };

    private IEnumerable<Statement> RunLayers()
    {
        Expression[] arguments = ["parameters", "X", "scratch"];
        return ReturnsZ
            ? [Vector($"{Z}_0", Call("LayersOne", arguments))]
            : [Run("LayersOne", arguments), Pointer(Z, At($"scratch.{Z}"))];
    }

    private Expression ReadZ(int column) => ReturnsZ ? $"{Z}_0" : new Load(At(Z, column));

    private Kernel Forward() => new()
    {
        Name = "ForwardOne",
        Notes =
        [
            "Forward for one sample. Nothing is written, and false returned, where an input is too large to tell " +
            "at a glance that it is finite.",
        ],
        IsPublic = true,
        Returns = DataType.Bool,
        Parameters = [Parameters, X, Workspace, new(DataType.FloatPointer, $"A{Output.Number}")],
        Body =
        [
            .. Sums([("X", plan.Layers[0].Inputs)]),
            When(
                new Not(VectorOps.AreBelow.Of("most", new LibraryConstant("Part", "LargestOfOneSample"))),
                new Return("false")),
            Blank,
            Scratch,
            .. RunLayers(),
            Blank,
            new Note(Notation.Output(Output)),
            Scope(_output.OneForward(ReadZ)),
            Blank,
            new Return("true"),
        ],
    };

    private Kernel Step() => new()
    {
        Name = "StepOne",
        Notes =
        [
            "Forward and back for one sample and, if it descends, W ← W + rate dW. No parameter is written, and " +
            "false returned, where a number is too large to tell at a glance that the update is safe.",
        ],
        IsPublic = true,
        Returns = DataType.Bool,
        Parameters =
        [
            Parameters, X, Target, new(DataType.Float, "limit"), new(DataType.Float, "rate"),
            new(DataType.Bool, "descends"), Workspace, new(DataType.DoubleOut, "loss"),
        ],
        Body =
        [
            Scratch,
            .. Passes(PointersOfStep()),
            Blank,
            When(new Not(VectorOps.AreBelow.Of("most", "limit")), Set("loss", 0), new Return("false")),
            Blank,
            When("descends", [Vector(Rates, VectorOps.Splat.Of("rate")), .. plan.Layers.SelectMany(Descent)]),
            Blank,
            new Note("Last, because nothing waits for it."),
            _output.OneLoss(),
            new Return("true"),
        ],
    };

    /// <summary>Forward, back to every dZ, and the sum that tells whether all is below a limit.</summary>
    private IEnumerable<Statement> Passes(IEnumerable<Named> pointers) =>
    [
        .. RunLayers(),

        // Not before: of W, which the step before has stored last, some would be on its way to the cache.
        .. AboveHidden.Where(above => !OneSamplePlan.TransposesInRegisters(above)).SelectMany(Transposition),
        new Declare(DataType.FloatPointer, new(pointers)),
        .. OutputGradient(),
        .. AboveHidden.Reverse().SelectMany(Backward),
        .. Sums(MatricesOfStep()),
    ];

    private IEnumerable<Named> PointersOfStep() => plan.Layers
        .SelectMany(layer => (Named[])[.. Intermediates(layer), .. Applied(layer)])
        .GroupBy(pointer => pointer.Name, StringComparer.Ordinal)
        .Select(same => same.First());

    private static IEnumerable<Named> Parameter(LayerPlan layer)
    {
        int l = layer.Number;
        return
        [
            new($"W{l}", At("parameters").Row($"Layout.W{l}")),
            new($"b{l}", At("parameters").Row($"Layout.b{l}")),
        ];
    }

    private static Named Place(string matrix) => new(matrix, At($"scratch.{matrix}"));

    private static Declare Matrices(LayerPlan layer) =>
        new(DataType.FloatPointer, [.. Parameter(layer), .. ProductNames.Forward(layer).Written.Select(Place)]);

    private static IEnumerable<Named> Intermediates(LayerPlan layer) =>
    [
        .. layer.IsOutput ? [] : ProductNames.Forward(layer).Written.Select(Place),
        Place($"dZ{layer.Number}"),
        .. layer.Number == 1 ? Array.Empty<Named>()
            : OneSamplePlan.TransposesInRegisters(layer) ? Parameter(layer).Take(1)
            : [Place($"W{layer.Number}T")],
    ];

    /// <summary>What the update of a layer takes: its input, if that is not X, and dZ.</summary>
    private static IEnumerable<Named> Applied(LayerPlan layer) =>
    [
        .. Parameter(layer),
        .. layer.Number == 1 ? Array.Empty<Named>() : [Place(Notation.Input(layer))],
        Place($"dZ{layer.Number}"),
    ];

    /// <summary>Wᵀ, with rows as long as those of A.</summary>
    public IEnumerable<Statement> Transposition(LayerPlan layer)
    {
        int l = layer.Number;
        Address W = At("parameters").Row($"Layout.W{l}"), WT = At($"scratch.W{l}T");
        if (layer.Weights > OneSamplePlan.MostCopied)
        {
            return
            [
                Run(
                    Runtime("Matrix", "Transpose"),
                    [W, layer.Inputs, layer.Outputs, 0, layer.Outputs, WT, layer.InputStride]),
            ];
        }

        int whole = layer.Inputs / _lanes * _lanes;
        return
        [
            new Declare(DataType.FloatPointer, [new($"rows{l}", W), new($"columns{l}", WT)]),
            .. Enumerable.Range(0, layer.Outputs).SelectMany(j => (Statement[])
            [
                .. Steps(whole, layer.Inputs, _lanes)
                    .Select(i => new Store(At($"columns{l}", (j * layer.InputStride) + i), Zero)),
                Line(Enumerable.Range(0, layer.Inputs).Select(i => Set(
                    Item($"columns{l}", (j * layer.InputStride) + i), Item($"rows{l}", (i * layer.Outputs) + j)))),
            ]),
        ];
    }

    private IEnumerable<Statement> Products() => plan.Layers.SelectMany(layer => layer.IsDotProduct
        ? [Blank, new Note(Notation.Forward(layer)), new DotProductLowering(_lanes, layer).One()]
        : _plan.FewColumns[layer.Number - 1] is { HasSeveralRows: true } few
        ? [Blank, new Note(Notation.Forward(layer)), new OneSampleFewColumns(_lanes, layer, few).One()]
        : Product(
            Notation.Forward(layer),
            width.Forward[layer.Number - 1],
            _plan.Forward[layer.Number - 1],
            ProductNames.Forward(layer)));

    private IEnumerable<Statement> Backward(LayerPlan above)
    {
        int l = above.Number - 1;
        string equations = $"{Notation.ActivationGradient(above)}, {Notation.HiddenGradient(above)}";
        ProductNames names = ProductNames.Backward(above);
        return OneSamplePlan.TransposesInRegisters(above)
            ?
            [
                Blank,
                new Note(equations),
                Scope(new OneSampleBackward(_lanes, above, names).Statements()),
            ]
            : Product(equations, width.Backward[l - 1], _plan.Backward[l - 1], names);
    }

    private IEnumerable<Statement> Product(string equation, ProductPlan product, int steps, ProductNames names) =>
        [Blank, new Note(equation), .. new ProductLowering(_lanes, product, names).One(steps)];

    private IEnumerable<Statement> OutputGradient()
    {
        string equations = $"{Notation.Output(Output)}, {Notation.OutputGradientOfOne(Output)}";
        return [Blank, new Note(equations), Scope(_output.OneGradient(ReadZ))];
    }

    /// <summary>Of everything that an update depends on: X and A, Z of the output, each dZ.</summary>
    private IEnumerable<(string Matrix, int Units)> MatricesOfStep() =>
    [
        .. plan.Layers.Select(layer => (Notation.Input(layer), layer.Inputs)),
        (Z, Output.Outputs),
        .. plan.Layers.Select(layer => ($"dZ{layer.Number}", layer.Outputs)),
    ];

    /// <summary>Sums of all magnitudes; NaN is not below any limit.</summary>
    private IEnumerable<Statement> Sums(IEnumerable<(string Matrix, int Units)> matrices) =>
        [Blank, Vector("most", Zero), .. matrices.SelectMany(matrix => Sum(matrix.Matrix, matrix.Units))];

    private IEnumerable<Statement> Sum(string matrix, int units)
    {
        int turn = OneSamplePlan.SummedTogether * _lanes;
        int looped = units > OneSamplePlan.LongestSum * turn ? units / turn * turn : 0;
        return
        [
            .. OnlyIf(looped > 0, Count("i", 0, looped, turn, Magnitudes(At(matrix).Row("i"), turn, isDense: false))),
            .. Steps(looped, units, turn).SelectMany(first =>
                Magnitudes(At(matrix, first), Math.Min(turn, units - first), isDense: matrix == "X")),
        ];
    }

    // |A| of what enters a layer: X has no padding.
    private IEnumerable<Statement> Magnitudes(Address at, int units, bool isDense)
    {
        Expression[] all =
        [
            .. VectorsOf(units).Select(vector => VectorOps.Abs.Of(
                at.Base == Z ? ReadZ((int)at.Offset + vector.First)
                : new Load(at.Plus(vector.First), isDense ? vector.Part : 0))),
        ];
        return [new Add("most", Balanced(all))];
    }

    // By halves, so that no addition waits for all before it.
    private static Expression Balanced(Expression[] terms) => terms.Length == 1 ? terms[0]
        : Balanced([.. terms.Take(terms.Length / 2)]) + Balanced([.. terms.Skip(terms.Length / 2)]);

    /// <summary>W and b of a layer, updated by what dZ of one sample makes of their gradients.</summary>
    private IEnumerable<Statement> Descent(LayerPlan layer) =>
    [
        Blank,
        new Note(
            $"{Notation.WeightGradient(layer)}, {Notation.BiasGradient(layer)}, " +
            $"{Notation.Update($"W{layer.Number}")}, {Notation.Update($"b{layer.Number}")}"),
        Scope(new OneSampleDescent(_lanes, layer, _plan.Descents[layer.Number - 1]).Statements()),
    ];

    /// <summary>Where each vector of a row begins, and how many of its lanes count where not all do.</summary>
    private IEnumerable<(int First, int Part)> VectorsOf(int units) =>
        Steps(0, units, _lanes).Select(first => (first, units - first < _lanes ? units - first : 0));
}
