using AotBackprop.Generator.Lowering;
using AotBackprop.Generator.Model;
using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Printing;

namespace AotBackprop.Generator.Emit;

/// <summary>Prints the passes of a network for one vector width.</summary>
internal sealed class KernelsEmitter(SourceWriter writer, NetworkPlan plan, WidthPlan width)
{
    // What only calls others is put into its caller, which then needs no more of the workspace's pointers than they do.
    private const string Inline = "[MethodImpl(MethodImplOptions.AggressiveInlining)]";

    private readonly Vocabulary _words = new(width.Lanes);
    private readonly CSharpPrinter _printer = new(writer, width.Lanes);
    private readonly OutputLowering _output = new(width.Lanes, plan.OutputLayer);
    private readonly SoftmaxLowering _softmax = new(width.Lanes, plan.OutputLayer);

    private LayerPlan Output => plan.OutputLayer;

    public static string ClassName(WidthPlan width) => $"Vector{width.Bits}Kernels";

    public void Emit()
    {
        writer.Line($"/// <summary>The passes of {plan.Spec.Shape} in vectors of {width.Lanes} floats.</summary>");
        GeneratedMark.EmitAttributes(writer);
        using (writer.Block($"private abstract unsafe class {ClassName(width)} : global::AotBackprop.Runtime.{_words.Class}"))
        {
            writer.Line("// Compiled at once and in full: these loops must not begin in slow code.");
            writer.Line("private const MethodImplOptions Kernel = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;");
            writer.Line();
            EmitForward();
            writer.Line();
            EmitBackward();
            writer.Line();
            EmitGradients();
            if (plan.HasOneSample)
            {
                EmitOneSample();
            }

            if (plan.IsTiny)
            {
                EmitAcross();
            }
        }
    }

    private void EmitForward()
    {
        using (writer.Region("Forward: from X to the probabilities"))
        {
            writer.Line(Inline);
            using (writer.Block($"public static bool Forward(float* parameters, float* X, global::AotBackprop.Runtime.Zeros zeros, in global::AotBackprop.Runtime.Part part, in Workspace w, float* A{Output.Number})"))
            {
                writer.Line("nint N = part.N;");
                foreach (LayerPlan layer in plan.Layers)
                {
                    if (layer == Output && HasForwardAcross)
                    {
                        EmitOutputForward(InputOf(Output));
                        continue;
                    }

                    string X = InputOf(layer), W = ParametersOf(layer), Z = ResultOf(layer);
                    ProductPlan product = width.Forward[layer.Number - 1];
                    string all = product.DividesColumns ? $", 0, {layer.Outputs}" : "";
                    string packed = PackedOf(product);
                    EmitForms(
                        layer,
                        () => EmitChecked(product, $"Forward{layer.Number}({X}, {W}, {Z}, N{all}{packed})"),
                        () => writer.Line($"Forward{layer.Number}Listed({X}, {W}, {Z}, N{all}{packed}, null, w.Columns);"),
                        () => writer.Line($"Forward{layer.Number}Scattered(w.Entries, {W}, {Z}, N);"));
                }

                EmitSquaresOfZ();
                EmitSoftmaxCalls($"A{Output.Number}");
                writer.Line();
                writer.Line("return true;");
            }

            writer.Line();
            EmitDifferentiate();
            foreach (LayerPlan layer in plan.Layers)
            {
                ProductPlan product = width.Forward[layer.Number - 1];
                int l = layer.Number;
                EmitHead(Notation.Forward(layer), Notation.ForwardShapes(layer), product.Form, Order("i", product.Inner, product.Chunks, $"b{l}"));
                ProductLowering lowering = new(width.Lanes, product, ProductNames.Forward(layer));
                _printer.Print(lowering.Split());
                _printer.Print(lowering.Tiles());
                if (layer.SkipsZeros)
                {
                    EmitHead(Notation.Forward(layer), "where many inputs are 0", null, null);
                    _printer.Print(lowering.Listed());
                    EmitHead(Notation.Forward(layer), "where nearly all inputs are 0", null, null);
                    _printer.Print(lowering.Scattered(width.Scattered));
                }
            }

            if (HasForwardAcross)
            {
                EmitHead(Notation.Forward(Output), "with a sample in each lane, and the same sums", null, null);
                _printer.Print(_output.Forward());
            }

            EmitHead(Notation.Softmax(Output), $"[N×{Output.Outputs}], by rows; log Σⱼ exp Zᵢⱼ = Largestᵢ + log Sumsᵢ is kept for the loss", null, null);
            _printer.Print(_softmax.Softmax());
            if (plan.HasOutputAcross)
            {
                EmitHead(Notation.Softmax(Output), "with a sample in each lane", null, null);
                _printer.Print(_output.Softmax());
            }
        }
    }

    /// <summary>A product. Where an input that it finds is not finite, nothing goes on.</summary>
    private void EmitChecked(ProductPlan product, string call)
    {
        if (!product.FindsLargest)
        {
            writer.Line($"{call};");
            return;
        }

        using (writer.Block($"if (!float.IsFinite({call}))"))
        {
            writer.Line("return false;");
        }

        writer.Line();
    }

    // X is its owner's and is left as it is: of a network of one layer Z is laid across lanes, not what it comes from.
    private bool HasForwardAcross => plan.HasOutputAcross && Output.Number > 1;

    /// <summary>Z of the output layer: whole blocks of samples with one in each lane, then what is left over by rows.</summary>
    /// <param name="squares">Where A of the layer below may be laid across lanes.</param>
    private void EmitOutputForward(string squares)
    {
        int L = Output.Number;
        string A = InputOf(Output);
        writer.Line("nint across = part.Across;");
        using (writer.Block("if (across > 0)"))
        {
            string from = OwnRows(A, Output.InputStride), to = OwnRows(squares, Output.InputStride);
            writer.Line($"global::AotBackprop.Runtime.SampleLanes.Transpose({from}, {Output.InputStride}, across, {Output.Inputs}, {to});");
            writer.Line($"Forward{L}Across({to}, {ParametersOf(Output)}, {OwnRows($"w.Z{L}", Output.Stride)}, across);");
        }

        writer.Line();
        using (writer.Block("if (across < part.Count)"))
        {
            writer.Line("nint first = part.First + across;");
            writer.Line($"Forward{L}({RowsFrom(A, Output.InputStride)}, {ParametersOf(Output)}, {RowsFrom($"w.Z{L}", Output.Stride)}, part.Count - across);");
        }

        writer.Line();
    }

    /// <summary>Z of the one layer of a network, laid across lanes.</summary>
    private void EmitSquaresOfZ()
    {
        if (plan.HasOutputAcross && !HasForwardAcross)
        {
            string Z = OwnRows($"w.Z{Output.Number}", Output.Stride);
            writer.Line("nint across = part.Across;");
            writer.Line($"global::AotBackprop.Runtime.SampleLanes.Transpose({Z}, {Output.Stride}, across, {Output.Stride}, {Z});");
        }
    }

    /// <summary>The probabilities of a part, where "across" of its samples lie in blocks.</summary>
    private void EmitSoftmaxCalls(string A)
    {
        int L = Output.Number;
        if (!plan.HasOutputAcross)
        {
            writer.Line($"Softmax({OwnRows($"w.Z{L}", Output.Stride)}, {OwnRows(A, Output.Outputs)}, w.Largest + part.First, w.Sums + part.First, part.Count);");
            return;
        }

        using (writer.Block("if (across > 0)"))
        {
            writer.Line($"SoftmaxAcross({OwnRows($"w.Z{L}", Output.Stride)}, {OwnRows(A, Output.Outputs)}, w.Largest + part.First, w.Sums + part.First, across, w.Block);");
        }

        writer.Line();
        using (writer.Block("if (across < part.Count)"))
        {
            writer.Line("nint first = part.First + across;");
            writer.Line($"Softmax({RowsFrom($"w.Z{L}", Output.Stride)}, {RowsFrom(A, Output.Outputs)}, w.Largest + first, w.Sums + first, part.Count - across);");
        }
    }

    /// <summary>
    /// All passes up to every dZ. Threads that share a batch divide wide layers by their units, so that each needs but a
    /// part of the weights, and the others by samples; they meet where one needs what another has written.
    /// </summary>
    private void EmitDifferentiate()
    {
        writer.Line("// All passes up to every dZ. Threads that share a batch divide wide layers by units, others by samples.");
        writer.Line(Inline);
        using (writer.Block("public static void Differentiate(float* parameters, float* X, global::AotBackprop.Runtime.Targets targets, global::AotBackprop.Runtime.Zeros zeros, in global::AotBackprop.Runtime.Part part, in Workspace w)"))
        {
            bool byRows = true;
            foreach (LayerPlan layer in plan.Layers)
            {
                int l = layer.Number;
                ProductPlan product = width.Forward[l - 1];
                string W = ParametersOf(layer);
                if (l > 1)
                {
                    EmitMeeting(ref byRows, product);
                }

                byRows = !product.DividesColumns;
                if (layer == Output && HasForwardAcross)
                {
                    writer.Line($"// dZ{l - 1} is not there yet: its place takes A{l - 1} across lanes.");
                    EmitOutputForward($"w.dZ{l - 1}");
                    continue;
                }

                string rows = $"{OwnRows(InputOf(layer), layer.InputStride)}, {W}, {OwnRows(ResultOf(layer), layer.Stride)}, part.Count";
                string columns = $"{InputOf(layer)}, {W}, {ResultOf(layer)}, part.N, first{l}, end{l}{PackedOf(product)}";
                if (product.DividesColumns)
                {
                    EmitShare(layer.Outputs, product, l);
                }

                string dense = product.DividesColumns ? columns : rows;
                EmitForms(
                    layer,
                    () => writer.Line($"{(product.FindsLargest ? "w.Magnitudes[1] = " : "")}Forward{l}({dense});"),
                    () =>
                    {
                        string own = product.DividesColumns
                            ? $"targets, {Output.Outputs}, part.N"
                            : $"targets.From(part.First, {Output.Outputs}), {Output.Outputs}, part.Count";
                        writer.Line($"global::AotBackprop.Runtime.NonZero.Order({own}, {product.Tiles[0].Rows}, w.Samples);");
                        writer.Line($"Forward{l}Listed({dense}, w.Samples, w.Columns);");
                    },
                    () => writer.Line($"Forward{l}Scattered(w.Entries.From(part.First), {W}, {OwnRows(ResultOf(layer), layer.Stride)}, part.Count);"));
            }

            if (!byRows)
            {
                writer.Line("part.Wait();");
            }

            EmitSquaresOfZ();
            writer.Line("OutputGradient(targets, part, w);");
            writer.Line();
            writer.Line("// Where several threads go back, all of it is there already.");
            using (writer.Block("if (!part.IsShared)"))
            {
                writer.Line("Kernels.Transpose(parameters, part, w);");
            }

            writer.Line();
            writer.Line("Backward(part, w);");
        }
    }

    /// <summary>What was computed by rows can go on by the same rows without a meeting.</summary>
    private void EmitMeeting(ref bool byRows, ProductPlan next)
    {
        if (!byRows || next.DividesColumns)
        {
            writer.Line("part.Wait();");
        }

        byRows = !next.DividesColumns;
    }

    private void EmitShare(int columns, ProductPlan product, int number) =>
        writer.Line($"part.Share({columns}, {product.Tiles[0].Panels[0].Vectors * width.Lanes}, out int first{number}, out int end{number});");

    private static string OwnRows(string matrix, int stride) => $"{matrix} + (part.First * {stride})";

    // From the sample "first" on.
    private static string RowsFrom(string matrix, int stride) => $"{matrix} + (first * {stride})";

    private static string PackedOf(ProductPlan product) => product.Packs ? ", w.Packed" : "";

    private static string ParametersOf(LayerPlan layer) => $"parameters + Layout.W{layer.Number}, parameters + Layout.b{layer.Number}";

    private static string ResultOf(LayerPlan layer) => $"w.{(layer.IsOutput ? "Z" : "A")}{layer.Number}";

    private void EmitBackward()
    {
        using (writer.Region("Backward: from the loss to every dZ"))
        {
            EmitHead(Notation.OutputGradient(Output), $"[N×{Output.Outputs}]: softmax and cross-entropy cancel to this", null, null, blank: false);
            EmitOutputGradientCalls();
            writer.Line();
            writer.Line("// Y is one-hot, given as class numbers.");
            _printer.Print(_softmax.OutputGradientOfLabels());
            writer.Line();
            writer.Line("// Y is given as rows of probabilities.");
            _printer.Print(_softmax.OutputGradientOfProbabilities());
            if (plan.HasOutputAcross)
            {
                EmitHead($"{Notation.Softmax(Output)}, {Notation.OutputGradient(Output)}", "with a sample in each lane; Y is given as class numbers", null, null);
                _printer.Print(_output.OutputGradient());
            }

            writer.Line();

            writer.Line(Inline);
            using (writer.Block("public static void Backward(in global::AotBackprop.Runtime.Part part, in Workspace w)"))
            {
                bool byRows = true;
                foreach (LayerPlan above in plan.Layers.Skip(1).Reverse())
                {
                    ProductPlan product = width.Backward[above.Number - 2];
                    LayerPlan layer = plan.Layers[above.Number - 2];
                    int l = layer.Number;
                    EmitMeeting(ref byRows, product);
                    if (product.DividesColumns)
                    {
                        EmitShare(above.Inputs, product, l);
                        writer.Line($"Backward{l}(w.dZ{l + 1}, w.W{l + 1}T, w.dZ{l}, w.A{l}, part.N, first{l}, end{l}{PackedOf(product)});");
                    }
                    else
                    {
                        writer.Line($"Backward{l}({OwnRows($"w.dZ{l + 1}", above.Stride)}, w.W{l + 1}T, {OwnRows($"w.dZ{l}", layer.Stride)}, {OwnRows($"w.A{l}", layer.Stride)}, part.Count);");
                    }
                }

                if (!byRows)
                {
                    writer.Line("part.Wait();");
                }
            }

            foreach (LayerPlan above in plan.Layers.Skip(1).Reverse())
            {
                ProductPlan product = width.Backward[above.Number - 2];
                int l = above.Number - 1;
                EmitHead(
                    $"{Notation.ActivationGradient(above)}, {Notation.HiddenGradient(l)}",
                    $"{Notation.BackwardShapes(above)}; {Notation.HiddenDerivative(l)}",
                    product.Form,
                    Order("j", product.Inner, product.Chunks, "0"));
                ProductLowering lowering = new(width.Lanes, product, ProductNames.Backward(l));
                _printer.Print(lowering.Split());
                _printer.Print(lowering.Tiles());
            }
        }
    }

    /// <summary>The softmax of a part, and dZ.</summary>
    private void EmitOutputGradientCalls()
    {
        int L = Output.Number;
        writer.Line(Inline);
        using (writer.Block("public static void OutputGradient(global::AotBackprop.Runtime.Targets targets, in global::AotBackprop.Runtime.Part part, in Workspace w)"))
        {
            writer.Line("float scale = 1f / part.N;");
            writer.Line($"targets = targets.From(part.First, {Output.Outputs});");
            if (plan.HasOutputAcross)
            {
                writer.Line("nint across = part.Across;");
                using (writer.Block("if (across > 0 && targets.Labels != null)"))
                {
                    writer.Line($"OutputGradientAcross({OwnRows($"w.Z{L}", Output.Stride)}, targets.Labels, across, scale, w.Largest + part.First, w.Sums + part.First, {OwnRows($"w.dZ{L}", Output.Stride)});");
                    using (writer.Block("if (across < part.Count)"))
                    {
                        writer.Line("nint first = part.First + across, rest = part.Count - across;");
                        writer.Line($"Softmax({RowsFrom($"w.Z{L}", Output.Stride)}, {RowsFrom($"w.A{L}", Output.Outputs)}, w.Largest + first, w.Sums + first, rest);");
                        writer.Line($"OutputGradient({RowsFrom($"w.A{L}", Output.Outputs)}, targets.Labels + across, rest, scale, {RowsFrom($"w.dZ{L}", Output.Stride)});");
                    }

                    writer.Line();
                    writer.Line("return;");
                }

                writer.Line();
            }

            EmitSoftmaxCalls($"w.A{L}");
            writer.Line();
            string arguments(string Y) => $"{OwnRows($"w.A{L}", Output.Outputs)}, {Y}, part.Count, scale, {OwnRows($"w.dZ{L}", Output.Stride)}";
            using (writer.Block("if (targets.Labels != null)"))
            {
                writer.Line($"OutputGradient({arguments("targets.Labels")});");
            }

            using (writer.Block("else"))
            {
                writer.Line($"OutputGradient({arguments("targets.Probabilities")});");
            }
        }
    }

    private void EmitOneSample()
    {
        writer.Line();
        using (writer.Region("One sample: the same in one method"))
        {
            OneSampleLowering lowering = new(plan, width);
            _printer.Print([lowering.Forward(), lowering.Step()]);
        }
    }

    private void EmitAcross()
    {
        InterleavedLowering lowering = new(width.Lanes, plan);
        writer.Line();
        using (writer.Region("A sample in each lane: the same for batches of 16 samples and more"))
        {
            _printer.Print([.. lowering.Forward(), .. lowering.Differentiate(), .. lowering.Gradient()]);
        }
    }

    private void EmitGradients()
    {
        using (writer.Region("Gradients: every dW and db, stored or applied"))
        {
            writer.Line(Inline);
            using (writer.Block("public static void Gradient(float* X, global::AotBackprop.Runtime.Zeros zeros, in global::AotBackprop.Runtime.Part part, in Workspace w, float* gradient)"))
            {
                EmitGradientCalls("Gradient", "", "gradient");
            }

            writer.Line();
            writer.Line("// Every dZ is there by now, so no weight is needed as it was before the step.");
            writer.Line(Inline);
            using (writer.Block($"public static void Descend<TUpdate>(float* parameters, float* X, global::AotBackprop.Runtime.Zeros zeros, in global::AotBackprop.Runtime.Part part, in TUpdate update, in Workspace w) {Vocabulary.UpdateConstraint}"))
            {
                EmitGradientCalls("Descend", "in update, ", "parameters");
            }

            foreach (LayerPlan layer in plan.Layers.Reverse())
            {
                EmitWeightGradient(layer);
                EmitBiasGradient(layer);
            }
        }
    }

    private void EmitWeightGradient(LayerPlan layer)
    {
        string W = $"W{layer.Number}";
        string equation = Notation.WeightGradient(layer), shapes = Notation.WeightGradientShapes(layer);
        GradientPlan gradient = width.Gradients[layer.Number - 1];
        GradientLowering stored = new(width.Lanes, gradient, layer, GradientTarget.Stored(W));
        GradientLowering applied = new(width.Lanes, gradient, layer, GradientTarget.Applied(W));
        EmitHead(equation, shapes, gradient.Form, OrderOfSamples);
        PrintBelowHead(stored.Dense());
        EmitHead($"{equation}, {Notation.AnyUpdate(W)}", shapes, gradient.Form, OrderOfSamples);
        PrintBelowHead(applied.Dense());
        if (layer.SkipsZeros)
        {
            EmitHead(equation, "where many inputs are 0", null, null);
            PrintBelowHead([stored.Listed(), applied.Listed()]);
            EmitHead(equation, "where nearly all inputs are 0", null, null);
            PrintBelowHead([stored.Scattered(width.Scattered), applied.Scattered(width.Scattered)]);
        }

        if (layer == Output && plan.HasGradientAcross(width))
        {
            EmitHead(equation, "with an input in each lane, and the same sums", null, null);
            _printer.Print(_output.Gradient());
        }
    }

    private void EmitBiasGradient(LayerPlan layer)
    {
        string b = $"b{layer.Number}", equation = Notation.BiasGradient(layer), shape = $"[{layer.Outputs}]";
        GradientPlan gradient = width.Gradients[layer.Number - 1];
        EmitHead(equation, shape, null, OrderOfSamples);
        _printer.Print(new BiasLowering(width.Lanes, gradient, layer, GradientTarget.Stored(b)).Sum());
        EmitHead($"{equation}, {Notation.AnyUpdate(b)}", shape, null, OrderOfSamples);
        _printer.Print(new BiasLowering(width.Lanes, gradient, layer, GradientTarget.Applied(b)).Sum());
    }

    private string OrderOfSamples => plan.IsTiny
        ? $"Each sum adds the samples ascending, from 0: fewer than {AcrossPlan.Samples}."
        : "Each sum adds the samples ascending, from 0.";

    /// <summary>Methods, of which the first belongs to the head above it.</summary>
    private void PrintBelowHead(IEnumerable<Kernel> kernels)
    {
        Kernel[] methods = [.. kernels];
        _printer.Print(methods[0]);
        _printer.Print(methods.Skip(1));
    }

    /// <summary>dW and db of each layer, of which a part has some columns or rows, or takes its turn where they are not divided.</summary>
    private void EmitGradientCalls(string method, string update, string target)
    {
        writer.Line("nint N = part.N;");
        foreach (LayerPlan layer in plan.Layers.Reverse())
        {
            int l = layer.Number;
            string W = $"{target} + Layout.W{l}";
            if (layer == Output && plan.HasGradientAcross(width))
            {
                using (writer.Block("if (part.IsAcross)"))
                {
                    writer.Line($"// The sums take the place of W{l}T, which nobody reads any more.");
                    writer.Line($"part.Share({layer.Inputs}, {AcrossPlan.Samples}, out int first{l}, out int end{l});");
                    writer.Line($"Gradient{l}Across(w.A{l - 1}, w.dZ{l}, N, w.W{l}T, first{l}, end{l});");
                    writer.Line($"global::AotBackprop.Runtime.RowBlock.{method}(w.W{l}T, {layer.Outputs}, first{l}, end{l}, {update}w.Block, {W});");
                }

                using (writer.Block("else"))
                {
                    EmitRowGradientCall(layer, method, update, W);
                }

                writer.Line();
            }
            else
            {
                EmitRowGradientCall(layer, method, update, W);
            }

            EmitTurn((2 * l) - 1, $"Bias{method}{l}(w.dZ{l}, N, {update}{target} + Layout.b{l});");
        }
    }

    /// <summary>dW by rows.</summary>
    private void EmitRowGradientCall(LayerPlan layer, string method, string update, string W)
    {
        int l = layer.Number;
        GradientPlan gradient = width.Gradients[l - 1];
        string dense = $"{InputOf(layer)}, w.dZ{l}, N, {update}{W}";
        if (gradient.Form == Form.Tiles)
        {
            writer.Line(gradient.DividesColumns
                ? $"part.Share({layer.Outputs}, {gradient.Panels[0].Vectors * width.Lanes}, out int first{l}, out int end{l});"
                : $"part.Share({layer.Inputs}, {gradient.Rows}, out int first{l}, out int end{l});");
            EmitForms(
                layer,
                () => writer.Line($"{method}{l}({dense}, first{l}, end{l});"),
                () => writer.Line($"{method}{l}Listed({dense}, first{l}, end{l}, w.Samples);"),
                () =>
                {
                    writer.Line($"part.Share({layer.Inputs}, {gradient.Rows}, out first{l}, out end{l});");
                    writer.Line("global::AotBackprop.Runtime.Entries entries = w.Entries;");
                    writer.Line($"entries.Chain(N, first{l}, end{l});");
                    writer.Line($"{method}{l}Scattered(entries, w.dZ{l}, {update}{W}, first{l}, end{l});");
                });
        }
        else
        {
            EmitTurn(2 * l, $"{method}{l}({dense});");
        }
    }

    private void EmitTurn(int number, string call)
    {
        using (writer.Block($"if (part.Has({number}))"))
        {
            writer.Line(call);
        }
    }

    /// <summary>A pass of a layer, in the form that suits the zeros among its inputs.</summary>
    private void EmitForms(LayerPlan layer, Action dense, Action listed, Action scattered)
    {
        if (!layer.SkipsZeros)
        {
            dense();
            return;
        }

        using (writer.Block("switch (zeros)"))
        {
            writer.Line("case global::AotBackprop.Runtime.Zeros.NearlyAll:");
            scattered();
            writer.Line("break;");
            writer.Line();
            writer.Line("case global::AotBackprop.Runtime.Zeros.Many:");
            listed();
            writer.Line("break;");
            writer.Line();
            writer.Line("default:");
            dense();
            writer.Line("break;");
        }

        writer.Line();
    }

    /// <summary>The equation with its shapes, then how it is written and in which order it sums.</summary>
    private void EmitHead(string equation, string shapes, Form? form, string? order, bool blank = true)
    {
        if (blank)
        {
            writer.Line();
        }

        writer.Line($"// {equation}");
        writer.Line($"// {shapes}.");
        string text = string.Join(" ", new[] { form is { } f ? FormText(f) : null, order }.OfType<string>());
        if (text.Length > 0)
        {
            writer.Line($"// {text}");
        }
    }

    public static string FormText(Form form) => form == Form.StraightLine ? "Straight line." : "Tiles.";

    private static string Order(string index, int inner, int chunks, string start) => chunks == 1
        ? $"Each sum starts from {start} and adds {index} = 0 to {inner - 1} ascending."
        : $"Each sum is {chunks} sums over {index} ≡ 0 to {chunks - 1} (mod {chunks}), the first from {start}, then joined in order.";

    private static string InputOf(LayerPlan layer) => layer.Number == 1 ? "X" : $"w.A{layer.Number - 1}";
}
