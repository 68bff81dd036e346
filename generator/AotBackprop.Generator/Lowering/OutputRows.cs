using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>What is done to each sample's row of outputs: A from Z, and dZ from A and Y.</summary>
internal abstract class OutputRows(int lanes, LayerPlan layer)
{
    protected int Lanes { get; } = lanes;

    protected LayerPlan Layer { get; } = layer;

    protected string Z => $"Z{Layer.Number}";

    protected string A => $"A{Layer.Number}";

    protected string dZ => $"dZ{Layer.Number}";

    // The rows of sample n.
    protected Declare RowOfZ => Pointer("z", At(Z).Row("n", Layer.Stride));

    protected Declare RowOfA => Pointer("a", At(A).Row("n", Layer.Outputs));

    protected Declare RowOfY => Pointer("y", At("Y").Row("n", Layer.Outputs));

    protected Declare RowOfdZ => Pointer("d", At(dZ).Row("n", Layer.Stride));

    /// <summary>That of the layer's output.</summary>
    public static OutputRows Of(int lanes, LayerPlan layer) =>
        layer.IsSoftmax ? new SoftmaxLowering(lanes, layer) : new ElementwiseLowering(lanes, layer);

    /// <summary>A from Z.</summary>
    public abstract Kernel Forward();

    /// <summary>dZ.</summary>
    public abstract IEnumerable<Kernel> Gradients();

    /// <summary>A of one row, as a part of a method that has the matrices by their names.</summary>
    /// <param name="z">Z from a column on.</param>
    public abstract IEnumerable<Statement> OneForward(Func<int, Expression> z);

    /// <summary>
    /// A of one row and dZ, as a part of a method that has the matrices by their names. The row is short enough for a
    /// straight line.
    /// </summary>
    /// <param name="z">Z from a column on.</param>
    public abstract IEnumerable<Statement> OneGradient(Func<int, Expression> z);

    /// <summary>The loss of one row, of which A and dZ have been formed.</summary>
    public abstract Statement OneLoss();

    /// <summary>
    /// A statement for each vector of a row: straight where they are few, else a loop and what is left over.
    /// </summary>
    protected IEnumerable<Statement> ForRow(Func<Func<string, Address>, int, Statement> statement)
    {
        int whole = Layer.Outputs > SoftmaxPlan.LongestLine ? Layer.Outputs / Lanes * Lanes : 0;
        if (whole > 0)
        {
            yield return Count("j", 0, whole, Lanes, statement(row => At(row).Row("j"), 0));
        }

        for (int column = whole; column < Layer.Outputs; column += Lanes)
        {
            int at = column;
            yield return statement(row => At(row, at), PartOf(at));
        }
    }

    protected int PartOf(int column) => Layer.Outputs - column < Lanes ? Layer.Outputs - column : 0;

    /// <summary>
    /// What a row of dZ has beyond its outputs is set to 0, so that the matrix can be searched as a whole.
    /// </summary>
    protected IEnumerable<Statement> Padding()
    {
        int first = (Layer.Outputs + Lanes - 1) / Lanes * Lanes;
        for (int column = first; column < Layer.Stride; column += Lanes)
        {
            yield return new Store(At("d", column), Zero);
        }
    }
}
