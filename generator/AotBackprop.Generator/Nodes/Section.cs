using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Nodes;

/// <summary>Kernels that belong together.</summary>
internal sealed record Section(string Name, EquatableArray<Kernel> Kernels)
{
    /// <summary>
    /// Words that a method may have with those that are compiled into it; null where each is a method of its own.
    /// </summary>
    public int? MostWords { get; init; }
}
