using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Planning;

/// <summary>
/// dW = Aᵀ dZ by register tiles of inputs and vectors of outputs, summed over the samples of a block ascending.
/// </summary>
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
    /// Whether whole tiles, one of inputs behind the other, are the turns of a loop; straight line only. Each has a
    /// loop over the samples, beside which that is nothing.
    /// </summary>
    public required bool LoopsOverTiles { get; init; }

    /// <summary>
    /// The most samples that one sum takes: Part.BlockSamples of the runtime library, which adds the sums of blocks of
    /// so many, so that the error does not grow with the batch.
    /// </summary>
    public const int BlockSamples = 4096;

    /// <summary>
    /// Samples of a loop. The processor foresees where one of so many turns ends; where it does not, it loses some 20
    /// cycles, of a tile that takes 8 for each sample.
    /// </summary>
    public const int Foreseen = 32;

    /// <summary>Whether tiles have a form for one sample: where the network has no methods for it.</summary>
    public required bool HasFormForOne { get; init; }

    /// <summary>
    /// Whether one sample's dZ stays in registers, half of it at a time if need be. Of longer rows that takes longer
    /// than reading dZ again for each.
    /// </summary>
    public required bool KeepsRow { get; init; }

    /// <summary>
    /// Rows of dW after which one sample turns to the other half of dZ, where registers hold half of it; else all.
    /// </summary>
    public required int RowsInPiece { get; init; }

    /// <summary>
    /// Whether threads that share a batch divide the columns, panel by panel, so that each has the same weights in its
    /// cache from step to step; else they divide the inputs.
    /// </summary>
    public required bool DividesColumns { get; init; }
}
