using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Ops;

/// <summary>What Z of a hidden layer passes through, element by element: A = f(Z), dZ = dA ⊙ f′(Z).</summary>
internal sealed record ActivationFunction
{
    private static readonly Expression s_one = VectorOps.Splat.Of(new Number(1));

    private static readonly ActivationFunction[] s_all = [.. Activations.All.Select(named => Create(named.Value))];

    /// <summary>As equations name it.</summary>
    public required string Name { get; init; }

    /// <summary>A vector of A from one of Z.</summary>
    public Func<Expression, Expression> Forward { get; init; } = z => z;

    /// <summary>
    /// The word that makes A of Z where it lies, for an activation of more than a few operations: Forward leaves Z
    /// then.
    /// </summary>
    public string? InPlace { get; init; }

    /// <summary>A vector of dZ from one of dA and one of A, or of f′(Z) where that is kept.</summary>
    public required Func<Expression, Expression, Expression> Derive { get; init; }

    /// <summary>In words, what the derivative is where A has a name.</summary>
    public required Func<string, string> DerivativeFrom { get; init; }

    /// <summary>The function of an option.</summary>
    public static ActivationFunction Of(Activation activation) => s_all[(int)activation];

    /// <summary>Of a hidden layer; null of the output layer, whose Z goes on as it is.</summary>
    public static ActivationFunction? Of(LayerPlan layer) => layer.IsOutput ? null : Of(layer.HiddenActivation);

    /// <summary>ReLU(Z1).</summary>
    public string Equation(string Z) => $"{Name}({Z})";

    /// <summary>ReLU′(Z1).</summary>
    public string Derivative(string Z) => $"{Name}′({Z})";

    private static ActivationFunction Create(Activation activation) => activation switch
    {
        Activation.Relu => new()
        {
            Name = "ReLU",
            Forward = z => VectorOps.Relu.Of(z),
            Derive = (dA, A) => VectorOps.Mask.Of(dA, A),
            DerivativeFrom = A => $"1 where {A} > 0, else 0",
        },
        Activation.LeakyRelu => LeakyRelu(VectorOps.Splat.Of(new Number(0.01f))),
        Activation.Elu => new()
        {
            Name = "ELU",
            InPlace = "Elu",
            Derive = (dA, A) => VectorOps.Mask.Of(dA, A) + ((dA - VectorOps.Mask.Of(dA, A)) * (A + s_one)),
            DerivativeFrom = A => $"1 where {A} > 0, else {A} + 1",
        },
        Activation.Tanh => new()
        {
            Name = "tanh",
            InPlace = "Tanh",
            Derive = (dA, A) => dA * (s_one - (A * A)),
            DerivativeFrom = A => $"1 − {A}²",
        },
        Activation.Sigmoid => new()
        {
            Name = "σ",
            InPlace = "Sigmoid",
            Derive = (dA, A) => dA * (A * (s_one - A)),
            DerivativeFrom = A => $"{A} (1 − {A})",
        },
        Activation.Softplus => WithSlope("softplus", "Softplus"),
        Activation.Silu => WithSlope("SiLU", "Silu"),
        Activation.Gelu => WithSlope("GELU", "Gelu"),
        Activation.GeluTanh => WithSlope("GELUₜₐₙₕ", "GeluTanh"),
        Activation.Identity => new()
        {
            Name = "id",
            Derive = (dA, _) => dA,
            DerivativeFrom = _ => "1",
        },
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Wanted a known activation."),
    };

    // z − 0 and 0 − 0.01(−z) are exact but for the product, and a NaN stays one. Of dA likewise.
    private static ActivationFunction LeakyRelu(Expression slope) => new()
    {
        Name = "LeakyReLU",
        Forward = z => VectorOps.Relu.Of(z) - (VectorOps.Relu.Of(Code.Zero - z) * slope),
        Derive = (dA, A) => VectorOps.Mask.Of(dA, A) + ((dA - VectorOps.Mask.Of(dA, A)) * slope),
        DerivativeFrom = A => $"1 where {A} > 0, else 0.01",
    };

    private static ActivationFunction WithSlope(string name, string word) => new()
    {
        Name = name,
        InPlace = word,
        Derive = (dA, kept) => dA * kept,
        DerivativeFrom = A => $"kept beside {A}",
    };
}
