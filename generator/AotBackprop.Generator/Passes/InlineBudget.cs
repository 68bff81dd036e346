using AotBackprop.Generator.Nodes;

namespace AotBackprop.Generator.Passes;

/// <summary>
/// Kernels with more words than the compiler inlines into one method take functions of the system in their place, which
/// it knows without inlining.
/// </summary>
internal static class InlineBudget
{
    public static IEnumerable<Kernel> Apply(Section section)
    {
        bool isDirect = section.MostWords is { } most && WordsOfLargest(section) > most;
        return section.Kernels.Select(kernel => kernel with { IsDirect = isDirect });
    }

    private static int WordsOfLargest(Section section) =>
        section.Kernels.Where(kernel => kernel.Compilation == Compilation.Inlined).Sum(OperationCount.Of)
            + section.Kernels.Where(kernel => kernel.Compilation != Compilation.Inlined).Max(OperationCount.Of);
}
