using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Printing.SourceWriter;

namespace AotBackprop.Generator.Printing;

/// <summary>
/// Prints where everything lies (Layout, Workspace) and the type that the runtime library calls (Kernels), which picks
/// the vector width.
/// </summary>
internal sealed class DispatchPrinter(NetworkPlan plan)
{
    private LayerPlan Output => plan.OutputLayer;

    private int Inputs => plan.Layers[0].Inputs;

    public string Text => $$"""
        /// <summary>Where each parameter begins: floats from the first.</summary>
        {{GeneratedMark.Attributes}}
        internal static class Layout
        {
            {{Lines(plan.Layers.Select(Offsets))}}
            public const int Count = {{plan.ParameterCount}};
        }

        {{WorkspacePrinter.Text(plan.Workspace)}}

        /// <summary>What the runtime library calls; each pass in the widest vectors that the processor has.</summary>
        {{GeneratedMark.Attributes}}
        internal readonly unsafe struct Kernels : INetworkKernels
        {
            {{string.Join("\n\n",
                [Facts, Entries, Forward, Losses, Transpose, Differentiate, Backward, Descend, OneSample,
                    .. FewSamples, Layer])}}
        }
        """;

    private static string Offsets(LayerPlan layer) => $"""
        public const int W{layer.Number} = {layer.WeightsOffset}; // [{layer.Inputs}×{layer.Outputs}]
        public const int b{layer.Number} = {layer.BiasOffset}; // [{layer.Outputs}]
        """;

    private string Facts => $$"""
        public static string NetworkName => "{{plan.Spec.Name.TrimStart('@')}}";
        public static global::System.ReadOnlySpan<int> LayerSizes => {{Array(plan.Spec.Sizes)}};
        public static global::System.ReadOnlySpan<int> ForwardSums => \
        {{Array(plan.Layers.Select(l => l.ForwardChunks))}};
        public static global::System.ReadOnlySpan<int> BackwardSums => \
        {{Array(plan.Layers.Skip(1).Select(l => l.BackwardChunks))}};
        public static bool IsSupported => {{Supported()}};
        public static int InputCount => {{Inputs}};
        public static int OutputCount => {{Output.Outputs}};
        public static global::AotBackprop.Output Output => global::AotBackprop.Output.{{Output.OutputKind}};
        public static int ParameterCount => Layout.Count;
        public static int InferenceFloats => {{plan.Workspace.InferencePerSample}};
        public static int TrainingFloats => {{plan.Workspace.TrainingPerSample}};
        public static int FixedInferenceFloats => {{plan.Workspace.InferenceFixed}};
        public static int FixedTrainingFloats => {{plan.Workspace.TrainingFixed}};
        public static int ThreadFloats => {{plan.Workspace.Thread.PerSample}};
        public static int FixedThreadFloats => {{plan.Workspace.Thread.Fixed}};
        public static bool SkipsZeros => {{Bool(plan.Layers[0].SkipsZeros)}};
        public static bool FindsLargestInput => \
        {{(plan.Widths[0].FindsLargestInput ? Accelerated(plan.Widths[0]) : "false")}};
        public static float* Outputs(float* workspace, nint N) => new Workspace(workspace, N).A{{Output.Number}};
        public static double* SampleLosses(float* workspace, nint N) => new Workspace(workspace, N).Losses;
        """;

    private static string Array(IEnumerable<int> numbers) => $"new int[] {{ {string.Join(", ", numbers)} }}";

    private static string Bool(bool value) => value ? "true" : "false";

    private static string Accelerated(WidthPlan width) => $"{KernelsPrinter.ClassName(width)}.IsAccelerated";

    private string Supported() =>
        plan.Widths.Any(width => width.IsEverywhere) ? "true" : string.Join(" || ", plan.Widths.Select(Accelerated));

    private string Entries => plan.Layers[0].SkipsZeros
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
            """;

    private string Forward => $$"""
        public static bool Forward(\
        float* parameters, float* X, Zeros zeros, in Part part, float* workspace, float* outputs)
        {
            Workspace w = new(workspace, part.N);
            {{(plan.IsTiny ? ForwardAcross : "")}}
            {{InWidest("return {0}.Forward(parameters, X, zeros, part, w, outputs);")}}
        }
        """;

    private string ForwardAcross => $$"""
        if (part.IsAcross)
        {
            SampleLanes.Spread(X, part.N, {{Inputs}}, w.XAcross);
            {{InWidest("{0}.ForwardAcross(parameters, part.N, w, outputs);")}}

            return true;
        }

        """;

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

    private string Losses => $$"""
        public static void Losses(in BatchTargets targets, nint N, float* workspace)
        {
            Workspace w = new(workspace, N);
            {{(plan.IsTiny ? LossesAcross : "")}}
            Losses(targets, new(N), w);
        }

        // {{Notation.Loss(Output)}}
        private static void Losses(in BatchTargets targets, in Part part, in Workspace w) => \
        {{(Output.IsSoftmax
            ? $"CrossEntropy.Losses(targets, part, {(plan.HasOutputAcross ? "part.Across" : "0")}, {Output.Outputs}, " +
                $"w.Z{Output.Number}, {Output.Stride}, w.Largest, w.Sums, w.Losses);"
            : $"OutputLosses.OfRows({Loss}, targets, part, {Output.Outputs}, w.Z{Output.Number}, {Output.Stride}, " +
                "w.Losses);")}}
        """;

    private string LossesAcross => $$"""
        if (N >= {{AcrossPlan.Samples}})
        {
            {{LossesOfBlocks("targets", "", $"w.Z{Output.Number}Across", $"{Output.Outputs}")}}
            return;
        }

        """;

    /// <summary>The losses of samples that have one in each lane.</summary>
    /// <param name="targets">Their targets.</param>
    /// <param name="first">What is added to a pointer for the first of them.</param>
    /// <param name="Z">Z of the output layer.</param>
    /// <param name="chosen">Z of each sample's class, or how far apart blocks of Z are.</param>
    private string LossesOfBlocks(string targets, string first, string Z, string chosen) => Output.IsSoftmax
        ? $"""
            Logarithm.Add(w.Largest{first}, w.Sums{first}, N, w.Losses{first});
            SampleLanes.Losses({targets}, N, {Output.Outputs}, {Z}, {chosen}, w.Losses{first});
            """
        : $"OutputLosses.OfBlocks({Loss}, {targets}, N, {Output.Outputs}, {Z}, w.Losses{first});";

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

    private string Transpose => $$"""
        // Each of several threads transposes some rows of the weights before any goes back through them.
        public static void Prepare(float* parameters, in Part part, float* workspace) => \
        Transpose(parameters, part, new Workspace(workspace, part.N));

        [MethodImplAttribute(MethodImplOptions.AggressiveInlining)]
        public static void Transpose(float* parameters, in Part part, in Workspace w)
        {
            {{Lines(plan.Layers.Skip(1).Select(layer => $"""
                part.Share({layer.Outputs}, 1, out int first{layer.Number}, out int end{layer.Number});
                Matrix.Transpose(parameters + Layout.W{layer.Number}, {layer.Inputs}, {layer.Outputs}, \
                first{layer.Number}, end{layer.Number}, w.W{layer.Number}T, {layer.InputStride});
                """))}}
        }
        """;

    private string Differentiate => $$"""
        // Forward, and back to every dZ, for the samples of a part; then the largest of each, for |dW| ≤ N max|A| \
        max|dZ|.
        public static void Differentiate(\
        float* parameters, float* X, in BatchTargets targets, Zeros zeros, in Part part, float* workspace)
        {
            Workspace w = new(workspace, part);
            nint N = part.Count;
            w.Magnitudes[{{plan.Layers[0].PlaceOfInput}}] = 0;
            {{(plan.IsTiny ? DifferentiateAcross : "")}}
            {{InWidest("{0}.Differentiate(parameters, X, targets, zeros, part, w);")}}

            Losses(targets, part, w);
            {{Magnitudes(layer => layer.Stride, "")}}
        }
        """;

    private string DifferentiateAcross
    {
        get
        {
            const string First = " + part.First";
            int C = Output.Outputs;
            string Z = $"w.Z{Output.Number}Across + (part.First * {C})";
            return $$"""

                if (part.IsAcross)
                {
                    BatchTargets own = targets.From(part.First, {{C}});
                    SampleLanes.Spread(\
                    X + (part.First * {{Inputs}}), N, {{Inputs}}, w.XAcross + (part.First * {{Inputs}}));
                    SampleLanes.SpreadTargets(own, N, {{C}}, w.YAcross + (part.First * {{C}}));
                    {{InWidest("{0}.DifferentiateAcross(parameters, own, part, w);")}}

                    {{LossesOfBlocks("own", First, Z, $"w.Chosen{First}")}}
                    N = SampleLanes.WholeBlocks(N);
                    {{Magnitudes(layer => layer.Outputs, "Across")}}
                    return;
                }

                """;
        }
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

    private string Backward => $$"""
        public static void Backward(nint N, float* workspace)
        {
            Workspace w = new(workspace, N);
            {{InWidest("{0}.Backward(new(N), w);")}}
        }
        """;

    private string Descend => $$"""
        public static void Descend<TUpdate>(\
        float* parameters, float* X, Zeros zeros, in Part part, in TUpdate update, float* workspace) \
        where TUpdate : struct, IUpdate
        {
            Workspace w = new(workspace, part);
            {{(plan.IsTiny ? DescendAcross : "")}}
            {{InWidest("{0}.Descend(parameters, X, zeros, part, in update, w);")}}
        }
        """;

    // A gradient this small is not divided among threads.
    private string DescendAcross => $$"""
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

    private string OneSample
    {
        get
        {
            const string Forward = "ForwardOne(float* parameters, float* X, float* workspace, float* outputs)";
            const string StepHead = "StepOne(float* parameters, float* X, int label, float* Y, float limit, " +
                "float rate, bool descends, float* workspace, out double loss)";
            const string GradientHead = "float* GradientOfOne(float* X, float* workspace)";
            string Y = Output.IsSoftmax ? "label" : "Y";
            string step = $"return {{0}}.StepOne(parameters, X, {Y}, limit, rate, descends, workspace, out loss);";
            string head = $"public static bool HasOneSample => {Bool(plan.HasOneSample)};";
            return plan.HasOneSample
                ? $$"""
                    {{head}}

                    public static bool {{Forward}}
                    {
                        {{InWidest("return {0}.ForwardOne(parameters, X, workspace, outputs);")}}
                    }

                    public static bool {{StepHead}}
                    {
                        {{InWidest(step)}}
                    }

                    public static {{GradientHead}}
                    {
                        Workspace w = new(workspace, 1);
                        {{Lines(plan.Layers.Select(GradientOfOne))}}
                        return w.Gradient;
                    }
                    """
                : $$"""
                    {{head}}

                    public static bool {{Forward}} => false;

                    public static bool {{StepHead}}
                    {
                        loss = 0;
                        return false;
                    }

                    public static {{GradientHead}} => null;
                    """;
        }
    }

    private static string GradientOfOne(LayerPlan layer) =>
        $"Matrix.GradientOfOne({(layer.Number == 1 ? "" : "w.")}{Notation.Input(layer)}, {layer.Inputs}, " +
            $"w.dZ{layer.Number}, {layer.Outputs}, w.Gradient + Layout.W{layer.Number});";

    private string[] FewSamples
    {
        get
        {
            const string Step = "return {0}.StepFew(parameters, X, labels, N, in update, workspace, out loss);";
            return !plan.HasFewSamples ? [] :
            [
                $$"""
                public static int FewSamples => {{FewSamplesPlan.MostSamples}};

                public static bool ForwardFew(float* parameters, float* X, nint N, float* workspace, float* outputs)
                {
                    {{InWidest("return {0}.ForwardFew(parameters, X, N, workspace, outputs);")}}
                }

                public static bool StepFew<TUpdate>(\
                float* parameters, float* X, int* labels, nint N, in TUpdate update, float* workspace, \
                out double loss) where TUpdate : struct, IUpdate
                {
                    {{InWidest(Step)}}
                }
                """,
            ];
        }
    }

    private string Layer => $$"""
        public static LayerView Layer(int number, nint N, float* workspace)
        {
            Workspace w = new(workspace, N);
            return number switch
            {
                {{Lines(plan.Layers.Select(layer =>
                    $"{(layer.IsOutput ? "_" : $"{layer.Number}")} => " +
                        $"new(w.{(layer.IsOutput ? "Z" : "A")}{layer.Number}, w.dZ{layer.Number}, {layer.Stride}, " +
                        $"Layout.W{layer.Number}, {layer.Outputs}),"))}}
            };
        }
        """;
}
