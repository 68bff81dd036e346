using System.Globalization;
using System.Text.Json;
using AotBackprop.Files;

namespace AotBackprop.Training.Checkpoints;

/// <summary>The fields of a JSON object that was written by whoever: what is missing or of another kind is refused.</summary>
internal readonly struct JsonFields
{
    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    private readonly JsonElement _element;
    private readonly string _what;

    private JsonFields(JsonElement element, string what)
    {
        _what = what;
        _element = element.ValueKind == JsonValueKind.Object ? element : throw new InvalidDataException($"{what} is no JSON object: it is damaged.");
    }

    public string[] Names
    {
        get
        {
            try
            {
                return [.. _element.EnumerateObject().Select(one => one.Name)];
            }
            catch (InvalidOperationException e)
            {
                throw new InvalidDataException($"{_what} has a name that is no text: it is damaged.", e);
            }
        }
    }

    public static JsonFields Parse(ReadOnlyMemory<byte> text, string what)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, s_strict);
            return new(document.RootElement.Clone(), what);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{what} is not valid JSON: it is damaged, or no checkpoint.", e);
        }
    }

    public bool Has(string name) => _element.TryGetProperty(name, out _);

    public string Text(string name) => Get(name) is { ValueKind: JsonValueKind.String } text ? Unescaped(text, name) : throw Wrong(name, "a text");

    public int Whole(string name) => WholeLong(name) is >= 0 and <= int.MaxValue and long number ? (int)number : throw Wrong(name, "a whole number from 0 on");

    /// <summary>A whole number, or a text of one.</summary>
    public long WholeLong(string name)
    {
        JsonElement value = Get(name);
        bool isWhole = value.ValueKind == JsonValueKind.Number ? value.TryGetInt64(out long number)
            : long.TryParse(value.ValueKind == JsonValueKind.String ? Unescaped(value, name) : "", NumberStyles.None, CultureInfo.InvariantCulture, out number);
        return isWhole && number >= 0 ? number : throw Wrong(name, "a whole number from 0 on");
    }

    /// <summary>A number; NaN where it says null.</summary>
    public double Number(string name) => NumberOrNull(name) ?? double.NaN;

    public double? NumberOrNull(string name)
    {
        JsonElement value = Get(name);
        return value.ValueKind == JsonValueKind.Null ? null
            : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) ? number
            : throw Wrong(name, "a finite number");
    }

    public JsonFields Object(string name) => new(Get(name), $"{_what}'s '{name}'");

    public JsonFields[] Objects(string name)
    {
        JsonElement value = Get(name);
        string what = $"{_what}'s '{name}'";
        return value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(one => new JsonFields(one, what))] : throw Wrong(name, "a list");
    }

    public long[] Wholes(string name)
    {
        JsonElement value = Get(name);
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.Number && one.TryGetInt64(out _))
            ? [.. value.EnumerateArray().Select(one => one.GetInt64())]
            : throw Wrong(name, "a list of whole numbers");
    }

    private JsonElement Get(string name) => _element.TryGetProperty(name, out JsonElement value)
        ? value
        : throw new InvalidDataException($"{_what} has no '{name}': it is damaged, or no checkpoint.");

    private string Unescaped(JsonElement text, string name)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // Half a surrogate pair, or bytes that are no UTF-8.
            throw new InvalidDataException($"{_what}'s '{name}' is no text.", e);
        }
    }

    private InvalidDataException Wrong(string name, string wanted) =>
        new($"{_what}'s '{name}' is {Printable.Quote(Get(name).GetRawText())}; wanted {wanted}: it is damaged.");
}
