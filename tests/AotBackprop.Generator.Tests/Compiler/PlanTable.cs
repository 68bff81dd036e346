using System.Globalization;
using System.Text;
using AotBackprop.Generator.Model;
using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Tests.Compiler;

/// <summary>What is planned for a network, as tables for a reader.</summary>
internal static class PlanTable
{
    public static string Of(NetworkPlan plan) => string.Join(
        "\n",
        [
            $"{plan.Spec.Shape}: {Number(plan.ParameterCount)} parameters{Forms(plan)}",
            "",
            Table(
                ["layer", "inputs", "outputs", "W at", "b at", "from row to row", "of the result", "sums forward", "back", "skips zeros"],
                plan.Layers.Select(Row)),
            Table(["memory", "for each sample", "once", "of", "where"], plan.Workspace.Regions.Select(Row)),
            .. plan.Widths.SelectMany(width => Width(plan, width)),
        ]);

    private static string Forms(NetworkPlan plan) => string.Concat(
        plan.IsTiny ? "; a sample in each lane" : plan.HasOutputAcross ? "; a sample in each lane of the output layer" : "",
        plan.HasOneSample ? "; one sample in one method" : "",
        plan.HasFewSamples ? "; few samples in one method" : "");

    private static string[] Row(LayerPlan l) =>
    [
        Number(l.Number), Number(l.Inputs), Number(l.Outputs), Number(l.WeightsOffset), Number(l.BiasOffset), Number(l.InputStride), Number(l.Stride),
        Number(l.ForwardChunks), Number(l.BackwardChunks), YesOrNo(l.SkipsZeros),
    ];

    private static string[] Row(Region r) =>
    [
        r.Name, Number(r.PerSample), Number(r.Once), r.Element.ToString().ToLowerInvariant(),
        string.Join(", ", new[] { r.IsTraining ? "training" : "", r.IsPerThread ? "each thread" : "", r.InBlocks ? "blocks" : "" }.Where(w => w.Length > 0)),
    ];

    private static IEnumerable<string> Width(NetworkPlan plan, WidthPlan width)
    {
        yield return $"{width.Lanes} lanes";
        yield return "";
        yield return Table(
            ["product", "form", "rows × vectors × groups", "packed", "steps in a piece", "divides", "finds the largest"],
            [
                .. width.Forward.Select((p, l) => Row($"Z{l + 1}", p)),
                .. width.Backward.Select((p, l) => Row($"dA{l + 1}", p)),
            ]);
        yield return Table(
            ["gradient", "form", "inputs × vectors × groups", "of one sample", "bias", "divides", "tiles in a method", "rows in a piece"],
            width.Gradients.Select((g, l) => Row($"dW{l + 1}", g)));
        if (plan.Layers[0].SkipsZeros)
        {
            yield return $"entries that are not 0: 1 × {Panels(width.Scattered)}\n";
        }

        yield return Table(["step", "divided", "reads", "writes"], width.Schedule.Whole.SelectMany(Rows));
    }

    private static string[] Row(string name, ProductPlan p) =>
    [
        name,
        FormOf(p.Form),
        string.Join("; ", p.Tiles.Select(t => $"{t.Rows} × {Panels(t.Panels)}{(t.Segment < p.Inner ? $", parts of {t.Segment}" : "")}")),
        Number(p.Packed),
        p.StepsInPiece < p.Inner ? Number(p.StepsInPiece) : "",
        p.DividesColumns ? "columns" : "rows",
        YesOrNo(p.FindsLargest),
    ];

    private static string[] Row(string name, GradientPlan g) =>
    [
        name,
        FormOf(g.Form),
        $"{g.Rows} × {Panels(g.Panels)}",
        $"{Panels(g.RowPanels)}{(g.KeepsRow ? ", kept" : "")}",
        Panels(g.BiasPanels),
        g.Form != Form.Tiles ? "" : g.DividesColumns ? "columns" : "inputs",
        g.Form == Form.StraightLine ? Number(g.TilesInMethod) : "",
        g.Form == Form.Tiles && g.RowsInPiece < g.Inputs ? Number(g.RowsInPiece) : "",
    ];

    private static IEnumerable<string[]> Rows(Step step)
    {
        if (step is not KernelRun run)
        {
            yield return ["----"];
            yield break;
        }

        yield return Row("", run);
        foreach ((string head, KernelRun? other) in new[] { ("  no block: ", run.Otherwise), ("  nearly all 0: ", run.WhereNearlyAllAreZero) })
        {
            if (other is not null)
            {
                yield return Row(head, other);
            }
        }
    }

    private static string[] Row(string head, KernelRun run) =>
    [
        $"{head}{run.Pass} {run.Layer}",
        run.Division switch
        {
            Division.Samples => "samples",
            Division.Units => run.Tile == 1 ? "units" : $"units by {run.Tile}",
            _ => $"turn {run.Turn}",
        },
        Accesses(run.Reads),
        Accesses(run.Writes),
    ];

    private static string Accesses(IEnumerable<Access> accesses) => string.Join(
        " ", accesses.Select(a => $"{a.Name}{(a.Share == Share.All ? "" : a.Share == Share.Samples ? "[n]" : "[u]")}"));

    private static string FormOf(Form form) => form switch
    {
        Form.StraightLine => "unrolled",
        Form.Tiles => "tiles",
        Form.FewColumns => "few columns",
        _ => "dot product",
    };

    private static string Panels(EquatableArray<Panel> panels) => string.Join(" + ", panels.Select(p => $"{p.Vectors} × {p.Count}"));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string YesOrNo(bool holds) => holds ? "yes" : "";

    /// <summary>Columns two spaces apart; numbers end where their head does.</summary>
    private static string Table(string[] head, IEnumerable<string[]> rows)
    {
        string[][] all = [head, .. rows];
        int[] widths = [.. head.Select((_, column) => all.Max(row => column < row.Length ? row[column].Length : 0))];
        StringBuilder text = new();
        foreach (string[] row in all)
        {
            IEnumerable<string> cells = row.Select((cell, column) =>
                IsNumber(column) ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }

        return text.ToString();

        bool IsNumber(int column) => all.Skip(1).All(row => column < row.Length && row[column].All(char.IsDigit));
    }
}
