using AotBackprop.Generator.Planning;
using AotBackprop.Generator.Tests.Compiler.MemoryCheck;

namespace AotBackprop.Generator.Tests.Compiler.ScheduleCheck;

/// <summary>Rows and columns of a matrix, from the first ones up to the ends.</summary>
/// <param name="Matrix">A1, W2T.</param>
/// <param name="Width">Its columns in all: a region may hold one matrix, and later another.</param>
/// <param name="Rows">Some rows.</param>
/// <param name="Columns">Some columns.</param>
internal readonly record struct Piece(string Matrix, long Width, (long First, long End) Rows, (long First, long End) Columns)
{
    /// <summary>Of which parameters sums stand here in the place of the matrix itself: W1, b1; else empty.</summary>
    public string Sums { get; init; } = "";

    public bool Meets(Piece other) => Matrix == other.Matrix
        && (Sums == other.Sums
            ? Width != other.Width || (Meet(Rows, other.Rows) && Meet(Columns, other.Columns))
            : Sums.Length == 0 || other.Sums.Length == 0);

    public override string ToString() =>
        $"{Matrix}{(Sums.Length == 0 ? "" : $" ({Sums})")}[{Rows.First}..{Rows.End}, {Columns.First}..{Columns.End}]";

    private static bool Meet((long First, long End) a, (long First, long End) b) => Math.Max(a.First, b.First) < Math.Min(a.End, b.End);
}

/// <summary>What one thread's share of a kernel run reads and writes, for a batch.</summary>
internal sealed class SharedRun(NetworkPlan plan, WidthPlan width, KernelRun run, Situation situation)
{
    public IEnumerable<Piece> Reads => run.Reads.SelectMany(PiecesOf);

    public IEnumerable<Piece> Writes => run.Writes.SelectMany(PiecesOf);

    private LayerPlan Layer => plan.Layers[run.Layer - 1];

    private LayerPlan Above => plan.Layers[run.Layer];

    private IEnumerable<Piece> PiecesOf(Access access)
    {
        if (run.Division == Division.Turns && !situation.Has(run.Turn))
        {
            yield break;
        }

        ((long, long) rows, (long First, long End) columns) = SizesOf(access.Name);
        (long, long) own = Own();
        Piece piece = new(access.SumsIn ?? access.Name, columns.End, rows, columns)
        {
            Sums = access.SumsIn is null ? "" : access.Name,
        };
        if (run.Pass is Pass.ClearSums or Pass.ApplySums)
        {
            // Numbers in a row, wherever rows of a matrix end.
            yield return piece with { Width = 0, Rows = own, Columns = (0, 1) };
            yield break;
        }

        Piece part = access.Share switch
        {
            Share.All => piece,
            Share.Samples => piece with { Rows = (situation.First, situation.First + situation.Count) },
            _ when UnitsAreRows(access.Name) => piece with { Rows = own },
            _ => piece with { Columns = own },
        };
        if (part.Rows.First < part.Rows.End && part.Columns.First < part.Columns.End)
        {
            yield return part;
        }
    }

    /// <summary>Which of the units that the run divides are the thread's.</summary>
    private (long, long) Own() => run.Division != Division.Units ? (0, 0) : situation.Share(
        run.Pass switch
        {
            Pass.Forward or Pass.Transpose => Layer.Outputs,
            Pass.ClearSums or Pass.ApplySums => (Layer.Inputs + 1) * Layer.Outputs,
            Pass.Backward => Above.Inputs,
            Pass.WeightGradientInterleaved => Layer.Inputs,
            Pass.WeightGradient => DividesColumns ? Layer.Outputs : Layer.Inputs,
            _ => throw new InvalidOperationException($"{run.Pass} divides no units."),
        },
        run.Tile);

    // Of the inputs that are not 0 each thread takes some, whichever way the others are divided.
    private bool DividesColumns => width.Gradients[run.Layer - 1].DividesColumns && !IsSparse;

    private bool IsSparse => situation.Zeros == InputZeros.NearlyAll && Layer.SkipsZeros;

    /// <summary>
    /// Units are the columns of what has a row for each sample, and of W in a forward pass; rows of Wᵀ where it is made, of W
    /// where inputs are divided.
    /// </summary>
    private bool UnitsAreRows(string name) => run.Pass switch
    {
        Pass.Transpose => name.EndsWith('T'),
        Pass.WeightGradientInterleaved => true,
        Pass.WeightGradient => !DividesColumns,
        _ => false,
    };

    private ((long, long) Rows, (long First, long End) Columns) SizesOf(string name)
    {
        if (name is "Largest" or "Sums" or "Losses")
        {
            return ((0, situation.N), (0, 1));
        }

        LayerPlan layer = name == "X" ? plan.Layers[0] : plan.Layers[int.Parse(string.Concat(name.Where(char.IsDigit)), null) - 1];
        return name[0] switch
        {
            'X' => ((0, situation.N), (0, layer.Inputs)),
            'W' when name[^1] == 'T' && run.Pass == Pass.WeightGradientInterleaved => ((0, layer.Inputs), (0, layer.Outputs)),
            'W' when name[^1] == 'T' => ((0, layer.Outputs), (0, layer.Inputs)),
            'W' => ((0, layer.Inputs), (0, layer.Outputs)),
            'b' => ((0, 1), (0, layer.Outputs)),
            _ => ((0, situation.N), (0, layer.Outputs)),
        };
    }
}
