namespace AotBackprop;

/// <summary>The names of the activations where they are text.</summary>
internal static class Activations
{
    /// <summary>Every activation, in the order of its number.</summary>
    public static readonly IReadOnlyList<(Activation Value, string Name)> All =
    [
        (Activation.Relu, "relu"),
        (Activation.LeakyRelu, "leaky_relu"),
    ];

    /// <summary>The name of an activation, as Python, the command line and model files have it: "relu".</summary>
    /// <param name="activation">One that exists.</param>
    public static string NameOf(Activation activation) => All[(int)activation].Name;
}
