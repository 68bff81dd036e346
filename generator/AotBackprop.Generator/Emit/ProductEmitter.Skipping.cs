using AotBackprop.Generator.Model;
using static AotBackprop.Generator.Emit.Vocabulary;

namespace AotBackprop.Generator.Emit;

/// <summary>The forms of a product that skip entries of the left factor that are 0.</summary>
internal sealed partial class ProductEmitter
{
    private const string NonZero = "global::AotBackprop.Runtime.NonZero";

    private string Pointers => string.Join(", ", Operands.Select(o => $"float* {o}"));

    /// <summary>A tile lists the columns where any of its rows is not 0, and adds only those.</summary>
    public void EmitListed()
    {
        RowTile tile = plan.Tiles[0];
        int rows = tile.Rows;
        IEnumerable<int> all = Enumerable.Range(0, rows);
        writer.Line($"// {rows} rows × {tile.Panels[0].Vectors} vectors at a time, in an order or as they lie; what is 0 in all {rows} rows is skipped.");
        writer.Line("[MethodImpl(Kernel)]");
        using (writer.Block($"private static void {names.Method}Listed({Pointers}, nint N{Range}{Packed}, int* order, int* columns)"))
        {
            writer.Line($"nint rows = N / {rows} * {rows};");
            using (writer.Block($"for (nint n = 0; n < rows; n += {rows})"))
            {
                writer.Line($"nint count = {NonZero}.ColumnsOf({names.Input}, {plan.InputStride}, order, n, {rows}, {plan.Inner}, columns);");
                foreach (int r in all)
                {
                    writer.Line($"nint n{r} = {NonZero}.Row(order, n{(r == 0 ? "" : $" + {r}")});");
                }

                foreach (int r in all)
                {
                    writer.Line($"float* {names.Row}{r} = {Vocabulary.Row(names.Input, $"n{r}", plan.InputStride)};");
                }

                EmitSkippingPanels(tile, tile.Panels, (panel, body) => EmitOwn(panel, body), () =>
                {
                    writer.Line("nint i = columns[k];");
                    return "i";
                }, "for (nint k = 0; k < count; k++)", r => $"{names.Row}{r} + i", r => $"n{r}");
            }

            EmitPadding(tile.Panels[tile.Panels.Count - 1]);
            writer.Line();
            using (writer.Block("if (rows < N)"))
            {
                string rest = string.Join(", ", Operands.Select(o =>
                    o == names.Weights || o == names.Start ? o : Vocabulary.Row(o, "rows", o == names.Input ? plan.InputStride : plan.OutputStride)));
                writer.Line($"{names.Method}({rest}, N - rows{RangeArguments}{PackedArgument});");
            }
        }
    }

    /// <summary>A row adds the entries that are listed.</summary>
    public void EmitScattered(EquatableArray<Panel> panels)
    {
        string pointers = string.Join(", ", Operands.Where(o => o != names.Input).Select(o => $"float* {o}"));
        writer.Line($"// 1 row × {panels[0].Vectors} vectors at a time, of the entries of {names.Input} that are not 0.");
        writer.Line("[MethodImpl(Kernel)]");
        using (writer.Block($"private static void {names.Method}Scattered(in global::AotBackprop.Runtime.Entries entries, {pointers}, nint N)"))
        {
            writer.Line("int* columns = entries.Columns;");
            writer.Line("float* values = entries.Values;");
            using (writer.Block("for (nint n = 0; n < N; n++)"))
            {
                writer.Line("nint first = entries.Starts[n];");
                writer.Line("nint end = entries.Ends[n];");
                EmitSkippingPanels(new RowTile(1, panels, plan.Inner), panels, EmitAll, () =>
                {
                    writer.Line($"float* {names.Row} = values + e;");
                    return "(nint)columns[e]";
                }, "for (nint e = first; e < end; e++)", _ => names.Row, _ => "n");
            }

            EmitPadding(panels[panels.Count - 1]);
        }
    }

    /// <summary>All groups of a panel.</summary>
    private void EmitAll(Panel panel, Action<Func<string, string>> body)
    {
        int width = panel.Vectors * words.Lanes;
        int first = panel.FirstVector * words.Lanes;
        using (writer.Block(panel.Count > 1 ? $"for (int j = {first}; j < {first + (width * panel.Count)}; j += {width})" : ""))
        {
            body(p => panel.Count > 1 ? $"{p} + j" : At(p, first));
        }
    }

    private void EmitSkippingPanels(
        RowTile tile,
        EquatableArray<Panel> panels,
        Action<Panel, Action<Func<string, string>>> own,
        Func<string> place,
        string loop,
        Func<int, string> entry,
        Func<int, string> n)
    {
        foreach (Panel panel in panels)
        {
            writer.Line();
            own(panel, column =>
            {
                int part = LastPart(panel);
                EmitStart(tile, panel, column, part);
                EmitOperands(tile, panel);
                using (writer.Block(loop))
                {
                    string i = place();
                    writer.Line($"float* w = {column(names.Weights)} + ({i} * {plan.WeightStride});");
                    EmitStep(tile, panel, part, 0, 0, plan.WeightStride, entry);
                }

                writer.Line();
                for (int r = 0; r < tile.Rows; r++)
                {
                    string output = column(Vocabulary.Row(names.Output, n(r), plan.OutputStride));
                    for (int v = 0; v < panel.Vectors; v++)
                    {
                        EmitSum(At(output, v * words.Lanes), Sum(r, v), mask: null);
                    }
                }
            });
        }
    }
}
