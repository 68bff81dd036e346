namespace AotBackprop;

/// <summary>The names of the activations where they are text, and what is kept of each.</summary>
internal static class Activations
{
    /// <summary>Every activation, in the order of its number.</summary>
    public static readonly IReadOnlyList<(Activation Value, string Name)> All =
    [
        (Activation.Relu, "relu"),
        (Activation.LeakyRelu, "leaky_relu"),
        (Activation.Elu, "elu"),
        (Activation.Tanh, "tanh"),
        (Activation.Sigmoid, "sigmoid"),
        (Activation.Softplus, "softplus"),
        (Activation.Silu, "silu"),
        (Activation.Identity, "identity"),
        (Activation.GeluTanh, "gelu_tanh"),
        (Activation.Gelu, "gelu"),
    ];

    /// <summary>The name of an activation, as Python, the command line and model files have it: "relu".</summary>
    /// <param name="activation">One that exists.</param>
    public static string NameOf(Activation activation) => All[(int)activation].Name;

    /// <summary>
    /// Whether f′(Z) is kept beside A: where two Z of one A have different derivatives, or A would have to pass through an
    /// exponential.
    /// </summary>
    /// <param name="activation">One that exists.</param>
    public static bool KeepSlope(Activation activation) =>
        activation is Activation.Softplus or Activation.Silu or Activation.GeluTanh or Activation.Gelu;
}
