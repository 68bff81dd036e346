using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Planning;

/// <summary>
/// Chooses form and register tiles of each pass for a vector width. Nothing here changes a bit of a result.
/// </summary>
internal static class TilePlanner
{
    /// <summary>
    /// Words of the vocabulary that a method may hold. The compiler makes about one local of each, and past a thousand
    /// tracked locals it keeps values on the stack: its code becomes ten times slower.
    /// </summary>
    public const int MethodBudget = 400;

    /// <summary>What a load or store of part of a vector counts, beside its own word.</summary>
    public const int PartWords = 2;

    // Words of a tile's dA up to which its sum has no loop: it has less to wait for than Z, and gains less.
    private const int LongestBack = 240;

    // Rows at a time of those that fill no tile: a batch of a power of two leaves two or four of six.
    private const int LeftoverRows = 2;

    // Tiles, one behind the other, from which on a loop goes over them.
    private const int FewestTilesOfLoop = 4;

    // Multiplications of a loop's body up to which it is short.
    private const int ShortBody = 12;

    // Outputs up to which a row of dZ, or half of it, stays in registers while one sample's dW goes by rows.
    private const int LongestKeptRow = 256;

    // Inputs of few units from which on dW has them in lanes, and up to which it is not divided among threads.
    private const int LeastOfFewColumns = 8;
    private const int MostOfFewColumns = 1024;

    // Rows so many floats apart, 1 KB, begin in a few of a cache's sets only, and share them when a panel of them is
    // read again for each tile of samples: of one larger than this, 32 KB, not all stays even in the second cache.
    private const int CollidingStride = 256;
    private const int LargestCollidingPanel = 8_192;

    public static WidthPlan Plan(InstructionSet width, EquatableArray<LayerPlan> layers, bool isTiny, Unrolling unroll)
    {
        EquatableArray<ProductPlan> forward = new(layers.Select(l =>
            l.IsDotProduct ? RowByRow(l, Form.DotProduct)
            : unroll == Unrolling.Auto && FewColumnsPlan.Of(l, width.Lanes).HasSeveralRows
                ? RowByRow(l, Form.FewColumns)
            : PlanProduct(
                width,
                !isTiny && l.FormsZAcross(width.Lanes) ? OfLeftover(unroll) : unroll,
                l.Inputs,
                l.Outputs,
                l.ForwardChunks,
                l.InputStride,
                l.Outputs,
                l.Stride,
                finds: l.Number == 1 && !isTiny)));
        EquatableArray<ProductPlan> backward = new(layers.Skip(1).Select(l => PlanProduct(
            width,
            unroll,
            l.Outputs,
            l.Inputs,
            l.BackwardChunks,
            l.Stride,
            l.InputStride,
            l.InputStride,
            finds: false,
            LongestBack)));
        bool forOne = !OneSamplePlan.Fits(layers);
        EquatableArray<GradientPlan> gradients = new(layers.Select(l => PlanGradient(width, unroll, l, forOne)));
        return new()
        {
            Lanes = width.Lanes,
            KeptVectors = width.Registers / 4,
            IsEverywhere = width.IsEverywhere,
            Interleaved = PlanInterleaved(width, layers[layers.Count - 1]),
            Forward = forward,
            Backward = backward,
            Gradients = gradients,
            Scattered = PlanScattered(Vectors(layers[0].Outputs, width.Lanes), layers[0].Outputs % width.Lanes),
            OneSample = OneSamplePlan.Plan(width.Lanes, layers),
            FewSamples = FewSamplesPlan.Plan(width.Lanes, layers),
            Schedule = SchedulePlanner.Plan(layers, isTiny, width.Lanes, forward, backward, gradients),
        };
    }

    private static InterleavedPlan PlanInterleaved(InstructionSet set, LayerPlan output)
    {
        const int Block = AcrossPlan.Samples;

        // As many classes at a time as there are sums, in groups of about one size; then chunks, by twos.
        int classes = output.Outputs;
        int groups = (classes + set.InterleavedSums - 1) / set.InterleavedSums;
        int columns = (classes + groups - 1) / groups;
        int chunks = Math.Min(output.ForwardChunks, set.InterleavedSums / columns);
        int vectors = Math.Min(2, Block / set.Lanes);
        return new()
        {
            Vectors = vectors,
            Columns = InstructionSet.LatencyHidingSums / vectors,
            GradientColumns = set.InterleavedGradientColumns,
            GradientSums = set.InterleavedSums,
            KeepsExponentials = classes <= set.RegisterExponentials,
            OutputColumns = columns,
            OutputChunks = chunks >= 4 ? 4 : chunks >= 2 ? 2 : 1,
            OutputGradientVectors = Math.Min(set.InterleavedSums / classes, output.InputStride / Block),
        };
    }

    private static ProductPlan RowByRow(LayerPlan layer, Form form) => new()
    {
        Form = form,
        Inner = layer.Inputs,
        Columns = layer.Outputs,
        Chunks = layer.ForwardChunks,
        InputStride = layer.InputStride,
        WeightStride = layer.Outputs,
        OutputStride = layer.Stride,
        LastPart = layer.Outputs,
        Packed = 0,
        FindsLargest = false,
        StepsInPiece = layer.Inputs,
        DividesColumns = false,
        Tiles = [RowTile.OneRow([new Panel(0, 1, 1)], layer.Inputs)],
    };

    private static ProductPlan PlanProduct(
        InstructionSet width,
        Unrolling unroll,
        int inner,
        int columns,
        int chunks,
        int inputStride,
        int weightStride,
        int outputStride,
        bool finds,
        int longest = MethodBudget)
    {
        int vectors = Vectors(columns, width.Lanes);
        width = width.ForRowsOf(vectors);
        int wide = Math.Min(vectors, width.TileVectors);
        int main = width.TileRows.First(rows => rows == 1 || rows * wide * chunks <= width.TileSums);

        // Padded right factors have whole vectors.
        int lastPart = weightStride == columns ? columns % width.Lanes : 0;
        int StepWords(int rows, int across) => (rows * across) + rows + across + (lastPart == 0 ? 0 : PartWords);

        // A multiple of the chunks, so that each segment begins with the first of them.
        int Segment(int step) =>
            step * inner <= MethodBudget ? inner : Math.Max(1, MethodBudget / step / chunks) * chunks;

        Form form = Choose(unroll, vectors <= wide && StepWords(main, vectors) * inner <= longest);
        RowShape[] shapes =
        [
            .. from rows in width.TileRows
               where rows == main || rows <= Math.Min(main, LeftoverRows)
               let across = Math.Min(vectors, SideBySide(width, rows, wide, chunks))
               let step = StepWords(rows, across)
               where form == Form.Tiles || step * inner <= MethodBudget || rows == 1
               select new RowShape(rows, Panels(vectors, across, lastPart), form == Form.Tiles ? inner : Segment(step)),
        ];
        int panel = inner * shapes[0].Panels[0].Vectors * width.Lanes;
        bool collides = weightStride % CollidingStride == 0 && panel > LargestCollidingPanel;
        bool isPlain = form == Form.Tiles && chunks == 1, packs = isPlain && shapes[0].Rows > 1 && collides;

        // The rows of X lie one behind the other, so that those of a tile are one piece.
        finds &= isPlain && shapes[0].Rows == ProductPlan.SeenInStep;
        int piece = isPlain ? KBlocking.Rows(inner, weightStride, shapes[shapes.Length - 1].Panels) : inner;
        return new ProductPlan
        {
            Form = form,
            Inner = inner,
            Columns = columns,
            Chunks = chunks,
            InputStride = inputStride,
            WeightStride = weightStride,
            OutputStride = outputStride,
            LastPart = lastPart,
            Packed = packs ? panel : 0,
            FindsLargest = finds,
            StepsInPiece = piece,
            DividesColumns = form == Form.Tiles && columns > AcrossPlan.Samples && Groups(shapes[0].Panels) > 1,
            Tiles = new(shapes.Select((shape, number) =>
                TileOf(shape, form, (inner, chunks), piece, packs && number == 0, finds && number == 0))),
        };
    }

    // Vectors of a tile's rows, so that as many sums go side by side as hide a latency.
    private static int SideBySide(InstructionSet width, int rows, int wide, int chunks) => rows > 1
        ? Math.Max(wide, InstructionSet.LatencyHidingSums / (rows * chunks))
        : chunks == 1 ? width.RowRegisters : Math.Max(1, InstructionSet.LatencyHidingSums / chunks);

    private static RowTile TileOf(
        RowShape shape, Form form, (int Steps, int Chunks) sum, int piece, bool packs, bool finds) => new()
        {
            Rows = shape.Rows,
            Panels = shape.Panels,
            Segment = shape.Segment,
            Cut = CutOf(form, shape, sum.Steps),
            Packs = packs,
            FindsLargest = finds,
            IsInBlocks = shape.Rows == 1 && piece < sum.Steps,
            StepsInLoop = new(shape.Panels.Select(p => StepsInLoop(
                shape.Rows * p.Vectors, sum.Chunks, sum.Steps, isPlain: shape.Rows > 1 && !finds))),
        };

    private static Cut CutOf(Form form, RowShape shape, int inner) => form == Form.Tiles ? Cut.None
        : shape.Segment < inner ? Cut.Steps
        : Groups(shape.Panels) > 1 ? Cut.Groups
        : Cut.None;

    /// <summary>A tile's rows and vectors, and how many steps of the sum a method of it has.</summary>
    private sealed record RowShape(int Rows, EquatableArray<Panel> Panels, int Segment);

    // A step for each of the sums that take turns. Twice as many where the body stays short: it jumps less often, and
    // how it lies in cache lines, which no compiler option decides, matters less.
    private static int StepsInLoop(int sums, int chunks, int inner, bool isPlain) =>
        isPlain && chunks * sums <= ShortBody && inner >= 16 * chunks ? 2 * chunks : chunks;

    private static int Groups(IEnumerable<Panel> panels) => panels.Sum(p => p.Count);

    private static GradientPlan PlanGradient(
        InstructionSet width, Unrolling unroll, LayerPlan layer, bool hasFormForOne)
    {
        int vectors = Vectors(layer.Outputs, width.Lanes);
        width = width.ForRowsOf(vectors);
        int wide = Math.Min(vectors, width.TileVectors);
        int rows = width.TileRows.First(r => r * wide <= width.TileSums);
        int lastPart = layer.Outputs % width.Lanes;

        // Of a tile: each sum set to 0, added to, and stored with the old weight loaded and the update made.
        int tileWords = (5 * rows * wide) + rows + wide + (lastPart == 0 ? 0 : 2 * PartWords * rows);
        int tilesInMethod = Math.Max(1, MethodBudget / tileWords);
        int tiles = (layer.Inputs + rows - 1) / rows * ((vectors + wide - 1) / wide);
        bool areFew = unroll == Unrolling.Auto && layer.Outputs <= FewColumnsPlan.MostColumns
            && layer.Inputs is >= LeastOfFewColumns and <= MostOfFewColumns;
        Form form = areFew ? Form.FewColumns : Choose(unroll, tiles <= tilesInMethod);
        EquatableArray<Panel> panels = Panels(vectors, wide, lastPart);
        EquatableArray<Panel> rowPanels = Panels(vectors, Math.Min(vectors, width.RowRegisters), lastPart);
        bool keepsRow = layer.Outputs <= LongestKeptRow && Groups(rowPanels) <= 2;
        return new GradientPlan
        {
            Form = form,
            Inputs = layer.Inputs,
            Outputs = layer.Outputs,
            InputStride = layer.InputStride,
            GradientStride = layer.Stride,
            LastPart = lastPart,
            Rows = areFew ? InstructionSet.LatencyHidingSums / layer.Outputs * width.Lanes : rows,
            Panels = panels,
            RowPanels = rowPanels,
            HasFormForOne = hasFormForOne,
            KeepsRow = keepsRow,
            RowsInPiece = keepsRow ? KBlocking.Rows(layer.Inputs, layer.Outputs, rowPanels) : layer.Inputs,
            DividesColumns = form == Form.Tiles && Groups(panels) > 1,
            BiasPanels = Panels(vectors, Math.Min(vectors, 4), lastPart),
            TilesInMethod = tilesInMethod,
            LoopsOverTiles = layer.Inputs % rows == 0 && layer.Inputs / rows >= FewestTilesOfLoop,
        };
    }

    private static EquatableArray<Panel> PlanScattered(int vectors, int lastPart) =>
        Panels(vectors, Math.Min(vectors, InstructionSet.LatencyHidingSums), lastPart);

    // Fewer than 16 rows are left over by blocks with a sample in each lane: too few for a long straight line.
    private static Unrolling OfLeftover(Unrolling unroll) => unroll == Unrolling.Auto ? Unrolling.Tiled : unroll;

    private static Form Choose(Unrolling unroll, bool fits) => unroll switch
    {
        Unrolling.Full => Form.StraightLine,
        Unrolling.Tiled => Form.Tiles,
        _ => fits ? Form.StraightLine : Form.Tiles,
    };

    /// <summary>
    /// Groups of vectors, left to right. A group whose last vector is only in part there stands alone.
    /// </summary>
    private static EquatableArray<Panel> Panels(int vectors, int across, int lastPart)
    {
        int whole = (lastPart == 0 ? vectors : vectors - 1) / across;
        int rest = vectors - (whole * across);
        List<Panel> panels = [];
        if (whole > 0)
        {
            panels.Add(new Panel(0, across, whole));
        }

        if (rest > 0)
        {
            panels.Add(new Panel(whole * across, rest, 1));
        }

        return new(panels);
    }

    private static int Vectors(int floats, int lanes) => (floats + lanes - 1) / lanes;
}
