using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Planning;

/// <summary>Divides a training step among threads, and sets its barriers.</summary>
internal static class SchedulePlanner
{
    public static Schedule Plan(
        EquatableArray<LayerPlan> layers,
        bool isTiny,
        int lanes,
        EquatableArray<ProductPlan> forward,
        EquatableArray<ProductPlan> backward,
        EquatableArray<GradientPlan> gradients)
    {
        LayerPlan output = layers[layers.Count - 1];
        bool interleavesOutput = !isTiny && output.IsNarrowSoftmax;
        IEnumerable<KernelRun> back = layers.Skip(1).Reverse().Select(
            above => Backward(above, backward[above.Number - 2], lanes));
        KernelRun[] passes =
        [
            .. layers.Select(layer => layer == output && !isTiny && layer.FormsZAcross(lanes)
                ? ForwardInterleaved(layer)
                : Forward(layer, forward[layer.Number - 1], lanes)),
            .. interleavesOutput && output.Number == 1 ? [Interleave(output)] : Array.Empty<KernelRun>(),
            OutputGradient(output),
            .. layers.Skip(1).Select(Transpose),
            .. back,
            Findings(layers),
        ];
        return new(
            [.. WithBarriers(passes)],
            [.. layers.Reverse().SelectMany(layer => Gradients(layer, isTiny, gradients[layer.Number - 1], lanes))]);
    }

    /// <summary>
    /// A barrier stands where a run touches what others have written, or writes what they have read, beyond its own
    /// share.
    /// </summary>
    private static IEnumerable<Step> WithBarriers(IEnumerable<KernelRun> runs)
    {
        List<KernelRun> since = [];
        foreach (KernelRun run in runs)
        {
            // What was prepared is there, or this thread is alone.
            if (run.IsPrepared)
            {
                yield return run;
                continue;
            }

            if (since.Any(earlier => Dependence.IsBetween(earlier, run)))
            {
                yield return new ThreadBarrier();
                since.Clear();
            }

            since.Add(run);
            yield return run;
        }
    }

    private static string Input(LayerPlan layer) => layer.Number == 1 ? "X" : $"A{layer.Number - 1}";

    private static string Result(LayerPlan layer) => layer.IsOutput ? $"Z{layer.Number}" : $"A{layer.Number}";

    /// <summary>What a product leaves: Z of the output layer, A of a hidden one, and f′(Z) where it is kept.</summary>
    private static IEnumerable<Access> Results(LayerPlan layer, Share share) =>
        layer.KeepsSlope
            ? [new(Result(layer), share), new($"Slope{layer.Number}", share)]
            : [new(Result(layer), share)];

    private static KernelRun Forward(LayerPlan layer, ProductPlan product, int lanes)
    {
        KernelRun byUnits = new()
        {
            Pass = Pass.Forward,
            Layer = layer.Number,
            Division = Division.Units,
            Tile = product.Tiles[0].Panels[0].Vectors * lanes,
            Reads =
            [
                new(Input(layer), Share.All),
                new($"W{layer.Number}", Share.Units),
                new($"b{layer.Number}", Share.Units),
            ],
            Writes = [.. Results(layer, Share.Units)],
        };
        KernelRun bySamples = byUnits with
        {
            Division = Division.Samples,
            Tile = 1,
            Reads =
            [
                new(Input(layer), Share.Samples),
                new($"W{layer.Number}", Share.All),
                new($"b{layer.Number}", Share.All),
            ],
            Writes = [.. Results(layer, Share.Samples)],
        };
        KernelRun dense = product.DividesColumns ? byUnits : bySamples;
        return layer.SkipsZeros ? dense with { WhereNearlyAllAreZero = bySamples } : dense;
    }

    private static KernelRun ForwardInterleaved(LayerPlan output) => new()
    {
        Pass = Pass.ForwardInterleaved,
        Layer = output.Number,
        Division = Division.Samples,
        Reads =
        [
            new(Input(output), Share.Samples), new($"W{output.Number}", Share.All), new($"b{output.Number}", Share.All),
        ],

        // dZ of the layer below is not there yet: its place takes A across lanes.
        Writes = [new(Result(output), Share.Samples), new($"dZ{output.Number - 1}", Share.Samples)],
    };

    private static KernelRun Interleave(LayerPlan output) => new()
    {
        Pass = Pass.Interleave,
        Layer = output.Number,
        Division = Division.Samples,
        Reads = [new(Result(output), Share.Samples)],
        Writes = [new(Result(output), Share.Samples)],
    };

    private static KernelRun OutputGradient(LayerPlan output)
    {
        int L = output.Number;
        return new()
        {
            Pass = Pass.OutputGradient,
            Layer = L,
            Division = Division.Samples,
            Reads = [new($"Z{L}", Share.Samples)],
            Writes =
            [
                new($"A{L}", Share.Samples), new($"dZ{L}", Share.Samples), new(
                    "Largest", Share.Samples), new("Sums", Share.Samples),
            ],
        };
    }

    private static KernelRun Transpose(LayerPlan layer) => new()
    {
        Pass = Pass.Transpose,
        Layer = layer.Number,
        Division = Division.Units,
        IsPrepared = true,
        Reads = [new($"W{layer.Number}", Share.Units)],
        Writes = [new($"W{layer.Number}T", Share.Units)],
    };

    private static KernelRun Backward(LayerPlan above, ProductPlan product, int lanes)
    {
        int l = above.Number - 1;
        Share share = product.DividesColumns ? Share.Units : Share.Samples;
        return new()
        {
            Pass = Pass.Backward,
            Layer = l,
            Division = product.DividesColumns ? Division.Units : Division.Samples,
            Tile = product.DividesColumns ? product.Tiles[0].Panels[0].Vectors * lanes : 1,
            Reads =
            [
                new($"dZ{l + 1}", product.DividesColumns ? Share.All : Share.Samples),
                new($"W{l + 1}T", product.DividesColumns ? Share.Units : Share.All),
                new(above.HiddenDerivativeFrom, share),
            ],
            Writes = [new($"dZ{l}", share)],
        };
    }

    private static KernelRun Findings(EquatableArray<LayerPlan> layers)
    {
        LayerPlan output = layers[layers.Count - 1];
        return new()
        {
            Pass = Pass.Findings,
            Layer = output.Number,
            Division = Division.Samples,
            Reads =
            [
                new($"Z{output.Number}", Share.Samples), new("Largest", Share.Samples), new("Sums", Share.Samples),
                .. layers.Select(l => new Access($"dZ{l.Number}", Share.Samples)),
                .. layers.Where(l => !l.IsOutput).Select(l => new Access($"A{l.Number}", Share.Samples)),
            ],
            Writes = [new("Losses", Share.Samples)],
        };
    }

    private static IEnumerable<KernelRun> Gradients(LayerPlan layer, bool isTiny, GradientPlan plan, int lanes)
    {
        int l = layer.Number;
        bool isInterleaved = !isTiny && layer.LeavesLanesEmpty && lanes == AcrossPlan.Samples;
        KernelRun weights = WeightGradient(layer, plan, lanes);
        return
        [
            isInterleaved ? Interleaved(layer) with { Otherwise = weights } : weights,
            new()
            {
                Pass = Pass.BiasGradient,
                Layer = l,
                Division = Division.Turns,
                Turn = (2 * l) - 1,
                Reads = [new($"dZ{l}", Share.All)],
                Writes = [new($"b{l}", Share.All)],
            },
        ];
    }

    private static KernelRun WeightGradient(LayerPlan layer, GradientPlan plan, int lanes)
    {
        int l = layer.Number;
        KernelRun run = new()
        {
            Pass = Pass.WeightGradient,
            Layer = l,
            Division = plan.Form == Form.Tiles ? Division.Units : Division.Turns,
            Tile = plan.DividesColumns ? plan.Panels[0].Vectors * lanes : plan.Rows,
            Turn = 2 * l,
            Reads = [new(Input(layer), Share.All), new($"dZ{l}", Share.All)],
            Writes = [new($"W{l}", plan.Form == Form.Tiles ? Share.Units : Share.All)],
        };
        return layer.SkipsZeros ? run with { WhereNearlyAllAreZero = run with { Tile = plan.Rows } } : run;
    }

    private static KernelRun Interleaved(LayerPlan layer)
    {
        int l = layer.Number;
        return new()
        {
            Pass = Pass.WeightGradientInterleaved,
            Layer = l,
            Division = Division.Units,
            Tile = AcrossPlan.Samples,
            Reads = [new(Input(layer), Share.All), new($"dZ{l}", Share.All)],
            Writes = [new($"W{l}T", Share.Units), new($"W{l}", Share.Units)],
        };
    }
}
