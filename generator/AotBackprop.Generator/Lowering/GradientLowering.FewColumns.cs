using AotBackprop.Generator.Nodes;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>
/// dW of a layer of few units: a vector has a column's entries of as many inputs as lanes, which lie side by side in a
/// row of A. When all samples are added, registers put the columns in rows.
/// </summary>
internal sealed partial class GradientLowering
{
    private int[] Units => [.. Enumerable.Range(0, plan.Outputs)];

    private Kernel FewColumns()
    {
        int looped = plan.Inputs < 2 * plan.Rows ? 0 : plan.Inputs / plan.Rows * plan.Rows;
        return Method(
            _name,
            [
                UpdatedParameter.Start,
                .. OnlyIf(looped > 0, Blank, Count("i", 0, looped, plan.Rows, OfInputs("i", plan.Rows))),
                .. Steps(looped, plan.Inputs, plan.Rows).SelectMany(i => (Statement[])
                    [Blank, Scope(OfInputs(i, Math.Min(plan.Rows, plan.Inputs - i)))]),
            ]) with
        {
            Notes = [$"{Math.Min(plan.Rows, plan.Inputs)} inputs at a time, in lanes."],
        };
    }

    /// <summary>dW of some inputs that follow each other, from one on.</summary>
    private IEnumerable<Statement> OfInputs(Expression input, int inputs)
    {
        int[] blocks = [.. Steps(0, inputs, lanes)];
        return
        [
            Pointer("x", At(_input).Row(input)),
            Pointer("d", _dZ),
            .. blocks.Select(block => Vectors(Units.Select(j => new Named(Column(block, j), Zero)))),
            Vectors(blocks.Select(block => $"x{block}")),
            Samples(
                1,
                Next(
                [
                    Line(blocks.Select(block => Set(
                        $"x{block}", new Load(At("x", block), PartOf(inputs - block))))),
                    .. blocks.Select(block => Line(Units.Select(j => Set(
                        Column(block, j),
                        MultiplyAdd(new Broadcast(At("d", j)), $"x{block}", Column(block, j)))))),
                ])),
            Blank,
            _target.Equation,
            Pointer("w", At(_target.Name).Row(input, plan.Outputs)),
            .. blocks.SelectMany(block => Applied(block, Math.Min(lanes, inputs - block))),
        ];
    }

    /// <summary>The rows of a block of inputs, one behind the other, as vectors.</summary>
    private IEnumerable<Statement> Applied(int block, int inputs)
    {
        int C = plan.Outputs;
        return Steps(0, inputs * C, lanes).Select(first => new Update(
            At("w", (block * C) + first),
            Units.Skip(1).Aggregate(InRows(0, first), (others, j) => new Blend(
                new(Enumerable.Range(first, lanes).Select(f => f % C == j)), InRows(j, first), others)),
            PartOf((inputs * C) - first)));

        // Float f of the rows is of input f / C.
        Expression InRows(int j, int first)
        {
            IEnumerable<int> inputOf = Enumerable.Range(first, lanes).Select(f => Math.Min(f / C, lanes - 1));
            return C == 1 ? Column(block, j) : new Shuffle(Column(block, j), new(inputOf));
        }
    }

    private int PartOf(int floats) => floats < lanes ? floats : 0;

    private static string Column(int block, int j) => $"g{block}_{j}";
}
