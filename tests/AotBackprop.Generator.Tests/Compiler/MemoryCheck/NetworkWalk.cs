using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Tests.Compiler.MemoryCheck;

/// <summary>Walks the methods of a network that are called from outside, in every situation in which they may be.</summary>
internal static class NetworkWalk
{
    /// <summary>The uses of memory beyond its ends.</summary>
    public static BoundsWatch Bounds(NetworkPlan plan, WidthPlan width, IEnumerable<Kernel> kernels, params IEnumerable<long> batches)
    {
        Kernel[] all = [.. kernels];
        BoundsWatch watch = new();
        foreach (Situation situation in batches.SelectMany(N => Situations(plan, N)))
        {
            BatchMemory memory = new(plan, situation.N);
            KernelWalk walk = new(all, width.Lanes, memory, situation, watch);
            foreach (Kernel kernel in all.Where(k => k.IsPublic && IsCalled(k, situation)))
            {
                walk.Walk(kernel);
            }
        }

        return watch;
    }

    private static IEnumerable<Situation> Situations(NetworkPlan plan, long N) =>
        from ranks in new[] { 1, 2 }
        from rank in Enumerable.Range(0, ranks)
        from zeros in plan.Layers[0].SkipsZeros ? Enum.GetValues<InputZeros>() : [InputZeros.Few]
        from other in new[] { false, true }
        select new Situation
        {
            N = N,
            Rank = rank,
            Ranks = ranks,
            Zeros = zeros,
            HasLabels = !other,
            SkipsZeroGradients = other,
            IsInRows = other && ranks == 1,
        };

    // Blocks of samples are for batches that have one, the methods of one sample for one.
    private static bool IsCalled(Kernel kernel, Situation situation) =>
        kernel.Name.EndsWith("Across", StringComparison.Ordinal) ? situation.N >= 16
        : !kernel.Name.EndsWith("One", StringComparison.Ordinal) || situation.N == 1;
}
