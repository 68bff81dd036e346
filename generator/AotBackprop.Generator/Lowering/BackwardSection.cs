using AotBackprop.Generator.Model;
using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Lowering.Places;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>From the loss to every dZ.</summary>
internal sealed class BackwardSection(NetworkPlan plan, WidthPlan width)
{
    private LayerPlan Output => plan.OutputLayer;

    public IEnumerable<Kernel> Kernels()
    {
        string equations = $"{Notation.Output(Output)}, {Notation.OutputGradient(Output)}";
        return
        [
            OutputGradient() with
            {
                Notes = NetworkLowering.Head(
                    Notation.OutputGradient(Output),
                    $"[N×{Output.Outputs}]: {OutputFunction.Of(Output).Reason} to this"),
            },
            .. OutputRows.Of(width.Lanes, Output).Gradients(),
            .. plan.HasOutputAcross
                ?
                [
                    new OutputLowering(width, Output).OutputGradient() with
                    {
                        Notes = NetworkLowering.Head(
                            equations, "with a sample in each lane; Y is given as class numbers"),
                    },
                ]
                : Array.Empty<Kernel>(),
            Backward(),
            .. plan.Layers.Skip(1).Reverse().SelectMany(Products),
        ];
    }

    private IEnumerable<Kernel> Products(LayerPlan above)
    {
        int l = above.Number - 1;
        ProductPlan product = width.Backward[l - 1];
        EquatableArray<string> head = NetworkLowering.Head(
            $"{Notation.ActivationGradient(above)}, {Notation.HiddenGradient(above)}",
            $"{Notation.BackwardShapes(above)}; {Notation.HiddenDerivative(above)}",
            product.Form,
            NetworkLowering.Order("j", product.Inner, product.Chunks, "0"));
        ProductLowering lowering = new(width.Lanes, product, ProductNames.Backward(above));
        return NetworkLowering.WithHead(head, lowering.Dense());
    }

    /// <summary>A of the output of a thread's samples, and dZ.</summary>
    private Kernel OutputGradient() => new()
    {
        Name = "OutputGradient",
        IsPublic = true,
        Compilation = Compilation.Inlined,
        Parameters = [Targets, Part, Workspace],
        Body =
        [
            new Declare(DataType.Float, "scale", Call("targets.Scale", "part.N")),
            new Declare(DataType.TargetsCopy, "own", Call("targets.From", "part.First", Output.Outputs)),
            .. plan.HasOutputAcross ? OutputGradientInterleaved() : [],
            .. Output.IsSoftmax ? SoftmaxGradient() : ElementwiseGradient(),
            Weigh,
        ],
    };

    private Run Weigh => Run(
        "own.WeighRows", "part.Count", Output.Stride, Own($"w.dZ{Output.Number}", Output.Stride));

    private IEnumerable<Statement> ElementwiseGradient()
    {
        int L = Output.Number;
        return
        [
            Run(
                "OutputGradient",
                Own($"w.Z{L}", Output.Stride),
                Own($"w.A{L}", Output.Outputs),
                "own.Values",
                "part.Count",
                "scale",
                Own($"w.dZ{L}", Output.Stride)),
        ];
    }

    private IEnumerable<Statement> SoftmaxGradient()
    {
        int L = Output.Number;
        Run ByRows(string Y) => Run(
            "OutputGradient", Own($"w.A{L}", Output.Outputs), Y, "part.Count", "scale", Own($"w.dZ{L}", Output.Stride));
        return
        [
            .. ForwardSection.OutputOf(plan, $"w.A{L}"),
            Blank,
            new If(
                new Compare("!=", "own.Labels", "null"),
                [ByRows("own.Labels")],
                [ByRows("own.Values")]),
            Blank,
        ];
    }

    private IEnumerable<Statement> OutputGradientInterleaved()
    {
        int L = Output.Number;
        Address Z = Own($"w.Z{L}", Output.Stride), dZ = Own($"w.dZ{L}", Output.Stride);
        return
        [
            Across,
            When(
                new And(HasAcross, new Compare("!=", "own.Labels", "null")),
                Run(
                    "OutputGradientAcross",
                    Z,
                    "own.Labels",
                    "across",
                    "scale",
                    Own("w.Largest"),
                    Own("w.Sums"),
                    dZ),
                When(
                    HasRest,
                    new Declare(
                        DataType.Size,
                        [new Named("first", (Expression)"part.First" + "across"), new Named("rest", Rest)]),
                    Run(
                        "Softmax",
                        FromFirst($"w.Z{L}", Output.Stride),
                        FromFirst($"w.A{L}", Output.Outputs),
                        FromFirst("w.Largest"),
                        FromFirst("w.Sums"),
                        "rest"),
                    Run(
                        "OutputGradient",
                        FromFirst($"w.A{L}", Output.Outputs),
                        At("own.Labels").Row("across"),
                        "rest",
                        "scale",
                        FromFirst($"w.dZ{L}", Output.Stride))),
                Blank,
                Weigh,
                new Return()),
            Blank,
        ];
    }

    private Kernel Backward() => new()
    {
        Name = "Backward",
        IsPublic = true,
        Compilation = Compilation.Inlined,
        Parameters = [Part, Workspace],
        Body =
        [
            .. width.Schedule.Differentiate
                .SkipWhile(step => step is not KernelRun { Pass: Pass.OutputGradient })
                .SelectMany(step => step switch
                {
                    KernelRun { Pass: Pass.Backward } run => BackwardOf(run),
                    ThreadBarrier => [new Wait()],
                    _ => [],
                }),
        ],
    };

    private IEnumerable<Statement> BackwardOf(KernelRun run)
    {
        int l = run.Layer;
        LayerPlan layer = plan.Layers[l - 1], above = plan.Layers[l];
        return run.Division == Division.Units
            ?
            [
                new Divide(above.Inputs, run.Tile, $"first{l}", $"end{l}"),
                Run(
                    $"Backward{l}",
                    [
                        $"w.dZ{l + 1}",
                        $"w.W{l + 1}T",
                        $"w.dZ{l}",
                        $"w.{above.HiddenDerivativeFrom}",
                        "part.N",
                        $"first{l}",
                        $"end{l}",
                        .. width.Backward[l - 1].Packs ? ["w.Packed"] : Array.Empty<Expression>(),
                    ]),
            ]
            :
            [
                Run(
                    $"Backward{l}",
                    Own($"w.dZ{l + 1}", above.Stride),
                    $"w.W{l + 1}T",
                    Own($"w.dZ{l}", layer.Stride),
                    Own($"w.{above.HiddenDerivativeFrom}", layer.Stride),
                    "part.Count"),
            ];
    }
}
