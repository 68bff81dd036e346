using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Planning;

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

    /// <summary>
    /// Floats of a panel of the right factor, where the first tile of many rows copies it for the others; else 0.
    /// </summary>
    public required int Packed { get; init; }

    /// <summary>Whether the largest of the left factor is found on the way; see <see cref="SeenInStep"/>.</summary>
    public required bool FindsLargest { get; init; }

    /// <summary>Register tiles, the one with the most rows first, the last with one row.</summary>
    public required EquatableArray<RowTile> Tiles { get; init; }

    /// <summary>
    /// Floats of the left factor that a step of the tallest tile looks at, in search of the largest: as many as the
    /// tile has rows, so that its last step ends with its last float. A vector of so many has to exist.
    /// </summary>
    public const int SeenInStep = 8;

    /// <summary>Inputs up to which a dot product has no loop.</summary>
    public const int LongestDotProduct = 128;

    public bool Packs => Packed > 0;

    /// <summary>
    /// Steps of the inner index after which a single row turns to the next columns, where registers hold the sums of
    /// some of them only; else all steps.
    /// </summary>
    public required int StepsInPiece { get; init; }

    /// <summary>
    /// Whether threads that share a batch divide the columns, panel by panel; else they divide the rows, as where there
    /// are few columns.
    /// </summary>
    public required bool DividesColumns { get; init; }
}

/// <summary>A register tile of a product.</summary>
internal sealed record RowTile
{
    /// <summary>Rows at a time.</summary>
    public required int Rows { get; init; }

    /// <summary>The columns, left to right.</summary>
    public required EquatableArray<Panel> Panels { get; init; }

    /// <summary>Into which methods it is cut.</summary>
    public required Cut Cut { get; init; }

    /// <summary>Steps of the inner index in a method, where it is cut by them.</summary>
    public required int Segment { get; init; }

    /// <summary>
    /// Whether it packs a panel of the right factor for the other tiles, and reads it itself from the second row tile
    /// on.
    /// </summary>
    public required bool Packs { get; init; }

    /// <summary>Whether it finds the largest of the left factor.</summary>
    public required bool FindsLargest { get; init; }

    /// <summary>
    /// Whether it goes through the right factor in blocks of rows; see <see cref="ProductPlan.StepsInPiece"/>.
    /// </summary>
    public required bool IsInBlocks { get; init; }

    /// <summary>Steps of the inner index in a loop's body, for each panel.</summary>
    public required EquatableArray<int> StepsInLoop { get; init; }

    /// <summary>One row, step by step.</summary>
    public static RowTile OneRow(EquatableArray<Panel> panels, int inner) => new()
    {
        Rows = 1,
        Panels = panels,
        Cut = Cut.None,
        Segment = inner,
        Packs = false,
        FindsLargest = false,
        IsInBlocks = false,
        StepsInLoop = new(panels.Select(_ => 1)),
    };
}

/// <summary>Into which methods a straight line is cut.</summary>
internal enum Cut
{
    /// <summary>One method.</summary>
    None,

    /// <summary>A method for each group of columns.</summary>
    Groups,

    /// <summary>A method for some steps of the inner index, which hands its sums to the next.</summary>
    Steps,
}

/// <summary>One or more neighbouring groups of vectors, each as wide as a register tile.</summary>
/// <param name="FirstVector">Where it begins.</param>
/// <param name="Vectors">Vectors in a group.</param>
/// <param name="Count">Groups.</param>
internal sealed record Panel(int FirstVector, int Vectors, int Count)
{
    public int EndVector => FirstVector + (Vectors * Count);
}
