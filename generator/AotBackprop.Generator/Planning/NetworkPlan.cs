using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Planning;

/// <summary>
/// Every choice about a network's code. The first part, the order, decides the bits of every result: the layers with
/// their offsets and the order of their sums. The second, a tile table for each vector width, decides the speed alone.
/// </summary>
internal sealed record NetworkPlan
{
    /// <summary>What was asked for.</summary>
    public required NetworkSpec Spec { get; init; }

    /// <summary>The layers, with the order of their sums.</summary>
    public required EquatableArray<LayerPlan> Layers { get; init; }

    /// <summary>
    /// Whether dW and db are 16 sums, over the samples n ≡ 0 to 15 (mod 16), joined by halves, in batches of 16 samples or
    /// more; such batches then have a form with a sample in each lane, forward too. Else the samples are added ascending.
    /// </summary>
    public required bool IsTiny { get; init; }

    /// <summary>Whether forward and a step on one sample are methods of their own.</summary>
    public required bool HasOneSample { get; init; }

    /// <summary>Weights and biases in all.</summary>
    public required int ParameterCount { get; init; }

    /// <summary>Scratch memory.</summary>
    public required WorkspacePlan Workspace { get; init; }

    /// <summary>A tile table for each vector width.</summary>
    public required EquatableArray<WidthPlan> Widths { get; init; }

    public LayerPlan OutputLayer => Layers[Layers.Count - 1];

    /// <summary>
    /// Whether the output layer has a form with a sample in each lane, for whole blocks of 16 samples: a row of few
    /// classes would leave lanes of a vector empty, and a softmax by rows goes across them. The bits are the same.
    /// </summary>
    public bool HasOutputAcross => !IsTiny && OutputLayer.Outputs <= AcrossPlan.Samples;

    /// <summary>
    /// Whether dW of the output layer has a form with an input in each lane, of which the sums take the place of Wᵀ:
    /// where vectors have 16 lanes. Shorter ones are filled better by a row of classes.
    /// </summary>
    public bool HasGradientAcross(WidthPlan width) => !IsTiny && OutputLayer.LeavesLanesEmpty && width.Lanes == AcrossPlan.Samples;

    /// <summary>Multiply-adds of a forward pass for one sample.</summary>
    public long ForwardCost => Layers.Sum(l => l.Weights);

    /// <summary>Multiply-adds of a training step for one sample: forward, dA of the hidden layers, dW.</summary>
    public long TrainingCost => (2 * ForwardCost) + Layers.Skip(1).Sum(l => l.Weights);
}

/// <summary>The form with a sample in each lane: of a tiny network, or of the output layer alone.</summary>
internal static class AcrossPlan
{
    /// <summary>Samples of a block: SampleLanes.Samples of the runtime library. Smaller batches go by rows.</summary>
    public const int Samples = 16;

    /// <summary>Sums that fit beside the operands: of 32 registers, or of 16.</summary>
    public static int Accumulators(int lanes) => lanes == Samples ? 24 : 12;
}

/// <summary>A layer, and the order of its sums.</summary>
internal sealed record LayerPlan
{
    /// <summary>Counted from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Rows of W.</summary>
    public required int Inputs { get; init; }

    /// <summary>Columns of W.</summary>
    public required int Outputs { get; init; }

    /// <summary>Whether its activation is the softmax; a hidden layer has the ReLU.</summary>
    public required bool IsOutput { get; init; }

    /// <summary>Floats before W in the parameters.</summary>
    public required int WeightsOffset { get; init; }

    /// <summary>Floats before b in the parameters.</summary>
    public required int BiasOffset { get; init; }

    /// <summary>Floats from one sample's inputs to the next: X is dense, activations are padded.</summary>
    public required int InputStride { get; init; }

    /// <summary>Floats from one sample's activations to the next, a multiple of 16.</summary>
    public required int Stride { get; init; }

    /// <summary>
    /// Z adds x[i] w[i] for ascending i in this many sums, i modulo their number, the first starting from b; then the sums
    /// in order.
    /// </summary>
    public required int ForwardChunks { get; init; }

    /// <summary>The same for dA of the layer below, from 0, over this layer's outputs.</summary>
    public required int BackwardChunks { get; init; }

    /// <summary>Whether there are forms that skip inputs that are 0; they change no sum.</summary>
    public required bool SkipsZeros { get; init; }

    public long Weights => (long)Inputs * Outputs;

    /// <summary>Whether a third or more of 16 lanes are empty in a row of an output layer that has hidden ones before it.</summary>
    public bool LeavesLanesEmpty => IsOutput && Number > 1 && 3 * Outputs <= 2 * AcrossPlan.Samples;
}

/// <summary>How a pass is written.</summary>
internal enum Form
{
    /// <summary>No loop but the one over samples.</summary>
    StraightLine,

    /// <summary>Loops of constant trip count over an unrolled register tile.</summary>
    Tiles,
}

/// <summary>The tile table of a vector width.</summary>
internal sealed record WidthPlan
{
    /// <summary>Floats in a vector: 16, 8 or 4.</summary>
    public required int Lanes { get; init; }

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

    public int Bits => Lanes * 32;

    /// <summary>Whether the largest input is found while the first layer multiplies, and need not be looked for before.</summary>
    public bool FindsLargestInput => Forward[0].FindsLargest;

    public IEnumerable<ProductPlan> Products => Forward.Concat(Backward);
}

/// <summary>A product of N rows with a matrix of constant size, by tiles of rows and vectors of columns.</summary>
internal sealed record ProductPlan
{
    /// <summary>How it is written.</summary>
    public required Form Form { get; init; }

    /// <summary>The index summed over.</summary>
    public required int Inner { get; init; }

    /// <summary>Columns of the result.</summary>
    public required int Columns { get; init; }

    /// <summary>In how many sums; see <see cref="LayerPlan.ForwardChunks"/>.</summary>
    public required int Chunks { get; init; }

    /// <summary>Floats from row to row of the left factor.</summary>
    public required int InputStride { get; init; }

    /// <summary>Floats from row to row of the right factor.</summary>
    public required int WeightStride { get; init; }

    /// <summary>Floats from row to row of the result.</summary>
    public required int OutputStride { get; init; }

    /// <summary>Columns that count in the last vector of the right factor, or 0 where they are all there.</summary>
    public required int LastPart { get; init; }

    /// <summary>Floats of a panel of the right factor, where the first tile of many rows copies it for the others; else 0.</summary>
    public required int Packed { get; init; }

    /// <summary>Whether the largest of the left factor is found on the way; see <see cref="SeenInStep"/>.</summary>
    public required bool FindsLargest { get; init; }

    /// <summary>Register tiles, the one with the most rows first, the last with one row.</summary>
    public required EquatableArray<RowTile> Tiles { get; init; }

    /// <summary>
    /// Floats of the left factor that a step of the tallest tile looks at, in search of the largest: as many as the tile
    /// has rows, so that its last step ends with its last float. A vector of so many has to exist.
    /// </summary>
    public const int SeenInStep = 8;

    public bool Packs => Packed > 0;

    /// <summary>
    /// Steps of the inner index after which a single row turns to the next columns, where registers hold the sums of some
    /// of them only; else all steps.
    /// </summary>
    public int StepsInPiece => Form == Form.Tiles && Chunks == 1
        ? Piece.Rows(Inner, WeightStride, Tiles[Tiles.Count - 1].Panels)
        : Inner;

    /// <summary>
    /// Whether threads that share a batch divide the columns, panel by panel; else they divide the rows, as where there
    /// are few columns.
    /// </summary>
    public bool DividesColumns => Form == Form.Tiles && Columns > AcrossPlan.Samples && Tiles[0].Panels.Sum(p => p.Count) > 1;
}

/// <summary>
/// A piece of W for one sample, which uses each weight once: where its columns are gone through in short parts, one after
/// the other, that is done by pieces of some rows, so that W is read nearly as it lies. Caches give the most then: 256
/// bytes of each row of 2 KB, and then the next 256, came at three quarters of that.
/// </summary>
internal static class Piece
{
    // 16 KB, which the first cache holds beside all else.
    private const int Floats = 4096;

    // Fewer rows would load and store sums more often than it is worth.
    private const int FewestRows = 8;

    // W of 64 KB, of which the first cache does not keep most from one part to the next.
    private const int LeastPieces = 4;

    // From 1 KB on a part of a row comes as fast as all of it.
    private const int LongPart = 256;

    /// <summary>Rows of a piece; all of them where a row has one part or long ones, or where there is little to gain.</summary>
    public static int Rows(int rows, int stride, EquatableArray<Panel> panels)
    {
        int parts = panels.Sum(p => p.Count);
        int piece = Math.Max(FewestRows, Floats / stride);
        return parts == 1 || stride / parts >= LongPart || rows < LeastPieces * piece ? rows : piece;
    }
}

/// <summary>A register tile of a product.</summary>
/// <param name="Rows">Rows at a time.</param>
/// <param name="Panels">The columns, left to right.</param>
/// <param name="Segment">Steps of the inner index in a method; straight line only, where less than all of them.</param>
internal sealed record RowTile(int Rows, EquatableArray<Panel> Panels, int Segment);

/// <summary>One or more neighbouring groups of vectors, each as wide as a register tile.</summary>
/// <param name="FirstVector">Where it begins.</param>
/// <param name="Vectors">Vectors in a group.</param>
/// <param name="Count">Groups.</param>
internal sealed record Panel(int FirstVector, int Vectors, int Count)
{
    public int EndVector => FirstVector + (Vectors * Count);
}

/// <summary>dW = Aᵀ dZ by register tiles of inputs and vectors of outputs, summed over the samples ascending.</summary>
internal sealed record GradientPlan
{
    /// <summary>How it is written.</summary>
    public required Form Form { get; init; }

    /// <summary>Rows of dW.</summary>
    public required int Inputs { get; init; }

    /// <summary>Columns of dW.</summary>
    public required int Outputs { get; init; }

    /// <summary>Floats from sample to sample of A.</summary>
    public required int InputStride { get; init; }

    /// <summary>Floats from sample to sample of dZ.</summary>
    public required int GradientStride { get; init; }

    /// <summary>Columns that count in the last vector of dW, or 0 where they are all there.</summary>
    public required int LastPart { get; init; }

    /// <summary>Inputs of a tile; what is left over at the end makes a smaller one.</summary>
    public required int Rows { get; init; }

    /// <summary>The columns, left to right.</summary>
    public required EquatableArray<Panel> Panels { get; init; }

    /// <summary>The same for a single row of dW.</summary>
    public required EquatableArray<Panel> RowPanels { get; init; }

    /// <summary>The same for db, which is one row.</summary>
    public required EquatableArray<Panel> BiasPanels { get; init; }

    /// <summary>Tiles in a method; straight line only.</summary>
    public required int TilesInMethod { get; init; }

    /// <summary>
    /// Samples of a loop. The processor foresees where one of so many turns ends; where it does not, it loses some 20
    /// cycles, of a tile that takes 8 for each sample.
    /// </summary>
    public const int Foreseen = 32;

    /// <summary>
    /// Whether one sample's dZ stays in registers, half of it at a time if need be. Of longer rows that takes longer than
    /// reading dZ again for each.
    /// </summary>
    public bool KeepsRow => Outputs <= 256 && RowPanels.Sum(p => p.Count) <= 2;

    /// <summary>Rows of dW after which one sample turns to the other half of dZ, where registers hold half of it; else all.</summary>
    public int RowsInPiece => KeepsRow ? Piece.Rows(Inputs, Outputs, RowPanels) : Inputs;

    /// <summary>
    /// Whether threads that share a batch divide the columns, panel by panel, so that each has the same weights in its
    /// cache from step to step; else they divide the inputs.
    /// </summary>
    public bool DividesColumns => Form == Form.Tiles && Panels.Sum(p => p.Count) > 1;
}
