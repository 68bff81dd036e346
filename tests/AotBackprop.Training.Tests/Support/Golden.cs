using System.Text.Json;

namespace AotBackprop.Training.Tests.Support;

/// <summary>What tests/golden/make_training.py has written.</summary>
internal static class Golden
{
    public static JsonElement Read(string name)
    {
        using FileStream stream = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "golden", name));
        using JsonDocument document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }

    public static double[] Numbers(this JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(one => one.ValueKind == JsonValueKind.Null ? double.NaN : one.GetDouble())];

    public static float[] Floats(this JsonElement element, string name) => [.. element.Numbers(name).Select(number => (float)number)];

    public static int[] Wholes(this JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(one => one.GetInt32())];

    public static double Number(this JsonElement element, string name) => element.GetProperty(name).GetDouble();
}
