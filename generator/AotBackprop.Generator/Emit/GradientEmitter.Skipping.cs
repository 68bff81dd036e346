using AotBackprop.Generator.Model;
using static AotBackprop.Generator.Emit.Vocabulary;

namespace AotBackprop.Generator.Emit;

/// <summary>The forms of dW = Aᵀ dZ that skip entries of A that are 0.</summary>
internal sealed partial class GradientEmitter
{
    public void EmitListedStored() => EmitListed($"Gradient{layer.Number}Listed", $"d{_W}", descends: false);

    public void EmitListedApplied() => EmitListed($"Descend{layer.Number}Listed", _W, descends: true);

    public void EmitScatteredStored(EquatableArray<Panel> panels) =>
        EmitScattered($"Gradient{layer.Number}Scattered", $"d{_W}", panels, descends: false);

    public void EmitScatteredApplied(EquatableArray<Panel> panels) =>
        EmitScattered($"Descend{layer.Number}Scattered", _W, panels, descends: true);

    /// <summary>A tile lists the samples where any of its inputs is not 0, and adds only those.</summary>
    private void EmitListed(string method, string target, bool descends)
    {
        writer.Line("[MethodImpl(Kernel)]");
        using (writer.Block(Signature(method, $"float* {_input}, float* {_dZ}, nint N, {(descends ? "in TUpdate given, " : "")}float* {target}, int first, int end, int* samples", descends)))
        {
            EmitUpdate(descends);
            EmitInputs(
                () => EmitListedInputs(
                    plan.Rows, $"{_input} + i", column => column(Vocabulary.Row(target, "i", plan.Outputs)), target, descends),
                (rest, whole) => EmitListedInputs(
                    rest, At(_input, whole), column => column(At(target, (long)whole * plan.Outputs)), target, descends));
        }
    }

    private void EmitListedInputs(int rows, string inputs, Func<Func<string, string>, string> w, string target, bool descends)
    {
        writer.Line($"float* inputs = {inputs};");
        writer.Line($"nint count = global::AotBackprop.Runtime.NonZero.RowsOf(inputs, {plan.InputStride}, N, {rows}, samples);");
        if (descends)
        {
            using (writer.Block("if (count == 0 && TUpdate.LeavesWhereGradientIsZero)"))
            {
                writer.Line($"{(rows == plan.Rows ? "continue" : "return")};");
            }
        }

        EmitSkippingPanels(rows, plan.Panels, divided: plan.DividesColumns, w, target, descends, "for (nint k = 0; k < count; k++)", column =>
        {
            writer.Line("nint n = samples[k];");
            writer.Line($"float* x = {Vocabulary.Row("inputs", "n", plan.InputStride)};");
            writer.Line($"float* d = {column(_dZ)} + (n * {plan.GradientStride});");
        });
    }

    /// <summary>Each input adds its entries, which are chained in the order of the samples.</summary>
    private void EmitScattered(string method, string target, EquatableArray<Panel> panels, bool descends)
    {
        writer.Line("[MethodImpl(Kernel)]");
        string parameters = $"in global::AotBackprop.Runtime.Entries entries, float* {_dZ}, {(descends ? "in TUpdate given, " : "")}float* {target}, int first, int end";
        using (writer.Block(Signature(method, parameters, descends)))
        {
            EmitUpdate(descends);
            if (!descends)
            {
                writer.Line($"global::AotBackprop.Runtime.Matrix.Clear({Vocabulary.Row(target, "first", plan.Outputs)}, (nint)(end - first) * {plan.Outputs});");
            }

            writer.Line("int* next = entries.Next;");
            writer.Line("int* samples = entries.Rows;");
            writer.Line("float* values = entries.Values;");
            if (descends)
            {
                writer.Line($"nint columns = TUpdate.LeavesWhereGradientIsZero ? entries.ChainedCount : end - first;");
            }

            using (writer.Block($"for (nint c = 0; c < {(descends ? "columns" : "entries.ChainedCount")}; c++)"))
            {
                writer.Line($"nint i = {(descends ? "TUpdate.LeavesWhereGradientIsZero ? entries.Chained[c] : first + c" : "entries.Chained[c]")};");
                writer.Line("nint head = entries.Heads[i];");
                EmitSkippingPanels(
                    1, panels, divided: false, column => column(Vocabulary.Row(target, "i", plan.Outputs)), target, descends, "for (nint e = head; e >= 0; e = next[e])", column =>
                {
                    writer.Line("float* x = values + e;");
                    writer.Line($"float* d = {column(_dZ)} + ((nint)samples[e] * {plan.GradientStride});");
                });
            }
        }
    }

    private void EmitSkippingPanels(
        int rows,
        EquatableArray<Panel> panels,
        bool divided,
        Func<Func<string, string>, string> w,
        string target,
        bool descends,
        string loop,
        Action<Func<string, string>> place)
    {
        EmitPanels(panels, divided, panel =>
        {
            string column(string p) => Column(p, panel);
            EmitSums(rows, panel);
            using (writer.Block(loop))
            {
                place(column);
                EmitSample(rows, panel);
            }

            EmitTargets(rows, panel, w(column), target, descends);
        });
    }
}
