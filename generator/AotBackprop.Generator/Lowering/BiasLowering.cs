using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>db = Σ rows of dZ, each sum over the samples ascending, applied to b as it is finished.</summary>
internal sealed class BiasLowering(int lanes, GradientPlan plan, LayerPlan layer)
{
    private readonly GradientColumns _columns = new(lanes, plan);
    private readonly UpdatedParameter _target = new($"b{layer.Number}");
    private readonly string _dZ = $"dZ{layer.Number}";

    public Kernel Sum() => new()
    {
        Name = $"BiasDescend{layer.Number}",
        Updates = true,
        Parameters = [new(DataType.FloatPointer, _dZ), new(DataType.Size, "N"), .. _target.Parameters],
        Body = [UpdatedParameter.Start, .. _columns.For(plan.BiasPanels, areShared: false, Sum)],
    };

    private IEnumerable<Statement> Sum(Panel panel)
    {
        int[] vectors = [.. Enumerable.Range(0, panel.Vectors)];
        Address at = _columns.Of(_target.Name, panel);
        return
        [
            Pointer("d", _columns.Of(_dZ, panel)),
            Vectors(vectors.Select(v => new Named($"g{v}", Zero))),
            Samples(
                1,
                [
                    Line(vectors.Select(v => new Add($"g{v}", new Load(At("d", v * lanes))))),
                    new Add("d", plan.GradientStride),
                ]),
            Blank,
            Line(vectors.Select(v => new Update(at.Plus(v * lanes), $"g{v}", _columns.Part(panel, v)))),
        ];
    }
}
