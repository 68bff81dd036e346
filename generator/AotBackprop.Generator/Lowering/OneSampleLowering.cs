using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>
/// Forward, and a step of gradient descent, on one sample as one method each: for networks so small that a call for
/// each pass, and what each has to look up, takes longer than the passes. They have their bits.
/// </summary>
internal sealed class OneSampleLowering(NetworkPlan plan, WidthPlan width)
{
    private readonly int _lanes = width.Lanes;
    private readonly SoftmaxLowering _softmax = new(width.Lanes, plan.OutputLayer);

    private LayerPlan Output => plan.OutputLayer;

    private IEnumerable<LayerPlan> AboveHidden => plan.Layers.Skip(1);

    private static Declare Scratch =>
        new(DataType.Workspace, "scratch", new Construct(["workspace", 1]));

    public Kernel Forward() => new()
    {
        Name = "ForwardOne",
        Notes =
        [
            "Forward for one sample. Nothing is written, and false returned, where an input is too large to tell " +
            "at a glance that it is finite.",
        ],
        IsPublic = true,
        Returns = DataType.Bool,
        Parameters =
        [
            new(DataType.FloatPointer, "parameters"),
            new(DataType.FloatPointer, "X"),
            new(DataType.FloatPointer, "workspace"),
            new(DataType.FloatPointer, $"A{Output.Number}"),
        ],
        Body =
        [
            Scratch,
            .. plan.Layers.Select(Matrices),
            .. LeaveUnlessBelow(MagnitudesOf(plan.Layers[0])),
            .. Products(),
            Blank,
            new Note(Notation.Softmax(Output)),
            Scope(_softmax.OneForward()),
            Blank,
            new Return("true"),
        ],
    };

    public Kernel Step() => new()
    {
        Name = "StepOne",
        Notes =
        [
            "A step on one sample, whose class is a label. Nothing is written, and false returned, where a number " +
            "is too large to tell at a glance that the update is safe: the passes above find out.",
        ],
        IsPublic = true,
        Returns = DataType.Bool,
        Parameters =
        [
            new(DataType.FloatPointer, "parameters"),
            new(DataType.FloatPointer, "X"),
            new(DataType.Int, "label"),
            new(DataType.Float, "rate"),
            new(DataType.FloatPointer, "workspace"),
            new(DataType.DoubleOut, "loss"),
        ],
        Body =
        [
            Scratch,
            .. plan.Layers.SelectMany(layer => (Statement[])[Matrices(layer), GradientMatrices(layer)]),
            .. AboveHidden.SelectMany(Transposition),
            .. Products(),
            .. Loss(),
            .. AboveHidden.Reverse().SelectMany(Backward),
            .. LeaveUnlessBelow(MagnitudesOfStep()),
            Blank,
            Vector("eta", VectorOps.Splat.Of(new Negative("rate"))),
            .. plan.Layers.Reverse().SelectMany(Descent),
            Blank,
            new Return("true"),
        ],
    };

    private static Declare Matrices(LayerPlan layer)
    {
        int l = layer.Number;
        string result = layer.IsOutput ? $"Z{l}" : $"A{l}";
        return new(
            DataType.FloatPointer,
            [
                new($"W{l}", At("parameters").Row($"Layout.W{l}")),
                new($"b{l}", At("parameters").Row($"Layout.b{l}")),
                new(result, At($"scratch.{result}")),
            ]);
    }

    private static Declare GradientMatrices(LayerPlan layer)
    {
        string[] matrices = layer.Number == 1 ? ["dZ1"] : [$"dZ{layer.Number}", $"W{layer.Number}T"];
        return new(DataType.FloatPointer, [.. matrices.Select(name => new Named(name, At($"scratch.{name}")))]);
    }

    /// <summary>Wᵀ, entry by entry, with rows as long as those of A.</summary>
    private IEnumerable<Statement> Transposition(LayerPlan layer)
    {
        string W = $"W{layer.Number}";
        int whole = layer.Inputs / _lanes * _lanes;
        return
        [
            Blank,
            new Note($"{W}ᵀ"),
            .. Enumerable.Range(0, layer.Outputs).SelectMany(Row),
        ];

        IEnumerable<Statement> Row(int j)
        {
            int row = j * layer.InputStride;
            return
            [
                .. Steps(whole, layer.InputStride, _lanes).Select(i => new Store(At($"{W}T", row + i), Zero)),
                Line(Enumerable.Range(0, layer.Inputs).Select(
                    i => Set(Item($"{W}T", row + i), Item(W, (i * layer.Outputs) + j)))),
            ];
        }
    }

    private IEnumerable<Statement> Products() => plan.Layers.SelectMany(layer => Product(
        Notation.Forward(layer), width.Forward[layer.Number - 1], ProductNames.Forward(layer)));

    private IEnumerable<Statement> Backward(LayerPlan above)
    {
        int l = above.Number - 1;
        return Product(
            $"{Notation.ActivationGradient(above)}, {Notation.HiddenGradient(above)}",
            width.Backward[l - 1],
            ProductNames.Backward(above));
    }

    private IEnumerable<Statement> Product(string equation, ProductPlan product, ProductNames names) =>
        [Blank, new Note(equation), .. new ProductLowering(_lanes, product, names).One()];

    private IEnumerable<Statement> Loss()
    {
        int L = Output.Number;
        return [Blank, new Note($"{Notation.Softmax(Output)}, dZ{L} = A{L} − Y, and the loss"), Scope(_softmax.One())];
    }

    /// <summary>Of everything that an update depends on: X and A, Z of the output, each dZ.</summary>
    private IEnumerable<Expression> MagnitudesOfStep() =>
    [
        .. plan.Layers.SelectMany(MagnitudesOf),
        .. Magnitudes(Output.Outputs, $"Z{Output.Number}", isDense: false),
        .. plan.Layers.SelectMany(layer => Magnitudes(layer.Outputs, $"dZ{layer.Number}", isDense: false)),
    ];

    /// <summary>|A| of what enters a layer; X has no padding.</summary>
    private IEnumerable<Expression> MagnitudesOf(LayerPlan layer) =>
        Magnitudes(layer.Inputs, Notation.Input(layer), isDense: layer.Number == 1);

    private IEnumerable<Expression> Magnitudes(int units, string matrix, bool isDense) =>
        from vector in VectorsOf(units)
        select VectorOps.Abs.Of(new Load(At(matrix, vector.First), isDense ? vector.Part : 0));

    /// <summary>One sum of all magnitudes; NaN is not below the limit.</summary>
    private static IEnumerable<Statement> LeaveUnlessBelow(IEnumerable<Expression> magnitudes) =>
    [
        Blank,
        Vector("most", magnitudes.First()),
        .. magnitudes.Skip(1).Select(magnitude => new Add("most", magnitude)),
        When(
            new Not(VectorOps.AreBelow.Of("most", new LibraryConstant("Part", "LargestOfOneSample"))),
            new Return("false")),
    ];

    /// <summary>W and b, less η times what dZ of one sample makes of their gradients.</summary>
    private IEnumerable<Statement> Descent(LayerPlan layer)
    {
        int l = layer.Number;
        (int First, int Part)[] row = [.. VectorsOf(layer.Outputs)];
        return
        [
            Blank,
            new Note(
                $"{Notation.WeightGradient(layer)}, {Notation.BiasGradient(layer)}, " +
                $"{Notation.Update($"W{l}")}, {Notation.Update($"b{l}")}"),
            Scope(
            [
                .. row.Select(d => Vector($"d{d.First}", new Load(At($"dZ{l}", d.First)))),
                .. Enumerable.Range(0, layer.Inputs).SelectMany(WeightRow),
                .. row.Select(d => Descend(At($"b{l}", d.First), Zero + $"d{d.First}", d.Part)),
            ]),
        ];

        IEnumerable<Statement> WeightRow(int i) =>
        [
            Vector($"x{i}", new Broadcast(At(Notation.Input(layer), i))),
            .. row.Select(d => Descend(
                At($"W{l}", (i * layer.Outputs) + d.First), MultiplyAdd($"x{i}", $"d{d.First}", Zero), d.Part)),
        ];

        static Store Descend(Address at, Expression gradient, int part) =>
            new(at, MultiplyAdd("eta", gradient, new Load(at, part)), part);
    }

    /// <summary>Where each vector of a row begins, and how many of its lanes count where not all do.</summary>
    private IEnumerable<(int First, int Part)> VectorsOf(int units) =>
        Steps(0, units, _lanes).Select(first => (first, units - first < _lanes ? units - first : 0));
}
