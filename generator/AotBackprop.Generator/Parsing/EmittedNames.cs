using System.Text.RegularExpressions;

namespace AotBackprop.Generator.Parsing;

/// <summary>The names of a network's emitted members, which C# does not let its type have.</summary>
internal static class EmittedNames
{
    private static readonly string[] Members =
    [
        "Apply", "Classify", "Create", "Derivation", "Dispose", "Evaluate", "Exports", "Forward", "Gradient", "GradientView",
        "Initialize", "Kernels", "LayerSizes", "Layout", "Loss", "ParameterCount", "Parameters", "SetParameters", "Trace",
        "TrainEpoch", "TrainStep", "Vector128Kernels", "Vector256Kernels", "Vector512Kernels", "Workspace", "_instance",
    ];

    public static bool AreTaken(string name) => Members.Contains(name) || Regex.IsMatch(name, "^[Wb][1-7]$");
}
