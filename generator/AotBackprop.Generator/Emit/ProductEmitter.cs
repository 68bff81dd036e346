using AotBackprop.Generator.Model;
using static AotBackprop.Generator.Emit.Vocabulary;

namespace AotBackprop.Generator.Emit;

/// <summary>The words of one product.</summary>
/// <param name="Method">Forward1, Backward1.</param>
/// <param name="Input">The left factor, N rows.</param>
/// <param name="Weights">The right factor.</param>
/// <param name="Start">What each sum begins with, or null for 0.</param>
/// <param name="Output">The result.</param>
/// <param name="MaskedBy">A, whose sign decides what of the result stays, or null.</param>
/// <param name="Rectified">Whether the result passes through the ReLU.</param>
/// <param name="Sum">The letter of a sum.</param>
/// <param name="Row">The letter of a row of the left factor.</param>
internal sealed record ProductNames(
    string Method, string Input, string Weights, string? Start, string Output, string? MaskedBy, bool Rectified, string Sum, string Row)
{
    /// <summary>Of Z = A W + b, which a hidden layer passes through the ReLU.</summary>
    public static ProductNames Forward(LayerPlan layer) => new(
        $"Forward{layer.Number}",
        Notation.Input(layer),
        $"W{layer.Number}",
        $"b{layer.Number}",
        layer.IsOutput ? $"Z{layer.Number}" : $"A{layer.Number}",
        MaskedBy: null,
        Rectified: !layer.IsOutput,
        Sum: "z",
        Row: layer.Number == 1 ? "x" : "a");

    /// <summary>Of the dZ of a hidden layer.</summary>
    public static ProductNames Backward(int l) => new(
        $"Backward{l}", $"dZ{l + 1}", $"W{l + 1}T", Start: null, $"dZ{l}", MaskedBy: $"A{l}", Rectified: false, Sum: "a", Row: "d");
}

/// <summary>Prints Z = A W + b and dA = dZ Wᵀ: N rows times a matrix of constant size, by register tiles.</summary>
internal sealed partial class ProductEmitter(SourceWriter writer, Vocabulary words, ProductPlan plan, ProductNames names)
{
    private const string Scan = "global::AotBackprop.Runtime.Scan";

    // Multiplications of a loop's body up to which it is short.
    private const int ShortBody = 12;

    // What a tile's step does with the right factor.
    private enum Reading
    {
        InPlace,

        /// <summary>The panel is read in place, and left packed: row behind row.</summary>
        Packing,

        /// <summary>The packed panel is read.</summary>
        Packed,
    }

    private string Parameters => string.Join(", ", Operands.Select(o => $"float* {o}")) + ", nint N" + Range;

    // From one column on to another: those of the panels that begin there.
    private string Range => plan.DividesColumns ? ", int first, int end" : "";

    private string RangeArguments => plan.DividesColumns ? ", first, end" : "";

    // Where a panel is packed.
    private string Packed => plan.Packs ? ", float* packed" : "";

    private string PackedArgument => plan.Packs ? ", packed" : "";

    private IEnumerable<string> Operands =>
        new[] { names.Input, names.Weights, names.Start, names.Output, names.MaskedBy }.OfType<string>();

    /// <summary>The method that splits N rows among the tiles, and a method for each tile.</summary>
    public void Emit()
    {
        using (writer.Block($"private static {Returned(plan.FindsLargest)} {names.Method}({Parameters}{Packed})"))
        {
            EmitSplit();
        }

        foreach (RowTile tile in plan.Tiles)
        {
            writer.Line();
            EmitTileMethods(tile);
        }
    }

    /// <summary>The product of one row, as a part of a method that has the operands by their names.</summary>
    public void EmitOne()
    {
        RowTile tile = plan.Tiles[plan.Tiles.Count - 1];
        foreach (Panel panel in tile.Panels)
        {
            EmitAll(panel, column => EmitRow(tile, panel, column, "0", Reading.InPlace));
            EmitPadding(panel, "1");
        }
    }

    private void EmitSplit()
    {
        if (plan.FindsLargest)
        {
            writer.Line("float largest = 0;");
        }

        for (int t = 0; t < plan.Tiles.Count; t++)
        {
            int rows = plan.Tiles[t].Rows;
            bool first = t == 0;
            string left = first ? "N" : "(N - n)";
            string count = rows == 1 ? (first ? "N" : "N - n") : "rows";
            if (rows > 1)
            {
                writer.Line($"{(first ? "nint " : "")}rows = {left} / {rows} * {rows};");
            }

            IEnumerable<string> arguments = Operands.Select(o => Advanced(o, first)).Append(count);
            string found = Finds(plan.Tiles[t]) ? "largest = " : "";
            string call = $"{found}{names.Method}Rows{rows}({string.Join(", ", arguments)}{RangeArguments}{(first ? PackedArgument : "")});";
            if (rows == 1 && first)
            {
                writer.Line(call);
                return;
            }

            using (writer.Block(rows == 1 ? "if (n < N)" : "if (rows > 0)"))
            {
                writer.Line(call);
            }

            if (rows > 1)
            {
                writer.Line();
                writer.Line(first ? "nint n = rows;" : "n += rows;");
            }

            if (Finds(plan.Tiles[t]))
            {
                string rest = $"{Advanced(names.Input, first: false)}, (nuint)(N - n) * {plan.Inner}";
                using (writer.Block("if (n < N)"))
                {
                    writer.Line($"largest = global::System.Math.Max(largest, {Scan}.Largest({rest}));");
                }

                writer.Line();
            }
        }

        if (plan.FindsLargest)
        {
            writer.Line();
            writer.Line("return largest;");
        }
    }

    // The tallest tile finds the largest of its rows. The few that are left over are looked through.
    private bool Finds(RowTile tile) => plan.FindsLargest && tile == plan.Tiles[0];

    private static string Returned(bool finds) => finds ? "float" : "void";

    private string Advanced(string operand, bool first)
    {
        if (first || operand == names.Weights || operand == names.Start)
        {
            return operand;
        }

        return Vocabulary.Row(operand, "n", operand == names.Input ? plan.InputStride : plan.OutputStride);
    }

    private void EmitTileMethods(RowTile tile)
    {
        bool inParts = plan.Form == Form.StraightLine && tile.Segment < plan.Inner;
        bool panelMethods = plan.Form == Form.StraightLine && !inParts && (tile.Panels.Count > 1 || tile.Panels[0].Count > 1);
        List<(string Method, int Column, Panel Panel)> groups = [];
        foreach (Panel panel in tile.Panels)
        {
            // Straight line: each group of vectors stands for itself. Tiles: a loop over the groups of a panel.
            int copies = plan.Form == Form.StraightLine ? panel.Count : 1;
            for (int g = 0; g < copies; g++)
            {
                Panel part = plan.Form == Form.StraightLine ? new Panel(panel.FirstVector + (g * panel.Vectors), panel.Vectors, 1) : panel;
                int column = part.FirstVector * words.Lanes;
                groups.Add(($"{names.Method}Rows{tile.Rows}Columns{column}", column, part));
            }
        }

        string method = $"{names.Method}Rows{tile.Rows}";
        writer.Line($"// {tile.Rows} row{(tile.Rows == 1 ? "" : "s")} × {tile.Panels[0].Vectors} vector{(tile.Panels[0].Vectors == 1 ? "" : "s")} at a time; N is a multiple of {tile.Rows}.");
        writer.Line("[MethodImpl(Kernel)]");
        bool packs = plan.Packs && tile == plan.Tiles[0];
        bool finds = Finds(tile);
        using (writer.Block($"private static {Returned(finds)} {method}({Parameters}{(packs ? Packed : "")})"))
        {
            if (finds)
            {
                writer.Line("Vector256<uint> seen = Vector256<uint>.Zero;");
            }

            foreach ((string groupMethod, _, Panel panel) in IsByPieces(tile) ? [] : groups)
            {
                if (panelMethods)
                {
                    writer.Line($"{groupMethod}({string.Join(", ", Operands)}, N);");
                }
                else if (packs)
                {
                    EmitPackedPanel(tile, panel);
                }
                else
                {
                    EmitPanel(tile, panel, inParts ? groupMethod : null);
                }
            }

            if (IsByPieces(tile))
            {
                EmitByPieces(tile);
            }

            if (finds)
            {
                writer.Line();
                writer.Line($"return {Scan}.Largest(seen);");
            }
        }

        foreach ((string groupMethod, _, Panel panel) in groups)
        {
            if (panelMethods)
            {
                writer.Line();
                writer.Line("[MethodImpl(Kernel)]");
                using (writer.Block($"private static void {groupMethod}({Parameters})"))
                {
                    EmitPanel(tile, panel, null);
                }
            }
            else if (inParts)
            {
                EmitParts(tile, panel, groupMethod);
            }
        }
    }

    private void EmitPanel(RowTile tile, Panel panel, string? parts)
    {
        writer.Line();
        EmitOwn(panel, column => EmitRows(tile, panel, column, parts));
        EmitPadding(panel);
    }

    /// <summary>The groups of a panel, of which a thread does those that begin in its range of columns.</summary>
    private void EmitOwn(Panel panel, Action<Func<string, string>> body)
    {
        int width = panel.Vectors * words.Lanes;
        int first = panel.FirstVector * words.Lanes;
        if (panel.Count > 1)
        {
            using (writer.Block($"for (int j = {first}; j < {first + (width * panel.Count)}; j += {width})"))
            using (writer.BlockIf(plan.DividesColumns ? "if (j >= first && j < end)" : null))
            {
                body(p => $"{p} + j");
            }

            return;
        }

        using (writer.BlockIf(plan.DividesColumns ? $"if ({first} >= first && {first} < end)" : null))
        {
            body(p => At(p, first));
        }
    }

    /// <summary>The first tile leaves the panel packed for the others.</summary>
    private void EmitPackedPanel(RowTile tile, Panel panel)
    {
        writer.Line();
        EmitOwn(panel, column =>
        {
            writer.Line($"// The first {tile.Rows} rows leave the columns of {names.Weights} in \"packed\", row behind row, for the others.");
            using (writer.Block())
            {
                EmitRow(tile, panel, column, "0", Reading.Packing);
            }

            writer.Line();
            using (writer.Block($"for (nint n = {tile.Rows}; n < N; n += {tile.Rows})"))
            {
                EmitRow(tile, panel, column, "n", Reading.Packed);
            }
        });
        EmitPadding(panel);
    }

    private void EmitRows(RowTile tile, Panel panel, Func<string, string> column, string? parts)
    {
        using (writer.Block(tile.Rows == 1 ? "for (nint n = 0; n < N; n++)" : $"for (nint n = 0; n < N; n += {tile.Rows})"))
        {
            EmitRow(tile, panel, column, "n", Reading.InPlace, parts);
        }
    }

    private void EmitRow(RowTile tile, Panel panel, Func<string, string> column, string n, Reading reading, string? parts = null)
    {
        int part = LastPart(panel);
        writer.Line($"float* {names.Row} = {Vocabulary.Row(names.Input, n, plan.InputStride)};");
        writer.Line($"float* w = {(reading == Reading.Packed ? "packed" : column(names.Weights))};");
        if (reading == Reading.Packing)
        {
            writer.Line("float* p = packed;");
        }

        if (Finds(tile))
        {
            writer.Line($"float* s = {names.Row};");
        }

        EmitStart(tile, panel, column, part);
        writer.Line();
        if (parts is not null)
        {
            int segments = (plan.Inner + tile.Segment - 1) / tile.Segment;
            for (int s = 0; s < segments; s++)
            {
                writer.Line($"{parts}Part{s + 1}({names.Row}, w, {string.Join(", ", Sums(tile, panel).Select(z => $"ref {z}"))});");
            }
        }
        else if (plan.Form == Form.StraightLine)
        {
            EmitOperands(tile, panel);
            for (int i = 0; i < plan.Inner; i++)
            {
                EmitStep(tile, panel, part, i, i % plan.Chunks);
            }
        }
        else
        {
            EmitOperands(tile, panel);
            EmitLoop(tile, panel, part, reading);
        }

        EmitJoin(tile, panel);
        EmitResult(tile, panel, column, n);
    }

    private void EmitStart(RowTile tile, Panel panel, Func<string, string> column, int part)
    {
        for (int r = 0; r < tile.Rows; r++)
        {
            for (int v = 0; v < panel.Vectors; v++)
            {
                string start = names.Start is null ? "Zero"
                    : r > 0 ? Sum(0, v)
                    : Load(At(column(names.Start), v * words.Lanes), v == panel.Vectors - 1 ? part : 0);
                writer.Line($"{words.Vector} {Sum(r, v)} = {start};");
            }
        }

        for (int c = 1; c < plan.Chunks; c++)
        {
            for (int r = 0; r < tile.Rows; r++)
            {
                for (int v = 0; v < panel.Vectors; v++)
                {
                    writer.Line($"{words.Vector} {Sum(r, v, c)} = Zero;");
                }
            }
        }
    }

    private void EmitOperands(RowTile tile, Panel panel)
    {
        List<string> operands = [];
        if (panel.Vectors > 1)
        {
            operands.Add($"{names.Row}i");
        }

        if (tile.Rows > 1)
        {
            operands.AddRange(Enumerable.Range(0, panel.Vectors).Select(v => $"w{v}"));
        }

        if (operands.Count > 0)
        {
            writer.Line($"{words.Vector} {string.Join(", ", operands)};");
        }
    }

    private void EmitLoop(RowTile tile, Panel panel, int part, Reading reading)
    {
        int width = panel.Vectors * words.Lanes;
        long stride = reading == Reading.Packed ? width : plan.WeightStride;
        int steps = StepsInLoop(tile, panel, reading);
        int whole = plan.Inner / steps * steps;
        string step = steps == 1 ? "i++" : $"i += {steps}";
        using (writer.Block($"for (int i = 0; i < {whole}; {step})"))
        {
            for (int i = 0; i < steps; i++)
            {
                EmitStep(tile, panel, part, i, i % plan.Chunks, stride);
            }

            if (reading == Reading.Packing)
            {
                writer.Line(string.Join(" ", Enumerable.Range(0, panel.Vectors).Select(v => Store(At("p", v * words.Lanes), $"w{v}"))));
                writer.Line($"p += {width};");
            }

            if (Finds(tile))
            {
                writer.Line($"seen = {Scan}.Larger(seen, s);");
                writer.Line($"s += {ProductPlan.SeenInStep};");
            }

            writer.Line($"{names.Row} += {steps};");
            writer.Line($"w += {steps * stride};");
        }

        for (int i = whole; i < plan.Inner; i++)
        {
            writer.Line();
            EmitStep(tile, panel, part, i - whole, (i - whole) % plan.Chunks, stride);
        }
    }

    // A step for each of the sums that take turns. Twice as many where the body stays short: it jumps less often, and how
    // it lies in cache lines, which no compiler option decides, matters less.
    private int StepsInLoop(RowTile tile, Panel panel, Reading reading)
    {
        bool isShort = plan.Chunks * tile.Rows * panel.Vectors <= ShortBody;
        bool onlyMultiplies = reading != Reading.Packing && !Finds(tile);
        return tile.Rows > 1 && isShort && onlyMultiplies && plan.Inner >= 16 * plan.Chunks ? 2 * plan.Chunks : plan.Chunks;
    }

    /// <summary>One step of the inner index: a row of the right factor, times an entry of each row of the left.</summary>
    private void EmitStep(RowTile tile, Panel panel, int part, int i, int chunk) =>
        EmitStep(tile, panel, part, i, chunk, plan.WeightStride);

    private void EmitStep(RowTile tile, Panel panel, int part, int i, int chunk, long stride) =>
        EmitStep(tile, panel, part, i, chunk, stride, r => At(names.Row, ((long)r * plan.InputStride) + i));

    private void EmitStep(RowTile tile, Panel panel, int part, int i, int chunk, long stride, Func<int, string> place)
    {
        string Weights(int v) => Load(At("w", (i * stride) + (v * words.Lanes)), v == panel.Vectors - 1 ? part : 0);

        if (tile.Rows > 1)
        {
            writer.Line(string.Join(" ", Enumerable.Range(0, panel.Vectors).Select(v => $"w{v} = {Weights(v)};")));
        }

        for (int r = 0; r < tile.Rows; r++)
        {
            string entry = Broadcast(place(r));
            string factor = panel.Vectors > 1 ? $"{names.Row}i" : entry;
            List<string> line = panel.Vectors > 1 ? [$"{factor} = {entry};"] : [];
            for (int v = 0; v < panel.Vectors; v++)
            {
                string sum = Sum(r, v, chunk);
                line.Add($"{sum} = {MultiplyAdd(factor, tile.Rows > 1 ? $"w{v}" : Weights(v), sum)};");
            }

            writer.Line(string.Join(" ", line));
        }
    }

    private void EmitJoin(RowTile tile, Panel panel)
    {
        if (plan.Chunks == 1)
        {
            return;
        }

        writer.Line();
        for (int r = 0; r < tile.Rows; r++)
        {
            for (int v = 0; v < panel.Vectors; v++)
            {
                writer.Line($"{Sum(r, v)} = {Joined(Enumerable.Range(0, plan.Chunks).Select(c => Sum(r, v, c)))};");
            }
        }
    }

    private void EmitResult(RowTile tile, Panel panel, Func<string, string> column, string n)
    {
        writer.Line();
        string output = $"{names.Sum}";
        writer.Line($"float* {output} = {column(Vocabulary.Row(names.Output, n, plan.OutputStride))};");
        if (names.MaskedBy is not null)
        {
            writer.Line($"float* mask = {column(Vocabulary.Row(names.MaskedBy, n, plan.OutputStride))};");
        }

        for (int r = 0; r < tile.Rows; r++)
        {
            for (int v = 0; v < panel.Vectors; v++)
            {
                long offset = ((long)r * plan.OutputStride) + (v * words.Lanes);
                EmitSum(At(output, offset), Sum(r, v), names.MaskedBy is null ? null : At("mask", offset));
            }
        }
    }

    private void EmitSum(string place, string sum, string? mask)
    {
        string value = names.Rectified ? Relu(sum) : mask is not null ? Mask(sum, Load(mask)) : sum;
        writer.Line(Store(place, value));
    }

    /// <summary>What a row has beyond its columns is set to 0, so that a matrix can be searched as a whole.</summary>
    private void EmitPadding(Panel panel, string N = "N")
    {
        int end = panel.EndVector * words.Lanes;
        if (end < plan.Columns || end >= plan.OutputStride)
        {
            return;
        }

        writer.Line();
        using (writer.Block($"for (nint n = 0; n < {N}; n++)"))
        {
            writer.Line($"float* {names.Sum} = {Vocabulary.Row(names.Output, "n", plan.OutputStride)};");
            for (int column = end; column < plan.OutputStride; column += words.Lanes)
            {
                writer.Line(Store(At(names.Sum, column), "Zero"));
            }
        }
    }

    /// <summary>The pieces of a sum that is too long for one method: they go on with the caller's sums, in order.</summary>
    private void EmitParts(RowTile tile, Panel panel, string method)
    {
        for (int first = 0, part = 1; first < plan.Inner; first += tile.Segment, part++)
        {
            writer.Line();
            writer.Line("[MethodImpl(Kernel)]");
            string references = string.Join(", ", Sums(tile, panel).Select(z => $"ref {words.Vector} {z}Ref"));
            using (writer.Block($"private static void {method}Part{part}(float* {names.Row}, float* w, {references})"))
            {
                foreach (string sum in Sums(tile, panel))
                {
                    writer.Line($"{words.Vector} {sum} = {sum}Ref;");
                }

                EmitOperands(tile, panel);
                for (int i = first; i < Math.Min(plan.Inner, first + tile.Segment); i++)
                {
                    EmitStep(tile, panel, LastPart(panel), i, i % plan.Chunks);
                }

                foreach (string sum in Sums(tile, panel))
                {
                    writer.Line($"{sum}Ref = {sum};");
                }
            }
        }
    }

    private int LastPart(Panel panel) => panel.EndVector * words.Lanes >= plan.Columns ? plan.LastPart : 0;

    private IEnumerable<string> Sums(RowTile tile, Panel panel) =>
        from c in Enumerable.Range(0, plan.Chunks)
        from r in Enumerable.Range(0, tile.Rows)
        from v in Enumerable.Range(0, panel.Vectors)
        select Sum(r, v, c);

    private string Sum(int row, int vector, int chunk = 0) => Chunk($"{names.Sum}{row}{vector}", chunk);
}
