using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Nodes;

/// <summary>Kernels that belong together.</summary>
internal sealed record Section(string Name, EquatableArray<Kernel> Kernels)
{
    /// <summary>
    /// Words of the vocabulary that they may have in all, where one is compiled into another; else null.
    /// </summary>
    public int? MostWords { get; init; }
}
