using AotBackprop.Generator.Model;
using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Lowering.Places;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>The output of a network whose passes have a sample in each lane: A, collected in rows, and dZ.</summary>
internal sealed class InterleavedOutput(WidthPlan width, LayerPlan layer)
{
    private const int Block = AcrossPlan.Samples;

    private readonly SampleBlocks _blocks = new(width.Lanes);
    private readonly OutputFunction _f = OutputFunction.Of(layer);
    private readonly string _Z = $"Z{layer.Number}";
    private readonly string _A = $"A{layer.Number}";
    private readonly string _dZ = $"dZ{layer.Number}";

    // What a softmax keeps for the loss.
    private string[] Kept => layer.IsSoftmax ? ["Largest", "Sums"] : [];

    private string[] KeptForLoss => layer.IsSoftmax ? [.. Kept, "Chosen"] : [];

    private IEnumerable<int> Columns => Enumerable.Range(0, layer.Outputs);

    public Statement RunForward() =>
        Run("OutputAcross", [$"w.{_Z}Across", "N", .. Kept.Select(name => (Expression)$"w.{name}"), "w.Block", _A]);

    /// <summary>A in rows.</summary>
    public Kernel Forward() => new()
    {
        Name = "OutputAcross",
        Notes = [$"{Notation.Output(layer)}, in rows"],
        Parameters = [Matrix(_Z), N, .. Matrices([.. Kept, "block", _A])],
        Body =
        [
            _blocks.InRows(_A, layer.Outputs, Rest, (q, to) =>
            [
                Pointer("z", SampleBlocks.Block(_Z, layer.Outputs, q)),
                .. Of(to, q, out Expression[] A),
                Line(A.Select((a, j) => new Store(to(j), a))),
            ]),
        ],
    };

    // Of a block, those that are samples.
    private static Smaller Rest => new(Block, (Expression)"N" - "n");

    public IEnumerable<Statement> RunGradient()
    {
        Address own = InterleavedLowering.OwnAcross(_dZ, layer.Outputs);
        return
        [
            Run(
                "OutputGradientAcross",
                [
                    InterleavedLowering.OwnAcross(_Z, layer.Outputs),
                    InterleavedLowering.OwnAcross("Y", layer.Outputs),
                    "N",
                    Call("targets.Scale", "part.N"),
                    .. KeptForLoss.Select(name => Own($"w.{name}")),
                    own,
                ]),
            Run("targets.WeighBlocks", "N", layer.Outputs, own),
        ];
    }

    /// <summary>dZ, 0 behind the last sample.</summary>
    public Kernel Gradient() => new()
    {
        Name = "OutputGradientAcross",
        Notes = [$"{Notation.Output(layer)}, {Notation.OutputGradient(layer)}, 0 behind the last sample"],
        Parameters = [.. Matrices(_Z, "Y"), N, Scale, .. Matrices([.. KeptForLoss, _dZ])],
        Body = [_blocks.ForVectors(GradientOf)],
    };

    private IEnumerable<Statement> GradientOf(Expression? q)
    {
        Expression rest = new Narrow(Rest);
        return
        [
            Pointer("z", SampleBlocks.Block(_Z, layer.Outputs, q)),
            Pointer("y", SampleBlocks.Block("Y", layer.Outputs, q)),
            Pointer("d", SampleBlocks.Block(_dZ, layer.Outputs, q)),
            .. OnlyIf(
                layer.IsSoftmax,
                Blank,
                new Note("Of one-hot rows the Z of each sample's class; of others nothing that is used."),
                new Store(
                    SampleBlocks.Block("Chosen", 1, q),
                    Joined(Columns.Select(
                        j => VectorOps.Mask.Of(new Load(At("z", j * Block)), new Load(At("y", j * Block))))))),
            Blank,
            .. Of(j => At("d", j * Block), q, out Expression[] A),
            new Declare(DataType.Int, "count", q is null ? rest : rest - q),
            Line(A.Select((a, j) => new Store(
                At("d", j * Block),
                VectorOps.Keep.Of(
                    _f.Derive(a, new Load(At("y", j * Block))) * VectorOps.Splat.Of("scale"), "count", 0)))),
        ];
    }

    /// <summary>A of each output from z, and what it takes to form it.</summary>
    /// <param name="to">Where a number of an output may be kept.</param>
    /// <param name="q">The place in the block.</param>
    /// <param name="A">Receives A of each output.</param>
    private EquatableArray<Statement> Of(Func<int, Address> to, Expression? q, out Expression[] A)
    {
        if (_f.Forward is { } forward)
        {
            A = [.. Columns.Select(j => forward(new Load(At("z", j * Block))))];
            return new([]);
        }

        InterleavedSoftmax softmax = new(width, layer.Outputs, to, q);
        A = [.. softmax.Probabilities];
        return softmax.Body;
    }
}
