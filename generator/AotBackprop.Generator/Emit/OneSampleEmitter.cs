using AotBackprop.Generator.Lowering;
using AotBackprop.Generator.Model;
using AotBackprop.Generator.Printing;
using static AotBackprop.Generator.Emit.Vocabulary;

namespace AotBackprop.Generator.Emit;

/// <summary>
/// Prints forward, and a step of gradient descent, on one sample as one method each: for networks so small that a call
/// for each pass, and what each has to look up, takes longer than the passes. They have their bits.
/// </summary>
internal sealed class OneSampleEmitter(SourceWriter writer, Vocabulary words, NetworkPlan plan, WidthPlan width)
{
    private LayerPlan Output => plan.OutputLayer;

    public void EmitForward()
    {
        int L = Output.Number;
        writer.Line("// Forward for one sample. Nothing is written, and false returned, where an input is too large to tell at a glance");
        writer.Line("// that it is finite.");
        writer.Line("[MethodImpl(Kernel)]");
        using (writer.Block($"public static bool ForwardOne(float* parameters, float* X, float* workspace, float* A{L})"))
        {
            writer.Line("Workspace scratch = new(workspace, 1);");
            foreach (LayerPlan layer in plan.Layers)
            {
                EmitNames(layer);
            }

            EmitCheck([.. MagnitudesOf(plan.Layers[0])]);
            EmitProducts();
            writer.Line();
            writer.Line($"// {Notation.Softmax(Output)}");
            using (writer.Block())
            {
                new CSharpPrinter(writer, words.Lanes).Print(new SoftmaxLowering(words.Lanes, Output).OneForward());
            }

            writer.Line();
            writer.Line("return true;");
        }
    }

    public void EmitStep()
    {
        int L = Output.Number;
        writer.Line("// A step on one sample, whose class is a label. Nothing is written, and false returned, where a number is too");
        writer.Line("// large to tell at a glance that the update is safe: the passes above find out.");
        writer.Line("[MethodImpl(Kernel)]");
        using (writer.Block("public static bool StepOne(float* parameters, float* X, int label, float rate, float* workspace, out double loss)"))
        {
            writer.Line("Workspace scratch = new(workspace, 1);");
            foreach (LayerPlan layer in plan.Layers)
            {
                EmitNames(layer);
                EmitGradientNames(layer);
            }

            foreach (LayerPlan layer in plan.Layers.Skip(1))
            {
                EmitTransposition(layer);
            }

            EmitProducts();
            writer.Line();
            writer.Line($"// {Notation.Softmax(Output)}, dZ{L} = A{L} − Y, and the loss");
            using (writer.Block())
            {
                new CSharpPrinter(writer, words.Lanes).Print(new SoftmaxLowering(words.Lanes, Output).One());
            }

            foreach (LayerPlan above in plan.Layers.Skip(1).Reverse())
            {
                int l = above.Number - 1;
                writer.Line();
                writer.Line($"// {Notation.ActivationGradient(above)}, {Notation.HiddenGradient(l)}");
                new CSharpPrinter(writer, words.Lanes).Print(new ProductLowering(words.Lanes, width.Backward[l - 1], ProductNames.Backward(l)).One());
            }

            EmitCheck(
            [
                .. plan.Layers.SelectMany(MagnitudesOf),
                .. Magnitudes(Output.Outputs, $"Z{L}", isDense: false),
                .. plan.Layers.SelectMany(layer => Magnitudes(layer.Outputs, $"dZ{layer.Number}", isDense: false)),
            ]);
            writer.Line();
            writer.Line($"{words.Vector} eta = Fill(-rate);");
            foreach (LayerPlan layer in plan.Layers.Reverse())
            {
                int l = layer.Number;
                writer.Line();
                writer.Line($"// {Notation.WeightGradient(layer)}, {Notation.BiasGradient(layer)}, {Notation.Update($"W{l}")}, {Notation.Update($"b{l}")}");
                using (writer.Block())
                {
                    EmitDescent(layer);
                }
            }

            writer.Line();
            writer.Line("return true;");
        }
    }

    private void EmitNames(LayerPlan layer)
    {
        int l = layer.Number;
        List<string> names = [$"W{l} = parameters + Layout.W{l}", $"b{l} = parameters + Layout.b{l}"];
        names.Add(layer.IsOutput ? $"Z{l} = scratch.Z{l}" : $"A{l} = scratch.A{l}");
        writer.Line($"float* {string.Join(", ", names)};");
    }

    private void EmitGradientNames(LayerPlan layer)
    {
        int l = layer.Number;
        string transposed = l == 1 ? "" : $", W{l}T = scratch.W{l}T";
        writer.Line($"float* dZ{l} = scratch.dZ{l}{transposed};");
    }

    private void EmitProducts()
    {
        foreach (LayerPlan layer in plan.Layers)
        {
            writer.Line();
            writer.Line($"// {Notation.Forward(layer)}");
            new CSharpPrinter(writer, words.Lanes).Print(new ProductLowering(words.Lanes, width.Forward[layer.Number - 1], ProductNames.Forward(layer)).One());
        }
    }

    private void EmitTransposition(LayerPlan layer)
    {
        string W = $"W{layer.Number}";
        writer.Line();
        writer.Line($"// {W}ᵀ");
        for (int j = 0; j < layer.Outputs; j++)
        {
            int row = j * layer.InputStride;
            for (int i = layer.Inputs / words.Lanes * words.Lanes; i < layer.InputStride; i += words.Lanes)
            {
                writer.Line(Store(At($"{W}T", row + i), "Zero"));
            }

            writer.Line(string.Join(" ", Enumerable.Range(0, layer.Inputs).Select(i => $"{W}T[{row + i}] = {W}[{(i * layer.Outputs) + j}];")));
        }
    }

    /// <summary>|A| of what enters a layer; X has no padding.</summary>
    private IEnumerable<string> MagnitudesOf(LayerPlan layer) =>
        Magnitudes(layer.Inputs, Notation.Input(layer), isDense: layer.Number == 1);

    private List<string> Magnitudes(int units, string matrix, bool isDense)
    {
        List<string> magnitudes = [];
        ForVectors(units, (j, part) => magnitudes.Add($"Abs({Load(At(matrix, j), isDense ? part : 0)})"));
        return magnitudes;
    }

    /// <summary>One sum of all magnitudes; NaN is not below the limit.</summary>
    private void EmitCheck(List<string> magnitudes)
    {
        writer.Line();
        writer.Line($"{words.Vector} most = {magnitudes[0]};");
        foreach (string magnitude in magnitudes.Skip(1))
        {
            writer.Line($"most += {magnitude};");
        }

        using (writer.Block("if (!AreBelow(most, global::AotBackprop.Runtime.Part.LargestOfOneSample))"))
        {
            writer.Line("return false;");
        }
    }

    private void EmitDescent(LayerPlan layer)
    {
        int l = layer.Number;
        ForVectors(layer.Outputs, (j, _) => writer.Line($"{words.Vector} d{j} = {Load(At($"dZ{l}", j))};"));
        for (int i = 0; i < layer.Inputs; i++)
        {
            writer.Line($"{words.Vector} x{i} = {Broadcast(At(Notation.Input(layer), i))};");
            ForVectors(layer.Outputs, (j, part) => EmitUpdate(At($"W{l}", (i * layer.Outputs) + j), MultiplyAdd($"x{i}", $"d{j}", "Zero"), part));
        }

        ForVectors(layer.Outputs, (j, part) => EmitUpdate(At($"b{l}", j), $"Zero + d{j}", part));

        void EmitUpdate(string at, string gradient, int part) => writer.Line(Store(at, MultiplyAdd("eta", gradient, Load(at, part)), part));
    }

    /// <summary>For each vector of a row, where it begins, and how many lanes count where not all do.</summary>
    private void ForVectors(int units, Action<int, int> body)
    {
        for (int first = 0; first < units; first += words.Lanes)
        {
            body(first, units - first < words.Lanes ? units - first : 0);
        }
    }
}
