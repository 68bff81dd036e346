using AotBackprop.Generator.Model;
using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>The forms of dW that skip entries of A that are 0.</summary>
internal sealed partial class GradientLowering
{
    /// <summary>Column-sparse: a tile lists the samples where one of its inputs is not 0, and adds those.</summary>
    public Kernel Listed() => new()
    {
        Name = $"{_name}Listed",
        Updates = true,
        Parameters =
        [
            .. Factors, new(DataType.Size, "N"), .. _target.Parameters, .. _share, new(DataType.IntPointer, "samples"),
        ],
        Body =
        [
            UpdatedParameter.Start,
            .. ForInputs((input, inputs) =>
            [
                Pointer("inputs", At(_input).Row(input)),
                Size("count", Call(Runtime("NonZero", "RowsOf"), "inputs", plan.InputStride, "N", inputs, "samples")),
                When(
                    new And(Equal("count", 0), new LeavesWhereGradientIsZero()),
                    inputs == plan.Rows ? new Continue() : new Return()),
                .. ForPanels(panel => Tile(inputs, panel, Target(input, panel), ForListed(panel))),
            ]),
        ],
    };

    private Func<IEnumerable<Statement>, Statement> ForListed(Panel panel) => add => Each("k", 0, "count", 1,
        [
            Size("n", new Listed(At("samples").Row("k"), "N")),
            Pointer("x", At("inputs").Row("n", plan.InputStride)),
            Pointer("d", _columns.Of(_dZ, panel).Row("n", plan.GradientStride)),
            .. add,
        ]);

    /// <summary>CSR: each input adds its entries, which are chained in the order of the samples.</summary>
    /// <param name="panels">The columns.</param>
    public Kernel Scattered(EquatableArray<Panel> panels)
    {
        Expression inputs = (Expression)"end" - "first", chained = "entries.ChainedCount";
        Expression input = new Listed(At("entries.Chained").Row("c"), plan.Inputs);
        return new()
        {
            Name = $"{_name}Scattered",
            Updates = true,
            Parameters =
            [
                new(DataType.Entries, "entries"), new(DataType.FloatPointer, _dZ), .. _target.Parameters, .. _share,
            ],
            Body =
            [
                UpdatedParameter.Start,
                Integers("next", "entries.Next"),
                Integers("samples", "entries.Rows"),
                Pointer("values", "entries.Values"),
                Size("columns", OfChained(chained, inputs)),
                Each("c", 0, "columns", 1,
                [
                    Size("i", OfChained(input, (Expression)"first" + "c")),
                    Size("head", new Element(At("entries.Heads").Row("i"))),
                    .. _columns.For(
                        panels, areShared: false, panel => Tile(1, panel, Target("i", panel), ForChained(panel))),
                ]),
            ],
        };
    }

    /// <summary>Of the inputs that have entries, or of all inputs where an update changes each.</summary>
    private static Choose OfChained(Expression chained, Expression all) =>
        new(new LeavesWhereGradientIsZero(), chained, all);

    private Func<IEnumerable<Statement>, Statement> ForChained(Panel panel)
    {
        Expression sample = new Listed(At("samples").Row("e"), Limit: null, Widens: true);
        return add => new Follow(
            "e",
            "head",
            "next",
            [
                Pointer("x", At("values").Row("e")),
                Pointer("d", _columns.Of(_dZ, panel).Row(sample, plan.GradientStride)),
                .. add,
            ]);
    }
}
