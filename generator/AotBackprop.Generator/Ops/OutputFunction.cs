using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Ops;

/// <summary>What the output layer makes of its Z, element by element but for the softmax, and the loss.</summary>
internal sealed record OutputFunction
{
    private static readonly OutputFunction[] s_all = [.. Outputs.All.Select(named => Create(named.Value))];

    /// <summary>A2 as a function of Z2, both by their names.</summary>
    public required Func<string, string> Equation { get; init; }

    /// <summary>The loss, with A2 by its name.</summary>
    public required Func<string, string> Loss { get; init; }

    /// <summary>The loss in words: mean cross-entropy.</summary>
    public required string LossName { get; init; }

    /// <summary>N dZ2, with A2 by its name.</summary>
    public Func<string, string> Difference { get; init; } = A => $"{A} − Y";

    /// <summary>Why dZ2 is what it is.</summary>
    public required string Reason { get; init; }

    /// <summary>∂L/∂A2, with A2 by its name.</summary>
    public required Func<string, string> LossGradient { get; init; }

    /// <summary>The class of the runtime library that has the loss.</summary>
    public required string LossClass { get; init; }

    /// <summary>A vector of A from one of Z; null of a softmax, which goes across a row.</summary>
    public Func<Expression, Expression>? Forward { get; init; }

    /// <summary>A vector of N dZ from one of A and one of Y.</summary>
    public Func<Expression, Expression, Expression> Derive { get; init; } = (A, Y) => A - Y;

    /// <summary>What Forward gives, in words.</summary>
    public required string Gives { get; init; }

    /// <summary>The function of an option.</summary>
    public static OutputFunction Of(Output output) => s_all[(int)output];

    /// <summary>The function of an output layer.</summary>
    public static OutputFunction Of(LayerPlan output) => Of(output.OutputKind);

    private static OutputFunction Create(Output output) => output switch
    {
        Output.Softmax => new()
        {
            Equation = Z => $"softmax({Z})",
            Loss = A => $"−1/N Σᵢ Σⱼ Yᵢⱼ log {A}ᵢⱼ",
            LossName = "mean cross-entropy",
            Reason = "softmax and cross-entropy cancel",
            LossGradient = A => $"−1/N · Y / {A}, 0 where Y is 0",
            LossClass = "CrossEntropy",
            Gives = "The probabilities of the classes",
        },
        Output.Linear => new()
        {
            Equation = Z => Z,
            Loss = A => $"1/(2N) Σᵢ Σⱼ ({A}ᵢⱼ − Yᵢⱼ)²",
            LossName = "half the mean squared error",
            Reason = "the output is linear and the loss half a square",
            LossGradient = A => $"({A} − Y)/N",
            LossClass = "SquaredError",
            Forward = Z => Z,
            Gives = "The numbers",
        },
        Output.Sigmoid => new()
        {
            Equation = Z => $"σ({Z})",
            Loss = A => $"−1/N Σᵢ Σⱼ (Yᵢⱼ log {A}ᵢⱼ + (1 − Yᵢⱼ) log(1 − {A}ᵢⱼ))",
            LossName = "mean binary cross-entropy",
            Reason = "sigmoid and binary cross-entropy cancel",
            LossGradient = A => $"({A} − Y) / ({A} (1 − {A})) / N",
            LossClass = "BinaryCrossEntropy",
            Forward = Z => VectorOps.Sigmoid.Of(Z),
            Gives = "The probability of each label",
        },
        _ => throw new ArgumentOutOfRangeException(nameof(output), output, "Wanted a known output."),
    };
}
