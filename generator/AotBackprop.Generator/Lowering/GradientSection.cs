using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Lowering.Places;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>Every dW and db, applied as they are finished.</summary>
internal sealed class GradientSection(NetworkPlan plan, WidthPlan width)
{
    private static readonly Expression Update = new Reference("update", ReferenceKind.In);

    private LayerPlan Output => plan.OutputLayer;

    public IEnumerable<Kernel> Kernels() =>
    [
        new()
        {
            Name = "Descend",
            Notes =
            [
                "Every dZ is there by now, so no weight is needed as it was before the step. " +
                "With an update that only stores, \"parameters\" receive the gradient. " +
                $"More than {GradientPlan.BlockSamples} samples come in blocks, whose sums are added.",
            ],
            IsPublic = true,
            Compilation = Compilation.Inlined,
            Updates = true,
            Parameters = [Matrix("parameters"), Matrix("X"), Zeros, Part, new(DataType.Update, "update"), Workspace],
            Body = new(Calls()),
        },
        .. plan.Layers.Reverse().SelectMany(OfLayer),
    ];

    private IEnumerable<Kernel> OfLayer(LayerPlan layer)
    {
        GradientPlan gradient = width.Gradients[layer.Number - 1];
        string dW = Notation.WeightGradient(layer), db = Notation.BiasGradient(layer);
        string shapes = Notation.WeightGradientShapes(layer);
        string order = plan.IsTiny
            ? $"Each sum adds the samples ascending, from 0: fewer than {AcrossPlan.Samples}."
            : "Each sum adds the samples ascending, from 0.";
        string W = $"W{layer.Number}", b = $"b{layer.Number}";
        GradientLowering lowering = new(width.Lanes, gradient, layer);
        return
        [
            .. NetworkLowering.WithHead(
                NetworkLowering.Head($"{dW}, {Notation.AnyUpdate(W)}", shapes, gradient.Form, order), lowering.Dense()),
            .. layer.SkipsZeros ? Sparse(dW, lowering) : [],
            .. layer == Output && plan.HasGradientAcross(width)
                ?
                [
                    new OutputLowering(width, Output).Gradient() with
                    {
                        Notes = NetworkLowering.Head(dW, "with an input in each lane, and the same sums"),
                    },
                ]
                : Array.Empty<Kernel>(),
            new BiasLowering(width.Lanes, gradient, layer).Sum() with
            {
                Notes = NetworkLowering.Head($"{db}, {Notation.AnyUpdate(b)}", $"[{layer.Outputs}]", null, order),
            },
        ];
    }

    private IEnumerable<Kernel> Sparse(string dW, GradientLowering lowering) =>
    [
        lowering.Listed() with { Notes = NetworkLowering.Head(dW, "where many inputs are 0") },
        lowering.Scattered(width.Scattered) with { Notes = NetworkLowering.Head(dW, "where nearly all inputs are 0") },
    ];

    /// <summary>
    /// dW and db of each layer in the order of the schedule. A thread has some columns or rows, or takes its turn where
    /// they are not divided.
    /// </summary>
    private IEnumerable<Statement> Calls() =>
    [
        BlockForUpdate,
        .. width.Schedule.Gradient.OfType<KernelRun>().SelectMany(run =>
        {
            LayerPlan layer = plan.Layers[run.Layer - 1];
            return run.Pass switch
            {
                Pass.BiasGradient => InTurn(
                    run, Run($"BiasDescend{run.Layer}", [Derivatives(layer), "N", Update, Bias("parameters", layer)])),
                Pass.WeightGradientInterleaved => Interleaved(layer, run),
                _ => ByRows(layer, run),
            };
        }),
    ];

    private static Statement[] InTurn(KernelRun run, Statement call) => [When(new OwnTurn(run.Layer, run.Turn), call)];

    private static Expression[] Factors(LayerPlan layer) =>
        [OfBlock(Input(layer), layer.InputStride), Derivatives(layer)];

    private static Address Derivatives(LayerPlan layer) => OfBlock($"w.dZ{layer.Number}", layer.Stride);

    private IEnumerable<Statement> Interleaved(LayerPlan layer, KernelRun run)
    {
        int l = layer.Number;
        Expression W = Weights("parameters", layer);
        Expression[] own = [$"first{l}", $"end{l}"];
        return
        [
            new If(
                "part.IsAcross",
                [
                    new Note($"The sums take the place of W{l}T, which nobody reads any more."),
                    new Divide(layer.Inputs, run.Tile, $"first{l}", $"end{l}") { GradientOf = l, AreRows = true },
                    Run($"Gradient{l}Across", [.. Factors(layer), "N", $"w.W{l}T", .. own]),
                    Run(Runtime("RowBlock", "Descend"), [$"w.W{l}T", layer.Outputs, .. own, Update, "w.Block", W]),
                ],
                [.. ByRows(layer, run.Otherwise!)]),
            Blank,
        ];
    }

    private Statement[] ByRows(LayerPlan layer, KernelRun run)
    {
        int l = layer.Number;
        string first = $"first{l}", end = $"end{l}";
        Expression[] dense = [.. Factors(layer), "N", Update, Weights("parameters", layer)];
        if (run.Division == Division.Turns)
        {
            return InTurn(run, Run($"Descend{l}", dense));
        }

        bool areRows = !width.Gradients[l - 1].DividesColumns;
        int units = areRows ? layer.Inputs : layer.Outputs;
        Divide divide = new(units, run.Tile, first, end) { GradientOf = l, AreRows = areRows };
        Statement few = Run($"Descend{l}", [.. dense, first, end]);
        return run.WhereNearlyAllAreZero is not { } sparse ? [divide, few] :
        [
            divide,
            new ByZeros(
                [
                    divide with { Count = layer.Inputs, Tile = sparse.Tile, Declares = false, AreRows = true },
                    new Declare(DataType.EntriesCopy, "entries", Call("w.Entries.From", "start")),
                    Run("entries.Chain", "N", first, end),
                    Run(
                        $"Descend{l}Scattered",
                        ["entries", Derivatives(layer), Update, Weights("parameters", layer), first, end]),
                ],
                [Run($"Descend{l}Listed", [.. dense, first, end, "w.Samples"])],
                [few]),
            Blank,
        ];
    }
}
