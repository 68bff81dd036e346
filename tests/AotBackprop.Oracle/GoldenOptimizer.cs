using System.Text.Json;

namespace AotBackprop.Oracle;

/// <summary>What an optimizer made of 64-32-10 on the digits' first rows; golden/README.md has the files.</summary>
public sealed class GoldenOptimizer
{
    private readonly JsonElement _root;
    private readonly Dictionary<string, GoldenTensor> _tensors = [];

    private GoldenOptimizer(JsonElement root)
    {
        _root = root;
        foreach (JsonProperty property in root.GetProperty("tensors").EnumerateObject())
        {
            _tensors.Add(property.Name, GoldenFile.Tensor(property));
        }
    }

    /// <summary>sgd, momentum, nesterov, adam, adamw or lion.</summary>
    public string Kind => _root.GetProperty("optimizer").GetString()!;

    /// <summary>The loss of each step, before its update.</summary>
    public IReadOnlyList<double> Losses => [.. _root.GetProperty("losses").EnumerateArray().Select(loss => loss.GetDouble())];

    /// <summary>The names of all cases, sorted.</summary>
    public static IReadOnlyList<string> Names() =>
        [.. Directory.GetFiles(Path.Combine(GoldenFile.Folder, "optimizers"), "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    /// <summary>The case of this name.</summary>
    public static GoldenOptimizer Load(string name) =>
        new(JsonDocument.Parse(File.ReadAllBytes(Path.Combine(GoldenFile.Folder, "optimizers", name + ".json"))).RootElement);

    /// <summary>learningRate, momentum, beta1, beta2, epsilon, weightDecay or clipNorm, 0 where the optimizer has it not.</summary>
    public float Number(string name) => (float)_root.GetProperty(name).GetDouble();

    /// <summary>The first parameters: W1 (row-major), b1, W2, b2.</summary>
    public float[] Parameters()
    {
        float[] parameters = SplitMix64.Parameters(_root.GetProperty("seed").GetUInt64(), Sizes());
        GoldenFile.Verify(_root, "parametersSha256", parameters);
        return parameters;
    }

    /// <summary>What differs first between parameters after the last step and PyTorch's, or null.</summary>
    /// <param name="final">The parameters.</param>
    /// <param name="relativeTolerance">As in <see cref="GoldenCase.Check(string, ReadOnlySpan{double}, double)"/>.</param>
    public string? Difference(ReadOnlySpan<float> final, double relativeTolerance)
    {
        foreach (ParameterTensor tensor in ParameterTensor.Of(Sizes()))
        {
            double[] actual = ReferenceNetwork.Widen(final.Slice(tensor.Offset, tensor.Count));
            if (_tensors[tensor.Name].Difference(actual, relativeTolerance) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    private int[] Sizes() => [.. _root.GetProperty("sizes").EnumerateArray().Select(size => size.GetInt32())];
}
