using AotBackprop.Generator.Nodes;
using AotBackprop.Generator.Ops;
using AotBackprop.Generator.Planning;
using static AotBackprop.Generator.Nodes.Code;

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

    /// <summary>The matrix that takes f′ of the sums, where it is kept.</summary>
    public string? Slopes { get; init; }

    /// <summary>Whether the derivative is kept beside A, and not found in it.</summary>
    public bool KeepsSlope { get; init; }

    /// <summary>What a sum passes through, or null.</summary>
    public ActivationFunction? Activation { get; init; }

    /// <summary>A or f′(Z), from which the activation's derivative is found where a sum is dA; else null.</summary>
    public string? DerivativeFrom { get; init; }

    /// <summary>The letter of a sum.</summary>
    public required string Sum { get; init; }

    /// <summary>The letter of a row of the left factor.</summary>
    public required string Row { get; init; }

    /// <summary>The matrices, in the order of the parameters.</summary>
    public IEnumerable<string> Operands =>
        new[] { Input, Weights, Start, Output, Slopes, DerivativeFrom }.OfType<string>();

    /// <summary>The matrices that are written.</summary>
    public IEnumerable<string> Written => new[] { Output, Slopes }.OfType<string>();

    /// <summary>Of Z = A W + b, of which a hidden layer keeps A.</summary>
    public static ProductNames Forward(LayerPlan layer) => new()
    {
        Method = $"Forward{layer.Number}",
        Input = Notation.Input(layer),
        Weights = $"W{layer.Number}",
        Start = $"b{layer.Number}",
        Output = layer.IsOutput ? $"Z{layer.Number}" : $"A{layer.Number}",
        KeepsSlope = layer.KeepsSlope,
        Slopes = layer.KeepsSlope ? $"Slope{layer.Number}" : null,
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
        KeepsSlope = above.KeepsHiddenSlope,
        DerivativeFrom = above.HiddenDerivativeFrom,
        Sum = "a",
        Row = "d",
    };

    /// <summary>The pointer to a row of a matrix of the result's shape.</summary>
    public string PointerTo(string matrix) =>
        matrix == Output ? Sum : KeepsSlope ? "slope" : "mask";

    /// <summary>Declares pointers to a row of each matrix of the result's shape, given where it is.</summary>
    public IEnumerable<Statement> RowPointers(Func<string, Address> row) =>
        Written.Append(DerivativeFrom).OfType<string>().Select(matrix => Pointer(PointerTo(matrix), row(matrix)));

    /// <summary>Whether what is stored passes through the activation afterwards.</summary>
    public bool IsActivatedInPlace => DerivativeFrom is null && Activation?.InPlace is not null;

    /// <summary>A sum is stored; first it passes through what it can pass through in a register.</summary>
    /// <param name="sum">The sum.</param>
    /// <param name="at">Where a place in a matrix of the result is, given the matrix.</param>
    public Store Stored(Expression sum, Func<string, Address> at) => new(at(Output), Result(sum, at));

    /// <summary>What is stored passes through the activation, where it has not in registers.</summary>
    /// <param name="at">Where its first vector is, given the matrix.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="stride">Floats from one to the next.</param>
    /// <param name="vectors">Vectors of a row.</param>
    public IEnumerable<Statement> Activated(Func<string, Address> at, int rows, long stride, int vectors)
    {
        if (IsActivatedInPlace)
        {
            Address? slope = Slopes is null ? null : at(Slopes);
            yield return new Activate(Activation!.InPlace!, at(Output), slope, new(rows, stride, vectors));
        }
    }

    private Expression Result(Expression sum, Func<string, Address> at) =>
        Activation is null ? sum
        : DerivativeFrom is null ? Activation.Forward(sum)
        : Activation.Derive(sum, new Load(at(DerivativeFrom)));
}
