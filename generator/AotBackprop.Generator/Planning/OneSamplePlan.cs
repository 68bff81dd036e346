using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Planning;

/// <summary>Forward and a step on one sample, in one method each, for a vector width.</summary>
internal sealed record OneSamplePlan
{
    /// <summary>
    /// Weights up to which there are such methods: with more, a call for each pass takes no part of the time.
    /// </summary>
    public const int MostWeights = 8000;

    /// <summary>Classes up to which there are: as many as the softmax takes in a straight line.</summary>
    public const int MostClasses = SoftmaxPlan.LongestLine;

    /// <summary>Floats in which a row of dZ stands again and again; see <see cref="RowsForm.Flat"/>.</summary>
    public const int RepeatedFloats = 128;

    /// <summary>Vectors of which a line adds the magnitudes.</summary>
    public const int SummedTogether = 4;

    /// <summary>Lines of those of a matrix, up to which they are no loop.</summary>
    public const int LongestSum = 8;

    /// <summary>Weights of a layer up to which they are transposed one by one, without a call.</summary>
    public const int MostCopied = 64;

    /// <summary>Vectors of dZ up to which W comes into columns in a straight line.</summary>
    public const int GroupsInLine = 2;

    /// <summary>
    /// Words of the vocabulary that a method of one sample may have. With some 500 locals, the compiler no longer
    /// inlines them.
    /// </summary>
    public const int MostWords = 350;

    // Columns of W up to which registers put it in columns.
    private const int MostColumnsInRegisters = 4;

    // Multiply-adds up to which a product has no loop, and of a loop's body.
    private const int StraightSteps = 28;
    private const int StepsInLoop = 8;

    // The same for updates, and for those of rows that share vectors, whose lines are long.
    private const int StraightUpdates = 32;
    private const int StraightShared = 16;
    private const int UpdatesInLoop = 4;

    /// <summary>Steps in a turn of the loop of Z = A W + b, for each layer; 0 without a loop.</summary>
    public required EquatableArray<int> Forward { get; init; }

    /// <summary>The same of dA = dZ Wᵀ, from the second layer's on.</summary>
    public required EquatableArray<int> Backward { get; init; }

    /// <summary>Z of each layer with so few columns that a vector has several rows of W.</summary>
    public required EquatableArray<FewColumnsPlan> FewColumns { get; init; }

    /// <summary>dW and db of each layer, applied.</summary>
    public required EquatableArray<DescentPlan> Descents { get; init; }

    public static bool Fits(EquatableArray<LayerPlan> layers) =>
        layers.Sum(l => l.Weights) <= MostWeights && layers[layers.Count - 1].Outputs <= MostClasses;

    /// <summary>
    /// Whether registers have Wᵀ, so that it is not written: of few columns, or of one row, and dA is one sum.
    /// </summary>
    public static bool TransposesInRegisters(LayerPlan above) =>
        above.BackwardChunks == 1 && (above.Outputs <= MostColumnsInRegisters || above.Inputs == 1);

    /// <summary>Whether every lane has the layer's one entry of Z and dZ.</summary>
    public static bool IsInEveryLane(LayerPlan layer) => layer.IsDotProduct && layer.IsOutput;

    public static OneSamplePlan Plan(int lanes, EquatableArray<LayerPlan> layers) => new()
    {
        Forward = new(layers.Select(l =>
            l.IsDotProduct ? 0 : Steps(l.Inputs, Vectors(l.Outputs, lanes), l.ForwardChunks))),
        Backward = new(layers.Skip(1).Select(l =>
            Steps(l.Outputs, Vectors(l.Inputs, lanes), l.BackwardChunks))),
        FewColumns = new(layers.Select(l => FewColumnsPlan.Of(l, lanes))),
        Descents = new(layers.Select(l => Descent(l, lanes))),
    };

    private static int Steps(int inner, int vectors, int chunks)
    {
        // As many turns as leave no rest, if there are.
        int most = Math.Max(1, StepsInLoop / vectors / chunks) * chunks;
        int even = Enumerable.Range(1, most / chunks).Select(n => n * chunks).LastOrDefault(n => inner % n == 0);
        return inner * vectors <= StraightSteps || inner < 2 * most ? 0 : 2 * even > most ? even : most;
    }

    private static DescentPlan Descent(LayerPlan layer, int lanes)
    {
        int vectors = Vectors(layer.Outputs, lanes);
        RowsForm form = layer.Outputs % lanes == 0 || layer.Outputs >= 2 * lanes ? RowsForm.ByRows : RowsForm.Flat;

        // Whole vectors of W are those of as many rows as a vector has lanes.
        int rows = form == RowsForm.Flat ? lanes : Math.Max(1, UpdatesInLoop / vectors);
        int updates = form == RowsForm.Flat ? layer.Inputs * layer.Outputs / lanes : layer.Inputs * vectors;
        int most = form == RowsForm.Flat ? StraightShared : StraightUpdates;
        long part = (form == RowsForm.Flat ? layer.Weights : layer.Outputs) % lanes;
        return new()
        {
            Form = form,
            Rows = updates <= most || layer.Inputs < 2 * rows ? 0 : rows,
            BeginsWithBias = part is <= 4 or 8,
        };
    }

    private static int Vectors(int floats, int lanes) => (floats + lanes - 1) / lanes;
}

/// <summary>Several rows of W in a vector, each in a sum of its own.</summary>
internal sealed record FewColumnsPlan
{
    /// <summary>Columns up to which there may be several.</summary>
    public const int MostColumns = 4;

    /// <summary>Sums over the inputs modulo their number.</summary>
    public const int Sums = 4;

    // Inputs up to which there is no loop.
    private const int LongestLine = 32;

    /// <summary>Lanes of a row.</summary>
    public required int Width { get; init; }

    /// <summary>Rows of a vector; 0 where a row has one or more of its own.</summary>
    public required int Rows { get; init; }

    /// <summary>Rows that are in a loop, as many in a turn as a vector has entries of A.</summary>
    public required int Looped { get; init; }

    /// <summary>Whether registers keep W while it is multiplied by many rows.</summary>
    public required bool KeepsWeights { get; init; }

    public bool HasSeveralRows => Rows > 0;

    public static FewColumnsPlan Of(LayerPlan layer, int lanes)
    {
        int width = layer.Outputs <= 2 ? 2 : 4, rows = Math.Min(Sums, lanes / width);
        bool hasSeveral = layer.Outputs is > 1 and <= MostColumns && layer.ForwardChunks == Sums && rows > 1;

        // There are two registers for each lane of the widest vectors, and for others more.
        bool keeps = layer.Inputs <= LongestLine && (layer.Inputs + rows - 1) / rows <= lanes;
        return new()
        {
            KeepsWeights = keeps,
            Width = width,
            Rows = hasSeveral ? rows : 0,
            Looped = layer.Inputs > LongestLine ? layer.Inputs / lanes * lanes : 0,
        };
    }
}

/// <summary>How one sample's dW is applied.</summary>
internal sealed record DescentPlan
{
    public required RowsForm Form { get; init; }

    /// <summary>Rows in a turn of a loop; 0 without a loop.</summary>
    public required int Rows { get; init; }

    /// <summary>
    /// Whether b comes before W: the next step's sums begin with b, and would wait for it. Not where the last vector of
    /// W is loaded under a mask: such a load counts as one of what is behind W too, and would wait for the store of b.
    /// </summary>
    public required bool BeginsWithBias { get; init; }

    /// <summary>Vectors of dZ up to which registers keep them.</summary>
    public const int MostKept = 8;
}

/// <summary>How W is made of vectors.</summary>
internal enum RowsForm
{
    /// <summary>Row by row, of whose last vector some lanes may count.</summary>
    ByRows,

    /// <summary>
    /// As one array, where rows are short: a vector has entries of several rows, and lanes are left only at the end.
    /// </summary>
    Flat,
}
