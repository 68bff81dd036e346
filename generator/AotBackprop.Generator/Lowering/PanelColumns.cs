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

    /// <summary>Where a group lies in a row: at j, or where it begins, which stays a term of its own.</summary>
    public Address In(Address row) => IsLoop || First > 0
        ? row with { Terms = [.. row.Terms, new Term(Group, 1)] }
        : row;

    /// <summary>For each group.</summary>
    public Statement ForAll(params IEnumerable<Statement> body) => IsLoop ? Loop(body) : Scope(body);

    /// <summary>For each group; where columns are divided, for those that begin from "first" on, below "end".</summary>
    public IEnumerable<Statement> ForOwn(bool divided, params IEnumerable<Statement> body)
    {
        IEnumerable<Statement> own = divided
            ? [When(new And(new Compare(">=", Group, "first"), Below(Group, "end")), body)]
            : body;
        return IsLoop ? [Loop(own)] : own;
    }

    private For Loop(IEnumerable<Statement> body) => Count("j", First, First + (Width * panel.Count), Width, body);
}
