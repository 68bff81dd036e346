using AotBackprop.Generator.Lowering;
using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Passes;
using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Printing;

/// <summary>Prints the class that holds the kernels of a vector width.</summary>
internal static class KernelsPrinter
{
    public static string ClassName(WidthPlan width) => $"Vector{width.Bits}Kernels";

    public static void Print(SourceWriter writer, NetworkPlan plan, WidthPlan width)
    {
        CSharpPrinter printer = new(writer, width.Bits);
        writer.Text($$"""
            /// <summary>The passes of {{plan.Spec.Shape}} in vectors of {{width.Lanes}} floats.</summary>
            {{GeneratedMark.Attributes}}
            internal abstract unsafe class {{ClassName(width)}} : Lanes{{width.Bits}}
            {
            // Compiled at once and in full: these loops must not begin in slow code.
            private const MethodImplOptions Kernel = MethodImplOptions.AggressiveOptimization | \
            MethodImplOptions.NoInlining;
            """);
        foreach (Section section in NetworkLowering.Lower(plan, width))
        {
            writer.Text($"\n#region {section.Name}\n");
            printer.Print(Finished(section, width));
            writer.Text("\n#endregion");
        }

        writer.Text("}");
    }

    /// <summary>Kernels as they are printed: after all passes.</summary>
    public static IEnumerable<Kernel> Finished(Section section, WidthPlan width) => InlineBudget.Apply(section).Select(
        kernel => Lines.Join(Scopes.Open(StoreForwarding.Apply(kernel, width.Lanes, width.KeptVectors))));
}
