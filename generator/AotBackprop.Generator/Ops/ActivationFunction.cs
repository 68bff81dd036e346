using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Ops;

/// <summary>What Z of a hidden layer passes through, element by element: A = f(Z), dZ = dA ⊙ f′(Z).</summary>
internal sealed record ActivationFunction
{
    private static Expression Slope => VectorOps.Splat.Of(new Number(0.01f));

    public static readonly ActivationFunction Relu = new()
    {
        Name = "ReLU",
        Forward = z => VectorOps.Relu.Of(z),
        Derive = (dA, A) => VectorOps.Mask.Of(dA, A),
        DerivativeFrom = A => $"1 where {A} > 0, else 0",
    };

    // z − 0 and 0 − 0.01(−z) are exact but for the product, and a NaN stays one. Of dA likewise.
    public static readonly ActivationFunction LeakyRelu = new()
    {
        Name = "LeakyReLU",
        Forward = z => VectorOps.Relu.Of(z) - (VectorOps.Relu.Of(Code.Zero - z) * Slope),
        Derive = (dA, A) => VectorOps.Mask.Of(dA, A) + ((dA - VectorOps.Mask.Of(dA, A)) * Slope),
        DerivativeFrom = A => $"1 where {A} > 0, else 0.01",
    };

    /// <summary>As equations name it.</summary>
    public required string Name { get; init; }

    /// <summary>A vector of A from one of Z.</summary>
    public required Func<Expression, Expression> Forward { get; init; }

    /// <summary>A vector of dZ from one of dA and one of A: what the derivative needs is found in A.</summary>
    public required Func<Expression, Expression, Expression> Derive { get; init; }

    /// <summary>In words, what the derivative is where A has a name.</summary>
    public required Func<string, string> DerivativeFrom { get; init; }

    /// <summary>The function of an option.</summary>
    public static ActivationFunction Of(Activation activation) => activation switch
    {
        Activation.Relu => Relu,
        Activation.LeakyRelu => LeakyRelu,
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Wanted a known activation."),
    };

    /// <summary>Of a hidden layer; null of the output layer, whose Z goes on as it is.</summary>
    public static ActivationFunction? Of(LayerPlan layer) => layer.IsOutput ? null : Of(layer.HiddenActivation);

    /// <summary>ReLU(Z1).</summary>
    public string Equation(string Z) => $"{Name}({Z})";

    /// <summary>ReLU′(Z1).</summary>
    public string Derivative(string Z) => $"{Name}′({Z})";
}
