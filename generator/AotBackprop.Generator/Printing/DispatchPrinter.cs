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
        writer.Text(GeneratedMark.Attributes);
        using (writer.Block("internal static class Layout"))
        {
            foreach (LayerPlan layer in plan.Layers)
            {
                writer.Line(
                    $"public const int W{layer.Number} = {layer.WeightsOffset}; // [{layer.Inputs}×{layer.Outputs}]");
                writer.Line($"public const int b{layer.Number} = {layer.BiasOffset}; // [{layer.Outputs}]");
            }

            writer.Line($"public const int Count = {plan.ParameterCount};");
        }
    }

    private void EmitKernels()
    {
        WorkspacePlan workspace = plan.Workspace;
        writer.Line(
            "/// <summary>What the runtime library calls; each pass in the widest vectors that the processor " +
                "has.</summary>");
        writer.Text(GeneratedMark.Attributes);
        using (writer.Block("internal readonly unsafe struct Kernels : INetworkKernels"))
        {
            writer.Text($$"""
                public static string NetworkName => "{{plan.Spec.Name.TrimStart('@')}}";
                public static global::System.ReadOnlySpan<int> LayerSizes => new int[] \
                { {{string.Join(", ", plan.Spec.Sizes)}} };
                public static global::System.ReadOnlySpan<int> ForwardSums => \
                new int[] { {{string.Join(", ", plan.Layers.Select(l => l.ForwardChunks))}} };
                public static global::System.ReadOnlySpan<int> BackwardSums => \
                new int[] { {{string.Join(", ", plan.Layers.Skip(1).Select(l => l.BackwardChunks))}} };
                public static bool IsSupported => {{Supported()}};
                public static int InputCount => {{plan.Layers[0].Inputs}};
                public static int OutputCount => {{Output.Outputs}};
                public static global::AotBackprop.Output Output => global::AotBackprop.Output.{{Output.OutputKind}};
                public static int ParameterCount => Layout.Count;
                public static int InferenceFloats => {{workspace.InferencePerSample}};
                public static int TrainingFloats => {{workspace.TrainingPerSample}};
                public static int FixedInferenceFloats => {{workspace.InferenceFixed}};
                public static int FixedTrainingFloats => {{workspace.TrainingFixed}};
                public static int ThreadFloats => {{workspace.Thread.PerSample}};
                public static int FixedThreadFloats => {{workspace.Thread.Fixed}};
                public static bool SkipsZeros => {{(plan.Layers[0].SkipsZeros ? "true" : "false")}};
                public static bool FindsLargestInput => \
                {{(plan.Widths[0].FindsLargestInput ? Accelerated(plan.Widths[0]) : "false")}};
                public static float* Outputs(float* workspace, nint N) => \
                new Workspace(workspace, N).A{{Output.Number}};
                public static double* SampleLosses(float* workspace, nint N) => new Workspace(workspace, N).Losses;

                """);
            EmitEntries();
            EmitForward();
            EmitLosses();
            EmitTranspose();
            EmitDifferentiate();
            EmitBackward();
            EmitDescend();
            EmitOneSample();
            EmitLayer();
        }
    }

    private static string Accelerated(WidthPlan width) => $"{KernelsPrinter.ClassName(width)}.IsAccelerated";

    private string Supported() =>
        plan.Widths.Any(width => width.IsEverywhere) ? "true" : string.Join(" || ", plan.Widths.Select(Accelerated));

    private void EmitEntries() => writer.Text(plan.Layers[0].SkipsZeros
        ? """
            public static Entries Entries(in Part part, float* workspace, out int* columns)
            {
                Workspace w = new(workspace, part);
                columns = w.Columns;
                return w.Entries;
            }

            """
        : """
            public static Entries Entries(in Part part, float* workspace, out int* columns)
            {
                columns = null;
                return default;
            }

            """);

    private void EmitForward()
    {
        string across = $$"""
            if (part.IsAcross)
            {
                SampleLanes.Spread(X, part.N, {{plan.Layers[0].Inputs}}, w.XAcross);
                {{InWidest("{0}.ForwardAcross(parameters, part.N, w, outputs);")}}

                return true;
            }

            """;
        writer.Text($$"""
            public static bool Forward(\
            float* parameters, float* X, Zeros zeros, in Part part, float* workspace, float* outputs)
            {
                Workspace w = new(workspace, part.N);
                {{(plan.IsTiny ? across : "")}}
                {{InWidest("return {0}.Forward(parameters, X, zeros, part, w, outputs);")}}
            }

            """);
    }

    /// <summary>What is done in the widest vectors that the processor has, of those that are emitted.</summary>
    /// <param name="statement">The statement, with {0} for the class of the kernels.</param>
    private string InWidest(string statement)
    {
        string[] calls = [.. plan.Widths.Select(width => statement.Replace("{0}", KernelsPrinter.ClassName(width)))];
        return string.Join("\n", plan.Widths.Select((width, i) =>
            calls.Length == 1 ? calls[i]
            : i == calls.Length - 1 ? $"else\n{{\n{calls[i]}\n}}"
            : $"{(i == 0 ? "" : "else ")}if ({Accelerated(width)})\n{{\n{calls[i]}\n}}"));
    }

    private void EmitLosses()
    {
        int L = Output.Number, C = Output.Outputs;
        string across = $$"""
            if (N >= {{AcrossPlan.Samples}})
            {
                {{(Output.IsSoftmax
                    ? $"""
                        Logarithm.Add(w.Largest, w.Sums, N, w.Losses);
                        SampleLanes.Losses(targets, N, {C}, w.Z{L}Across, {C}, w.Losses);
                        """
                    : $"OutputLosses.OfBlocks({Loss}, targets, N, {C}, w.Z{L}Across, w.Losses);")}}
                return;
            }

            """;
        string rows = Output.IsSoftmax
            ? $"CrossEntropy.Losses(targets, part, {(plan.HasOutputAcross ? "part.Across" : "0")}, {C}, " +
                $"w.Z{L}, {Output.Stride}, w.Largest, w.Sums, w.Losses);"
            : $"OutputLosses.OfRows({Loss}, targets, part, {C}, w.Z{L}, {Output.Stride}, w.Losses);";
        writer.Text($$"""
            public static void Losses(in BatchTargets targets, nint N, float* workspace)
            {
                Workspace w = new(workspace, N);
                {{(plan.IsTiny ? across : "")}}
                Losses(targets, new(N), w);
            }

            // {{Notation.Loss(Output)}}
            private static void Losses(in BatchTargets targets, in Part part, in Workspace w) => \
            {{rows}}

            """);
    }

    private string Loss
    {
        get
        {
            OutputFunction f = OutputFunction.Of(Output);
            IEnumerable<Nodes.Number> own = f.LossNumbers.OfType<Nodes.Number>();
            string numbers = string.Join(", ", own.Select(number => CSharpPrinter.Text(number.Value)));
            return numbers.Length == 0 ? $"default({f.LossClass})" : $"new {f.LossClass}({numbers})";
        }
    }

    private void EmitTranspose()
    {
        IEnumerable<string> layers = plan.Layers.Skip(1).Select(layer => $"""
            part.Share({layer.Outputs}, 1, out int first{layer.Number}, out int end{layer.Number});
            Matrix.Transpose(parameters + Layout.W{layer.Number}, {layer.Inputs}, {layer.Outputs}, \
            first{layer.Number}, end{layer.Number}, w.W{layer.Number}T, {layer.InputStride});
            """);
        writer.Text($$"""
            // Each of several threads transposes some rows of the weights before any goes back through them.
            public static void Prepare(float* parameters, in Part part, float* workspace) => \
            Transpose(parameters, part, new Workspace(workspace, part.N));

            [MethodImplAttribute(MethodImplOptions.AggressiveInlining)]
            public static void Transpose(float* parameters, in Part part, in Workspace w)
            {
                {{string.Join("\n", layers)}}
            }

            """);
    }

    private void EmitDifferentiate()
    {
        writer.Text($$"""
            // Forward, and back to every dZ, for the samples of a part; then the largest of each, for |dW| ≤ N max|A| \
            max|dZ|.
            public static void Differentiate(\
            float* parameters, float* X, in BatchTargets targets, Zeros zeros, in Part part, float* workspace)
            {
                Workspace w = new(workspace, part);
                nint N = part.Count;
                w.Magnitudes[{{plan.Layers[0].PlaceOfInput}}] = 0;
                {{(plan.IsTiny ? DifferentiateAcross() : "")}}
                {{InWidest("{0}.Differentiate(parameters, X, targets, zeros, part, w);")}}

                Losses(targets, part, w);
                {{Magnitudes(layer => layer.Stride, "")}}
            }

            """);
    }

    private string DifferentiateAcross()
    {
        int L = Output.Number, C = Output.Outputs, inputs = plan.Layers[0].Inputs;
        string Z = $"w.Z{L}Across + (part.First * {C})";
        string losses = Output.IsSoftmax
            ? $"""
                Logarithm.Add(w.Largest + part.First, w.Sums + part.First, N, w.Losses + part.First);
                SampleLanes.Losses(own, N, {C}, {Z}, w.Chosen + part.First, w.Losses + part.First);
                """
            : $"OutputLosses.OfBlocks({Loss}, own, N, {C}, {Z}, w.Losses + part.First);";
        return $$"""

            if (part.IsAcross)
            {
                BatchTargets own = targets.From(part.First, {{C}});
                SampleLanes.Spread(X + (part.First * {{inputs}}), N, {{inputs}}, w.XAcross + (part.First * {{inputs}}));
                SampleLanes.SpreadTargets(own, N, {{C}}, w.YAcross + (part.First * {{C}}));
                {{InWidest("{0}.DifferentiateAcross(parameters, own, part, w);")}}

                {{losses}}
                N = SampleLanes.WholeBlocks(N);
                {{Magnitudes(layer => layer.Outputs, "Across")}}
                return;
            }

            """;
    }

    /// <summary>The largest of each dZ, and of each A that enters a layer.</summary>
    private string Magnitudes(Func<LayerPlan, int> stride, string suffix)
    {
        // That of X is found elsewhere.
        IEnumerable<string> ofdZ = plan.Layers.Select(layer =>
            Magnitude(layer.PlaceOfdZ, $"dZ{layer.Number}", layer));
        IEnumerable<string> ofA = plan.Layers.Zip(plan.Layers.Skip(1), (layer, next) =>
            Magnitude(next.PlaceOfInput, $"A{layer.Number}", layer));
        return string.Join("\n", [.. ofdZ, .. ofA]);

        string Magnitude(int place, string matrix, LayerPlan layer) =>
            $"w.Magnitudes[{place}] = Scan.Largest(w.{matrix}{suffix} + (part.First * {stride(layer)}), " +
                $"(nuint)N * {stride(layer)});";
    }

    private void EmitBackward() => writer.Text($$"""
        public static void Backward(nint N, float* workspace)
        {
            Workspace w = new(workspace, N);
            {{InWidest("{0}.Backward(new(N), w);")}}
        }

        """);

    private void EmitDescend()
    {
        // A gradient this small is not divided among threads.
        string across = $$"""
            if (part.IsAcross)
            {
                if (part.Has(0))
                {
                    {{InWidest("{0}.GradientAcross(part, w, w.Gradient);")}}

                    Matrix.Descend(parameters, w.Gradient, Layout.Count, 1, update);
                }

                return;
            }

            """;
        writer.Text($$"""
            public static void Descend<TUpdate>(\
            float* parameters, float* X, Zeros zeros, in Part part, in TUpdate update, float* workspace) \
            where TUpdate : struct, IUpdate
            {
                Workspace w = new(workspace, part);
                {{(plan.IsTiny ? across : "")}}
                {{InWidest("{0}.Descend(parameters, X, zeros, part, in update, w);")}}
            }

            """);
    }

    private void EmitOneSample()
    {
        const string Forward = "ForwardOne(float* parameters, float* X, float* workspace, float* outputs)";
        const string StepHead = "StepOne(float* parameters, float* X, int label, float* Y, float limit, float rate, " +
            "bool descends, float* workspace, out double loss)";
        const string Step = "return {0}.StepOne(parameters, X, {1}, limit, rate, descends, workspace, out loss);";
        const string GradientHead = "float* GradientOfOne(float* X, float* workspace)";
        writer.Text($$"""
            public static bool HasOneSample => {{(plan.HasOneSample ? "true" : "false")}};

            """);
        writer.Text(plan.HasOneSample
            ? $$"""
                public static bool {{Forward}}
                {
                    {{InWidest("return {0}.ForwardOne(parameters, X, workspace, outputs);")}}
                }

                public static bool {{StepHead}}
                {
                    {{InWidest(Step.Replace("{1}", Output.IsSoftmax ? "label" : "Y"))}}
                }

                public static {{GradientHead}}
                {
                    Workspace w = new(workspace, 1);
                    {{string.Join("\n", plan.Layers.Select(GradientOfOne))}}
                    return w.Gradient;
                }

                """
            : $$"""
                public static bool {{Forward}} => false;

                public static bool {{StepHead}}
                {
                    loss = 0;
                    return false;
                }

                public static {{GradientHead}} => null;

                """);
    }

    private static string GradientOfOne(LayerPlan layer) =>
        $"Matrix.GradientOfOne({(layer.Number == 1 ? "" : "w.")}{Notation.Input(layer)}, {layer.Inputs}, " +
            $"w.dZ{layer.Number}, {layer.Outputs}, w.Gradient + Layout.W{layer.Number});";

    private void EmitLayer()
    {
        IEnumerable<string> layers = plan.Layers.Select(layer =>
            $"{(layer.IsOutput ? "_" : $"{layer.Number}")} => " +
                $"new({(layer.IsOutput ? $"w.Z{layer.Number}" : $"w.A{layer.Number}")}, " +
            $"w.dZ{layer.Number}, {layer.Stride}, Layout.W{layer.Number}, {layer.Outputs}),");
        using (writer.Block("public static LayerView Layer(int number, nint N, float* workspace)"))
        {
            writer.Line("Workspace w = new(workspace, N);");
            using (writer.Block("return number switch", "};"))
            {
                writer.Text(string.Join("\n", layers));
            }
        }
    }
}
