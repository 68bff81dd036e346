using AotBackprop.Generator.Model;
using static AotBackprop.Generator.Emit.Vocabulary;

namespace AotBackprop.Generator.Emit;

/// <summary>
/// Prints what is done to each sample's row of classes: A = softmax(Z), dZ = (A − Y)/N. A sum over classes has 16
/// virtual lanes, class j in lane j mod 16, joined by halves: the same order for each vector width.
/// </summary>
internal sealed class SoftmaxEmitter(SourceWriter writer, Vocabulary words, LayerPlan layer)
{
    private const int VirtualLanes = 16;

    // Classes whose exponentials fit into 16 registers beside what an exponential takes.
    private const int MostInFewRegisters = 6;

    // Rows of up to this many classes are straight lines.
    private const int LongestLine = 64;

    private readonly string _Z = $"Z{layer.Number}";
    private readonly string _A = $"A{layer.Number}";
    private readonly string _dZ = $"dZ{layer.Number}";

    private int Classes => layer.Outputs;

    private int VectorsInBlock => VirtualLanes / words.Lanes;

    private int WholeBlocks => Classes / VirtualLanes * VirtualLanes;

    public void EmitSoftmax()
    {
        writer.Line("[MethodImpl(Kernel)]");
        using (writer.Block($"private static void Softmax(float* {_Z}, float* {_A}, float* Largest, float* Sums, nint N)"))
        using (writer.Block("for (nint n = 0; n < N; n++)"))
        {
            writer.Line($"float* z = {Vocabulary.Row(_Z, "n", layer.Stride)};");
            writer.Line($"float* a = {Vocabulary.Row(_A, "n", Classes)};");
            if (Classes <= LongestLine)
            {
                EmitLine("n", (column, a) => Store(At("a", column), a, PartOf(column)));
            }
            else
            {
                EmitLoops();
            }
        }
    }

    /// <summary>The softmax of one row, as a part of a method that has the matrices by their names.</summary>
    public void EmitOneForward()
    {
        writer.Line($"float* z = {_Z};");
        EmitLine(null, (column, a) => Store(At(_A, column), a, PartOf(column)));
        writer.Line("*scratch.Largest = m;");
        writer.Line("*scratch.Sums = s;");
    }

    /// <summary>
    /// The softmax of one row, dZ = A − Y and the loss, as a part of a method that has the matrices by their names. The
    /// row is short enough for a straight line.
    /// </summary>
    public void EmitOne()
    {
        writer.Line($"float* z = {_Z};");
        writer.Line($"float* d = {_dZ};");
        EmitLine(null, (column, a) => Store(At("d", column), $"({a}) - OneAt({At("label", -column)})"));
        EmitPadding();
        writer.Line("loss = m + global::AotBackprop.Numerics.Logarithm.Of(s) - z[label];");
    }

    public void EmitOutputGradientOfLabels()
    {
        writer.Line("[MethodImpl(Kernel)]");
        using (writer.Block($"private static void OutputGradient(float* {_A}, int* labels, nint N, float scale, float* {_dZ})"))
        {
            using (writer.Block("for (nint n = 0; n < N; n++)"))
            {
                writer.Line($"float* a = {Vocabulary.Row(_A, "n", Classes)};");
                writer.Line($"float* d = {Vocabulary.Row(_dZ, "n", layer.Stride)};");
                EmitForRow((column, part) => Store($"d{column}", $"{Load($"a{column}", part)} * Fill(scale)"));
                EmitPadding();
                writer.Line("d[labels[n]] = (a[labels[n]] - 1) * scale;");
            }
        }
    }

    public void EmitOutputGradientOfProbabilities()
    {
        writer.Line("[MethodImpl(Kernel)]");
        using (writer.Block($"private static void OutputGradient(float* {_A}, float* Y, nint N, float scale, float* {_dZ})"))
        {
            using (writer.Block("for (nint n = 0; n < N; n++)"))
            {
                writer.Line($"float* a = {Vocabulary.Row(_A, "n", Classes)};");
                writer.Line($"float* y = {Vocabulary.Row("Y", "n", Classes)};");
                writer.Line($"float* d = {Vocabulary.Row(_dZ, "n", layer.Stride)};");
                EmitForRow((column, part) => Store($"d{column}", $"({Load($"a{column}", part)} - {Load($"y{column}", part)}) * Fill(scale)"));
                EmitPadding();
            }
        }
    }

    /// <summary>What a row of dZ has beyond its classes is set to 0, so that the matrix can be searched as a whole.</summary>
    private void EmitPadding()
    {
        int first = (Classes + words.Lanes - 1) / words.Lanes * words.Lanes;
        for (int column = first; column < layer.Stride; column += words.Lanes)
        {
            writer.Line(Store($"d + {column}", "Zero"));
        }
    }

    /// <summary>exp(Zᵢⱼ − Largestᵢ) of rows that lie across lanes, their sums, and "inverse", by which they are divided.</summary>
    /// <param name="writer">Receives the statements.</param>
    /// <param name="words">The vocabulary of the width.</param>
    /// <param name="classes">C.</param>
    /// <param name="from">Where Z of a class lies.</param>
    /// <param name="to">Where its exponential may be kept, if there are more than registers for them.</param>
    /// <param name="largest">Where the largest are stored.</param>
    /// <param name="sums">Where the sums are stored.</param>
    /// <returns>The exponentials.</returns>
    public static string[] EmitExponentials(
        SourceWriter writer, Vocabulary words, int classes, Func<int, string> from, Func<int, string> to, string largest, string sums)
    {
        bool inRegisters = words.Lanes == VirtualLanes || classes <= MostInFewRegisters;
        string[] z = [.. Enumerable.Range(0, classes).Select(j => inRegisters ? $"z{j}" : Load(from(j)))];
        for (int j = 0; j < classes && inRegisters; j++)
        {
            writer.Line($"{words.Vector} {z[j]} = {Load(from(j))};");
        }

        writer.Line();
        writer.Line($"{words.Vector} m = {z.Skip(1).Aggregate(z[0], (most, next) => $"Max({most}, {next})")};");
        for (int j = 0; j < classes; j++)
        {
            string e = $"Exp({z[j]} - m)";
            writer.Line(inRegisters ? $"{z[j]} = {e};" : Store(to(j), e));
            z[j] = inRegisters ? z[j] : Load(to(j));
        }

        writer.Line();
        writer.Line($"{words.Vector} s = {SumByHalves(z)};");
        writer.Line(Store(largest, "m"));
        writer.Line(Store(sums, "s"));
        writer.Line($"{words.Vector} inverse = Fill(1) / s;");
        return z;
    }

    private static string SumByHalves(string[] z)
    {
        string?[] sums = new string?[VirtualLanes];
        z.CopyTo(sums, 0);
        for (int half = VirtualLanes / 2; half > 0; half /= 2)
        {
            for (int j = 0; j < half; j++)
            {
                sums[j] = sums[j + half] is { } right ? $"({sums[j]} + {right})" : sums[j];
            }
        }

        return sums[0]!.Substring(1, sums[0]!.Length - 2);
    }

    /// <summary>All classes of a row in as many vectors; what is done with the probabilities from a column on is given.</summary>
    private void EmitLine(string? n, Func<int, string, string> result)
    {
        int vectors = (Classes + words.Lanes - 1) / words.Lanes;
        string[] z = [.. Enumerable.Range(0, vectors).Select(v => $"z{v}")];
        for (int v = 0; v < vectors; v++)
        {
            writer.Line($"{words.Vector} {z[v]} = {Padded($"{At("z", v * words.Lanes)}", PartOf(v * words.Lanes))};");
        }

        writer.Line();
        writer.Line("// The largest of the row is taken off, so that no exponential overflows.");
        string count = vectors == 1 ? $", {Classes}" : "";
        writer.Line($"float m = MaxOf({z.Skip(1).Aggregate(z[0], (most, next) => $"Max({most}, {next})")}{count});");
        foreach (string vector in z)
        {
            writer.Line($"{vector} = Exp({vector} - Fill(m));");
        }

        IEnumerable<string> lanes = Enumerable.Range(0, VectorsInBlock).Select(q =>
        {
            string[] blocks = [.. z.Where((_, v) => v % VectorsInBlock == q)];
            return blocks.Length == 0 ? "Zero" : blocks.Skip(1).Aggregate(blocks[0], (sum, next) => $"({sum} + {next})");
        });
        EmitSum(vectors == 1 ? $"z0, {Classes}" : string.Join(", ", lanes), n);
        for (int v = 0; v < vectors; v++)
        {
            writer.Line(result(v * words.Lanes, $"{z[v]} * inverse"));
        }
    }

    /// <summary>The same in loops over blocks of 16 classes.</summary>
    private void EmitLoops()
    {
        string[] lanes = [.. Enumerable.Range(0, VectorsInBlock).Select(q => $"s{q}")];
        writer.Line("// The largest of the row is taken off, so that no exponential overflows.");
        writer.Line($"{words.Vector} most = Fill(float.NegativeInfinity);");
        EmitForRow((column, part) => $"most = Max(most, {Padded($"z{column}", part)});");
        writer.Line("float m = MaxOf(most);");
        writer.Line();
        writer.Line($"{words.Vector} e, {string.Join(", ", lanes.Select(s => $"{s} = Zero"))};");
        using (writer.Block($"for (int j = 0; j < {WholeBlocks}; j += {VirtualLanes})"))
        {
            for (int q = 0; q < VectorsInBlock; q++)
            {
                string column = At("j", q * words.Lanes);
                writer.Line($"e = Exp({Load($"z + {column}")} - Fill(m)); {Store($"a + {column}", "e")} {lanes[q]} += e;");
            }
        }

        for (int column = WholeBlocks, q = 0; column < Classes; column += words.Lanes, q++)
        {
            string value = Padded(At("z", column), PartOf(column));
            writer.Line($"e = Exp({value} - Fill(m)); {Store(At("a", column), "e", PartOf(column))} {lanes[q]} += e;");
        }

        EmitSum(string.Join(", ", lanes), "n");
        EmitForRow((column, part) => Store($"a{column}", $"{Load($"a{column}", part)} * inverse", part));
    }

    private void EmitSum(string lanes, string? n)
    {
        writer.Line();
        writer.Line($"float s = Sum({lanes});");
        if (n is not null)
        {
            writer.Line($"Largest[{n}] = m;");
            writer.Line($"Sums[{n}] = s;");
        }

        writer.Line($"{words.Vector} inverse = Fill(1 / s);");
    }

    /// <summary>A statement for each vector of a row: straight where they are few, else a loop and what is left over.</summary>
    private void EmitForRow(Func<string, int, string> statement)
    {
        int whole = Classes / words.Lanes * words.Lanes;
        int first = 0;
        if (Classes > LongestLine)
        {
            using (writer.Block($"for (int j = 0; j < {whole}; j += {words.Lanes})"))
            {
                writer.Line(statement(" + j", 0));
            }

            first = whole;
        }

        for (int column = first; column < Classes; column += words.Lanes)
        {
            writer.Line(statement(column == 0 ? "" : $" + {column}", PartOf(column)));
        }
    }

    private int PartOf(int column) => Classes - column < words.Lanes ? Classes - column : 0;

    private static string Padded(string p, int part) =>
        part == 0 ? Load(p) : $"Keep({Load(p)}, {part}, float.NegativeInfinity)";
}
