using System.Reflection;
using AotBackprop.Generator.Lowering;
using AotBackprop.Generator.Model;
using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Passes;
using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Tests.Compiler;

/// <summary>Networks by their sizes: 784-128-10, in a form of its own 13-16-2 Full, with an activation 4-8-3 Tanh.</summary>
internal static class Shapes
{
    public static NetworkPlan Plan(string shape)
    {
        string[] words = shape.Split(' ');
        NetworkSpec spec = new() { Name = "Net", Sizes = new(words[0].Split('-').Select(size => int.Parse(size, null))) };

        // The runtime library has enums of the same names too.
        PropertyInfo[] options = [.. new[] { nameof(NetworkSpec.Unroll), nameof(NetworkSpec.Activation) }.Select(typeof(NetworkSpec).GetProperty)!];
        foreach (string word in words.Skip(1))
        {
            PropertyInfo option = options.Single(o => Enum.GetNames(o.PropertyType).Contains(word));
            option.SetValue(spec, Enum.Parse(option.PropertyType, word));
        }

        return Planner.Plan(spec);
    }

    /// <summary>The kernels as they are printed.</summary>
    public static Kernel[] Kernels(NetworkPlan plan, WidthPlan width) =>
    [
        .. NetworkLowering.Lower(plan, width).SelectMany(section => section.Kernels).Select(kernel => Lines.Join(Scopes.Open(kernel))),
    ];
}
