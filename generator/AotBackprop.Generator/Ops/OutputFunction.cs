using System.Globalization;
using AotBackprop.Generator.Model;
using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Planning;

namespace AotBackprop.Generator.Ops;

/// <summary>What the output layer makes of its Z, element by element but for the softmax, and the loss.</summary>
internal sealed record OutputFunction
{
    private static readonly OutputFunction s_linear = new()
    {
        Equation = Z => Z,
        Loss = A => $"1/(2N) Σᵢ Σⱼ ({A}ᵢⱼ − Yᵢⱼ)²",
        LossName = "half the mean squared error",
        Reason = "the output is linear and the loss half a square",
        LossGradient = A => $"({A} − Y)/N",
        LossClass = "SquaredError",
        Forward = Z => Z,
        Gives = "The numbers",
    };

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

    /// <summary>The numbers that it has of its own.</summary>
    public EquatableArray<Expression> LossNumbers { get; init; } = new([]);

    /// <summary>A vector of A from one of Z; null of a softmax, which goes across a row.</summary>
    public Func<Expression, Expression>? Forward { get; init; }

    /// <summary>A vector of N dZ from one of A and one of Y.</summary>
    public Func<Expression, Expression, Expression> Derive { get; init; } = (A, Y) => A - Y;

    /// <summary>What Forward gives, in words.</summary>
    public required string Gives { get; init; }

    /// <summary>What values a target may have, in words behind their shape.</summary>
    public string Values { get; init; } = "finite values";

    /// <summary>The function of an output layer.</summary>
    public static OutputFunction Of(LayerPlan output) => output.OutputKind switch
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
            Values = "probabilities, each row summing to 1 within 1e-4",
        },
        Output.Linear => s_linear,
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
            Values = "values from 0 to 1",
        },
        Output.Huber => Huber(output.HuberDelta),
        _ => throw new ArgumentOutOfRangeException(nameof(output), output.OutputKind, "Wanted a known output."),
    };

    private static OutputFunction Huber(float delta)
    {
        string d = delta.ToString("R", CultureInfo.InvariantCulture);
        return s_linear with
        {
            Loss = A => $"1/N Σᵢ Σⱼ h({A}ᵢⱼ − Yᵢⱼ), h(r) = ½r² where |r| ≤ {d}, else {d} (|r| − ½ {d})",
            LossName = "mean Huber loss",
            Difference = A => $"clamp({A} − Y, −{d}, {d})",
            Reason = $"of an error beyond {d} its sign alone counts",
            LossGradient = A => $"clamp({A} − Y, −{d}, {d})/N",
            LossClass = "HuberError",
            LossNumbers = [new Number(delta)],
            Derive = (A, Y) => VectorOps.Clamp.Of(A - Y, new Number(delta)),
        };
    }
}
