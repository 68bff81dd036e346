using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>
/// The columns of a panel: its groups of vectors, through which j goes, or one group that begins at a constant.
/// </summary>
internal sealed class PanelColumns(Panel panel, int lanes)
{
    /// <summary>Floats in a row of a group.</summary>
    public int Width => panel.Vectors * lanes;

    public int First => panel.FirstVector * lanes;

    public int End => panel.EndVector * lanes;

    private bool IsLoop => panel.Count > 1;

    private Expression Group => IsLoop ? "j" : First;

    /// <summary>Where a group lies in a row: at j, or where it begins.</summary>
    public Address In(Address row) => row.Row(Group);

    /// <summary>For each group.</summary>
    public Statement ForAll(params IEnumerable<Statement> body) => IsLoop ? Loop(body) : Scope(body);

    /// <summary>For each group; where columns are divided, for those that begin from "first" on, below "end".</summary>
    public IEnumerable<Statement> ForOwn(bool divided, params IEnumerable<Statement> body)
    {
        IEnumerable<Statement> own = divided ? [When(IsOwn(Group), body)] : body;
        return IsLoop ? [Loop(own)] : own;
    }

    /// <summary>Whether the columns from one on are among the thread's own, which go from "first" to "end".</summary>
    public static And IsOwn(Expression column) => column is Constant { Value: 0 }
        ? new And(Equal("first", 0), new Compare(">", "end", 0))
        : new And(new Compare("<=", "first", column), Below(column, "end"));

    private For Loop(IEnumerable<Statement> body) => Count("j", First, First + (Width * panel.Count), Width, body);
}
