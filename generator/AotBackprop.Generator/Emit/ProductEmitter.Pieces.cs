using AotBackprop.Generator.Model;
using static AotBackprop.Generator.Emit.Vocabulary;

namespace AotBackprop.Generator.Emit;

/// <summary>The form of a product of one row for which registers do not hold all sums.</summary>
internal sealed partial class ProductEmitter
{
    private bool IsByPieces(RowTile tile) => tile.Rows == 1 && plan.StepsInPiece < plan.Inner;

    /// <summary>One row, by pieces of the right factor. Between them the sums lie where the result will.</summary>
    private void EmitByPieces(RowTile tile)
    {
        string row = names.Row, output = names.Sum;
        using (writer.Block("for (nint n = 0; n < N; n++)"))
        {
            writer.Line($"float* {row} = {Vocabulary.Row(names.Input, "n", plan.InputStride)};");
            writer.Line($"float* {output} = {Vocabulary.Row(names.Output, "n", plan.OutputStride)};");
            if (names.MaskedBy is not null)
            {
                writer.Line($"float* mask = {Vocabulary.Row(names.MaskedBy, "n", plan.OutputStride)};");
            }

            EmitOwnVectors(tile, (panel, column, v) => writer.Line(Store(
                At(column(output), v * words.Lanes),
                names.Start is null ? "Zero" : Load(At(column(names.Start), v * words.Lanes), v == panel.Vectors - 1 ? LastPart(panel) : 0))));
            writer.Line();
            writer.Line($"// By pieces of {plan.StepsInPiece} rows, so that {names.Weights} is read nearly as it lies; between them the sums are in {names.Output}.");
            using (writer.Block($"for (nint start = 0; start < {plan.Inner}; start += {plan.StepsInPiece})"))
            {
                writer.Line($"nint until = global::System.Math.Min({plan.Inner}, start + {plan.StepsInPiece});");
                foreach (Panel panel in tile.Panels)
                {
                    writer.Line();
                    EmitOwn(panel, column => EmitPiece(tile, panel, column));
                }
            }

            if (names.Rectified || names.MaskedBy is not null)
            {
                EmitOwnVectors(tile, (_, column, v) =>
                {
                    string place = At(column(output), v * words.Lanes);
                    EmitSum(place, Load(place), names.MaskedBy is null ? null : At(column("mask"), v * words.Lanes));
                });
            }
        }

        EmitPadding(tile.Panels[tile.Panels.Count - 1]);
    }

    private void EmitOwnVectors(RowTile tile, Action<Panel, Func<string, string>, int> body)
    {
        foreach (Panel panel in tile.Panels)
        {
            writer.Line();
            EmitOwn(panel, column =>
            {
                for (int v = 0; v < panel.Vectors; v++)
                {
                    body(panel, column, v);
                }
            });
        }
    }

    private void EmitPiece(RowTile tile, Panel panel, Func<string, string> column)
    {
        string[] sums = [.. Sums(tile, panel)];
        writer.Line($"float* w = {column(names.Weights)} + (start * {plan.WeightStride});");
        writer.Line($"float* sums = {column(names.Sum)};");
        for (int v = 0; v < sums.Length; v++)
        {
            writer.Line($"{words.Vector} {sums[v]} = {Load(At("sums", v * words.Lanes))};");
        }

        EmitOperands(tile, panel);
        using (writer.Block("for (nint i = start; i < until; i++)"))
        {
            EmitStep(tile, panel, LastPart(panel), 0, 0, plan.WeightStride, _ => $"{names.Row} + i");
            writer.Line($"w += {plan.WeightStride};");
        }

        writer.Line();
        for (int v = 0; v < sums.Length; v++)
        {
            writer.Line(Store(At("sums", v * words.Lanes), sums[v]));
        }
    }
}
