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
    /// <param name="share">Columns of which threads have whole multiples, or 0 where they are not divided.</param>
    /// <param name="columns">Columns in all.</param>
    /// <param name="body">What is done for a group.</param>
    public IEnumerable<Statement> ForOwn(int share, int columns, params IEnumerable<Statement> body) =>
        share > 0 ? [ForOwn(panel, lanes, share, columns, body)] : IsLoop ? [Loop(body)] : body;

    /// <summary>The groups of a panel that are a thread's own.</summary>
    public static Statement ForOwn(Panel panel, int lanes, int share, int columns, IEnumerable<Statement> body)
    {
        PanelColumns group = new(panel, lanes);
        if (!group.IsLoop || group.Width != share || group.First > 0)
        {
            Statement own = When(IsOwn(group.Group), body);
            return group.IsLoop ? group.Loop(own) : own;
        }

        // Each group begins where a thread's columns may begin.
        return Count("j", "first", group.End >= columns ? "end" : new Smaller("end", group.End), share, body);
    }

    /// <summary>Whether the columns from one on are among the thread's own, which go from "first" to "end".</summary>
    private static And IsOwn(Expression column) => column is Constant { Value: 0 }
        ? new And(Equal("first", 0), new Compare(">", "end", 0))
        : new And(new Compare("<=", "first", column), Below(column, "end"));

    private For Loop(params IEnumerable<Statement> body) =>
        Count("j", First, First + (Width * panel.Count), Width, body);
}
