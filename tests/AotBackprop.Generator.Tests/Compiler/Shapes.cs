using System.Reflection;
using AotBackprop.Generator.Lowering;
using AotBackprop.Generator.Model;
using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;
using AotBackprop.Generator.Printing;

namespace AotBackprop.Generator.Tests.Compiler;

/// <summary>Networks by their sizes: 784-128-10, in a form of its own 13-16-2 Full, with an activation 4-8-3 Tanh, an output 4-8-1 Output.Linear.</summary>
internal static class Shapes
{
    public static NetworkPlan Plan(string shape)
    {
        string[] words = shape.Split(' ');
        NetworkSpec spec = new() { Name = "Net", Sizes = new(words[0].Split('-').Select(size => int.Parse(size, null))) };

        // The runtime library has enums of the same names too.
        PropertyInfo[] options = [.. new[] { nameof(NetworkSpec.Unroll), nameof(NetworkSpec.Activation), nameof(NetworkSpec.Output) }.Select(typeof(NetworkSpec).GetProperty)!];
        foreach (string word in words.Skip(1))
        {
            // An output may have the name of an activation.
            string[] path = word.Split('.');
            PropertyInfo option = options.First(o => path.Length > 1 ? o.Name == path[0] : Enum.GetNames(o.PropertyType).Contains(word));
            option.SetValue(spec, Enum.Parse(option.PropertyType, path[^1]));
        }

        return Planner.Plan(spec);
    }

    /// <summary>The kernels as they are printed.</summary>
    public static Kernel[] Kernels(NetworkPlan plan, WidthPlan width) =>
    [
        .. NetworkLowering.Lower(plan, width).SelectMany(section => KernelsPrinter.Finished(section, width)),
    ];
}
