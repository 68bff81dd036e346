using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Planning;

/// <summary>Which regions of scratch memory a network needs, in their order.</summary>
internal static class MemoryPlanner
{
    /// <param name="layers">The layers.</param>
    /// <param name="isTiny">Whether batches have a form with a sample in each lane.</param>
    /// <param name="packed">Floats of the largest packed panel, or 0.</param>
    public static WorkspacePlan Plan(EquatableArray<LayerPlan> layers, bool isTiny, int packed) => new(
    [
        .. Passes(layers),
        .. Scratch(layers, packed),
        .. layers[0].SkipsZeros ? Entries(layers[0]) : [],
        .. isTiny ? InterleavedForward(layers) : [],
        .. Gradients(layers, isTiny),
        .. layers[0].SkipsZeros ? ChainedEntries(layers[0]) : [],
        .. isTiny ? InterleavedBackward(layers) : [],
    ]);

    private static IEnumerable<Region> Passes(EquatableArray<LayerPlan> layers)
    {
        LayerPlan output = layers[layers.Count - 1];
        int L = output.Number;
        return
        [
            new()
            {
                Name = "Magnitudes",
                Contents = $"[{2 * layers.Count}]: the largest of |dZ1|, |X|, |dZ2|, |A1|, …; " +
                    "that of X where it is found, else 0",
                Once = Region.WholeLines(2 * layers.Count),
                IsPerThread = true,
            },
            .. layers.Where(l => !l.IsOutput).Select(l => Rows($"A{l.Number}", l)),
            .. layers.Where(l => l.KeepsSlope).Select(l => Rows($"Slope{l.Number}", l)),
            Rows($"Z{L}", output),
            new() { Name = $"A{L}", Contents = $"[N×{output.Outputs}], dense", PerSample = output.Outputs },
            .. output.IsSoftmax
                ?
                [
                    new() { Name = "Largest", Contents = "[N]: of Zᵢ", PerSample = 1 },
                    new() { Name = "Sums", Contents = "[N]: of exp(Zᵢ − Largestᵢ)", PerSample = 1 },
                ]
                : Array.Empty<Region>(),
            new() { Name = "Losses", Contents = "[N]", Element = RegionElement.Double, PerSample = 2 },
        ];
    }

    private static Region Rows(string name, LayerPlan layer, bool isTraining = false) => new()
    {
        Name = name,
        Contents = $"[N×{layer.Outputs}], rows {layer.Stride} apart",
        PerSample = layer.Stride,
        IsTraining = isTraining,
    };

    private static IEnumerable<Region> Scratch(EquatableArray<LayerPlan> layers, int packed)
    {
        if (layers[layers.Count - 1].Outputs <= AcrossPlan.Samples)
        {
            yield return new()
            {
                Name = "Block",
                Contents = $"[{WorkspacePlan.BlockFloats}]: rows of the softmax across lanes",
                Once = WorkspacePlan.BlockFloats,
                IsPerThread = true,
            };
        }

        if (packed > 0)
        {
            yield return new()
            {
                Name = "Packed",
                Contents = $"[{packed}]: some columns of a W, row behind row",
                Once = Region.WholeLines(packed),
                IsPerThread = true,
            };
        }
    }

    private static IEnumerable<Region> Entries(LayerPlan input)
    {
        int most = WorkspacePlan.EntriesOf(input.Inputs);
        return
        [
            new()
            {
                Name = "Columns",
                Contents = $"[{input.Inputs}]: a tile's inputs that are not all 0",
                Element = RegionElement.Int,
                Once = Region.WholeLines(input.Inputs + WorkspacePlan.ListSlack),
                IsPerThread = true,
            },
            List("Starts", "[N]", 1),
            List("Ends", "[N]", 1),
            List("Columns", $"[N×{most}] at most", most),
            List("Values", $"[N×{most}] at most", most, RegionElement.Float),
        ];
    }

    private static Region List(
        string name, string contents, int perSample, RegionElement element = RegionElement.Int) =>
        new() { Name = $"Entries.{name}", Contents = contents, Element = element, PerSample = perSample };

    private static IEnumerable<Region> Gradients(EquatableArray<LayerPlan> layers, bool isTiny) =>
    [
        .. layers.Select(l => Rows($"dZ{l.Number}", l, isTraining: true)),
        .. OneSamplePlan.Fits(layers)
            ? [new Region
            {
                Name = "Repeated",
                Contents = $"[{OneSamplePlan.RepeatedFloats}]: one row of dZ again and again",
                Once = OneSamplePlan.RepeatedFloats,
                IsTraining = true,
            }]
            : Array.Empty<Region>(),
        .. isTiny || OneSamplePlan.Fits(layers)
            ? [new Region { Name = "Gradient", Contents = "[Count]", Once = Parameters(layers), IsTraining = true }]
            : Array.Empty<Region>(),
        .. layers.Skip(1).Select(l => new Region
        {
            Name = $"W{l.Number}T",
            Contents = $"[{l.Outputs}×{l.Inputs}], rows {l.InputStride} apart",
            Once = Transposed(l, isTiny),
            IsTraining = true,
        }),
    ];

    private static int Parameters(EquatableArray<LayerPlan> layers)
    {
        LayerPlan output = layers[layers.Count - 1];
        return Region.WholeLines(output.BiasOffset + output.Outputs);
    }

    /// <summary>Floats of Wᵀ, and of what RowBlock reads behind the sums of dW that take its place.</summary>
    private static int Transposed(LayerPlan layer, bool isTiny)
    {
        int sums = layer.LeavesLanesEmpty && !isTiny ? (AcrossPlan.Samples - layer.Outputs) * AcrossPlan.Samples : 0;
        return (layer.Outputs * layer.InputStride) + sums;
    }

    private static IEnumerable<Region> ChainedEntries(LayerPlan input)
    {
        int most = WorkspacePlan.EntriesOf(input.Inputs);
        return
        [
            new()
            {
                Name = "Samples",
                Contents = "[N]: a tile's samples that are not all 0",
                Element = RegionElement.Int,
                PerSample = 1,
                IsTraining = true,
                IsPerThread = true,
            },
            List("Rows", $"[N×{most}]", most) with { IsTraining = true },
            List("Next", $"[N×{most}]", most) with { IsTraining = true },
            List("Heads", $"[{input.Inputs}]", 0) with { Once = Region.WholeLines(input.Inputs), IsTraining = true },
            List("Chained", $"[{input.Inputs}]", 0) with { Once = Region.WholeLines(input.Inputs), IsTraining = true },
        ];
    }

    private static IEnumerable<Region> InterleavedForward(EquatableArray<LayerPlan> layers) =>
    [
        Interleaved("X", layers[0].Inputs),
        .. layers.Select(l => Interleaved(l.IsOutput ? $"Z{l.Number}" : $"A{l.Number}", l.Outputs)),
        .. layers.Where(l => l.KeepsSlope).Select(l => Interleaved($"Slope{l.Number}", l.Outputs)),
    ];

    private static IEnumerable<Region> InterleavedBackward(EquatableArray<LayerPlan> layers)
    {
        LayerPlan output = layers[layers.Count - 1];
        return
        [
            Interleaved("Y", output.Outputs) with { IsTraining = true },
            .. output.IsSoftmax
                ? [Interleaved("Chosen", 1) with { Name = "Chosen", IsTraining = true }]
                : Array.Empty<Region>(),
            .. layers.Select(l => Interleaved($"dZ{l.Number}", l.Outputs) with { IsTraining = true }),
            new()
            {
                Name = "LaneSums",
                Contents = $"[Count×{AcrossPlan.Samples}]",
                Once = AcrossPlan.Samples * Parameters(layers),
                IsTraining = true,
            },
        ];
    }

    private static Region Interleaved(string matrix, int units) => new()
    {
        Name = $"{matrix}Across",
        Contents = $"[N×{units}] in blocks of {AcrossPlan.Samples} samples, one in each lane",
        PerSample = units,
        InBlocks = true,
    };
}
