using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>dW = x d and db = d of one sample, applied to the W and b of a layer.</summary>
internal sealed class OneSampleDescent(int lanes, LayerPlan layer, DescentPlan plan)
{
    // dZ again and again, so that a vector from any of its entries on is there.
    private const string Repeated = "scratch.Repeated";

    private readonly string _W = $"W{layer.Number}";
    private readonly string _dZ = $"dZ{layer.Number}";
    private readonly string _input = Notation.Input(layer);

    private int[] Columns => [.. Steps(0, layer.Outputs, lanes)];

    private bool KeepsRow => Columns.Length <= DescentPlan.MostKept;

    // Where a row is one vector, what is repeated needs no memory.
    private bool RepeatsInRegisters => Columns.Length == 1;

    // From which of its entries on dZ is repeated: where a vector of W begins in a row.
    private IEnumerable<int> Phases =>
        Steps(0, layer.Outputs * Math.Min(lanes, layer.Inputs), lanes).Select(f => f % layer.Outputs).Distinct();

    public IEnumerable<Statement> Statements() =>
    [
        .. OnlyIf(KeepsRow, Vectors(Columns.Select(column => new Named($"d{column}", new Load(At(_dZ, column)))))),
        .. OnlyIf(plan.BeginsWithBias, Bias()),
        .. plan.Form == RowsForm.Flat ? [.. Copies(), .. Blocks()] : Rows(),
        .. OnlyIf(!plan.BeginsWithBias, Bias()),
    ];

    private IEnumerable<Statement> Bias() => Row(At($"b{layer.Number}"), d => Zero + d);

    private IEnumerable<Statement> Rows()
    {
        int looped = plan.Rows == 0 ? 0 : layer.Inputs / plan.Rows * plan.Rows;
        return
        [
            .. OnlyIf(
                looped > 0,
                Count(
                    "i",
                    0,
                    looped,
                    plan.Rows,
                    [
                        Pointer("x", At(_input).Row("i")),
                        Pointer("w", At(_W).Row("i", layer.Outputs)),
                        .. Enumerable.Range(0, plan.Rows)
                            .SelectMany(r => WeightRow("x", r, At("w", r * layer.Outputs))),
                    ])),
            .. Enumerable.Range(looped, layer.Inputs - looped)
                .SelectMany(i => WeightRow(_input, i, At(_W, i * layer.Outputs))),
        ];
    }

    private IEnumerable<Statement> WeightRow(string input, int i, Address w) =>
        [Vector($"x{i}", new Broadcast(At(input, i))), .. Row(w, d => MultiplyAdd($"x{i}", d, Zero))];

    private IEnumerable<Statement> Row(Address w, Func<Expression, Expression> gradient)
    {
        if (KeepsRow)
        {
            return [Line(Columns.Select(column => Step(w.Plus(column), gradient($"d{column}"), Part(column))))];
        }

        int whole = layer.Outputs / lanes * lanes;
        return
        [
            Count("j", 0, whole, lanes, Step(w.Row("j"), gradient(new Load(At(_dZ).Row("j"))))),
            .. OnlyIf(
                whole < layer.Outputs,
                Step(w.Plus(whole), gradient(new Load(At(_dZ, whole))), layer.Outputs - whole)),
        ];
    }

    private IEnumerable<Statement> Copies()
    {
        if (RepeatsInRegisters)
        {
            return Phases.Select(phase => Vector(
                $"r{phase}",
                OneSamplePlan.IsInEveryLane(layer)
                    ? "d0"
                    : new Shuffle("d0", new(Enumerable.Range(phase, lanes).Select(f => f % layer.Outputs)))));
        }

        IEnumerable<int> places = Steps(0, layer.Outputs + lanes - 1, layer.Outputs);
        return
        [
            Pointer("d", At(Repeated)),
            Line(
                from place in places
                from column in Columns
                select new Store(At("d", place + column), $"d{column}")),
        ];
    }

    private Expression RepeatedFrom(int phase) => RepeatsInRegisters ? $"r{phase}" : new Load(At("d", phase));

    /// <summary>
    /// Blocks of as many rows as a vector has lanes, which are whole vectors of W; then the rows left over.
    /// </summary>
    private IEnumerable<Statement> Blocks()
    {
        int whole = layer.Inputs / lanes * lanes, looped = plan.Rows == 0 ? 0 : whole;
        return
        [
            .. OnlyIf(
                looped > 0,
                Count(
                    "i",
                    0,
                    looped,
                    lanes,
                    [Pointer("w", At(_W).Row("i", layer.Outputs)), .. Block(At(_input).Row("i"), lanes, "w", "x")])),
            .. Steps(looped, whole, lanes).SelectMany(i => OfBlock(i, lanes)),
            .. OnlyIf(whole < layer.Inputs, OfBlock(whole, layer.Inputs - whole)),
        ];

        IEnumerable<Statement> OfBlock(int i, int rows) =>
            Block(At(_input, i), rows, At(_W, i * layer.Outputs), $"x{i}");
    }

    /// <summary>Entry f of the array has the gradient x[f / C] · d[f mod C].</summary>
    private IEnumerable<Statement> Block(Address input, int rows, Address w, string x)
    {
        int floats = rows * layer.Outputs;

        // X has no padding.
        yield return Vector(x, new Load(input, layer.Number == 1 && rows < lanes ? rows : 0));
        foreach (int first in Steps(0, floats, lanes))
        {
            int[] rowOf = [.. Enumerable.Range(first, lanes).Select(f => Math.Min(f / layer.Outputs, lanes - 1))];
            yield return Step(
                w.Plus(first),
                MultiplyAdd(
                    layer.Outputs == 1 ? x : new Shuffle(x, new(rowOf)), RepeatedFrom(first % layer.Outputs), Zero),
                floats - first < lanes ? floats - first : 0);
        }
    }

    private static Update Step(Address w, Expression gradient, int part = 0) =>
        new(w, gradient, part) { Rates = OneSampleLowering.Rates };

    private int Part(int column) => layer.Outputs - column < lanes ? layer.Outputs - column : 0;
}
