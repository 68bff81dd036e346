using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AotBackprop.Files;

namespace AotBackprop;

/// <summary>The values of a model file's metadata that are JSON themselves, without spaces.</summary>
internal static class ModelFileValues
{
    // What is escaped beyond JSON's own rules would be so for HTML.
    public static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly (string Name, ModelScalingKind Kind, string[] Lists)[] s_byColumn =
    [
        ("standard", ModelScalingKind.Standard, ["mean", "deviation"]),
        ("minmax", ModelScalingKind.MinMax, ["minimum", "maximum"]),
    ];

    public static string TextOf(ModelScaling scaling)
    {
        if (scaling.Kind == ModelScalingKind.Factor)
        {
            return $$"""{"kind":"factor","factor":{{NumberText.Of(scaling.Factor)}}}""";
        }

        (string name, _, string[] lists) = s_byColumn.First(one => one.Kind == scaling.Kind);
        (IReadOnlyList<double> first, IReadOnlyList<double> second) =
            scaling.Kind == ModelScalingKind.Standard ? (scaling.Mean, scaling.Deviation) : (scaling.Minimum, scaling.Maximum);
        return $$"""{"kind":"{{name}}","{{lists[0]}}":{{TextOf(first)}},"{{lists[1]}}":{{TextOf(second)}}}""";
    }

    public static string TextOf(IEnumerable<double> numbers) => $"[{string.Join(',', numbers.Select(NumberText.Of))}]";

    public static string TextOf(IEnumerable<string> names)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Plain))
        {
            json.WriteStartArray();
            foreach (string name in names)
            {
                ArgumentNullException.ThrowIfNull(name, nameof(names));
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>A scaling for so many inputs.</summary>
    /// <exception cref="InvalidDataException">The text is none.</exception>
    public static ModelScaling ParseScaling(string key, string text, int inputs)
    {
        Dictionary<string, object> found = [];
        bool isUnderstood = TryRead(text, (ref Utf8JsonReader json) =>
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                string name = json.GetString()!;
                json.Read();
                object? value = json.TokenType switch
                {
                    JsonTokenType.String => json.GetString(),
                    JsonTokenType.Number => json.TryGetSingle(out float number) ? number : 0f,
                    JsonTokenType.StartArray => NumbersOf(ref json),
                    _ => null,
                };
                if (value is null || !found.TryAdd(name, value))
                {
                    return false;
                }
            }

            return json.TokenType == JsonTokenType.EndObject;
        });
        const string Example = """{"kind":"factor","factor":16}""";
        return isUnderstood && ScalingOf(found, inputs) is { } scaling ? scaling : throw new InvalidDataException(
            $"Its '{key}' is {Printable.Quote(text)}; wanted one as in '{Example}', or of the kind 'standard' or 'minmax' with {inputs} numbers in each list.");
    }

    /// <summary>A list of names: so many, or where that is 0, one at least.</summary>
    /// <exception cref="InvalidDataException">The text is none.</exception>
    public static string[] ParseNames(string key, string text, int count)
    {
        List<string> names = [];
        bool isUnderstood = TryRead(text, (ref Utf8JsonReader json) =>
        {
            json.Read();
            for (bool isIn = json.TokenType == JsonTokenType.StartArray; isIn && json.Read() && json.TokenType == JsonTokenType.String;)
            {
                names.Add(json.GetString()!);
            }

            return json.TokenType == JsonTokenType.EndArray;
        });
        return isUnderstood && (count == 0 ? names.Count > 0 : names.Count == count)
            ? [.. names]
            : throw new InvalidDataException($"Its '{key}' is {Printable.Quote(text)}; wanted a list of {(count == 0 ? "" : $"{count} ")}names.");
    }

    /// <summary>A list of so many finite numbers.</summary>
    /// <exception cref="InvalidDataException">The text is none.</exception>
    public static double[] ParseNumbers(string key, string text, int count)
    {
        double[]? numbers = null;
        bool isUnderstood = TryRead(text, (ref Utf8JsonReader json) =>
        {
            numbers = json.Read() && json.TokenType == JsonTokenType.StartArray ? NumbersOf(ref json) : null;
            return numbers?.Length == count;
        });
        return isUnderstood ? numbers! : throw new InvalidDataException($"Its '{key}' is {Printable.Quote(text)}; wanted a list of {count} finite numbers.");
    }

    private static ModelScaling? ScalingOf(Dictionary<string, object> found, int inputs)
    {
        string? kind = found.GetValueOrDefault("kind") as string;
        if (kind == "factor")
        {
            return found.Count == 2 && found.GetValueOrDefault("factor") is float factor && ModelScaling.IsFactor(factor)
                ? ModelScaling.DivideBy(factor)
                : null;
        }

        (string name, ModelScalingKind which, string[] lists) = s_byColumn.FirstOrDefault(one => one.Name == kind);
        return name is not null && found.Count == 3
            && found.GetValueOrDefault(lists[0]) is double[] first && found.GetValueOrDefault(lists[1]) is double[] second
            && first.Length == inputs && ModelScaling.WhyNot(which, first, second) is null
            ? which == ModelScalingKind.Standard ? ModelScaling.Standard(first, second) : ModelScaling.MinMax(first, second)
            : null;
    }

    /// <summary>The finite numbers of a list up to its end; null where there is anything else.</summary>
    private static double[]? NumbersOf(ref Utf8JsonReader json)
    {
        List<double> numbers = [];
        while (json.Read() && json.TokenType == JsonTokenType.Number && json.TryGetDouble(out double number) && double.IsFinite(number))
        {
            numbers.Add(number);
        }

        return json.TokenType == JsonTokenType.EndArray ? [.. numbers] : null;
    }

    private delegate bool ReadAction(ref Utf8JsonReader json);

    private static bool TryRead(string text, ReadAction read)
    {
        try
        {
            Utf8JsonReader json = new(Encoding.UTF8.GetBytes(text));
            return read(ref json) && !json.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
