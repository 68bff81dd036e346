using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Planning;

/// <summary>How a pass is written.</summary>
internal enum Form
{
    /// <summary>No loop but the one over samples.</summary>
    StraightLine,

    /// <summary>Loops of constant trip count over an unrolled register tile.</summary>
    Tiles,

    /// <summary>Row by row, with the entries of a sum in lanes: where there is one column.</summary>
    DotProduct,

    /// <summary>
    /// Where there are few columns: Z row by row, with several rows of W in a vector; dW with inputs in lanes.
    /// </summary>
    FewColumns,
}

/// <summary>The tile table of a vector width.</summary>
internal sealed record WidthPlan
{
    /// <summary>Floats in a vector: 16, 8 or 4.</summary>
    public required int Lanes { get; init; }

    /// <summary>Whether every processor has vectors of this width.</summary>
    public required bool IsEverywhere { get; init; }

    /// <summary>
    /// Stored vectors of a matrix up to which registers keep them for a second use: a quarter of the registers.
    /// </summary>
    public required int KeptVectors { get; init; }

    /// <summary>Z = A W + b of each layer.</summary>
    public required EquatableArray<ProductPlan> Forward { get; init; }

    /// <summary>dA = dZ Wᵀ, from the second layer's on: the first entry yields dA1.</summary>
    public required EquatableArray<ProductPlan> Backward { get; init; }

    /// <summary>dW = Aᵀ dZ of each layer.</summary>
    public required EquatableArray<GradientPlan> Gradients { get; init; }

    /// <summary>Panels of a row of the first layer's Z or dW, where only inputs that are not 0 are added.</summary>
    public required EquatableArray<Panel> Scattered { get; init; }

    /// <summary>The order of a training step, with its barriers.</summary>
    public required Schedule Schedule { get; init; }

    /// <summary>The methods for one sample, where there are any.</summary>
    public required OneSamplePlan OneSample { get; init; }

    /// <summary>The methods for few samples, where there are any.</summary>
    public required FewSamplesPlan FewSamples { get; init; }

    /// <summary>The form with a sample in each lane.</summary>
    public required InterleavedPlan Interleaved { get; init; }

    public int Bits => Lanes * 32;

    /// <summary>
    /// Whether the largest input is found while the first layer multiplies, and need not be looked for before.
    /// </summary>
    public bool FindsLargestInput => Forward[0].FindsLargest;

    /// <summary>Whether there are few columns somewhere.</summary>
    public bool HasFewColumns =>
        Forward.Any(p => p.Form == Form.FewColumns) || Gradients.Any(g => g.Form == Form.FewColumns);

    public IEnumerable<ProductPlan> Products => Forward.Concat(Backward);
}

/// <summary>The form with a sample in each lane, for a vector width.</summary>
internal sealed record InterleavedPlan
{
    /// <summary>
    /// Vectors of samples that a product takes at a time: a weight, which a load spreads over all lanes, serves each.
    /// </summary>
    public required int Vectors { get; init; }

    /// <summary>
    /// Columns of a product at a time, so that with the vectors as many sums go side by side as hide a latency.
    /// </summary>
    public required int Columns { get; init; }

    /// <summary>Columns of a tile of dW and db.</summary>
    public required int GradientColumns { get; init; }

    /// <summary>Sums of a tile of dW and db.</summary>
    public required int GradientSums { get; init; }

    /// <summary>Whether registers hold the exponentials of all classes.</summary>
    public required bool KeepsExponentials { get; init; }

    /// <summary>Classes of the output layer at a time, of a network whose other layers go by rows.</summary>
    public required int OutputColumns { get; init; }

    /// <summary>Of how many chunks their sums are formed at a time.</summary>
    public required int OutputChunks { get; init; }

    /// <summary>Vectors of inputs of a tile of the output layer's dW.</summary>
    public required int OutputGradientVectors { get; init; }
}
