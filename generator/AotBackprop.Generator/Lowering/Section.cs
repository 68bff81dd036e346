using AotBackprop.Generator.Model;
using AotBackprop.Generator.Nodes;

namespace AotBackprop.Generator.Lowering;

/// <summary>Kernels that belong together.</summary>
internal sealed record Section(string Name, EquatableArray<Kernel> Kernels);
