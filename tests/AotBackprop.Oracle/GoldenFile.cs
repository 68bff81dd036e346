using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace AotBackprop.Oracle;

/// <summary>
/// Reads the golden files, which the build puts into the folder golden beside the program. golden/README.md describes
/// the format; inputs and parameters that are drawn again here must have the SHA-256 that the file gives.
/// </summary>
public static class GoldenFile
{
    /// <summary>The folder of the files.</summary>
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "golden");

    /// <summary>The names of all cases, sorted.</summary>
    public static IReadOnlyList<string> Names() =>
        [.. Directory.GetFiles(Folder, "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    /// <summary>Every case.</summary>
    public static IReadOnlyList<GoldenCase> LoadAll() => [.. Names().Select(Load)];

    /// <summary>The case of this name.</summary>
    /// <exception cref="InvalidDataException">The numbers drawn here are not those that the file was made from.</exception>
    public static GoldenCase Load(string name)
    {
        using FileStream stream = File.OpenRead(Path.Combine(Folder, name + ".json"));
        using JsonDocument document = JsonDocument.Parse(stream);
        JsonElement root = document.RootElement;

        int[] sizes = Integers(root.GetProperty("sizes"));
        int samples = root.GetProperty("samples").GetInt32();
        ulong seed = root.GetProperty("seed").GetUInt64();
        int classes = sizes[^1];

        float[] parameters = SplitMix64.Parameters(seed, sizes);
        Verify(root, "parametersSha256", parameters);

        float[] inputs;
        if (root.TryGetProperty("inputs", out JsonElement stored))
        {
            double scale = root.GetProperty("inputScale").GetDouble();
            inputs = [.. Doubles(stored).Select(value => (float)(value * scale))];
        }
        else
        {
            inputs = SplitMix64.Inputs(seed, samples * sizes[0]);
        }

        Verify(root, "inputsSha256", inputs);

        int[]? labels = null;
        float[] targets;
        if (root.TryGetProperty("labels", out JsonElement classNumbers))
        {
            labels = Integers(classNumbers);
            targets = [.. ReferenceNetwork.OneHot(labels, classes).Select(value => (float)value)];
        }
        else if (root.TryGetProperty("output", out JsonElement output))
        {
            targets = SplitMix64.Values(seed, samples * classes, output.GetString()!);
            Verify(root, "valuesSha256", targets);
        }
        else
        {
            targets = SplitMix64.Probabilities(seed, samples, classes);
            Verify(root, "probabilitiesSha256", targets);
        }

        Dictionary<string, GoldenTensor> tensors = [];
        foreach (JsonProperty property in root.GetProperty("tensors").EnumerateObject())
        {
            tensors.Add(property.Name, Tensor(property));
        }

        return new GoldenCase(
            root.GetProperty("name").GetString()!,
            sizes,
            root.TryGetProperty("activation", out JsonElement activation) ? activation.GetString()! : "relu",
            samples,
            (float)root.GetProperty("learningRate").GetDouble(),
            root.GetProperty("smallestHiddenZ").GetDouble(),
            inputs,
            labels,
            targets,
            parameters,
            Doubles(root.GetProperty("losses")),
            root.GetProperty("finalLoss").GetDouble(),
            tensors)
        {
            Output = root.TryGetProperty("output", out JsonElement named) ? named.GetString()! : "softmax",
            HuberDelta = root.TryGetProperty("huberDelta", out JsonElement delta) ? delta.GetDouble() : 1,
        };
    }

    /// <summary>The facts of a tensor.</summary>
    internal static GoldenTensor Tensor(JsonProperty property)
    {
        JsonElement facts = property.Value;
        return new GoldenTensor(
            property.Name,
            facts.GetProperty("count").GetInt32(),
            facts.GetProperty("sum").GetDouble(),
            facts.GetProperty("sumAbs").GetDouble(),
            facts.GetProperty("norm").GetDouble(),
            facts.GetProperty("maxAbs").GetDouble(),
            facts.GetProperty("maxAbsIndex").GetInt32(),
            Doubles(facts.GetProperty("projections")),
            Doubles(facts.GetProperty("values")));
    }

    /// <summary>Throws where the values are not those of which the file has the SHA-256.</summary>
    internal static void Verify(JsonElement root, string property, float[] values)
    {
        // The digest is of little-endian bytes, as every platform of .NET has them.
        string digest = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(values)));
        if (digest != root.GetProperty(property).GetString())
        {
            throw new InvalidDataException($"{root.GetProperty("name").GetString()}: the values have another SHA-256 than {property}.");
        }
    }

    private static double[] Doubles(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetDouble())];

    private static int[] Integers(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetInt32())];
}
