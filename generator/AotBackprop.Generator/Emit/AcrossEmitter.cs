using AotBackprop.Generator.Model;
using static AotBackprop.Generator.Emit.Vocabulary;

namespace AotBackprop.Generator.Emit;

/// <summary>
/// Prints the passes with a sample in each lane: for networks so small that a row of a layer would
/// leave most lanes of a vector empty. Matrices lie in blocks of 16 samples: unit j of a block is 16 floats, j·16 from
/// its start.
/// </summary>
internal sealed class AcrossEmitter(SourceWriter writer, Vocabulary words, NetworkPlan plan)
{
    private const int Samples = AcrossPlan.Samples;

    private readonly BlockLoops _loops = new(writer, words);

    // Sums that are added to side by side, in a product: as many as hide the latency of an addition.
    private const int Sums = 8;

    // Vectors of samples that a product takes at a time: a weight, which a load spreads over all lanes, serves each.
    private int Vectors => Math.Min(2, Samples / words.Lanes);

    private LayerPlan Output => plan.OutputLayer;

    private static string Across(string matrix) => $"{matrix}Across";

    private static string InputOf(LayerPlan layer) => Across(Notation.Input(layer));

    private static string ResultOf(LayerPlan layer) => Across(layer.IsOutput ? $"Z{layer.Number}" : $"A{layer.Number}");

    // From a part's first sample on, which begins a block.
    private static string Own(string matrix, int units) => $"w.{matrix} + (part.First * {units})";

    /// <summary>From X to the probabilities.</summary>
    public void EmitForward()
    {
        int L = Output.Number;
        writer.Line("// As Forward, with a sample in each lane.");
        using (writer.Block($"public static void ForwardAcross(float* parameters, nint N, in Workspace w, float* A{L})"))
        {
            foreach (LayerPlan layer in plan.Layers)
            {
                int l = layer.Number;
                writer.Line($"Forward{l}Across(w.{InputOf(layer)}, parameters + Layout.W{l}, parameters + Layout.b{l}, w.{ResultOf(layer)}, N);");
            }

            writer.Line($"ProbabilitiesAcross(w.Z{L}Across, N, w.Largest, w.Sums, w.Block, A{L});");
        }

        foreach (LayerPlan layer in plan.Layers)
        {
            EmitForward(layer);
        }

        EmitProbabilities();
    }

    /// <summary>Everything up to the dZ of each layer.</summary>
    public void EmitDifferentiate()
    {
        int L = Output.Number;
        writer.Line("// As Forward, OutputGradient and Backward, with a sample in each lane.");
        using (writer.Block("public static void DifferentiateAcross(float* parameters, in global::AotBackprop.Runtime.Part part, in Workspace w)"))
        {
            writer.Line("nint N = part.Count;");
            foreach (LayerPlan layer in plan.Layers)
            {
                int l = layer.Number;
                writer.Line($"Forward{l}Across({Own(InputOf(layer), layer.Inputs)}, parameters + Layout.W{l}, parameters + Layout.b{l}, {Own(ResultOf(layer), layer.Outputs)}, N);");
            }

            writer.Line($"SoftmaxAcross({Own($"Z{L}Across", Output.Outputs)}, {Own("YAcross", Output.Outputs)}, N, 1f / part.N, w.Largest + part.First, w.Sums + part.First, w.Chosen + part.First, {Own($"dZ{L}Across", Output.Outputs)});");
            foreach (LayerPlan above in plan.Layers.Skip(1).Reverse())
            {
                int l = above.Number;
                writer.Line($"Backward{l - 1}Across({Own($"dZ{l}Across", above.Outputs)}, parameters + Layout.W{l}, {Own($"dZ{l - 1}Across", above.Inputs)}, {Own($"A{l - 1}Across", above.Inputs)}, N);");
            }
        }

        EmitSoftmax();
        foreach (LayerPlan above in plan.Layers.Skip(1).Reverse())
        {
            EmitBackward(above);
        }
    }

    /// <summary>dW and db: for each entry 16 sums, over the samples of each lane.</summary>
    public void EmitGradient()
    {
        writer.Line("// As Gradient, in 16 sums for each entry, over the samples n ≡ 0 to 15 (mod 16), which are then joined by halves.");
        using (writer.Block("public static void GradientAcross(nint N, in Workspace w, float* gradient)"))
        {
            foreach (LayerPlan layer in plan.Layers.Reverse())
            {
                int l = layer.Number;
                writer.Line($"Gradient{l}Across(w.{InputOf(layer)}, w.dZ{l}Across, N, w.LaneSums + (Layout.W{l} * {Samples}), w.LaneSums + (Layout.b{l} * {Samples}));");
            }

            writer.Line("global::AotBackprop.Runtime.SampleLanes.Join(w.LaneSums, Layout.Count, gradient);");
        }

        foreach (LayerPlan layer in plan.Layers.Reverse())
        {
            EmitGradient(layer);
        }
    }

    private void EmitForward(LayerPlan layer)
    {
        int l = layer.Number;
        string input = Notation.Input(layer);
        string output = layer.IsOutput ? $"Z{l}" : $"A{l}";
        writer.Line();
        writer.Line($"// {Notation.Forward(layer)}");
        writer.Line("[MethodImpl(Kernel)]");
        using (writer.Block($"private static void Forward{l}Across(float* {input}, float* W{l}, float* b{l}, float* {output}, nint N)"))
        {
            _loops.EmitForVectors(Vectors, q =>
            {
                writer.Line($"float* x = {BlockLoops.Block(input, layer.Inputs, q)};");
                writer.Line($"float* z = {BlockLoops.Block(output, layer.Outputs, q)};");
                EmitProduct(
                    layer.Outputs,
                    layer.Inputs,
                    layer.ForwardChunks,
                    j => Broadcast(At($"b{l}", j)),
                    (i, j) => At($"W{l}", (i * layer.Outputs) + j),
                    (_, sum) => layer.IsOutput ? sum : Relu(sum));
            });
        }
    }

    private void EmitBackward(LayerPlan above)
    {
        int l = above.Number - 1;
        writer.Line();
        writer.Line($"// {Notation.ActivationGradient(above)}, {Notation.HiddenGradient(l)}");
        writer.Line("[MethodImpl(Kernel)]");
        using (writer.Block($"private static void Backward{l}Across(float* dZ{l + 1}, float* W{l + 1}, float* dZ{l}, float* A{l}, nint N)"))
        {
            _loops.EmitForVectors(Vectors, q =>
            {
                writer.Line($"float* x = {BlockLoops.Block($"dZ{l + 1}", above.Outputs, q)};");
                writer.Line($"float* z = {BlockLoops.Block($"dZ{l}", above.Inputs, q)};");
                writer.Line($"float* a = {BlockLoops.Block($"A{l}", above.Inputs, q)};");
                EmitProduct(
                    above.Inputs,
                    above.Outputs,
                    above.BackwardChunks,
                    _ => "Zero",
                    (j, i) => At($"W{l + 1}", (i * above.Outputs) + j),
                    (place, sum) => Mask(sum, Load(At("a", place))));
            });
        }
    }

    /// <summary>z = x times a matrix, of a few samples: each sum over the inner index in the order that the rows' form has.</summary>
    private void EmitProduct(
        int columns, int inner, int chunks, Func<int, string> start, Func<int, int, string> factor, Func<int, string, string> result)
    {
        int wide = Sums / Vectors;
        for (int first = 0; first < columns; first += wide)
        {
            int[] panel = [.. Enumerable.Range(first, Math.Min(wide, columns - first))];

            // Where a vector is a block, the registers keep x for the next panel.
            bool keepsX = Vectors == 1;
            writer.Line();
            using (keepsX ? null : writer.Block())
            {
                EmitSums(panel, inner, chunks, start, factor, loadsX: first == 0 || !keepsX);
                foreach (int column in panel)
                {
                    for (int v = 0; v < Vectors; v++)
                    {
                        int place = (column * Samples) + (v * words.Lanes);
                        writer.Line(Store(At("z", place), result(place, Sum(column, v))));
                    }
                }
            }
        }
    }

    private static string Sum(int column, int vector) => $"{"st"[vector]}{column}";

    private void EmitSums(int[] columns, int inner, int chunks, Func<int, string> start, Func<int, int, string> factor, bool loadsX)
    {
        int[] vectors = [.. Enumerable.Range(0, Vectors)];
        static string X(int i, int vector) => $"{"xy"[vector]}{i}";
        if (Vectors > 1)
        {
            writer.Line($"{words.Vector} w;");
        }

        for (int c = 0; c < chunks; c++)
        {
            foreach (int column in columns)
            {
                string first = Chunk(Sum(column, 0), c);
                writer.Line($"{words.Vector} {first} = {(c == 0 ? start(column) : "Zero")}{string.Concat(vectors.Skip(1).Select(v => $", {Chunk(Sum(column, v), c)} = {first}"))};");
            }
        }

        for (int i = 0; i < inner; i++)
        {
            if (loadsX)
            {
                writer.Line($"{words.Vector} {string.Join(", ", vectors.Select(v => $"{X(i, v)} = {Load(At("x", (i * Samples) + (v * words.Lanes)))}"))};");
            }

            foreach (int column in columns)
            {
                string w = Broadcast(factor(i, column));
                List<string> line = Vectors > 1 ? [$"w = {w};"] : [];
                foreach (int v in vectors)
                {
                    string sum = Chunk(Sum(column, v), i % chunks);
                    line.Add($"{sum} = {MultiplyAdd(X(i, v), Vectors > 1 ? "w" : w, sum)};");
                }

                writer.Line(string.Join(" ", line));
            }
        }

        foreach (int column in columns.Where(_ => chunks > 1))
        {
            foreach (int v in vectors)
            {
                writer.Line($"{Chunk(Sum(column, v), 0)} = {Joined(Enumerable.Range(0, chunks).Select(c => Chunk(Sum(column, v), c)))};");
            }
        }
    }

    private void EmitProbabilities()
    {
        int L = Output.Number;
        int classes = Output.Outputs;
        writer.Line();
        writer.Line($"// {Notation.Softmax(Output)}, in rows");
        writer.Line("[MethodImpl(Kernel)]");
        using (writer.Block($"private static void ProbabilitiesAcross(float* Z{L}, nint N, float* Largest, float* Sums, float* block, float* A{L})"))
        using (writer.Block($"for (nint n = 0; n < N; n += {Samples})"))
        {
            _loops.EmitForVectorsOfBlock(q =>
            {
                writer.Line($"float* z = {BlockLoops.Block($"Z{L}", classes, q)};");
                string[] z = SoftmaxEmitter.EmitExponentials(writer, words, classes, j => At("z", j * Samples), j => $"{At("block", j * Samples)}{BlockLoops.Plus(q)}", BlockLoops.Block("Largest", 1, q), BlockLoops.Block("Sums", 1, q));
                for (int j = 0; j < classes; j++)
                {
                    writer.Line(Store($"{At("block", j * Samples)}{BlockLoops.Plus(q)}", $"{z[j]} * inverse"));
                }
            });
            writer.Line($"global::AotBackprop.Runtime.RowBlock.Collect(block, {classes}, global::System.Math.Min({Samples}, N - n), block + {Samples * Samples}, {Vocabulary.Row($"A{L}", "n", classes)});");
        }
    }

    private void EmitSoftmax()
    {
        int L = Output.Number;
        int classes = Output.Outputs;
        writer.Line();
        writer.Line($"// {Notation.Softmax(Output)}, {Notation.OutputGradient(Output)}, 0 behind the last sample");
        writer.Line("[MethodImpl(Kernel)]");
        using (writer.Block($"private static void SoftmaxAcross(float* Z{L}, float* Y, nint N, float scale, float* Largest, float* Sums, float* Chosen, float* dZ{L})"))
        {
            _loops.EmitForVectors(q =>
            {
                writer.Line($"float* z = {BlockLoops.Block($"Z{L}", classes, q)};");
                writer.Line($"float* y = {BlockLoops.Block("Y", classes, q)};");
                writer.Line($"float* d = {BlockLoops.Block($"dZ{L}", classes, q)};");
                writer.Line();
                writer.Line("// Of one-hot rows the Z of each sample's class; of others nothing that is used.");
                string chosen = Enumerable.Range(0, classes)
                    .Select(j => Mask(Load(At("z", j * Samples)), Load(At("y", j * Samples))))
                    .Aggregate((sum, next) => $"({sum} + {next})");
                writer.Line(Store(BlockLoops.Block("Chosen", 1, q), chosen));
                writer.Line();
                string[] z = SoftmaxEmitter.EmitExponentials(writer, words, classes, j => At("z", j * Samples), j => At("d", j * Samples), BlockLoops.Block("Largest", 1, q), BlockLoops.Block("Sums", 1, q));
                writer.Line($"int count = (int)global::System.Math.Min({Samples}, N - n){(q == "" ? "" : $" - {q}")};");
                for (int j = 0; j < classes; j++)
                {
                    string dZ = $"(({z[j]} * inverse) - {Load(At("y", j * Samples))}) * Fill(scale)";
                    writer.Line(Store(At("d", j * Samples), $"Keep({dZ}, count, 0)"));
                }
            });
        }
    }

    private void EmitGradient(LayerPlan layer)
    {
        int l = layer.Number;
        string input = Notation.Input(layer);
        int across = Math.Min(layer.Outputs, words.Lanes == Samples ? 6 : 4);
        writer.Line();
        writer.Line($"// {Notation.WeightGradient(layer)}, {Notation.BiasGradient(layer)}");
        writer.Line("[MethodImpl(Kernel)]");
        using (writer.Block($"private static void Gradient{l}Across(float* {input}, float* dZ{l}, nint N, float* dW{l}, float* db{l})"))
        {
            for (int j = 0; j < layer.Outputs; j += across)
            {
                int[] columns = [.. Enumerable.Range(j, Math.Min(across, layer.Outputs - j))];

                // The biases are a row more, whose inputs are all 1.
                int rows = Math.Max(1, AcrossPlan.Accumulators(words.Lanes) / columns.Length);
                for (int i = 0; i <= layer.Inputs; i += rows)
                {
                    EmitGradientTile(layer, [.. Enumerable.Range(i, Math.Min(rows, layer.Inputs + 1 - i))], columns);
                }
            }
        }
    }

    private void EmitGradientTile(LayerPlan layer, int[] rows, int[] columns)
    {
        int l = layer.Number;
        bool hasBias = rows.Contains(layer.Inputs);
        int[] weights = [.. rows.Where(i => i < layer.Inputs)];
        string Sum(int i, int j) => i == layer.Inputs ? $"b{j}" : $"g{i}_{j}";
        writer.Line();
        string loop = words.Lanes == Samples ? "" : $"for (int q = 0; q < {Samples}; q += {words.Lanes})";
        string q = words.Lanes == Samples ? "" : " + q";
        using (writer.Block(loop))
        {
            foreach (int i in rows)
            {
                writer.Line($"{words.Vector} {string.Join(", ", columns.Select(j => $"{Sum(i, j)} = Zero"))};");
            }

            using (writer.Block($"for (nint n = 0; n < N; n += {Samples})"))
            {
                if (weights.Length > 0)
                {
                    writer.Line($"float* x = {Vocabulary.Row(Notation.Input(layer), "n", layer.Inputs)}{q};");
                }

                writer.Line($"float* d = {Vocabulary.Row($"dZ{l}", "n", layer.Outputs)}{q};");
                foreach (int j in columns)
                {
                    writer.Line($"{words.Vector} d{j} = {Load(At("d", j * Samples))};");
                }

                foreach (int i in weights)
                {
                    writer.Line($"{words.Vector} x{i} = {Load(At("x", i * Samples))};");
                    writer.Line(string.Join(" ", columns.Select(j => $"{Sum(i, j)} = {MultiplyAdd($"x{i}", $"d{j}", Sum(i, j))};")));
                }

                if (hasBias)
                {
                    writer.Line(string.Join(" ", columns.Select(j => $"{Sum(layer.Inputs, j)} += d{j};")));
                }
            }

            writer.Line();
            foreach (int i in rows)
            {
                string target = i == layer.Inputs ? $"db{l}" : $"dW{l}";
                int first = i == layer.Inputs ? 0 : i * layer.Outputs;
                foreach (int j in columns)
                {
                    writer.Line(Store($"{At(target, (first + j) * Samples)}{q}", Sum(i, j)));
                }
            }
        }
    }
}
