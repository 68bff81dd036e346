namespace AotBackprop.Generator.Planning;

/// <summary>
/// The gradient of a batch of more than <see cref="GradientPlan.BlockSamples"/> samples, in the order and with the
/// barriers of the runtime library (NetworkFunctions.BlockSums): sums are cleared, each thread adds to its own the
/// gradient of one block of samples after the other, and then they are applied.
/// </summary>
internal static class BlockSchedule
{
    /// <param name="gradient">Every dW and db, the last layer first.</param>
    /// <param name="areTogether">
    /// Whether all sums take the place of Z of the output layer; else those of each layer that of its own A or Z.
    /// </param>
    public static IEnumerable<Step> Of(IEnumerable<Step> gradient, bool areTogether)
    {
        KernelRun[] runs = [.. gradient.OfType<KernelRun>()];
        int last = runs[0].Layer;
        foreach (IGrouping<int, KernelRun> some in runs.GroupBy(run => areTogether ? last : run.Layer))
        {
            string place = some.Key == last ? $"Z{last}" : $"A{some.Key}";
            int[] layers = [.. some.Select(run => run.Layer).Distinct()];
            yield return new ThreadBarrier();
            foreach (int l in layers)
            {
                yield return OfSums(Pass.ClearSums, l, [], Parameters(l, place));
            }

            yield return new ThreadBarrier();
            foreach (KernelRun run in some)
            {
                yield return In(place, run);
            }

            yield return new ThreadBarrier();
            foreach (int l in layers)
            {
                yield return OfSums(Pass.ApplySums, l, Parameters(l, place), Parameters(l, null));
            }
        }
    }

    private static Access[] Parameters(int layer, string? place) =>
    [
        new($"W{layer}", Share.Units) { SumsIn = place },
        new($"b{layer}", Share.Units) { SumsIn = place },
    ];

    private static KernelRun OfSums(Pass pass, int layer, Access[] reads, Access[] writes) => new()
    {
        Pass = pass,
        Layer = layer,
        Division = Division.Units,
        Tile = AcrossPlan.Samples,
        Reads = new(reads),
        Writes = new(writes),
    };

    // Wᵀ, whose place dW across takes, stays where it is.
    private static KernelRun In(string place, KernelRun run) => run with
    {
        Writes = new(run.Writes.Select(write => write.Name.EndsWith("T") ? write : write with { SumsIn = place })),
        Otherwise = run.Otherwise is { } otherwise ? In(place, otherwise) : null,
        WhereNearlyAllAreZero = run.WhereNearlyAllAreZero is { } sparse ? In(place, sparse) : null,
    };
}
