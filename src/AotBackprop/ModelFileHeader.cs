using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using AotBackprop.Files;

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
    private const string CheckpointFormat = "aotbackprop-checkpoint";
    private const string VersionKey = "format_version";
    private const string Version = "2";
    private const string SizesKey = "sizes";
    private const string LayoutKey = "layout";
    private const string Layout = "inputs x outputs";
    private const string Transposed = "outputs x inputs";
    private const string ChecksumKey = "checksum";
    private const string ScalingKey = "scaling";
    private const string ClassesKey = "classes";
    private const string ColumnsKey = "columns";
    private const string TargetKey = "target";
    private const string MissingKey = "missing";
    private const string DataType = "F32";

    private const int LengthBytes = sizeof(ulong);
    private const int Alignment = 8;

    // Some 2 KB are a network's own, the rest is for facts.
    private const int LargestHeader = 1 << 20;
    private const int MostSizes = 8;
    private const int LargestSize = 65_536;
    private const int MostDigits = 5;

    private const string ActivationKey = "activation";
    private const string OutputKey = "output";

    // What a file that says nothing else means.
    private static readonly ModelFunctions s_defaults =
        new(Activations.NameOf(Activation.Relu), Outputs.NameOf(Output.Softmax));

    private static readonly string[] s_own =
    [
        FormatKey, VersionKey, SizesKey, LayoutKey, ChecksumKey, ScalingKey, ClassesKey, ColumnsKey, TargetKey, MissingKey,
        ActivationKey, OutputKey,
    ];

    private ModelFileHeader(int[] sizes, Dictionary<string, string> metadata, List<ModelFileTensor> tensors)
    {
        Sizes = sizes;
        Metadata = metadata;
        Tensors = tensors;
        Facts = metadata;
    }

    public int[] Sizes { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>What Z of the layers passes through.</summary>
    public ModelFunctions Functions => FunctionsOf(Metadata);

    /// <summary>The metadata without what is the format's own.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; private init; }

    public ModelScaling? Scaling { get; private init; }

    public IReadOnlyList<string>? Classes { get; private init; }

    public IReadOnlyList<string>? Columns { get; private init; }

    public IReadOnlyList<string>? Target { get; private init; }

    public IReadOnlyList<double>? Missing { get; private init; }

    /// <summary>Of the parameters in their order, as the bytes of the file; null in files of version 1.</summary>
    public uint? Checksum { get; private init; }

    /// <summary>In the order of the network's parameters, wherever in the file they lie.</summary>
    public IReadOnlyList<ModelFileTensor> Tensors { get; }

    public static byte[] Write(ReadOnlySpan<int> sizes, ModelFunctions functions, uint checksum, ModelDescription description)
    {
        Check(sizes, functions, description);
        ArrayBufferWriter<byte> buffer = new();
        buffer.Advance(WriteLength(buffer.GetSpan(LengthBytes), 0));
        using (Utf8JsonWriter json = new(buffer, ModelFileValues.Plain))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataKey);
            json.WriteString(FormatKey, Format);
            json.WriteString(VersionKey, Version);
            json.WriteString(SizesKey, string.Join('-', sizes.ToArray()));
            if (functions.Activation != s_defaults.Activation)
            {
                json.WriteString(ActivationKey, functions.Activation);
            }

            if (functions.Output != s_defaults.Output)
            {
                json.WriteString(OutputKey, functions.Output);
            }

            json.WriteString(LayoutKey, Layout);
            json.WriteString(ChecksumKey, ChecksumText(checksum));
            void WriteGiven(string key, string? value)
            {
                if (value is not null)
                {
                    json.WriteString(key, value);
                }
            }

            WriteGiven(ScalingKey, description.Scaling is { } scaling ? ModelFileValues.TextOf(scaling) : null);
            WriteGiven(ClassesKey, description.Classes is { } classes ? ModelFileValues.TextOf(classes) : null);
            WriteGiven(ColumnsKey, description.Columns is { } columns ? ModelFileValues.TextOf(columns) : null);
            WriteGiven(TargetKey, description.Target is { } target ? ModelFileValues.TextOf(target) : null);
            WriteGiven(MissingKey, description.Missing is { } missing ? ModelFileValues.TextOf(missing) : null);
            foreach ((string key, string value) in (description.Facts ?? new Dictionary<string, string>()).OrderBy(fact => fact.Key, StringComparer.Ordinal))
            {
                if (s_own.Contains(key))
                {
                    throw new ArgumentException($"The fact '{key}' is the format's own.", nameof(description));
                }

                ArgumentNullException.ThrowIfNull(value, nameof(description));
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
            : throw new ArgumentException($"What the file is to tell is too long: the header takes {LargestHeader} bytes at most.", nameof(description));
    }

    /// <summary>Reads to the end of the header.</summary>
    /// <param name="stream">A file from its beginning.</param>
    /// <param name="length">Bytes of the file; null where that is not known.</param>
    /// <param name="whose">The sizes that are wanted, or none.</param>
    /// <param name="functions">What Z of the layers is to pass through; null for whatever it is.</param>
    /// <exception cref="InvalidDataException">It is no model file, or damaged.</exception>
    public static ModelFileHeader Read(Stream stream, long? length, ReadOnlySpan<int> whose, ModelFunctions? functions)
    {
        long rest = length is { } known ? known - LengthBytes : long.MaxValue;
        if (rest < 0)
        {
            throw new InvalidDataException($"It has {length} bytes; wanted at least the {LengthBytes} of the header's length.");
        }

        Span<byte> first = stackalloc byte[LengthBytes];
        stream.ReadExactly(first);
        ulong size = BinaryPrimitives.ReadUInt64LittleEndian(first);
        if (size > (ulong)rest)
        {
            throw new InvalidDataException($"Its header is said to have {size} bytes; wanted no more than {rest}: it is truncated, or no model file.");
        }

        if (size > LargestHeader)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The header has {size:N0} bytes, and {LargestHeader:N0} is the most."));
        }

        byte[] json = new byte[size];
        stream.ReadExactly(json);
        (Dictionary<string, string>? metadata, Dictionary<string, ModelFileTensor> found) = Parse(json);
        int[] sizes = CheckMetadata(metadata, found);
        if (whose.Length > 0 && !whose.SequenceEqual(sizes))
        {
            throw new InvalidDataException($"It holds a network of {string.Join('-', sizes)}; wanted {string.Join('-', whose.ToArray())}.");
        }

        ModelFunctions own = FunctionsOf(metadata!);
        if (functions is { } wanted)
        {
            Require(metadata!, ActivationKey, own.Activation, wanted.Activation);
            Require(metadata!, OutputKey, own.Output, wanted.Output);
        }

        List<ModelFileTensor> tensors = Match(found, sizes);
        CheckLayout(tensors, length is null ? null : rest - (long)size);
        if (metadata![VersionKey] != Version)
        {
            return new ModelFileHeader(sizes, metadata, tensors)
            {
                Facts = metadata.Where(fact => fact.Key is not (FormatKey or VersionKey or SizesKey)).ToDictionary(),
            };
        }

        return new ModelFileHeader(sizes, metadata, tensors)
        {
            Checksum = ParseChecksum(metadata.GetValueOrDefault(ChecksumKey)),
            Scaling = metadata.TryGetValue(ScalingKey, out string? scaling) ? ModelFileValues.ParseScaling(ScalingKey, scaling, sizes[0]) : null,
            Classes = metadata.TryGetValue(ClassesKey, out string? classes) ? ModelFileValues.ParseNames(ClassesKey, classes, own.ClassCount(sizes[^1])) : null,
            Columns = metadata.TryGetValue(ColumnsKey, out string? columns) ? ModelFileValues.ParseNames(ColumnsKey, columns, sizes[0]) : null,
            Target = metadata.TryGetValue(TargetKey, out string? target) ? ModelFileValues.ParseNames(TargetKey, target, count: 0) : null,
            Missing = metadata.TryGetValue(MissingKey, out string? missing) ? ModelFileValues.ParseNumbers(MissingKey, missing, sizes[0]) : null,
            Facts = metadata.Where(fact => !s_own.Contains(fact.Key)).ToDictionary(),
        };
    }

    // In files of version 1 the keys were facts like others.
    private static ModelFunctions FunctionsOf(IReadOnlyDictionary<string, string> metadata) => metadata[VersionKey] != Version
        ? s_defaults
        : new(
            metadata.GetValueOrDefault(ActivationKey, s_defaults.Activation),
            metadata.GetValueOrDefault(OutputKey, s_defaults.Output));

    private static void Require(Dictionary<string, string> metadata, string key, string came, string wanted)
    {
        if (came != wanted)
        {
            string means = metadata.ContainsKey(key) ? "" : $", which means '{came}'";
            throw new InvalidDataException($"It has {Described(key, metadata)}{means}; wanted '{wanted}'.");
        }
    }

    /// <summary>Refuses what a file could not tell of this network.</summary>
    private static void Check(ReadOnlySpan<int> sizes, ModelFunctions functions, ModelDescription description)
    {
        int inputs = sizes[0];
        int classes = functions.ClassCount(sizes[^1]);
        Require(description.Classes?.Count ?? classes, classes, "names of classes");
        Require(description.Columns?.Count ?? inputs, inputs, "names of columns");
        Require(description.Missing?.Count ?? inputs, inputs, "numbers in place of missing values");
        Require(description.Scaling is { Columns: > 0 } scaling ? scaling.Columns : inputs, inputs, "inputs that are scaled");
        if (description.Target is { Count: 0 })
        {
            throw new ArgumentException("There is no name of a target column; wanted one at least, or none told.", nameof(description));
        }

        if (description.Missing?.FirstOrDefault(number => !double.IsFinite(number)) is { } culprit && !double.IsFinite(culprit))
        {
            throw new ArgumentException($"A missing value is to become {culprit}; wanted finite numbers.", nameof(description));
        }

        static void Require(int came, int wanted, string what)
        {
            if (came != wanted)
            {
                throw new ArgumentException($"There are {came} {what}; wanted {wanted}.", nameof(description));
            }
        }
    }

    public static string ChecksumText(uint checksum) => $"crc32:{checksum:x8}";

    private static uint ParseChecksum(string? text)
    {
        // .NET's parser takes NULs behind a number.
        const string Algorithm = "crc32:";
        bool isKnown = text is { Length: 14 } && text.StartsWith(Algorithm, StringComparison.Ordinal) && text.Skip(Algorithm.Length).All(char.IsAsciiHexDigit);
        return isKnown
            ? uint.Parse(text.AsSpan(Algorithm.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : throw new InvalidDataException($"Its '{ChecksumKey}' is {(text is null ? "missing" : Quote(text))}; wanted one as in '{ChecksumText(0xCBF43926)}'.");
    }

    private static string Quote(string text) => Printable.Quote(text);

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

    private static (Dictionary<string, string>? Metadata, Dictionary<string, ModelFileTensor> Tensors) Parse(ReadOnlySpan<byte> text)
    {
        Dictionary<string, string>? metadata = null;
        Dictionary<string, ModelFileTensor> tensors = [];
        Utf8JsonReader json = new(text);
        try
        {
            json.Read();
            Expect(json, JsonTokenType.StartObject, "its header");
            while (NextKey(ref json) is { } key)
            {
                bool isNew = key == MetadataKey ? metadata is null : !tensors.ContainsKey(key);
                RequireNew(isNew, key);
                if (key == MetadataKey)
                {
                    metadata = ParseMetadata(ref json);
                    if (metadata.GetValueOrDefault(FormatKey) is CheckpointFormat)
                    {
                        throw new InvalidDataException("It is a checkpoint, from which a training goes on; wanted a model file.");
                    }
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
            // The reader reports text that is no UTF-8 as an invalid operation. What it says quotes the file at length.
            throw new InvalidDataException($"Its header is not valid JSON, from byte {json.BytesConsumed} on.", e);
        }

        return (metadata, tensors);
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
    private static int[] CheckMetadata(Dictionary<string, string>? metadata, Dictionary<string, ModelFileTensor> found)
    {
        if (metadata?.GetValueOrDefault(FormatKey) is not Format)
        {
            string came = metadata is null ? $"has no '{MetadataKey}'" : $"has {Described(FormatKey, metadata)}";
            throw new InvalidDataException(FitTransposed(found)
                ? $"It {came}, and its weights are {Transposed}, as PyTorch has them; wanted {Layout}, and '{FormatKey}' '{Format}'."
                : $"It {came}; wanted '{FormatKey}' '{Format}', '{VersionKey}' and '{SizesKey}'.");
        }

        string? version = metadata.GetValueOrDefault(VersionKey);
        if (version is not ("1" or Version))
        {
            throw new InvalidDataException($"It has {Described(VersionKey, metadata)}; wanted '1' or '{Version}'.");
        }

        if (version == Version)
        {
            if (metadata.GetValueOrDefault(LayoutKey) is not Layout)
            {
                throw new InvalidDataException($"It has {Described(LayoutKey, metadata)}; wanted '{Layout}': weights that are {Transposed} are to be transposed first.");
            }
        }

        string text = metadata.GetValueOrDefault(SizesKey, "");
        string[] parts = text.Length > MostSizes * "65536-".Length ? [] : text.Split('-');
        int[] sizes = [.. parts.Select(part =>
            part.Length is >= 1 and <= MostDigits && part.All(char.IsAsciiDigit) ? int.Parse(part, CultureInfo.InvariantCulture) : 0)];
        return sizes.Length is >= 2 and <= MostSizes && sizes.All(size => size is >= 1 and <= LargestSize)
            ? sizes
            : throw new InvalidDataException($"Its '{SizesKey}' is {Quote(text)}; wanted 2 to {MostSizes} numbers from 1 to {LargestSize}, as in '64-32-10'.");
    }

    private static string Described(string key, Dictionary<string, string> metadata) =>
        metadata.TryGetValue(key, out string? came) ? $"'{key}' {Quote(came)}" : $"no '{key}'";

    /// <summary>Whether the tensors are those of a network, were its weights outputs×inputs, and not as they are.</summary>
    private static bool FitTransposed(Dictionary<string, ModelFileTensor> found)
    {
        return Fit(1, 0) && !Fit(0, 1);

        bool Fit(int inputs, int outputs)
        {
            long? before = null;
            int layer = 0;
            for (; found.TryGetValue($"layers.{layer}.weight", out ModelFileTensor? weight); layer++)
            {
                if (weight.Shape.Length != 2 || (before is { } units && weight.Shape[inputs] != units)
                    || !found.TryGetValue($"layers.{layer}.bias", out ModelFileTensor? bias) || bias.Shape is not [long count] || count != weight.Shape[outputs])
                {
                    return false;
                }

                before = count;
            }

            return layer > 0;
        }
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
                string transposed = tensor.Shape.Reverse().SequenceEqual(wanted.Shape) ? $": it is {Transposed}, as PyTorch has them" : "";
                throw new InvalidDataException(
                    $"'{tensor.Name}' has the shape [{string.Join(", ", tensor.Shape)}]; wanted [{string.Join(", ", wanted.Shape)}] for a network of {network}{transposed}.");
            }

            tensors.Add(tensor);
        }

        return found.Count == 0
            ? tensors
            : throw new InvalidDataException($"It has a tensor {Quote(found.Keys.First())}, which a network of {network} does not have.");
    }

    private static void CheckLayout(List<ModelFileTensor> tensors, long? dataLength)
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

        if (dataLength is not null && end != dataLength)
        {
            throw new InvalidDataException($"It has {dataLength} bytes of tensors; wanted {end}.");
        }
    }
}
