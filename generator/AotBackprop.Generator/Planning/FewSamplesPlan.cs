using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Planning;

/// <summary>Forward and a step on few samples, in a method each, for a vector width.</summary>
internal sealed record FewSamplesPlan
{
    /// <summary>The most samples: fewer than a block that has one in each lane.</summary>
    public const int MostSamples = AcrossPlan.Samples - 1;

    /// <summary>Weights up to which there are such methods: with more, tiles of several samples are faster.</summary>
    public const int MostWeights = 1000;

    /// <summary>The rows of the softmax that a vector has.</summary>
    public required GroupsPlan Groups { get; init; }

    /// <summary>The most that an input may be: with the parameters it bounds all that follows.</summary>
    public const int LargestInput = 1 << 20;

    // Of an update 2¹⁰³ is half an ulp of the largest float. 2²⁰ are left to an input, 2⁴ to 15 samples; η is at most
    // 2¹⁰, for which the factor of one layer is left, because dW has one less than there are layers.
    private const int ExponentOfLayers = 66;

    // Of a unit: it has no more inputs than weights are allowed, 2¹⁰, and an activation at most doubles them.
    private const int ExponentOfWidth = 11;

    private const int MostExponent = 15, LeastExponent = 4;

    /// <summary>
    /// The most that a parameter may be. A and dZ grow from layer to layer by no more than that times the width.
    /// </summary>
    public required int LargestParameter { get; init; }

    public static bool Fits(EquatableArray<LayerPlan> layers) =>
        OneSamplePlan.Fits(layers)
        && layers.Sum(l => l.Weights) <= MostWeights
        && layers[layers.Count - 1].IsSoftmax
        && ExponentOfParameters(layers) >= LeastExponent;

    public static FewSamplesPlan Plan(int lanes, EquatableArray<LayerPlan> layers) => new()
    {
        Groups = GroupsPlan.Of(layers[layers.Count - 1], lanes),
        LargestParameter = 1 << Math.Max(0, ExponentOfParameters(layers)),
    };

    private static int ExponentOfParameters(EquatableArray<LayerPlan> layers) =>
        Math.Min(MostExponent, (ExponentOfLayers / layers.Count) - ExponentOfWidth);
}

/// <summary>Rows of an output side by side in a vector.</summary>
internal sealed record GroupsPlan
{
    // More rows would be more text, and samples that are computed again.
    private const int MostRows = 4;

    /// <summary>Lanes of a row.</summary>
    public required int Width { get; init; }

    /// <summary>Rows of a vector; 0 where they are not laid so.</summary>
    public required int Rows { get; init; }

    public static GroupsPlan Of(LayerPlan output, int lanes)
    {
        int width = Math.Max(1, lanes / MostRows);
        while (width < output.Outputs)
        {
            width *= 2;
        }

        return new() { Width = width, Rows = output.IsSoftmax ? lanes / width : 0 };
    }
}
