using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Xunit;

namespace AotBackprop.Tests;

[Network(3, 4, 2)]
internal sealed partial class SavedNetwork;

[Network(3, 2, 2)]
internal sealed partial class OtherNetwork;

public sealed class ModelFileTests : IDisposable
{
    private const string Facts = """
        "format":"aotbackprop","format_version":"1","sizes":"3-4-2"
        """;

    private const string Metadata = $$"""
        "__metadata__":{{{Facts}}}
        """;

    private const string W1 = """
        "layers.0.weight":{"dtype":"F32","shape":[3,4],"data_offsets":[0,48]}
        """;

    private const string b1 = """
        "layers.0.bias":{"dtype":"F32","shape":[4],"data_offsets":[48,64]}
        """;

    private const string W2 = """
        "layers.1.weight":{"dtype":"F32","shape":[4,2],"data_offsets":[64,96]}
        """;

    private const string b2 = """
        "layers.1.bias":{"dtype":"F32","shape":[2],"data_offsets":[96,104]}
        """;

    private const string Tensors = $"{W1},{b1},{W2},{b2}";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aotbackprop-");

    private string Path => System.IO.Path.Combine(_folder.FullName, "model.safetensors");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_is_saved_is_loaded_to_the_bit()
    {
        using SavedNetwork network = new(7);
        network.Parameters[3] = -0f;
        network.Parameters[4] = float.Epsilon;
        ModelFile.Save(network, Path);

        using SavedNetwork loaded = ModelFile.Load<SavedNetwork>(Path);
        using SavedNetwork into = new(1);
        ModelFile.LoadInto(into, Path);

        Assert.Equal(Bits(network), Bits(loaded));
        Assert.Equal(Bits(network), Bits(into));
    }

    [Fact]
    public void The_file_is_laid_out_as_documented()
    {
        using SavedNetwork network = new(7);
        ModelFile.Save(network, Path, new Dictionary<string, string> { ["seed"] = "7", ["data"] = "Ziffern für „alle“" });

        byte[] file = File.ReadAllBytes(Path);
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        Assert.Equal(0, length % 8);
        string text = Encoding.UTF8.GetString(file, 8, length);
        Assert.Equal('{', text[0]);
        using JsonDocument header = JsonDocument.Parse(text);
        Assert.Equal(
            ["__metadata__", "layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"],
            header.RootElement.EnumerateObject().Select(property => property.Name));
        foreach (string tensor in new[] { W1, b1, W2, b2 })
        {
            Assert.Contains(tensor, text);
        }

        Assert.Equal(MemoryMarshal.AsBytes<float>(network.Parameters.ToArray()).ToArray(), file[(8 + length)..]);
        ModelFileInfo info = ModelFile.ReadInfo(Path);
        Assert.Equal([3, 4, 2], info.Sizes);
        Assert.Equal(
            [("data", "Ziffern für „alle“"), ("format", "aotbackprop"), ("format_version", "1"), ("seed", "7"), ("sizes", "3-4-2")],
            info.Metadata.Select(pair => (pair.Key, pair.Value)).Order());
    }

    [Fact]
    public void Saving_replaces_a_file_as_a_whole_and_leaves_no_other()
    {
        File.WriteAllText(Path, "older");
        using SavedNetwork network = new(7);
        ModelFile.Save(network, Path);
        ModelFile.Save(network, Path);
        Assert.Equal([Path], Directory.GetFiles(_folder.FullName));
        Assert.Equal([3, 4, 2], ModelFile.ReadInfo(Path).Sizes);
    }

    [Fact]
    public void A_link_stays_and_what_it_points_to_is_replaced()
    {
        string link = System.IO.Path.Combine(_folder.FullName, "latest");
        File.WriteAllText(Path, "older");
        File.CreateSymbolicLink(link, System.IO.Path.GetFileName(Path));
        using SavedNetwork network = new(7);
        ModelFile.Save(network, link);
        Assert.Equal(System.IO.Path.GetFileName(Path), new FileInfo(link).LinkTarget);
        Assert.Equal([3, 4, 2], ModelFile.ReadInfo(Path).Sizes);
    }

    [Fact]
    public void A_device_is_never_replaced()
    {
        using SavedNetwork network = new(7);
        Assert.Contains("'/dev/null' is a device; wanted a file", Assert.Throws<IOException>(() => ModelFile.Save(network, "/dev/null")).Message, StringComparison.Ordinal);
        Assert.Empty(File.ReadAllBytes("/dev/null"));
    }

    [Fact]
    public void What_cannot_be_saved_leaves_the_file_that_was_there()
    {
        File.WriteAllText(Path, "older");
        using SavedNetwork network = new(7);
        Assert.Throws<ArgumentException>(() => ModelFile.Save(network, Path, new Dictionary<string, string> { ["sizes"] = "1-2" }));
        network.Parameters[5] = float.NaN;
        Assert.Throws<NotFiniteNumberException>(() => ModelFile.Save(network, Path));
        Assert.Throws<NotFiniteNumberException>(() => ModelFile.Save(network, System.IO.Path.Combine(_folder.FullName, "none", "m")));
        network.Initialize(7);
        Assert.ThrowsAny<IOException>(() => ModelFile.Save(network, System.IO.Path.Combine(_folder.FullName, "none", "m")));
        Directory.CreateDirectory(Path + ".d");
        Assert.ThrowsAny<Exception>(() => ModelFile.Save(network, Path + ".d"));
        Assert.Equal([Path], Directory.GetFiles(_folder.FullName));
        Assert.Equal("older", File.ReadAllText(Path));
    }

    [Fact]
    public void Tensors_may_lie_in_any_order_and_the_header_may_have_white_space()
    {
        float[] numbers = [.. Enumerable.Range(0, 26).Select(i => (float)i)];
        const string Header = $$"""
              {"layers.1.bias":{"shape":[2],"data_offsets":[0,8],"dtype":"F32"},
              "layers.0.bias" : {"dtype":"F32", "shape":[4],"data_offsets":[8,24]},
              {{Metadata}}, "layers.1.weight":{"dtype":"F32","shape":[4,2],"data_offsets":[24,56]},
              "layers.0.weight":{"dtype":"F32","shape":[3,4],"data_offsets":[56,104]} }
            """;
        Craft(Header, MemoryMarshal.AsBytes<float>(numbers).ToArray());
        using SavedNetwork network = ModelFile.Load<SavedNetwork>(Path);
        Assert.Equal([.. numbers[14..], .. numbers[2..6], .. numbers[6..14], .. numbers[..2]], network.Parameters.ToArray());
    }

    [Fact]
    public void A_network_of_other_sizes_is_refused_with_both()
    {
        using OtherNetwork other = new(1);
        ModelFile.Save(other, Path);
        Refused("a network of 3-2-2; wanted 3-4-2");
        Assert.Equal([3, 2, 2], ModelFile.ReadInfo(Path).Sizes);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        using SavedNetwork network = new(7);
        ModelFile.Save(network, Path);
        byte[] whole = File.ReadAllBytes(Path);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(Path, whole[..length]);
            Refused("wanted");
        }

        File.WriteAllBytes(Path, [.. whole, 0]);
        Refused("It has 105 bytes of tensors; wanted 104");
    }

    /// <summary>No single byte, whatever its value, makes the reader do anything but load or refuse.</summary>
    [Fact]
    public void A_file_with_any_byte_of_its_header_changed_loads_or_is_refused()
    {
        using SavedNetwork network = new(7);
        ModelFile.Save(network, Path);
        byte[] whole = File.ReadAllBytes(Path);
        int headerEnd = whole.Length - (26 * sizeof(float));
        Random random = new(1);
        for (int i = 0; i < headerEnd; i++)
        {
            byte[] changed = [.. whole];
            changed[i] = (byte)random.Next(256);
            File.WriteAllBytes(Path, changed);
            try
            {
                ModelFile.Load<SavedNetwork>(Path).Dispose();
            }
            catch (InvalidDataException)
            {
                continue;
            }
        }
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(0x8000_0000_0000_0000)]
    [InlineData(1UL << 40)]
    [InlineData(105UL)]
    public void A_header_longer_than_the_file_is_refused(ulong length)
    {
        Craft("", new byte[104], length);
        Refused($"Its header is said to have {length} bytes; wanted no more than 104");
    }

    [Fact]
    public void A_header_beyond_the_limit_of_the_format_is_refused()
    {
        using (FileStream stream = File.Create(Path))
        {
            byte[] length = new byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(length, 100_000_001);
            stream.Write(length);
            stream.SetLength(200_000_000);
        }

        Refused("100000001 bytes; wanted no more than 100000000");
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("[]", "its header is StartArray; wanted StartObject")]
    [InlineData("{", "not valid JSON")]
    [InlineData("{" + Metadata + "," + Tensors, "not valid JSON")]
    [InlineData("{" + Metadata + "," + Tensors + ",}", "not valid JSON")]
    [InlineData("{" + Metadata + "," + Tensors + "} x", "not valid JSON")]
    [InlineData("{" + Metadata + "," + Tensors + "}{}", "not valid JSON")]
    [InlineData("{/**/" + Metadata + "," + Tensors + "}", "not valid JSON")]
    [InlineData("{\"\\ud800\":{}}", "not valid JSON")]
    public void What_is_not_JSON_is_refused(string header, string message)
    {
        Craft(header);
        Refused(message);
    }

    [Fact]
    public void Text_that_is_no_UTF8_is_refused()
    {
        Craft(Encoding.Latin1.GetBytes("{\"\u00ff\u00fe\":{}}"), new byte[104]);
        Refused("not valid JSON");
    }

    [Fact]
    public void JSON_nested_deeply_is_refused()
    {
        Craft(string.Concat(Enumerable.Repeat("{\"a\":", 100_000)));
        Refused("wanted dtype, shape and data_offsets");
        Craft(new string('[', 100_000));
        Refused("wanted StartObject");
    }

    [Theory]
    [InlineData("{" + Tensors + "}", "It has no '__metadata__'")]
    [InlineData("{\"__metadata__\":null," + Tensors + "}", "'__metadata__' is Null; wanted StartObject")]
    [InlineData("{\"__metadata__\":{\"format\":1}," + Tensors + "}", "'format' is Number; wanted String")]
    [InlineData("{\"__metadata__\":{}," + Tensors + "}", "Its 'format' is missing; wanted 'aotbackprop'")]
    [InlineData("{\"__metadata__\":{\"format\":\"pt\"}," + Tensors + "}", "Its 'format' is 'pt'; wanted 'aotbackprop'")]
    [InlineData("{\"__metadata__\":{\"format\":\"aotbackprop\",\"format_version\":\"2\"}," + Tensors + "}", "Its 'format_version' is '2'; wanted '1'")]
    [InlineData("{" + Metadata + "," + Metadata + "," + Tensors + "}", "the key '__metadata__' twice")]
    [InlineData("{\"__metadata__\":{" + Facts + ",\"sizes\":\"3-4-2\"}," + Tensors + "}", "the key 'sizes' twice")]
    public void Other_metadata_is_refused(string header, string message)
    {
        Craft(header);
        Refused(message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("3")]
    [InlineData("3-")]
    [InlineData("3--2")]
    [InlineData("3-+4-2")]
    [InlineData("3-0-2")]
    [InlineData("3-65537-2")]
    [InlineData("3-99999999999-2")]
    [InlineData("1-1-1-1-1-1-1-1-1")]
    public void Sizes_that_are_none_are_refused(string sizes)
    {
        Craft("{" + Metadata.Replace("3-4-2", sizes) + "," + Tensors + "}");
        Refused($"Its 'sizes' is '{sizes}'; wanted 2 to 8 numbers");
    }

    [Theory]
    [InlineData(W1 + "," + b1 + "," + W2, "no 'layers.1.bias'")]
    [InlineData(Tensors + ",\"more\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[104,108]}", "a tensor 'more', which a network of 3-4-2 does not have")]
    [InlineData(Tensors + "," + W1, "the key 'layers.0.weight' twice")]
    [InlineData("\"layers.0.weight\":7," + b1, "'layers.0.weight' is Number; wanted StartObject")]
    [InlineData("\"a\\u001b[31m\":7", "'a?[31m' is Number")]
    public void Other_tensors_are_refused(string tensors, string message)
    {
        Craft("{" + Metadata + "," + tensors + "}");
        Refused(message);
    }

    [Theory]
    [InlineData("""{"dtype":"F64","shape":[3,4],"data_offsets":[0,96]}""", "the dtype 'F64'; wanted 'F32'")]
    [InlineData("""{"dtype":"F32","shape":[4,3],"data_offsets":[0,48]}""", "the shape [4, 3]; wanted [3, 4]")]
    [InlineData("""{"dtype":"F32","shape":[12],"data_offsets":[0,48]}""", "the shape [12]; wanted [3, 4]")]
    [InlineData("""{"dtype":"F32","shape":[3,4,1],"data_offsets":[0,48]}""", "in two dimensions at most")]
    [InlineData("""{"dtype":"F32","shape":[],"data_offsets":[0,4]}""", "the shape []; wanted [3, 4]")]
    [InlineData("""{"dtype":"F32","shape":[3,-4],"data_offsets":[0,48]}""", "not a whole one")]
    [InlineData("""{"dtype":"F32","shape":[3,4.5],"data_offsets":[0,48]}""", "not a whole one")]
    [InlineData("""{"dtype":"F32","shape":[9223372036854775807,2],"data_offsets":[0,48]}""", "not a whole one")]
    [InlineData("""{"dtype":"F32","shape":[3,99999999999999999999],"data_offsets":[0,48]}""", "not a whole one")]
    [InlineData("""{"dtype":"F32","shape":"3x4","data_offsets":[0,48]}""", "the shape of 'layers.0.weight' is String; wanted StartArray")]
    [InlineData("""{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,48]}""", "more than 8 numbers")]
    [InlineData("""{"dtype":"F32","shape":[3,4],"data_offsets":[0,44]}""", "from byte 0 to 44")]
    [InlineData("""{"dtype":"F32","shape":[3,4],"data_offsets":[48,0]}""", "from byte 48 to 0")]
    [InlineData("""{"dtype":"F32","shape":[3,4],"data_offsets":[0]}""", "data_offsets of two numbers")]
    [InlineData("""{"dtype":"F32","shape":[3,4],"data_offsets":[-48,0]}""", "not a whole one")]
    [InlineData("""{"dtype":"F32","shape":[3,4],"data_offsets":[8,56]}""", "wanted")]
    [InlineData("""{"dtype":"F32","shape":[3,4],"data_offsets":[48,96]}""", "wanted")]
    [InlineData("""{"dtype":"F32","shape":[3,4],"data_offsets":[104,152]}""", "wanted")]
    [InlineData("""{"dtype":"F32","shape":[3,4],"data_offsets":[9223372036854775759,9223372036854775807]}""", "wanted")]
    [InlineData("""{"dtype":"F32","shape":[3,4]}""", "wants a dtype, a shape, and data_offsets")]
    [InlineData("""{"dtype":"F32","dtype":"F32","shape":[3,4],"data_offsets":[0,48]}""", "the key 'dtype' twice")]
    [InlineData("""{"dtype":"F32","shape":[3,4],"data_offsets":[0,48],"stride":[1]}""", "a key 'stride'")]
    public void A_tensor_described_otherwise_is_refused(string tensor, string message)
    {
        Craft($$"""{{{Metadata}},"layers.0.weight":{{tensor}},{{b1}},{{W2}},{{b2}}}""");
        Refused(message);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Numbers_that_are_not_finite_are_refused(float number)
    {
        float[] numbers = new float[26];
        numbers[13] = number;
        Craft("{" + Metadata + "," + Tensors + "}", MemoryMarshal.AsBytes<float>(numbers).ToArray());
        Refused($"Element 1 of 'layers.0.bias' is {number}; wanted finite numbers");
    }

    [Fact]
    public void A_file_that_is_not_there_is_told()
    {
        Assert.Throws<FileNotFoundException>(() => ModelFile.ReadInfo(Path));
        Assert.Throws<ArgumentException>(() => ModelFile.ReadInfo(""));
    }

    private static int[] Bits(SavedNetwork network) => [.. network.Parameters.ToArray().Select(BitConverter.SingleToInt32Bits)];

    private void Craft(string header, byte[]? data = null, ulong? length = null) =>
        Craft(Encoding.UTF8.GetBytes(header), data ?? new byte[104], length);

    private void Craft(byte[] header, byte[] data, ulong? length = null)
    {
        byte[] first = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(first, length ?? (ulong)header.Length);
        File.WriteAllBytes(Path, [.. first, .. header, .. data]);
    }

    /// <summary>Refused with the file's name and these words, and the network is as it was.</summary>
    private void Refused(string words)
    {
        using SavedNetwork network = new(3);
        int[] before = Bits(network);
        InvalidDataException e = Assert.Throws<InvalidDataException>(() => ModelFile.LoadInto(network, Path));
        Assert.StartsWith($"Model file '{Path}': ", e.Message);
        Assert.Contains(words, e.Message);
        Assert.Equal(before, Bits(network));
        Assert.Throws<InvalidDataException>(() => ModelFile.Load<SavedNetwork>(Path));
    }
}
