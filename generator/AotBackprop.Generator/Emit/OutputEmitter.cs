using AotBackprop.Generator.Model;
using static AotBackprop.Generator.Emit.Vocabulary;

namespace AotBackprop.Generator.Emit;

/// <summary>
/// Prints the output layer with a sample in each lane, for whole blocks of 16 samples: Z = A W + b, A = softmax(Z),
/// dZ = (A − Y)/N; and dW = Aᵀ dZ with an input in each lane. Every sum has the order that the rows' form has.
/// </summary>
internal sealed class OutputEmitter(SourceWriter writer, Vocabulary words, LayerPlan layer)
{
    private const int Samples = AcrossPlan.Samples;

    private readonly BlockLoops _loops = new(writer, words);
    private readonly string _input = Notation.Input(layer);
    private readonly string _Z = $"Z{layer.Number}";
    private readonly string _A = $"A{layer.Number}";
    private readonly string _dZ = $"dZ{layer.Number}";

    private int Classes => layer.Outputs;

    // Below a block of them there is one sum, and the loop over them is a straight line.
    private int InLoop => layer.Inputs < Samples ? 0 : layer.Inputs / layer.ForwardChunks * layer.ForwardChunks;

    /// <summary>Z, a class behind another, from A in squares (SampleLanes.Transpose).</summary>
    public void EmitForward()
    {
        int across = AcrossPlan.Accumulators(words.Lanes);
        int groups = (Classes + across - 1) / across;
        int wide = (Classes + groups - 1) / groups;
        int together = Math.Min(layer.ForwardChunks, across / wide);
        together = together >= 4 ? 4 : together >= 2 ? 2 : 1;

        writer.Line("[MethodImpl(Kernel)]");
        using (writer.Block($"private static void Forward{layer.Number}Across(float* {_input}, float* W{layer.Number}, float* b{layer.Number}, float* {_Z}, nint N)"))
        {
            _loops.EmitForVectors(q =>
            {
                writer.Line($"float* a = {BlockLoops.Block(_input, layer.InputStride, q)};");
                writer.Line($"float* z = {BlockLoops.Block(_Z, layer.Stride, q)};");
                for (int first = 0; first < Classes; first += wide)
                {
                    int[] columns = [.. Enumerable.Range(first, Math.Min(wide, Classes - first))];
                    for (int chunk = 0; chunk < layer.ForwardChunks; chunk += together)
                    {
                        EmitSums(columns, [.. Enumerable.Range(chunk, together)]);
                    }
                }
            });
        }
    }

    /// <summary>Some of the sums over the inputs modulo their number, added to those before.</summary>
    private void EmitSums(int[] columns, int[] chunks)
    {
        string Sum(int column, int chunk) => Chunk($"s{column}", chunk);
        writer.Line();
        if (chunks.Length < layer.ForwardChunks)
        {
            writer.Line($"// Those over i ≡ {string.Join(", ", chunks)} (mod {layer.ForwardChunks}).");
        }

        using (writer.Block())
        {
            writer.Line($"float* w = W{layer.Number};");
            foreach (int chunk in chunks)
            {
                foreach (int column in columns)
                {
                    writer.Line($"{words.Vector} {Sum(column, chunk)} = {(chunk == 0 ? Broadcast(At($"b{layer.Number}", column)) : "Zero")};");
                }
            }

            writer.Line();
            writer.Line($"{words.Vector} ai;");
            if (InLoop > 0)
            {
                using (writer.Block($"for (int i = 0; i < {InLoop}; i += {layer.ForwardChunks})"))
                {
                    writer.Line($"float* x = a + ((i & {Samples - 1}) * {layer.InputStride}) + (i & ~{Samples - 1});");
                    foreach (int chunk in chunks)
                    {
                        EmitStep(At("x", chunk * layer.InputStride), chunk, chunk);
                    }

                    writer.Line($"w += {layer.ForwardChunks * Classes};");
                }
            }

            for (int i = InLoop; i < layer.Inputs; i++)
            {
                if (chunks.Contains(i % layer.ForwardChunks))
                {
                    EmitStep(At("a", ((i % Samples) * layer.InputStride) + (i / Samples * Samples)), i - InLoop, i % layer.ForwardChunks);
                }
            }

            writer.Line();
            foreach (int column in columns)
            {
                string at = At("z", column * Samples);
                IEnumerable<string> sums = chunks.Select(chunk => Sum(column, chunk));
                writer.Line(Store(at, Joined(chunks[0] == 0 ? sums : sums.Prepend(Load(at)))));
            }
        }

        void EmitStep(string x, int row, int chunk)
        {
            writer.Line($"ai = {Load(x)};");
            foreach (int column in columns)
            {
                writer.Line($"{Sum(column, chunk)} = {MultiplyAdd("ai", Broadcast(At("w", (row * Classes) + column)), Sum(column, chunk))};");
            }
        }
    }

    /// <summary>A in rows.</summary>
    public void EmitSoftmax()
    {
        writer.Line("[MethodImpl(Kernel)]");
        using (writer.Block($"private static void SoftmaxAcross(float* {_Z}, float* {_A}, float* Largest, float* Sums, nint N, float* block)"))
        using (writer.Block($"for (nint n = 0; n < N; n += {Samples})"))
        {
            _loops.EmitForVectorsOfBlock(q => EmitProbabilities(
                q, j => $"{At("block", j * Samples)}{BlockLoops.Plus(q)}", (_, a) => a));
            writer.Line($"global::AotBackprop.Runtime.RowBlock.Collect(block, {Classes}, {Samples}, block + {Samples * Samples}, {Row(_A, "n", Classes)});");
        }
    }

    /// <summary>dZ in rows, of samples that have class numbers. A is not kept.</summary>
    public void EmitOutputGradient()
    {
        writer.Line("[MethodImpl(Kernel)]");
        using (writer.Block($"private static void OutputGradientAcross(float* {_Z}, int* labels, nint N, float scale, float* Largest, float* Sums, float* {_dZ})"))
        {
            _loops.EmitForVectors(q =>
            {
                writer.Line($"int* label = labels + n{BlockLoops.Plus(q)};");
                writer.Line($"float* d = {BlockLoops.Block(_dZ, layer.Stride, q)};");
                EmitProbabilities(q, j => At("d", j * Samples), (j, a) => $"(({a}) - OneWhere(label, {j})) * Fill(scale)");
                for (int j = Classes; j < layer.Stride; j++)
                {
                    writer.Line(Store(At("d", j * Samples), "Zero"));
                }
            });
            writer.Line();
            writer.Line($"global::AotBackprop.Runtime.SampleLanes.Transpose({_dZ}, {layer.Stride}, N, {layer.Stride}, {_dZ});");
        }
    }

    /// <summary>dW in blocks of 16 inputs, a class behind another: for RowBlock. A vector is a block.</summary>
    public void EmitGradient()
    {
        int l = layer.Number;
        int vectors = Math.Min(AcrossPlan.Accumulators(words.Lanes) / Classes, layer.InputStride / Samples);
        writer.Line("[MethodImpl(Kernel)]");
        using (writer.Block($"private static void Gradient{l}Across(float* {_input}, float* {_dZ}, nint N, float* sums, int first, int end)"))
        {
            writer.Line("int i = first;");
            if (vectors > 1)
            {
                EmitGradientTiles($"for (; i <= end - {vectors * Samples}; i += {vectors * Samples})", [.. Enumerable.Range(0, vectors)]);
                writer.Line();
            }

            EmitGradientTiles($"for (; i < end; i += {Samples})", [0]);
        }
    }

    private void EmitGradientTiles(string loop, int[] vectors)
    {
        string Sum(int v, int j) => $"g{v}_{j}";
        using (writer.Block(loop))
        {
            writer.Line($"float* a = {_input} + i;");
            writer.Line($"float* d = {_dZ};");
            for (int j = 0; j < Classes; j++)
            {
                writer.Line($"{words.Vector} {string.Join(", ", vectors.Select(v => $"{Sum(v, j)} = Zero"))};");
            }

            writer.Line($"{words.Vector} {string.Join(", ", vectors.Select(v => $"a{v}"))}, dj;");
            using (writer.Block("for (nint n = 0; n < N; n++)"))
            {
                writer.Line(string.Join(" ", vectors.Select(v => $"a{v} = {Load(At("a", v * Samples))};")));
                for (int j = 0; j < Classes; j++)
                {
                    writer.Line(string.Join(" ", vectors
                        .Select(v => $"{Sum(v, j)} = {MultiplyAdd($"a{v}", "dj", Sum(v, j))};")
                        .Prepend($"dj = {Broadcast(At("d", j))};")));
                }

                writer.Line($"a += {layer.InputStride};");
                writer.Line($"d += {layer.Stride};");
            }

            writer.Line();
            writer.Line($"float* s = {Row("sums", "i", Classes)};");
            foreach (int v in vectors)
            {
                for (int j = 0; j < Classes; j++)
                {
                    writer.Line(Store(At("s", ((v * Classes) + j) * Samples), Sum(v, j)));
                }
            }
        }
    }

    private void EmitProbabilities(string q, Func<int, string> to, Func<int, string, string> result)
    {
        writer.Line($"float* z = {BlockLoops.Block(_Z, layer.Stride, q)};");
        string[] z = SoftmaxEmitter.EmitExponentials(
            writer, words, Classes, j => At("z", j * Samples), to, BlockLoops.Block("Largest", 1, q), BlockLoops.Block("Sums", 1, q));
        for (int j = 0; j < Classes; j++)
        {
            writer.Line(Store(to(j), result(j, $"{z[j]} * inverse")));
        }
    }
}
