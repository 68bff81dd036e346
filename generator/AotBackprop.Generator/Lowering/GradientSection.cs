using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Lowering.Places;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>Every dW and db, stored or applied.</summary>
internal sealed class GradientSection(NetworkPlan plan, WidthPlan width)
{
    private LayerPlan Output => plan.OutputLayer;

    public IEnumerable<Kernel> Kernels() =>
    [
        new()
        {
            Name = "Gradient",
            IsPublic = true,
            Compilation = Compilation.Inlined,
            Parameters = [Matrix("X"), Zeros, Part, Workspace, Matrix("gradient")],
            Body = new(Calls("Gradient", [], "gradient")),
        },
        new()
        {
            Name = "Descend",
            Notes = ["Every dZ is there by now, so no weight is needed as it was before the step."],
            IsPublic = true,
            Compilation = Compilation.Inlined,
            Updates = true,
            Parameters = [Matrix("parameters"), Matrix("X"), Zeros, Part, new(DataType.Update, "update"), Workspace],
            Body = new(Calls("Descend", [new Reference("update", ReferenceKind.In)], "parameters")),
        },
        .. plan.Layers.Reverse().SelectMany(OfLayer),
    ];

    private IEnumerable<Kernel> OfLayer(LayerPlan layer)
    {
        GradientPlan gradient = width.Gradients[layer.Number - 1];
        string dW = Notation.WeightGradient(layer), db = Notation.BiasGradient(layer), shapes = Notation.WeightGradientShapes(layer);
        string order = plan.IsTiny
            ? $"Each sum adds the samples ascending, from 0: fewer than {AcrossPlan.Samples}."
            : "Each sum adds the samples ascending, from 0.";
        string W = $"W{layer.Number}", b = $"b{layer.Number}";
        GradientLowering stored = new(width.Lanes, gradient, layer, GradientTarget.Stored(W));
        GradientLowering applied = new(width.Lanes, gradient, layer, GradientTarget.Applied(W));
        return
        [
            .. NetworkLowering.WithHead(NetworkLowering.Head(dW, shapes, gradient.Form, order), stored.Dense()),
            .. NetworkLowering.WithHead(
                NetworkLowering.Head($"{dW}, {Notation.AnyUpdate(W)}", shapes, gradient.Form, order), applied.Dense()),
            .. layer.SkipsZeros ? Sparse(dW, stored, applied) : [],
            .. layer == Output && plan.HasGradientAcross(width)
                ?
                [
                    new OutputLowering(width, Output).Gradient() with
                    {
                        Notes = NetworkLowering.Head(dW, "with an input in each lane, and the same sums"),
                    },
                ]
                : Array.Empty<Kernel>(),
            Bias(GradientTarget.Stored(b)) with { Notes = NetworkLowering.Head(db, $"[{layer.Outputs}]", null, order) },
            Bias(GradientTarget.Applied(b)) with
            {
                Notes = NetworkLowering.Head($"{db}, {Notation.AnyUpdate(b)}", $"[{layer.Outputs}]", null, order),
            },
        ];

        Kernel Bias(GradientTarget target) => new BiasLowering(width.Lanes, gradient, layer, target).Sum();
    }

    private IEnumerable<Kernel> Sparse(string dW, GradientLowering stored, GradientLowering applied) =>
    [
        stored.Listed() with { Notes = NetworkLowering.Head(dW, "where many inputs are 0") },
        applied.Listed(),
        stored.Scattered(width.Scattered) with { Notes = NetworkLowering.Head(dW, "where nearly all inputs are 0") },
        applied.Scattered(width.Scattered),
    ];

    /// <summary>
    /// dW and db of each layer in the order of the schedule. A thread has some columns or rows, or takes its turn where they
    /// are not divided.
    /// </summary>
    private IEnumerable<Statement> Calls(string verb, Expression[] update, string target) =>
    [
        Size("N", "part.N"),
        .. width.Schedule.Gradient.OfType<KernelRun>().SelectMany(run =>
        {
            LayerPlan layer = plan.Layers[run.Layer - 1];
            return run.Pass switch
            {
                Pass.BiasGradient => InTurn(run, Run($"Bias{verb}{run.Layer}", [$"w.dZ{run.Layer}", "N", .. update, Bias(target, layer)])),
                Pass.WeightGradientInterleaved => Interleaved(layer, run, verb, update, target),
                _ => ByRows(layer, run, verb, update, target),
            };
        }),
    ];

    private static Statement[] InTurn(KernelRun run, Statement call) => [When(new OwnTurn(run.Turn), call)];

    private IEnumerable<Statement> Interleaved(LayerPlan layer, KernelRun run, string verb, Expression[] update, string target)
    {
        int l = layer.Number;
        Expression[] own = [$"first{l}", $"end{l}"];
        return
        [
            new If(
                "part.IsAcross",
                [
                    new Note($"The sums take the place of W{l}T, which nobody reads any more."),
                    new Divide(layer.Inputs, run.Tile, $"first{l}", $"end{l}"),
                    Run($"Gradient{l}Across", [$"w.A{l - 1}", $"w.dZ{l}", "N", $"w.W{l}T", .. own]),
                    Run(Runtime("RowBlock", verb), [$"w.W{l}T", layer.Outputs, .. own, .. update, "w.Block", Weights(target, layer)]),
                ],
                [.. ByRows(layer, run.Otherwise!, verb, update, target)]),
            Blank,
        ];
    }

    private Statement[] ByRows(LayerPlan layer, KernelRun run, string verb, Expression[] update, string target)
    {
        int l = layer.Number;
        string first = $"first{l}", end = $"end{l}";
        Expression[] dense = [Input(layer), $"w.dZ{l}", "N", .. update, Weights(target, layer)];
        if (run.Division == Division.Turns)
        {
            return InTurn(run, Run($"{verb}{l}", dense));
        }

        int units = width.Gradients[l - 1].DividesColumns ? layer.Outputs : layer.Inputs;
        Divide divide = new(units, run.Tile, first, end);
        Statement few = Run($"{verb}{l}", [.. dense, first, end]);
        return run.WhereNearlyAllAreZero is not { } sparse ? [divide, few] :
        [
            divide,
            new ByZeros(
                [
                    new Divide(layer.Inputs, sparse.Tile, first, end, Declares: false),
                    new Declare(DataType.EntriesCopy, "entries", "w.Entries"),
                    Run("entries.Chain", "N", first, end),
                    Run($"{verb}{l}Scattered", ["entries", $"w.dZ{l}", .. update, Weights(target, layer), first, end]),
                ],
                [Run($"{verb}{l}Listed", [.. dense, first, end, "w.Samples"])],
                [few]),
            Blank,
        ];
    }
}
