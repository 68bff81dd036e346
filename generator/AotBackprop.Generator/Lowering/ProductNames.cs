using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Lowering;

/// <summary>The words of one product, and what becomes of its sums.</summary>
internal sealed record ProductNames
{
    /// <summary>Forward1, Backward1.</summary>
    public required string Method { get; init; }

    /// <summary>The left factor, N rows.</summary>
    public required string Input { get; init; }

    /// <summary>The right factor.</summary>
    public required string Weights { get; init; }

    /// <summary>What each sum begins with, or null for 0.</summary>
    public string? Start { get; init; }

    /// <summary>The matrix that takes what is stored.</summary>
    public required string Output { get; init; }

    /// <summary>What a sum passes through, or null.</summary>
    public ActivationFunction? Activation { get; init; }

    /// <summary>A, from which the activation's derivative is found where a sum is dA; else null.</summary>
    public string? Activated { get; init; }

    /// <summary>The letter of a sum.</summary>
    public required string Sum { get; init; }

    /// <summary>The letter of a row of the left factor.</summary>
    public required string Row { get; init; }

    /// <summary>The matrices, in the order of the parameters.</summary>
    public IEnumerable<string> Operands => new[] { Input, Weights, Start, Output, Activated }.OfType<string>();

    /// <summary>Of Z = A W + b, of which a hidden layer keeps A.</summary>
    public static ProductNames Forward(LayerPlan layer) => new()
    {
        Method = $"Forward{layer.Number}",
        Input = Notation.Input(layer),
        Weights = $"W{layer.Number}",
        Start = $"b{layer.Number}",
        Output = layer.IsOutput ? $"Z{layer.Number}" : $"A{layer.Number}",
        Activation = ActivationFunction.Of(layer),
        Sum = "z",
        Row = layer.Number == 1 ? "x" : "a",
    };

    /// <summary>Of dA = dZ Wᵀ of a hidden layer, which keeps its dZ.</summary>
    public static ProductNames Backward(LayerPlan above) => OfBelow(above, above.Number - 1);

    private static ProductNames OfBelow(LayerPlan above, int l) => new()
    {
        Method = $"Backward{l}",
        Input = $"dZ{l + 1}",
        Weights = $"W{l + 1}T",
        Output = $"dZ{l}",
        Activation = ActivationFunction.Of(above.HiddenActivation),
        Activated = $"A{l}",
        Sum = "a",
        Row = "d",
    };

    /// <summary>What is stored of a sum, given where A of it lies if that is needed.</summary>
    public Expression Result(Expression sum, Address? A = null) =>
        Activation is null ? sum
        : Activated is null ? Activation.Forward(sum)
        : Activation.Derive(sum, new Load(A ?? throw new ArgumentNullException(nameof(A))));
}
