using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;

namespace AotBackprop;

/// <summary>
/// The head of a model file: its length in 8 bytes, then JSON, padded with spaces. Whoever wrote the file, a header
/// that <see cref="Read"/> returns describes the tensors of one network, which cover the rest of the file without
/// overlap or gap.
/// </summary>
internal sealed class ModelFileHeader
{
    private const string MetadataKey = "__metadata__";
    private const string FormatKey = "format";
    private const string Format = "aotbackprop";
    private const string VersionKey = "format_version";
    private const string Version = "1";
    private const string SizesKey = "sizes";
    private const string DataType = "F32";

    private const int LengthBytes = sizeof(ulong);
    private const int Alignment = 8;

    // The limit of the format itself.
    private const long LargestHeader = 100_000_000;
    private const int MostSizes = 8;
    private const int LargestSize = 65_536;

    private ModelFileHeader(int[] sizes, Dictionary<string, string> metadata, List<ModelFileTensor> tensors, long dataOffset)
    {
        Sizes = sizes;
        Metadata = metadata;
        Tensors = tensors;
        DataOffset = dataOffset;
    }

    public int[] Sizes { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>In the order of the network's parameters, wherever in the file they lie.</summary>
    public IReadOnlyList<ModelFileTensor> Tensors { get; }

    /// <summary>The byte of the file from which tensors count.</summary>
    public long DataOffset { get; }

    public static byte[] Write(ReadOnlySpan<int> sizes, IReadOnlyDictionary<string, string> facts)
    {
        ArrayBufferWriter<byte> buffer = new();
        buffer.Advance(WriteLength(buffer.GetSpan(LengthBytes), 0));
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataKey);
            json.WriteString(FormatKey, Format);
            json.WriteString(VersionKey, Version);
            json.WriteString(SizesKey, string.Join('-', sizes.ToArray()));
            foreach ((string key, string value) in facts.OrderBy(fact => fact.Key, StringComparer.Ordinal))
            {
                if (key is FormatKey or VersionKey or SizesKey)
                {
                    throw new ArgumentException($"The fact '{key}' is the format's own.", nameof(facts));
                }

                ArgumentNullException.ThrowIfNull(value, nameof(facts));
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            foreach (ModelFileTensor tensor in ModelFileTensor.Of(sizes))
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", DataType);
                WriteNumbers(json, "shape", tensor.Shape);
                WriteNumbers(json, "data_offsets", [tensor.Begin, tensor.End]);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        int padding = -buffer.WrittenCount & (Alignment - 1);
        buffer.Write("       "u8[..padding]);
        byte[] header = buffer.WrittenSpan.ToArray();
        WriteLength(header, (ulong)(header.Length - LengthBytes));
        return header.Length - LengthBytes <= LargestHeader
            ? header
            : throw new ArgumentException($"The facts are too long: the header takes {LargestHeader} bytes at most.", nameof(facts));
    }

    /// <exception cref="InvalidDataException">It is no model file, or damaged.</exception>
    public static ModelFileHeader Read(Stream stream)
    {
        long rest = stream.Length - LengthBytes;
        if (rest < 0)
        {
            throw new InvalidDataException($"It has {stream.Length} bytes; wanted at least the {LengthBytes} of the header's length.");
        }

        Span<byte> first = stackalloc byte[LengthBytes];
        stream.ReadExactly(first);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(first);
        if (length > (ulong)Math.Min(rest, LargestHeader))
        {
            throw new InvalidDataException(
                $"Its header is said to have {length} bytes; wanted no more than {Math.Min(rest, LargestHeader)}: it is truncated, or no safetensors file.");
        }

        byte[] json = new byte[length];
        stream.ReadExactly(json);
        (Dictionary<string, string> metadata, Dictionary<string, ModelFileTensor> found) = Parse(json);
        int[] sizes = CheckMetadata(metadata);
        List<ModelFileTensor> tensors = Match(found, sizes);
        CheckLayout(tensors, rest - (long)length);
        return new ModelFileHeader(sizes, metadata, tensors, LengthBytes + (long)length);
    }

    /// <summary>The words of a file as they may stand in a message: short, and without what a terminal would obey.</summary>
    private static string Quote(string text)
    {
        const int Longest = 60;
        string printable = string.Concat(text.Take(Longest).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
        return text.Length > Longest ? $"'{printable}…'" : $"'{printable}'";
    }

    private static int WriteLength(Span<byte> target, ulong length)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(target, length);
        return LengthBytes;
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static (Dictionary<string, string> Metadata, Dictionary<string, ModelFileTensor> Tensors) Parse(ReadOnlySpan<byte> text)
    {
        Dictionary<string, string>? metadata = null;
        Dictionary<string, ModelFileTensor> tensors = [];
        try
        {
            Utf8JsonReader json = new(text);
            json.Read();
            Expect(json, JsonTokenType.StartObject, "its header");
            while (NextKey(ref json) is { } key)
            {
                bool isNew = key == MetadataKey ? metadata is null : !tensors.ContainsKey(key);
                RequireNew(isNew, key);
                if (key == MetadataKey)
                {
                    metadata = ParseMetadata(ref json);
                }
                else
                {
                    tensors.Add(key, ParseTensor(ref json, key));
                }
            }

            // Throws where anything but white space follows.
            json.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The reader reports text that is no UTF-8 as an invalid operation.
            throw new InvalidDataException($"Its header is not valid JSON: {e.Message}", e);
        }

        return (metadata ?? throw new InvalidDataException($"It has no '{MetadataKey}'; wanted one with '{FormatKey}', '{VersionKey}' and '{SizesKey}'."), tensors);
    }

    private static Dictionary<string, string> ParseMetadata(ref Utf8JsonReader json)
    {
        Dictionary<string, string> metadata = [];
        Expect(json, JsonTokenType.StartObject, $"'{MetadataKey}'");
        while (NextKey(ref json) is { } key)
        {
            Expect(json, JsonTokenType.String, Quote(key));
            RequireNew(metadata.TryAdd(key, json.GetString()!), key);
        }

        return metadata;
    }

    private static ModelFileTensor ParseTensor(ref Utf8JsonReader json, string name)
    {
        string? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        Expect(json, JsonTokenType.StartObject, Quote(name));
        while (NextKey(ref json) is { } key)
        {
            switch (key)
            {
                case "dtype":
                    RequireNew(type is null, key);
                    Expect(json, JsonTokenType.String, $"the dtype of {Quote(name)}");
                    type = json.GetString();
                    break;
                case "shape":
                    RequireNew(shape is null, key);
                    shape = ParseNumbers(ref json, $"the shape of {Quote(name)}", LargestSize);
                    break;
                case "data_offsets":
                    RequireNew(offsets is null, key);
                    offsets = ParseNumbers(ref json, $"the data_offsets of {Quote(name)}", long.MaxValue);
                    break;
                default:
                    throw new InvalidDataException($"{Quote(name)} has a key {Quote(key)}; wanted dtype, shape and data_offsets.");
            }
        }

        if (type is null || shape is null || offsets is not [long begin, long end])
        {
            throw new InvalidDataException($"{Quote(name)} wants a dtype, a shape, and data_offsets of two numbers.");
        }

        if (type != DataType)
        {
            throw new InvalidDataException($"{Quote(name)} has the dtype {Quote(type)}; wanted '{DataType}'.");
        }

        // Two sizes at most leave the product far from overflow.
        ModelFileTensor tensor = new(name, shape, begin);
        return shape.Length <= 2 && end >= begin && end - begin == tensor.Count * sizeof(float)
            ? tensor
            : throw new InvalidDataException(
                $"{Quote(name)} lies from byte {begin} to {end}; wanted {sizeof(float)} bytes for each element of its shape, [{string.Join(", ", shape)}], in two dimensions at most.");
    }

    private static long[] ParseNumbers(ref Utf8JsonReader json, string what, long largest)
    {
        const int Most = 8;
        List<long> numbers = [];
        Expect(json, JsonTokenType.StartArray, what);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            Expect(json, JsonTokenType.Number, $"an element of {what}");
            if (!json.TryGetInt64(out long number) || number < 0 || number > largest || numbers.Count == Most)
            {
                throw new InvalidDataException($"A number in {what} is not a whole one from 0 to {largest}, or it has more than {Most} numbers.");
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }

    /// <summary>The next key of an object, with the reader on its value; null at the end of the object.</summary>
    private static string? NextKey(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.EndObject)
        {
            return null;
        }

        string key = json.GetString()!;
        json.Read();
        return key;
    }

    private static void Expect(in Utf8JsonReader json, JsonTokenType wanted, string what)
    {
        if (json.TokenType != wanted)
        {
            throw new InvalidDataException($"In its header, {what} is {json.TokenType}; wanted {wanted}.");
        }
    }

    private static void RequireNew(bool isNew, string key)
    {
        if (!isNew)
        {
            throw new InvalidDataException($"Its header has the key {Quote(key)} twice.");
        }
    }

    /// <summary>
    /// The sizes, where the format is this one. Another program's file could name its tensors alike and keep its
    /// weights as outputs×inputs, which the shape of a square layer would not betray.
    /// </summary>
    private static int[] CheckMetadata(Dictionary<string, string> metadata)
    {
        foreach ((string key, string wanted) in new[] { (FormatKey, Format), (VersionKey, Version) })
        {
            string? came = metadata.GetValueOrDefault(key);
            if (came != wanted)
            {
                throw new InvalidDataException($"Its '{key}' is {(came is null ? "missing" : Quote(came))}; wanted '{wanted}'.");
            }
        }

        string text = metadata.GetValueOrDefault(SizesKey, "");
        string[] parts = text.Length > MostSizes * "65536-".Length ? [] : text.Split('-');
        int[] sizes = [.. parts.Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int size) ? size : 0)];
        return sizes.Length is >= 2 and <= MostSizes && sizes.All(size => size is >= 1 and <= LargestSize)
            ? sizes
            : throw new InvalidDataException($"Its '{SizesKey}' is {Quote(text)}; wanted 2 to {MostSizes} numbers from 1 to {LargestSize}, as in '64-32-10'.");
    }

    private static List<ModelFileTensor> Match(Dictionary<string, ModelFileTensor> found, int[] sizes)
    {
        List<ModelFileTensor> tensors = [];
        string network = string.Join('-', sizes);
        foreach (ModelFileTensor wanted in ModelFileTensor.Of(sizes))
        {
            if (!found.Remove(wanted.Name, out ModelFileTensor? tensor))
            {
                throw new InvalidDataException($"It has no '{wanted.Name}', which a network of {network} wants.");
            }

            if (!tensor.Shape.AsSpan().SequenceEqual(wanted.Shape))
            {
                throw new InvalidDataException(
                    $"'{tensor.Name}' has the shape [{string.Join(", ", tensor.Shape)}]; wanted [{string.Join(", ", wanted.Shape)}] for a network of {network}.");
            }

            tensors.Add(tensor);
        }

        return found.Count == 0
            ? tensors
            : throw new InvalidDataException($"It has a tensor {Quote(found.Keys.First())}, which a network of {network} does not have.");
    }

    private static void CheckLayout(List<ModelFileTensor> tensors, long dataLength)
    {
        long end = 0;
        foreach (ModelFileTensor tensor in tensors.OrderBy(tensor => tensor.Begin))
        {
            if (tensor.Begin != end)
            {
                throw new InvalidDataException($"'{tensor.Name}' begins at byte {tensor.Begin}; wanted {end}, where the tensor before it ends.");
            }

            end = tensor.End;
        }

        if (end != dataLength)
        {
            throw new InvalidDataException($"It has {dataLength} bytes of tensors; wanted {end}.");
        }
    }
}
