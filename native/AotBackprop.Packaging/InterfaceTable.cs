using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AotBackprop.Packaging;

/// <summary>What of the generator's table the packages need.</summary>
internal sealed record InterfaceTable(
    [property: JsonPropertyName("library")] string Library,
    [property: JsonPropertyName("abi_version")] int AbiVersion,
    [property: JsonPropertyName("networks")] IReadOnlyList<NetworkEntry> Networks,
    [property: JsonPropertyName("functions")] IReadOnlyList<FunctionEntry> Functions)
{
    /// <summary>Eight hexadecimal digits that stand for all networks, whatever their order.</summary>
    [JsonIgnore]
    public string Fingerprint
    {
        get
        {
            string all = string.Join(';', Networks.Select(n => n.Fingerprint).Order(StringComparer.Ordinal));
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(all)))[..8];
        }
    }

    public static InterfaceTable Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<InterfaceTable>(json)
                ?? throw new InvalidDataException("The table of networks is empty.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"Wanted a table of networks (interface.json): {e.Message}");
        }
    }
}

/// <summary>A network of the table.</summary>
internal sealed record NetworkEntry(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("prefix")] string Prefix,
    [property: JsonPropertyName("sizes")] IReadOnlyList<int> Sizes,
    [property: JsonPropertyName("activation")] string Activation,
    [property: JsonPropertyName("output")] string Output,
    [property: JsonPropertyName("fingerprint")] string Fingerprint);

/// <summary>A function of the table.</summary>
internal sealed record FunctionEntry([property: JsonPropertyName("name")] string Name);
