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

    /// <summary>Where a panel's columns lie in a row: at j, or where they begin.</summary>
    public Address Of(Address row, Panel panel) => row.Row(panel.Count > 1 ? "j" : panel.FirstVector * lanes);

    /// <summary>The lanes that count of a panel's vector, or 0 where all do.</summary>
    public int Part(Panel panel, int vector) =>
        panel.EndVector * lanes >= plan.Outputs && vector == panel.Vectors - 1 ? plan.LastPart : 0;

    private Statement For(Panel panel, bool isShared, IEnumerable<Statement> body) => isShared
        ? PanelColumns.ForOwn(panel, lanes, plan.Panels[0].Vectors * lanes, plan.Outputs, body)
        : new PanelColumns(panel, lanes).ForAll(body);
}
