using AotBackprop.Generator.Model;
using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Lowering.Places;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>
/// The passes with a sample in each lane: for networks so small that a row of a layer would leave most lanes of a
/// vector empty. Matrices lie in blocks of 16 samples: unit j of a block is 16 floats, j·16 from its start.
/// </summary>
internal sealed class InterleavedLowering(NetworkPlan plan, WidthPlan width)
{
    private const int Block = AcrossPlan.Samples;

    private readonly SampleBlocks _blocks = new(width.Lanes);
    private readonly InterleavedOutput _output = new(width, plan.OutputLayer);

    private int VectorsAtOnce => width.Interleaved.Vectors;

    private static string Across(string matrix) => $"w.{matrix}Across";

    /// <summary>A matrix from a part's first sample on, which begins a block.</summary>
    public static Address OwnAcross(string matrix, int units) => Own(Across(matrix), units);

    /// <summary>From X to A of the output layer.</summary>
    public IEnumerable<Kernel> Forward() =>
    [
        Entry(
            "ForwardAcross",
            "As Forward, with a sample in each lane.",
            [Matrix("parameters"), N, Workspace, Matrix($"A{plan.OutputLayer.Number}")],
            [.. plan.Layers.Select(layer => RunForward(layer, (matrix, _) => Across(matrix))), _output.RunForward()]),
        .. plan.Layers.Select(Forward),
        _output.Forward(),
    ];

    /// <summary>Everything up to the dZ of each layer.</summary>
    public IEnumerable<Kernel> Differentiate()
    {
        IEnumerable<LayerPlan> above = plan.Layers.Skip(1).Reverse();
        return
        [
            Entry(
                "DifferentiateAcross",
                "As Forward, OutputGradient and Backward, with a sample in each lane.",
                [Matrix("parameters"), Targets, Part, Workspace],
                [
                    Size("N", "part.Count"),
                    .. plan.Layers.Select(layer => RunForward(layer, OwnAcross)),
                    .. _output.RunGradient(),
                    .. above.Select(RunBackward),
                ]),
            _output.Gradient(),
            .. above.Select(Backward),
        ];
    }

    /// <summary>dW and db: for each entry 16 sums, over the samples of each lane.</summary>
    public IEnumerable<Kernel> Gradient() =>
    [
        Entry(
            "GradientAcross",
            "As Gradient, in 16 sums for each entry, over the samples n ≡ 0 to 15 (mod 16), which are then joined by " +
                "halves.",
            [Part, Workspace, Matrix("gradient")],
            [
                Places.Block,
                .. plan.Layers.Reverse().Select(layer => Run(
                    $"Gradient{layer.Number}Across",
                    OfBlock(Across(Notation.Input(layer)), layer.Inputs),
                    OfBlock(Across($"dZ{layer.Number}"), layer.Outputs),
                    "N",
                    At("w.LaneSums").Row($"Layout.W{layer.Number}", Block),
                    At("w.LaneSums").Row($"Layout.b{layer.Number}", Block))),
                Run(Runtime("SampleLanes", "Join"), "w.LaneSums", "Layout.Count", "gradient"),
            ]),
        .. plan.Layers.Reverse().Select(Gradient),
    ];

    /// <summary>A method that the runtime library calls, and that calls the others.</summary>
    private static Kernel Entry(
        string name, string note, EquatableArray<Parameter> parameters, EquatableArray<Statement> body) => new()
    {
        Name = name,
        Notes = [note],
        IsPublic = true,
        Compilation = Compilation.Free,
        Parameters = parameters,
        Body = body,
    };

    private static Run RunForward(LayerPlan layer, Func<string, int, Address> at) => Run(
        $"Forward{layer.Number}Across",
        [
            at(Notation.Input(layer), layer.Inputs),
            .. Parameters(layer),
            .. ProductNames.Forward(layer).Written.Select(matrix => at(matrix, layer.Outputs)),
            "N",
        ]);

    private static Run RunBackward(LayerPlan above) => Run(
        $"Backward{above.Number - 1}Across",
        OwnAcross($"dZ{above.Number}", above.Outputs),
        Weights("parameters", above),
        OwnAcross($"dZ{above.Number - 1}", above.Inputs),
        OwnAcross(above.HiddenDerivativeFrom, above.Inputs),
        "N");

    private Kernel Forward(LayerPlan layer)
    {
        int l = layer.Number;
        ProductNames names = ProductNames.Forward(layer);
        InterleavedProduct product = new(width)
        {
            Columns = layer.Outputs,
            Inner = layer.Inputs,
            Chunks = layer.ForwardChunks,
            Start = j => new Broadcast(At($"b{l}", j)),
            Factor = (i, j) => At($"W{l}", (i * layer.Outputs) + j),
            Result = (place, sum) => names.Stored(sum, matrix => At(names.PointerTo(matrix), place)),
            Activated = (place, columns) => names.Activated(
                matrix => At(names.PointerTo(matrix), place), columns, Block, VectorsAtOnce),
        };
        return Product($"Forward{l}Across", Notation.Forward(layer), names.Operands, product, q =>
        [
            Pointer("x", SampleBlocks.Block(names.Input, layer.Inputs, q)),
            .. names.RowPointers(matrix => SampleBlocks.Block(matrix, layer.Outputs, q)),
        ]);
    }

    private Kernel Backward(LayerPlan above)
    {
        int l = above.Number - 1;
        string from = above.HiddenDerivativeFrom, equation = Notation.ActivationGradient(above);
        ActivationFunction f = ActivationFunction.Of(above.HiddenActivation);
        InterleavedProduct product = new(width)
        {
            Columns = above.Inputs,
            Inner = above.Outputs,
            Chunks = above.BackwardChunks,
            Start = _ => Zero,
            Factor = (j, i) => At($"W{l + 1}", (i * above.Outputs) + j),
            Result = (place, sum) => new Store(At("z", place), f.Derive(sum, new Load(At("a", place)))),
        };
        string[] operands = [$"dZ{l + 1}", $"W{l + 1}", $"dZ{l}", from];
        return Product($"Backward{l}Across", $"{equation}, {Notation.HiddenGradient(above)}", operands, product, q =>
        [
            Pointer("x", SampleBlocks.Block($"dZ{l + 1}", above.Outputs, q)),
            Pointer("z", SampleBlocks.Block($"dZ{l}", above.Inputs, q)),
            Pointer("a", SampleBlocks.Block(from, above.Inputs, q)),
        ]);
    }

    private Kernel Product(
        string name,
        string equation,
        IEnumerable<string> operands,
        InterleavedProduct product,
        Func<Expression?, IEnumerable<Statement>> pointers) => new()
    {
        Name = name,
        Notes = [equation],
        Parameters = [.. operands.Select(Matrix), N],
        Body = [_blocks.ForVectors(q => [.. pointers(q), .. product.Statements()], VectorsAtOnce)],
    };

    private Kernel Gradient(LayerPlan layer)
    {
        int l = layer.Number;

        // The biases are a row more, whose inputs are all 1.
        IEnumerable<Statement> tiles =
            from columns in Parts(layer.Outputs, width.Interleaved.GradientColumns)
            from rows in Parts(layer.Inputs + 1, Math.Max(1, width.Interleaved.GradientSums / columns.Length))
            from statement in (Statement[])[Blank, GradientTile(layer, rows, columns)]
            select statement;
        return new()
        {
            Name = $"Gradient{l}Across",
            Notes = [$"{Notation.WeightGradient(layer)}, {Notation.BiasGradient(layer)}"],
            Parameters = [.. Matrices(Notation.Input(layer), $"dZ{l}"), N, .. Matrices($"dW{l}", $"db{l}")],
            Body = new(tiles),
        };
    }

    private Statement GradientTile(LayerPlan layer, int[] rows, int[] columns)
    {
        int l = layer.Number;
        int[] weights = [.. rows.Where(i => i < layer.Inputs)];
        Expression? q = width.Lanes == Block ? null : (Expression)"q";
        string Sum(int i, int j) => i == layer.Inputs ? $"b{j}" : $"g{i}_{j}";
        Address Target(int i, int j) =>
            i == layer.Inputs ? At($"db{l}", j * Block) : At($"dW{l}", ((i * layer.Outputs) + j) * Block);
        Statement[] tile =
        [
            .. rows.Select(i => Vectors(columns.Select(j => new Named(Sum(i, j), Zero)))),
            Samples(
                Block,
                [
                    .. OnlyIf(
                        weights.Length > 0, Pointer("x", SampleBlocks.Block(Notation.Input(layer), layer.Inputs, q))),
                    Pointer("d", SampleBlocks.Block($"dZ{l}", layer.Outputs, q)),
                    .. columns.Select(j => Vector($"d{j}", new Load(At("d", j * Block)))),
                    .. weights.SelectMany(i => new Statement[]
                    {
                        Vector($"x{i}", new Load(At("x", i * Block))),
                        Line(columns.Select(j => Set(Sum(i, j), MultiplyAdd($"x{i}", $"d{j}", Sum(i, j))))),
                    }),
                    .. OnlyIf(
                        rows.Contains(layer.Inputs), Line(columns.Select(j => new Add(Sum(layer.Inputs, j), $"d{j}")))),
                ]),
            Blank,
            .. from i in rows
               from j in columns
               select new Store(SampleBlocks.In(Target(i, j), q), Sum(i, j)),
        ];
        return q is null ? Scope(tile) : Count("q", 0, Block, width.Lanes, tile);
    }
}
