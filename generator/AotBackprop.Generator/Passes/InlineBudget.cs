using AotBackprop.Generator.Nodes;

namespace AotBackprop.Generator.Passes;

/// <summary>
/// Kernels that have more words together than the compiler inlines into one method take functions of the system in
/// their place, which it knows without inlining.
/// </summary>
internal static class InlineBudget
{
    public static IEnumerable<Kernel> Apply(Section section)
    {
        bool isDirect = section.MostWords is { } most && section.Kernels.Sum(OperationCount.Of) > most;
        return section.Kernels.Select(kernel => kernel with { IsDirect = isDirect });
    }
}
