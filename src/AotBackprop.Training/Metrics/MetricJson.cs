using System.Buffers;
using System.Text;
using System.Text.Json;

namespace AotBackprop.Training.Metrics;

/// <summary>Metrics as a JSON object; what is not finite is null.</summary>
internal static class MetricJson
{
    public static string Of(Action<Utf8JsonWriter> fields)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, ModelFileValues.Plain))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static void Number(Utf8JsonWriter json, string name, double number)
    {
        json.WritePropertyName(name);
        Value(json, number);
    }

    public static void Numbers(Utf8JsonWriter json, string name, IEnumerable<double> numbers)
    {
        json.WriteStartArray(name);
        foreach (double number in numbers)
        {
            Value(json, number);
        }

        json.WriteEndArray();
    }

    public static void Value(Utf8JsonWriter json, double number) => json.WriteRawValue(double.IsFinite(number) ? NumberText.Of(number) : "null");
}
