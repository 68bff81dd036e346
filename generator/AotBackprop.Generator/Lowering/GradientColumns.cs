using AotBackprop.Generator.Model;
using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

namespace AotBackprop.Generator.Lowering;

/// <summary>The columns of dW and db, panel by panel. In a panel of several groups, column j begins one.</summary>
internal sealed class GradientColumns(int lanes, GradientPlan plan)
{
    /// <summary>Each panel; of panels that threads share those between the columns "first" and "end".</summary>
    public IEnumerable<Statement> For(
        EquatableArray<Panel> panels, bool areShared, Func<Panel, IEnumerable<Statement>> body) =>
        panels.SelectMany(panel => new[] { Blank, For(panel, areShared, body(panel)) });

    /// <summary>Where a panel's columns lie in a row: at j, or at a constant that is a term as j is.</summary>
    public Address Of(Address row, Panel panel)
    {
        Expression first = panel.Count > 1 ? "j" : panel.FirstVector * lanes;
        return first is Constant { Value: 0 } ? row : row with { Terms = [.. row.Terms, new(first, 1)] };
    }

    /// <summary>The lanes that count of a panel's vector, or 0 where all do.</summary>
    public int Part(Panel panel, int vector) =>
        panel.EndVector * lanes >= plan.Outputs && vector == panel.Vectors - 1 ? plan.LastPart : 0;

    private Statement For(Panel panel, bool isShared, IEnumerable<Statement> body)
    {
        int first = panel.FirstVector * lanes, width = panel.Vectors * lanes;
        if (panel.Count == 1)
        {
            return isShared ? When(IsOwn(first), body) : Scope(body);
        }

        return Count("j", first, first + (width * panel.Count), width, isShared ? [When(IsOwn("j"), body)] : body);
    }

    private static And IsOwn(Expression column) => new And(new Compare(">=", column, "first"), Below(column, "end"));
}
