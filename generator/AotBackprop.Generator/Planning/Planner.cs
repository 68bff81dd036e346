using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Planning;

/// <summary>From what was asked to every choice: a pure function.</summary>
internal static class Planner
{
    // RowBlock of the runtime library has a row for each.
    private const int MostClassesInBlock = 16;

    // With fewer, looking for zeros takes as long as multiplying with them.
    private const int LeastInputsToSkip = 128;

    // Weights of a layer whose passes have a sample in each lane. With more, rows fill a vector.
    private const int MostWeightsAcross = 64;

    public static NetworkPlan Plan(NetworkSpec spec) => Plan(spec, VectorTable.All);

    /// <summary>The same for tiles of one's own.</summary>
    public static NetworkPlan Plan(NetworkSpec spec, EquatableArray<VectorTable> tables)
    {
        EquatableArray<LayerPlan> layers = new(PlanLayers(spec));
        LayerPlan output = layers[layers.Count - 1];
        bool isTiny = output.Outputs <= MostClassesInBlock && layers.All(l => l.Weights <= MostWeightsAcross);
        EquatableArray<WidthPlan> widths = new(tables.Select(width => TilePlanner.Plan(width, layers, isTiny, spec.Unroll)));
        int packed = widths.SelectMany(w => w.Products).Max(p => p.Packed);
        return new NetworkPlan(
            spec,
            layers,
            isTiny,
            isTiny && tables.All(width => TilePlanner.OneSampleWords(width, layers) <= TilePlanner.MethodBudget),
            output.BiasOffset + output.Outputs,
            PlanWorkspace(layers, isTiny, packed),
            widths);
    }

    private static IEnumerable<LayerPlan> PlanLayers(NetworkSpec spec)
    {
        EquatableArray<int> sizes = spec.Sizes;
        int offset = 0;
        for (int l = 1; l < sizes.Count; l++)
        {
            int inputs = sizes[l - 1];
            int outputs = sizes[l];
            yield return new LayerPlan(
                l,
                inputs,
                outputs,
                IsOutput: l == sizes.Count - 1,
                offset,
                offset + (inputs * outputs),
                l == 1 ? inputs : WorkspacePlan.WholeLines(inputs),
                WorkspacePlan.WholeLines(outputs),
                Chunks(inner: inputs, columns: outputs),
                Chunks(inner: outputs, columns: inputs),
                SkipsZeros: l == 1 && spec.Unroll == Unrolling.Auto && inputs >= LeastInputsToSkip && Chunks(inputs, outputs) == 1);
            offset += (inputs + 1) * outputs;
        }
    }

    /// <summary>
    /// With few columns one sum would be a long chain of dependent multiply-adds for a single sample; with more, the
    /// columns themselves are independent. Each sum has to be long enough to be worth joining.
    /// </summary>
    private static int Chunks(int inner, int columns)
    {
        int chunks = columns <= 16 ? 4 : columns <= 32 ? 2 : 1;
        while (inner < 8 * chunks)
        {
            chunks /= 2;
            if (chunks <= 1)
            {
                return 1;
            }
        }

        return chunks;
    }

    private static WorkspacePlan PlanWorkspace(EquatableArray<LayerPlan> layers, bool isTiny, int packed)
    {
        LayerPlan output = layers[layers.Count - 1];
        int activations = layers.Sum(l => l.Stride);
        const int LargestAndSum = 2;
        const int LogSum = sizeof(double) / sizeof(float);
        int inference = activations + output.Outputs + LargestAndSum + LogSum;
        int transposed = layers.Skip(1).Sum(l => WorkspacePlan.Transposed(l, isTiny));
        int block = output.Outputs <= MostClassesInBlock ? WorkspacePlan.BlockFloats : 0;
        int magnitudes = WorkspacePlan.WholeLines(2 * layers.Count);
        int once = magnitudes + block + packed;
        if (isTiny)
        {
            // In whole blocks X, A of the hidden layers and Z of the output; for training Y, Z of each sample's class and
            // every dZ; once the gradient, and its sums.
            const int Behind = AcrossPlan.Samples - 1;
            int units = layers.Sum(l => l.Outputs);
            int across = layers[0].Inputs + units;
            int back = output.Outputs + 1 + units;
            int parameters = WorkspacePlan.WholeLines(output.BiasOffset + output.Outputs);
            inference += across;
            once += Behind * across;
            return new WorkspacePlan(
                inference,
                once,
                inference + activations + back,
                once + transposed + (Behind * back) + ((AcrossPlan.Samples + 1) * parameters),
                magnitudes,
                block,
                packed);
        }

        if (!layers[0].SkipsZeros)
        {
            return new WorkspacePlan(inference, once, inference + activations, once + transposed, magnitudes, block, packed);
        }

        int inputs = layers[0].Inputs;
        int entries = WorkspacePlan.EntriesOf(inputs);
        inference += 2 + (2 * entries);
        once += inputs + WorkspacePlan.ListSlack;
        return new WorkspacePlan(
            inference, once, inference + activations + 1 + (2 * entries), once + transposed + (2 * inputs), magnitudes, block, packed);
    }
}
