using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>
/// dW = Aᵀ dZ, each sum over the samples ascending, applied to W as it is finished; an update that only stores yields
/// dW itself. A register tile has some inputs and some vectors of outputs.
/// </summary>
internal sealed partial class GradientLowering(int lanes, GradientPlan plan, LayerPlan layer)
{
    private readonly GradientColumns _columns = new(lanes, plan);
    private readonly UpdatedParameter _target = new($"W{layer.Number}");
    private readonly string _name = $"Descend{layer.Number}";
    private readonly string _input = Notation.Input(layer);
    private readonly string _dZ = $"dZ{layer.Number}";

    // What a thread has of the columns or inputs that threads share.
    private readonly Parameter[] _share = [new(DataType.Int, "first"), new(DataType.Int, "end")];

    private Parameter[] Factors => [new(DataType.FloatPointer, _input), new(DataType.FloatPointer, _dZ)];

    // Where a thread's inputs begin and end: threads share the columns, or else the inputs.
    private Expression First => plan.DividesColumns ? 0 : "first";

    private Expression End => plan.DividesColumns ? plan.Inputs : "end";

    /// <summary>Every entry is added, 0 or not.</summary>
    public IEnumerable<Kernel> Dense() =>
        plan.Form == Form.FewColumns ? [FewColumns()]
        : plan.Form == Form.StraightLine ? StraightLine()
        : plan.HasFormForOne ? [Tiles(), OneSample()]
        : [Tiles()];

    private IEnumerable<Kernel> StraightLine()
    {
        (int Input, int Inputs, Panel Panel)[] tiles =
        [
            .. from panel in plan.Panels
               from g in Enumerable.Range(0, panel.Count)
               from input in Steps(0, plan.Inputs, plan.Rows)
               let single = new Panel(panel.FirstVector + (g * panel.Vectors), panel.Vectors, 1)
               select (input, Math.Min(plan.Rows, plan.Inputs - input), single),
        ];
        int methods = (tiles.Length + plan.TilesInMethod - 1) / plan.TilesInMethod;
        if (methods == 1)
        {
            return [Method(_name, plan.LoopsOverTiles ? LoopsOverTiles(tiles) : Straight(tiles))];
        }

        string[] parts = [.. Enumerable.Range(1, methods).Select(m => $"{_name}Part{m}")];
        return
        [
            Method(_name, parts.Select(part => Run(part, [_input, _dZ, "N", .. _target.Arguments]))) with
            {
                Compilation = Compilation.Free,
            },
            .. parts.Select(
                (part, m) => Method(part, Straight(tiles.Skip(m * plan.TilesInMethod).Take(plan.TilesInMethod)))),
        ];
    }

    private Kernel Method(string name, IEnumerable<Statement> body) => new()
    {
        Name = name,
        Updates = true,
        Parameters = [.. Factors, new(DataType.Size, "N"), .. _target.Parameters],
        Body = new(body),
    };

    private IEnumerable<Statement> Straight(IEnumerable<(int Input, int Inputs, Panel Panel)> tiles) =>
    [
        UpdatedParameter.Start,
        .. tiles.SelectMany(tile => (Statement[])
        [
            Blank,
            new Note($"Inputs {tile.Input} to {tile.Input + tile.Inputs - 1}, {Outputs(tile.Panel)}."),
            Scope(StraightTile(tile.Input, tile.Inputs, tile.Panel)),
        ]),
    ];

    // A tile of each panel in a loop over the inputs, where they are many enough that text of each would only be long.
    private IEnumerable<Statement> LoopsOverTiles(IEnumerable<(int Input, int Inputs, Panel Panel)> tiles) =>
    [
        UpdatedParameter.Start,
        .. tiles.Select(tile => tile.Panel).Distinct().SelectMany(panel => (Statement[])
        [
            Blank,
            new Note($"{plan.Rows} inputs at a time, {Outputs(panel)}."),
            Count("i", 0, plan.Inputs, plan.Rows, StraightTile("i", plan.Rows, panel)),
        ]),
    ];

    private string Outputs(Panel panel) =>
        $"outputs {panel.FirstVector * lanes} to {Math.Min(plan.Outputs, panel.EndVector * lanes) - 1}";

    private IEnumerable<Statement> StraightTile(Expression input, int inputs, Panel panel) =>
        [.. Place(input, panel), .. Tile(inputs, panel, Target(input, panel), add => Samples(1, Next(add)))];

    private Kernel Tiles()
    {
        int vectors = plan.Panels[0].Vectors;
        string one = $"{vectors} vector{(vectors == 1 ? "" : "s")}", next = plan.DividesColumns ? "column" : "input";
        return new()
        {
            Name = _name,
            Notes = [$"{plan.Rows} inputs × {one} at a time, over all samples; from one {next} on to another."],
            Updates = true,
            Parameters = [.. Factors, new(DataType.Size, "N"), .. _target.Parameters, .. _share],
            Body =
            [
                .. OnlyIf(
                    plan.HasFormForOne,
                    When(
                        new IsOneSample("N"),
                        Run($"{_name}One", [_input, _dZ, .. _target.Arguments, "first", "end"]),
                        new Return()),
                    Blank),
                UpdatedParameter.Start,
                .. ForInputs((input, inputs) => ForPanels(panel =>
                [
                    .. Place(input, panel),
                    .. Tile(inputs, panel, Target(input, panel), ForeseenSamples),
                ])),
            ],
        };
    }

    /// <summary>Each whole tile of inputs of a thread, and what is left over behind the last.</summary>
    private IEnumerable<Statement> ForInputs(Func<Expression, int, IEnumerable<Statement>> body)
    {
        int rest = plan.Inputs % plan.Rows, whole = plan.Inputs - rest;
        if (plan.DividesColumns && whole == plan.Rows)
        {
            yield return Scope(body(0, whole));
        }
        else if (whole > 0)
        {
            Expression end = plan.DividesColumns ? whole : rest > 0 ? new Smaller(End, whole) : End;
            yield return Count("i", First, end, plan.Rows, body("i", plan.Rows));
        }

        if (rest > 0)
        {
            yield return Blank;
            IEnumerable<Statement> tile = body(whole, rest);
            yield return plan.DividesColumns ? Scope(tile) : When(Equal(End, plan.Inputs), tile);
        }
    }

    private IEnumerable<Statement> ForPanels(Func<Panel, IEnumerable<Statement>> body) =>
        _columns.For(plan.Panels, plan.DividesColumns, body);

    private For ForeseenSamples(IEnumerable<Statement> body) => new(
        Size("n", 0),
        Below("n", "N"),
        null,
        [
            Size("until", new Smaller("N", (Expression)"n" + GradientPlan.Foreseen)),
            new For(null, Below("n", "until"), new Add("n", 1), new(Next(body))),
        ]);

    /// <summary>x and d at the first sample.</summary>
    private IEnumerable<Statement> Place(Expression input, Panel panel) =>
        [Pointer("x", At(_input).Row(input)), Pointer("d", _columns.Of(_dZ, panel))];

    /// <summary>x and d go on to the next sample.</summary>
    private IEnumerable<Statement> Next(IEnumerable<Statement> add) =>
        [.. add, new Add("x", plan.InputStride), new Add("d", plan.GradientStride)];

    /// <summary>dW of some inputs and a panel, from the samples that a loop puts at x and d.</summary>
    /// <param name="inputs">How many inputs.</param>
    /// <param name="panel">Some outputs.</param>
    /// <param name="w">What it updates.</param>
    /// <param name="samples">The loop, of what a sample adds.</param>
    private IEnumerable<Statement> Tile(
        int inputs, Panel panel, Address w, Func<IEnumerable<Statement>, Statement> samples)
    {
        RegisterTile tile = new(inputs, panel.Vectors) { Sum = "g", Entry = "x", Vector = "d", HoldsVectors = true };
        return
        [
            .. tile.ByLine((r, v) => new Named(tile.SumOf(r, v), Zero)).Select(line => Vectors(line)),
            .. tile.Operands(),
            samples(tile.Step(r => At("x", r), v => new Load(At("d", v * lanes)))),
            Blank,
            _target.Equation,
            Pointer("w", w),
            .. tile.ByLine(Updated).Select(line => Line(line)),
        ];

        Update Updated(int r, int v) =>
            new(At("w", ((long)r * plan.Outputs) + (v * lanes)), tile.SumOf(r, v), _columns.Part(panel, v));
    }

    /// <summary>W of an input and what follows, from a panel's first column on.</summary>
    private Address Target(Expression input, Panel panel) =>
        _columns.Of(At(_target.Name).Row(input, plan.Outputs), panel);
}
