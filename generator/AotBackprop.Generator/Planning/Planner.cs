using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Planning;

/// <summary>From what was asked to every choice: a pure function.</summary>
internal static class Planner
{
    // With fewer, looking for zeros takes as long as multiplying with them.
    private const int LeastInputsToSkip = 128;

    // Weights of a layer whose passes have a sample in each lane. With more, rows fill a vector.
    private const int MostWeightsAcross = 64;

    // Rows of few columns from which on several sums are worth joining.
    private const int LeastOfFewColumns = 8;

    // Terms of each of several sums: of Z, on which one sample waits, and of dA, of which W^T would have to be written.
    private const int LeastForward = 4;
    private const int LeastBackward = 8;

    public static NetworkPlan Plan(NetworkSpec spec) => Plan(spec, InstructionSet.All);

    /// <summary>The same for tiles of one's own.</summary>
    public static NetworkPlan Plan(NetworkSpec spec, EquatableArray<InstructionSet> tables)
    {
        EquatableArray<LayerPlan> layers = new(PlanLayers(spec));
        LayerPlan output = layers[layers.Count - 1];
        bool isTiny = output.Outputs <= AcrossPlan.Samples && layers.All(l => l.Weights <= MostWeightsAcross);
        EquatableArray<WidthPlan> widths = new(
            tables.Select(width => TilePlanner.Plan(width, layers, isTiny, spec.Unroll)));
        int packed = widths.SelectMany(w => w.Products).Max(p => p.Packed);
        return new NetworkPlan
        {
            Spec = spec,
            Layers = layers,
            IsTiny = isTiny,
            HasOneSample = OneSamplePlan.Fits(layers),
            HasFewSamples = FewSamplesPlan.Fits(layers),
            ParameterCount = output.BiasOffset + output.Outputs,
            Workspace = MemoryPlanner.Plan(layers, isTiny, packed),
            Widths = new(widths.Where(width => spec.VectorWidths.Contains(width.Bits))),
        };
    }

    private static IEnumerable<LayerPlan> PlanLayers(NetworkSpec spec)
    {
        EquatableArray<int> sizes = spec.Sizes;
        int offset = 0;
        for (int l = 1; l < sizes.Count; l++)
        {
            int inputs = sizes[l - 1];
            int outputs = sizes[l];
            bool areFew = outputs <= FewColumnsPlan.MostColumns && inputs >= LeastOfFewColumns;
            int forwardChunks = !areFew ? Chunks(inner: inputs, columns: outputs, LeastForward)
                : outputs == 1 ? SoftmaxPlan.VirtualLanes
                : FewColumnsPlan.Sums;
            yield return new LayerPlan
            {
                Number = l,
                Inputs = inputs,
                Outputs = outputs,
                IsOutput = l == sizes.Count - 1,
                WeightsOffset = offset,
                BiasOffset = offset + (inputs * outputs),
                InputStride = l == 1 ? inputs : Region.WholeLines(inputs),
                Stride = Region.WholeLines(outputs),
                ForwardChunks = forwardChunks,
                BackwardChunks = Chunks(inner: outputs, columns: inputs, LeastBackward),
                HiddenActivation = spec.Activation,
                OutputKind = spec.Output,
                HuberDelta = spec.HuberDelta,
                SkipsZeros = l == 1
                    && spec.Unroll == Unrolling.Auto
                    && inputs >= LeastInputsToSkip
                    && forwardChunks == 1,
            };
            offset += (inputs + 1) * outputs;
        }
    }

    /// <summary>
    /// With few columns one sum would be a long chain of dependent multiply-adds for a single sample; with more, the
    /// columns themselves are independent. Each sum has to be long enough to be worth joining.
    /// </summary>
    private static int Chunks(int inner, int columns, int least)
    {
        int chunks = columns <= 16 ? 4 : columns <= 32 ? 2 : 1;
        while (inner < least * chunks)
        {
            chunks /= 2;
            if (chunks <= 1)
            {
                return 1;
            }
        }

        return chunks;
    }
}
