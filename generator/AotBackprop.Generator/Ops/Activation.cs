using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Ops;

/// <summary>What Z of a hidden layer passes through, element by element: A = f(Z), dZ = dA ⊙ f′(Z).</summary>
internal sealed record Activation
{
    public static readonly Activation Relu = new()
    {
        Name = "ReLU",
        Forward = z => VectorOps.Relu.Of(z),
        Derive = (dA, A) => VectorOps.Mask.Of(dA, A),
        DerivativeFrom = A => $"1 where {A} > 0, else 0",
    };

    /// <summary>As equations name it.</summary>
    public required string Name { get; init; }

    /// <summary>A vector of A from one of Z.</summary>
    public required Func<Expression, Expression> Forward { get; init; }

    /// <summary>A vector of dZ from one of dA and one of A: what the derivative needs is found in A.</summary>
    public required Func<Expression, Expression, Expression> Derive { get; init; }

    /// <summary>In words, what the derivative is where A has a name.</summary>
    public required Func<string, string> DerivativeFrom { get; init; }

    /// <summary>The one that hidden layers have.</summary>
    public static Activation OfHidden => Relu;

    /// <summary>Of a hidden layer; null of the output layer, whose Z goes on as it is.</summary>
    public static Activation? Of(LayerPlan layer) => layer.IsOutput ? null : OfHidden;

    /// <summary>ReLU(Z1).</summary>
    public string Equation(string Z) => $"{Name}({Z})";

    /// <summary>ReLU′(Z1).</summary>
    public string Derivative(string Z) => $"{Name}′({Z})";
}
