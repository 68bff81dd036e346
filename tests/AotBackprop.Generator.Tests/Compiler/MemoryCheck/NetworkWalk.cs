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

            foreach (Situation block in Blocks(situation))
            {
                KernelWalk ofBlock = new(all, width.Lanes, memory, block, watch);
                foreach (Kernel kernel in all.Where(k => IsGradient(k) && IsCalled(k, block)))
                {
                    ofBlock.Walk(kernel);
                }
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

    // The last samples, and the very last, as blocks of which dW and db are formed: kernels don't know their length.
    private static IEnumerable<Situation> Blocks(Situation situation) =>
        from first in new[] { 16, (situation.N - 1) / 16 * 16 }
        where first > 0 && first < situation.N
        select situation with { Block = (first, situation.N - first), SkipsZeroGradients = true };

    private static bool IsGradient(Kernel kernel) => kernel is { IsPublic: true, Name: "Descend" or "GradientAcross" };

    // Blocks of samples are for batches that have one, the methods of one sample for one, of few for few.
    private static bool IsCalled(Kernel kernel, Situation situation) =>
        kernel.Name.EndsWith("Across", StringComparison.Ordinal) ? situation.N >= 16
        : kernel.Name.EndsWith("Few", StringComparison.Ordinal) ? situation.N is > 1 and <= FewSamplesPlan.MostSamples
        : !kernel.Name.EndsWith("One", StringComparison.Ordinal) || situation.N == 1;
}
