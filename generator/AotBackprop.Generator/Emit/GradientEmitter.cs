using AotBackprop.Generator.Model;
using static AotBackprop.Generator.Emit.Vocabulary;

namespace AotBackprop.Generator.Emit;

/// <summary>
/// Prints dW = Aᵀ dZ and db = Σ rows of dZ, twice: stored, and applied from the registers in which they were summed.
/// </summary>
internal sealed partial class GradientEmitter(SourceWriter writer, Vocabulary words, GradientPlan plan, LayerPlan layer)
{
    private readonly string _input = Notation.Input(layer);
    private readonly string _dZ = $"dZ{layer.Number}";
    private readonly string _W = $"W{layer.Number}";

    public void EmitStored() => EmitWeights($"Gradient{layer.Number}", $"d{_W}", descends: false);

    public void EmitApplied() => EmitWeights($"Descend{layer.Number}", _W, descends: true);

    public void EmitBiasStored() => EmitBias($"BiasGradient{layer.Number}", $"db{layer.Number}", descends: false);

    public void EmitBiasApplied() => EmitBias($"BiasDescend{layer.Number}", $"b{layer.Number}", descends: true);

    private void EmitWeights(string method, string target, bool descends)
    {
        string parameters = $"float* {_input}, float* {_dZ}, nint N, {(descends ? "in TUpdate given, " : "")}float* {target}";
        string arguments = $"{_input}, {_dZ}, N, {(descends ? "in given, " : "")}{target}";
        if (plan.Form == Form.Tiles)
        {
            EmitTiles(method, $"{parameters}, int first, int end", target, descends);
            return;
        }

        List<(int Row, int Rows, Panel Panel)> tiles = [.. StraightTiles()];
        int methods = (tiles.Count + plan.TilesInMethod - 1) / plan.TilesInMethod;
        if (methods == 1)
        {
            EmitStraight(method, parameters, tiles, target, descends);
            return;
        }

        using (writer.Block(Signature(method, parameters, descends)))
        {
            for (int m = 1; m <= methods; m++)
            {
                writer.Line($"{method}Part{m}({arguments});");
            }
        }

        for (int m = 0; m < methods; m++)
        {
            writer.Line();
            EmitStraight($"{method}Part{m + 1}", parameters, tiles.Skip(m * plan.TilesInMethod).Take(plan.TilesInMethod), target, descends);
        }
    }

    private IEnumerable<(int Row, int Rows, Panel Panel)> StraightTiles() =>
        from panel in plan.Panels
        from g in Enumerable.Range(0, panel.Count)
        from t in Enumerable.Range(0, (plan.Inputs + plan.Rows - 1) / plan.Rows)
        let row = t * plan.Rows
        select (row, Math.Min(plan.Rows, plan.Inputs - row), new Panel(panel.FirstVector + (g * panel.Vectors), panel.Vectors, 1));

    private void EmitStraight(
        string method, string parameters, IEnumerable<(int Row, int Rows, Panel Panel)> tiles, string target, bool descends)
    {
        writer.Line("[MethodImpl(Kernel)]");
        using (writer.Block(Signature(method, parameters, descends)))
        {
            EmitUpdate(descends);
            foreach ((int row, int rows, Panel panel) in tiles)
            {
                int column = panel.FirstVector * words.Lanes;
                writer.Line();
                writer.Line($"// Inputs {row} to {row + rows - 1}, outputs {column} to {Math.Min(plan.Outputs, panel.EndVector * words.Lanes) - 1}.");
                using (writer.Block())
                {
                    EmitTile(
                        rows,
                        panel,
                        At(_input, row),
                        At(_dZ, column),
                        At(target, ((long)row * plan.Outputs) + column),
                        target,
                        descends);
                }
            }
        }
    }

    private void EmitTiles(string method, string parameters, string target, bool descends)
    {
        writer.Line($"// {plan.Rows} inputs × {plan.Panels[0].Vectors} vector{(plan.Panels[0].Vectors == 1 ? "" : "s")} at a time, over all samples; from one {(plan.DividesColumns ? "column" : "input")} on to another.");
        writer.Line("[MethodImpl(Kernel)]");
        using (writer.Block(Signature(method, parameters, descends)))
        {
            if (descends)
            {
                using (writer.Block("if (N == 1)"))
                {
                    writer.Line($"{method}One({_input}, {_dZ}, in given, {target}, first, end);");
                    writer.Line("return;");
                }

                writer.Line();
            }

            EmitUpdate(descends);
            EmitInputs(
                () => EmitPanels(plan.Rows, $"{_input} + i", Vocabulary.Row(target, "i", plan.Outputs), target, descends),
                (rest, whole) => EmitPanels(rest, At(_input, whole), At(target, (long)whole * plan.Outputs), target, descends));
        }

        if (descends)
        {
            EmitOne(method, target);
        }
    }

    /// <summary>One sample's dW, row by row: W is read and written once, in the order in which it lies.</summary>
    private void EmitOne(string method, string target)
    {
        bool inPieces = plan.RowsInPiece < plan.Inputs;
        writer.Line();
        writer.Line(inPieces
            ? $"// Of one sample: by pieces of {plan.RowsInPiece} rows, so that W is read and written nearly as it lies."
            : "// Of one sample: row by row, so that W is read and written in the order in which it lies.");
        writer.Line("[MethodImpl(Kernel)]");
        using (writer.Block(Signature($"{method}One", $"float* {_input}, float* {_dZ}, in TUpdate given, float* {target}, int first, int end", descends: true)))
        {
            EmitUpdate(descends: true);
            string start = plan.DividesColumns ? "0" : "first";
            string end = plan.DividesColumns ? $"{plan.Inputs}" : "end";
            if (!plan.KeepsRow)
            {
                EmitRows((start, end), () => EmitPanels(plan.RowPanels, plan.DividesColumns, panel =>
                {
                    writer.Line($"float* d = {Column(_dZ, panel)};");
                    EmitRow(panel, [.. Enumerable.Range(0, panel.Vectors).Select(v => Load(At("d", v * words.Lanes)))]);
                }));
                return;
            }

            using (writer.BlockIf(inPieces ? $"for (int start = {start}; start < {end}; start += {plan.RowsInPiece})" : null))
            {
                if (inPieces)
                {
                    writer.Line($"int until = global::System.Math.Min({end}, start + {plan.RowsInPiece});");
                }

                EmitPanels(plan.RowPanels, plan.DividesColumns, panel =>
                {
                    string[] d = [.. Enumerable.Range(0, panel.Vectors).Select(v => $"d{v}")];
                    writer.Line($"{words.Vector} {string.Join(", ", d.Select((name, v) => $"{name} = {Load(At(Column(_dZ, panel), v * words.Lanes))}"))};");
                    EmitRows(inPieces ? ("start", "until") : (start, end), () => EmitRow(panel, d));
                });
            }
        }

        void EmitRows((string First, string End) rows, Action row)
        {
            using (writer.Block($"for (int i = {rows.First}; i < {rows.End}; i++)"))
            {
                using (writer.Block($"if (TUpdate.LeavesWhereGradientIsZero && {_input}[i] == 0)"))
                {
                    writer.Line("continue;");
                }

                writer.Line();
                writer.Line($"{words.Vector} xi = {Broadcast($"{_input} + i")};");
                writer.Line($"float* row = {Vocabulary.Row(target, "i", plan.Outputs)};");
                row();
            }
        }

        void EmitRow(Panel panel, string[] d)
        {
            writer.Line($"float* w = {Column("row", panel)};");
            for (int v = 0; v < panel.Vectors; v++)
            {
                EmitTarget(At("w", v * words.Lanes), MultiplyAdd("xi", d[v], "Zero"), panel, v, descends: true);
            }
        }
    }

    /// <summary>
    /// A loop over the whole tiles, from input "first" to "end" where inputs are divided, and what is left over behind
    /// them.
    /// </summary>
    private void EmitInputs(Action tile, Action<int, int> rest)
    {
        int whole = plan.Inputs / plan.Rows * plan.Rows;
        if (whole > 0)
        {
            string start = plan.DividesColumns ? "0" : "first";
            string end = plan.DividesColumns ? $"{whole}" : whole < plan.Inputs ? $"global::System.Math.Min(end, {whole})" : "end";
            using (writer.Block($"for (int i = {start}; i < {end}; i += {plan.Rows})"))
            {
                tile();
            }
        }

        if (whole < plan.Inputs)
        {
            writer.Line();
            using (writer.Block(plan.DividesColumns ? "" : $"if (end == {plan.Inputs})"))
            {
                rest(plan.Inputs - whole, whole);
            }
        }
    }

    private void EmitPanels(int rows, string inputs, string w, string target, bool descends) => EmitPanels(
        plan.Panels, plan.DividesColumns, panel => EmitTile(rows, panel, inputs, Column(_dZ, panel), Column(w, panel), target, descends));

    private void EmitPanels(EquatableArray<Panel> panels, bool divided, Action<Panel> body)
    {
        foreach (Panel panel in panels)
        {
            int first = panel.FirstVector * words.Lanes;
            int width = panel.Vectors * words.Lanes;
            string column = panel.Count > 1 ? "j" : $"{first}";
            string? own = divided ? $"if ({column} >= first && {column} < end)" : null;
            writer.Line();
            using (writer.Block(panel.Count > 1 ? $"for (int j = {first}; j < {first + (width * panel.Count)}; j += {width})" : own ?? ""))
            using (writer.BlockIf(panel.Count > 1 ? own : null))
            {
                body(panel);
            }
        }
    }

    /// <summary>Where a panel lies in a row: at j, or where it begins.</summary>
    private string Column(string row, Panel panel) => panel.Count > 1 ? $"{row} + j" : At(row, panel.FirstVector * words.Lanes);

    private void EmitTile(int rows, Panel panel, string x, string d, string w, string target, bool descends)
    {
        writer.Line($"float* x = {x};");
        writer.Line($"float* d = {d};");
        EmitSums(rows, panel);
        bool isTile = plan.Form == Form.Tiles;
        using (writer.BlockIf(isTile ? "for (nint n = 0; n < N;)" : null))
        {
            if (isTile)
            {
                writer.Line($"nint until = global::System.Math.Min(N, n + {GradientPlan.Foreseen});");
            }

            using (writer.Block(isTile ? "for (; n < until; n++)" : "for (nint n = 0; n < N; n++)"))
            {
                EmitSample(rows, panel);
                writer.Line($"x += {plan.InputStride};");
                writer.Line($"d += {plan.GradientStride};");
            }
        }

        EmitTargets(rows, panel, w, target, descends);
    }

    private void EmitSums(int rows, Panel panel)
    {
        for (int r = 0; r < rows; r++)
        {
            writer.Line($"{words.Vector} {string.Join(", ", Enumerable.Range(0, panel.Vectors).Select(v => $"g{r}{v} = Zero"))};");
        }

        string operands = (panel.Vectors > 1 ? "xi, " : "") + string.Join(", ", Enumerable.Range(0, panel.Vectors).Select(v => $"d{v}"));
        writer.Line($"{words.Vector} {operands};");
    }

    /// <summary>What the sample at x and d adds to the sums.</summary>
    private void EmitSample(int rows, Panel panel)
    {
        writer.Line(string.Join(" ", Enumerable.Range(0, panel.Vectors).Select(v => $"d{v} = {Load(At("d", v * words.Lanes))};")));
        for (int r = 0; r < rows; r++)
        {
            string entry = Broadcast(At("x", r));
            List<string> line = panel.Vectors > 1 ? [$"xi = {entry};"] : [];
            for (int v = 0; v < panel.Vectors; v++)
            {
                line.Add($"g{r}{v} = {MultiplyAdd(panel.Vectors > 1 ? "xi" : entry, $"d{v}", $"g{r}{v}")};");
            }

            writer.Line(string.Join(" ", line));
        }
    }

    private void EmitTargets(int rows, Panel panel, string w, string target, bool descends)
    {
        writer.Line();
        if (descends)
        {
            writer.Line($"// {Notation.AnyUpdate(target)}");
        }

        writer.Line($"float* w = {w};");
        for (int r = 0; r < rows; r++)
        {
            for (int v = 0; v < panel.Vectors; v++)
            {
                EmitTarget(At("w", ((long)r * plan.Outputs) + (v * words.Lanes)), $"g{r}{v}", panel, v, descends);
            }
        }
    }

    private void EmitBias(string method, string target, bool descends)
    {
        writer.Line("[MethodImpl(Kernel)]");
        using (writer.Block(Signature(method, $"float* {_dZ}, nint N, {(descends ? "in TUpdate given, " : "")}float* {target}", descends)))
        {
            EmitUpdate(descends);
            foreach (Panel panel in plan.BiasPanels)
            {
                int first = panel.FirstVector * words.Lanes;
                int width = panel.Vectors * words.Lanes;
                writer.Line();
                if (panel.Count > 1)
                {
                    using (writer.Block($"for (int j = {first}; j < {first + (width * panel.Count)}; j += {width})"))
                    {
                        EmitBiasPanel(panel, p => $"{p} + j", target, descends);
                    }
                }
                else
                {
                    using (writer.Block())
                    {
                        EmitBiasPanel(panel, p => At(p, first), target, descends);
                    }
                }
            }
        }
    }

    private void EmitBiasPanel(Panel panel, Func<string, string> column, string target, bool descends)
    {
        writer.Line($"float* d = {column(_dZ)};");
        writer.Line($"{words.Vector} {string.Join(", ", Enumerable.Range(0, panel.Vectors).Select(v => $"g{v} = Zero"))};");
        using (writer.Block("for (nint n = 0; n < N; n++)"))
        {
            writer.Line(string.Join(" ", Enumerable.Range(0, panel.Vectors).Select(v => $"g{v} += {Load(At("d", v * words.Lanes))};")));
            writer.Line($"d += {plan.GradientStride};");
        }

        writer.Line();
        for (int v = 0; v < panel.Vectors; v++)
        {
            EmitTarget(At(column(target), v * words.Lanes), $"g{v}", panel, v, descends);
        }
    }

    /// <summary>A copy, which the compiler may keep in registers: no store to W can change it.</summary>
    private void EmitUpdate(bool descends)
    {
        if (descends)
        {
            writer.Line("TUpdate update = given;");
        }
    }

    private static string Signature(string method, string parameters, bool descends) => descends
        ? $"private static void {method}<TUpdate>({parameters}) {Vocabulary.UpdateConstraint}"
        : $"private static void {method}({parameters})";

    private void EmitTarget(string at, string gradient, Panel panel, int vector, bool descends)
    {
        bool last = panel.EndVector * words.Lanes >= plan.Outputs && vector == panel.Vectors - 1;
        int part = last ? plan.LastPart : 0;
        writer.Line(descends ? Update(at, gradient, part) : Store(at, gradient, part));
    }
}
