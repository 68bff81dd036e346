using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Printing;

/// <summary>
/// Prints where everything lies (Layout, Workspace) and the type that the runtime library calls (Kernels), which picks
/// the vector width.
/// </summary>
internal sealed class DispatchPrinter(SourceWriter writer, NetworkPlan plan)
{
    private LayerPlan Output => plan.OutputLayer;

    public void Emit()
    {
        EmitLayout();
        writer.Line();
        WorkspacePrinter.Print(writer, plan.Workspace);
        writer.Line();
        EmitKernels();
    }

    private void EmitLayout()
    {
        writer.Line("/// <summary>Where each parameter begins: floats from the first.</summary>");
        GeneratedMark.EmitAttributes(writer);
        using (writer.Block("internal static class Layout"))
        {
            foreach (LayerPlan layer in plan.Layers)
            {
                writer.Line($"public const int W{layer.Number} = {layer.WeightsOffset}; // [{layer.Inputs}×{layer.Outputs}]");
                writer.Line($"public const int b{layer.Number} = {layer.BiasOffset}; // [{layer.Outputs}]");
            }

            writer.Line($"public const int Count = {plan.ParameterCount};");
        }
    }

    private void EmitKernels()
    {
        WorkspacePlan workspace = plan.Workspace;
        int L = Output.Number;
        writer.Line("/// <summary>What the runtime library calls; each pass in the widest vectors that the processor has.</summary>");
        GeneratedMark.EmitAttributes(writer);
        using (writer.Block("internal readonly unsafe struct Kernels : INetworkKernels"))
        {
            writer.Line($"public static global::System.ReadOnlySpan<int> LayerSizes => new int[] {{ {string.Join(", ", plan.Spec.Sizes)} }};");
            writer.Line($"public static global::System.ReadOnlySpan<int> ForwardSums => new int[] {{ {string.Join(", ", plan.Layers.Select(l => l.ForwardChunks))} }};");
            writer.Line($"public static bool IsSupported => {(plan.Widths.Any(width => width.IsEverywhere) ? "true" : string.Join(" || ", plan.Widths.Select(width => $"{KernelsPrinter.ClassName(width)}.IsAccelerated")))};");
            writer.Line($"public static int InputCount => {plan.Layers[0].Inputs};");
            writer.Line($"public static int ClassCount => {Output.Outputs};");
            writer.Line("public static int ParameterCount => Layout.Count;");
            writer.Line($"public static int InferenceFloats => {workspace.InferencePerSample};");
            writer.Line($"public static int TrainingFloats => {workspace.TrainingPerSample};");
            writer.Line($"public static int FixedInferenceFloats => {workspace.InferenceFixed};");
            writer.Line($"public static int FixedTrainingFloats => {workspace.TrainingFixed};");
            writer.Line($"public static int ThreadFloats => {workspace.Thread.PerSample};");
            writer.Line($"public static int FixedThreadFloats => {workspace.Thread.Fixed};");
            writer.Line($"public static bool SkipsZeros => {(plan.Layers[0].SkipsZeros ? "true" : "false")};");
            writer.Line($"public static bool FindsLargestInput => {(plan.Widths[0].FindsLargestInput ? $"{KernelsPrinter.ClassName(plan.Widths[0])}.IsAccelerated" : "false")};");
            writer.Line($"public static float* Probabilities(float* workspace, nint N) => new Workspace(workspace, N).A{L};");
            writer.Line("public static double* SampleLosses(float* workspace, nint N) => new Workspace(workspace, N).Losses;");
            writer.Line();
            EmitEntries();
            EmitForward();
            EmitLosses();
            EmitPrepare();
            EmitDifferentiate();
            EmitDispatched("Backward", "nint N, float* workspace", "new(N), w");
            EmitDispatched(
                "Descend",
                $"float* parameters, float* X, Zeros zeros, in Part part, in TUpdate update, float* workspace",
                "parameters, X, zeros, part, in update, w",
                "<TUpdate>",
                " where TUpdate : struct, IUpdate",
                ofPart: true);
            EmitOneSample();
            EmitLayer();
        }
    }

    private void EmitEntries()
    {
        using (writer.Block($"public static Entries Entries(in Part part, float* workspace, out int* columns)"))
        {
            if (plan.Layers[0].SkipsZeros)
            {
                writer.Line("Workspace w = new(workspace, part);");
                writer.Line("columns = w.Columns;");
                writer.Line("return w.Entries;");
            }
            else
            {
                writer.Line("columns = null;");
                writer.Line("return default;");
            }
        }

        writer.Line();
    }

    private void EmitForward()
    {
        using (writer.Block($"public static bool Forward(float* parameters, float* X, Zeros zeros, in Part part, float* workspace, float* probabilities)"))
        {
            writer.Line("Workspace w = new(workspace, part.N);");
            if (plan.IsTiny)
            {
                using (writer.Block("if (part.IsAcross)"))
                {
                    writer.Line($"SampleLanes.Spread(X, part.N, {plan.Layers[0].Inputs}, w.XAcross);");
                    EmitForWidths(width => writer.Line($"{width}.ForwardAcross(parameters, part.N, w, probabilities);"));
                    writer.Line();
                    writer.Line("return true;");
                }

                writer.Line();
            }

            EmitForWidths(width => writer.Line($"return {width}.Forward(parameters, X, zeros, part, w, probabilities);"));
        }

        writer.Line();
    }

    private void EmitDispatched(
        string method, string parameters, string arguments, string generic = "", string constraint = "", bool ofPart = false)
    {
        using (writer.Block($"public static void {method}{generic}({parameters}){constraint}"))
        {
            writer.Line(ofPart ? "Workspace w = new(workspace, part);" : "Workspace w = new(workspace, N);");
            if (ofPart && plan.IsTiny)
            {
                EmitGradientAcross();
            }

            EmitForWidths(width => writer.Line($"{width}.{method}({arguments});"));
        }

        writer.Line();
    }

    /// <summary>A gradient this small is not divided among threads.</summary>
    private void EmitGradientAcross()
    {
        using (writer.Block("if (part.IsAcross)"))
        {
            using (writer.Block("if (part.Has(0))"))
            {
                EmitForWidths(width => writer.Line($"{width}.GradientAcross(part.N, w, w.Gradient);"));
                writer.Line();
                writer.Line($"Matrix.Descend(parameters, w.Gradient, Layout.Count, 1, update);");
            }

            writer.Line();
            writer.Line("return;");
        }

        writer.Line();
    }

    /// <summary>What is done in the widest vectors that the processor has, of those that are emitted.</summary>
    private void EmitForWidths(Action<string> body)
    {
        for (int i = 0; i < plan.Widths.Count; i++)
        {
            string width = KernelsPrinter.ClassName(plan.Widths[i]);
            bool isLast = i == plan.Widths.Count - 1;
            if (i == 0 && isLast)
            {
                body(width);
                return;
            }

            string condition = isLast ? "else" : i == 0 ? $"if ({width}.IsAccelerated)" : $"else if ({width}.IsAccelerated)";
            using (writer.Block(condition))
            {
                body(width);
            }
        }
    }

    private void EmitPrepare()
    {
        writer.Line("// Each of several threads transposes some rows of the weights before any goes back through them.");
        using (writer.Block($"public static void Prepare(float* parameters, in Part part, float* workspace)"))
        {
            writer.Line("Workspace w = new(workspace, part.N);");
            writer.Line("Transpose(parameters, part, w);");
        }

        writer.Line();
        writer.Line("[MethodImplAttribute(MethodImplOptions.AggressiveInlining)]");
        using (writer.Block($"public static void Transpose(float* parameters, in Part part, in Workspace w)"))
        {
            foreach (LayerPlan layer in plan.Layers.Skip(1))
            {
                int l = layer.Number;
                writer.Line($"part.Share({layer.Outputs}, 1, out int first{l}, out int end{l});");
                writer.Line($"Matrix.Transpose(parameters + Layout.W{l}, {layer.Inputs}, {layer.Outputs}, first{l}, end{l}, w.W{l}T, {layer.InputStride});");
            }
        }

        writer.Line();
    }

    private void EmitDifferentiate()
    {
        int L = Output.Number;
        writer.Line("// Forward, and back to every dZ, for the samples of a part; then the largest of each, for |dW| ≤ N max|A| max|dZ|.");
        using (writer.Block($"public static void Differentiate(float* parameters, float* X, Targets targets, Zeros zeros, in Part part, float* workspace)"))
        {
            writer.Line("Workspace w = new(workspace, part);");
            writer.Line("nint N = part.Count;");
            writer.Line("w.Magnitudes[1] = 0;");
            if (plan.IsTiny)
            {
                EmitDifferentiateAcross();
            }

            EmitForWidths(width => writer.Line($"{width}.Differentiate(parameters, X, targets, zeros, part, w);"));
            writer.Line();
            writer.Line("Losses(targets, part, w);");
            EmitMagnitudes(l => ($"w.dZ{l.Number}", l.Stride), l => ($"w.A{l.Number}", l.Stride));
        }

        writer.Line();
    }

    private void EmitDifferentiateAcross()
    {
        int L = Output.Number;
        writer.Line();
        using (writer.Block("if (part.IsAcross)"))
        {
            writer.Line($"targets = targets.From(part.First, {Output.Outputs});");
            writer.Line($"SampleLanes.Spread(X + (part.First * {plan.Layers[0].Inputs}), N, {plan.Layers[0].Inputs}, w.XAcross + (part.First * {plan.Layers[0].Inputs}));");
            writer.Line($"SampleLanes.SpreadTargets(targets, N, {Output.Outputs}, w.YAcross + (part.First * {Output.Outputs}));");
            EmitForWidths(width => writer.Line($"{width}.DifferentiateAcross(parameters, part, w);"));
            writer.Line();
            writer.Line($"Logarithm.Add(w.Largest + part.First, w.Sums + part.First, N, w.Losses + part.First);");
            writer.Line($"SampleLanes.Losses(targets, N, {Output.Outputs}, w.Z{L}Across + (part.First * {Output.Outputs}), w.Chosen + part.First, w.Losses + part.First);");
            writer.Line($"N = (N + {AcrossPlan.Samples - 1}) & ~{AcrossPlan.Samples - 1};");
            EmitMagnitudes(l => ($"w.dZ{l.Number}Across", l.Outputs), l => ($"w.A{l.Number}Across", l.Outputs));
            writer.Line("return;");
        }

        writer.Line();
    }

    /// <summary>The largest of each dZ, and of each A that enters a layer.</summary>
    private void EmitMagnitudes(Func<LayerPlan, (string Matrix, int Stride)> dZ, Func<LayerPlan, (string Matrix, int Stride)> A)
    {
        foreach (LayerPlan layer in plan.Layers)
        {
            int at = 2 * (layer.Number - 1);
            writer.Line($"w.Magnitudes[{at}] = Scan.Largest({dZ(layer).Matrix} + (part.First * {dZ(layer).Stride}), (nuint)N * {dZ(layer).Stride});");
            if (layer.Number > 1)
            {
                (string matrix, int stride) = A(plan.Layers[layer.Number - 2]);
                writer.Line($"w.Magnitudes[{at + 1}] = Scan.Largest({matrix} + (part.First * {stride}), (nuint)N * {stride});");
            }
        }
    }

    private void EmitLosses()
    {
        int L = Output.Number;
        using (writer.Block($"public static void Losses(Targets targets, nint N, float* workspace)"))
        {
            if (plan.IsTiny)
            {
                writer.Line("Workspace w = new(workspace, N);");
                using (writer.Block($"if (N >= {AcrossPlan.Samples})"))
                {
                    writer.Line($"Logarithm.Add(w.Largest, w.Sums, N, w.Losses);");
                    writer.Line($"SampleLanes.Losses(targets, N, {Output.Outputs}, w.Z{L}Across, {Output.Outputs}, w.Losses);");
                    writer.Line("return;");
                }

                writer.Line();
                writer.Line("Losses(targets, new(N), w);");
            }
            else
            {
                writer.Line("Losses(targets, new(N), new Workspace(workspace, N));");
            }
        }

        writer.Line();
        writer.Line($"// {Notation.Loss(Output)}: of each sample −Σⱼ Yᵢⱼ log A{L}ᵢⱼ. −log A{L}ᵢⱼ is log Σₖ exp Z{L}ᵢₖ − Z{L}ᵢⱼ,");
        writer.Line($"// which no small A{L} makes infinite, and log Σₖ exp Z{L}ᵢₖ = Largestᵢ + log Sumsᵢ.");
        using (writer.Block($"private static void Losses(Targets targets, in Part part, in Workspace w)"))
        {
            writer.Line("nint N = part.Count;");
            writer.Line("double* losses = w.Losses + part.First;");
            writer.Line($"float* z = w.Z{L} + (part.First * {Output.Stride});");
            writer.Line($"targets = targets.From(part.First, {Output.Outputs});");
            writer.Line($"Logarithm.Add(w.Largest + part.First, w.Sums + part.First, N, losses);");
            if (plan.HasOutputAcross)
            {
                writer.Line("nint across = part.Across;");
                writer.Line($"SampleLanes.Losses(targets, across, {Output.Outputs}, z, {Output.Stride}, losses);");
                writer.Line("N -= across;");
                writer.Line("losses += across;");
                writer.Line($"z += across * {Output.Stride};");
                writer.Line($"targets = targets.From(across, {Output.Outputs});");
            }

            using (writer.Block("if (targets.Labels != null)"))
            {
                writer.Line("int* labels = targets.Labels;");
                using (writer.Block($"for (nint n = 0; n < N; n++, z += {Output.Stride})"))
                {
                    writer.Line("losses[n] -= z[labels[n]];");
                }

                writer.Line();
                writer.Line("return;");
            }

            writer.Line();
            writer.Line("float* y = targets.Probabilities;");
            using (writer.Block($"for (nint n = 0; n < N; n++, z += {Output.Stride}, y += {Output.Outputs})"))
            {
                writer.Line("double loss = 0;");
                using (writer.Block($"for (int j = 0; j < {Output.Outputs}; j++)"))
                {
                    writer.Line("loss += y[j] == 0 ? 0 : y[j] * (losses[n] - z[j]);");
                }

                writer.Line();
                writer.Line("losses[n] = loss;");
            }
        }

        writer.Line();
    }

    private void EmitOneSample()
    {
        EmitOne("ForwardOne", "float* parameters, float* X, float* workspace, float* probabilities", "parameters, X, workspace, probabilities", null);
        EmitOne("StepOne", "float* parameters, float* X, int label, float rate, float* workspace, out double loss", "parameters, X, label, rate, workspace, out loss", "loss = 0;");

        void EmitOne(string method, string parameters, string arguments, string? instead)
        {
            using (writer.Block($"public static bool {method}({parameters})"))
            {
                if (plan.HasOneSample)
                {
                    EmitForWidths(width => writer.Line($"return {width}.{method}({arguments});"));
                }
                else
                {
                    if (instead is not null)
                    {
                        writer.Line(instead);
                    }

                    writer.Line("return false;");
                }
            }

            writer.Line();
        }
    }

    private void EmitLayer()
    {
        using (writer.Block($"public static LayerView Layer(int number, nint N, float* workspace)"))
        {
            writer.Line("Workspace w = new(workspace, N);");
            using (writer.Block("switch (number)"))
            {
                foreach (LayerPlan layer in plan.Layers)
                {
                    string activations = layer.IsOutput ? $"w.Z{layer.Number}" : $"w.A{layer.Number}";
                    writer.Line($"{(layer.IsOutput ? "default" : $"case {layer.Number}")}: return new({activations}, w.dZ{layer.Number}, {layer.Stride});");
                }
            }
        }
    }
}
