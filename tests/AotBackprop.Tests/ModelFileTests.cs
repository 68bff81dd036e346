using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using AotBackprop.Data;
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
            ["checksum", "data", "format", "format_version", "layout", "seed", "sizes"],
            info.Metadata.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("aotbackprop", "2", "inputs x outputs"), (info.Metadata["format"], info.Metadata["format_version"], info.Metadata["layout"]));
        Assert.Equal([("data", "Ziffern für „alle“"), ("seed", "7")], info.Facts.Select(pair => (pair.Key, pair.Value)).Order());
        Assert.Null(info.Scaling);
        Assert.Null(info.Classes);
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

    [Theory]
    [InlineData("/dev/null")]
    [InlineData("null")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("folder")]
    [InlineData("new/")]
    [InlineData("/")]
    public void What_is_no_file_is_never_replaced(string name)
    {
        File.CreateSymbolicLink(In("null"), "/dev/null");
        Directory.CreateDirectory(In("folder"));
        using SavedNetwork network = new(7);
        string path = System.IO.Path.Combine(_folder.FullName, name);
        string expected = $"Model file '{path}': It is a directory, a pipe or a device; wanted a file.";
        Assert.Equal(expected, Assert.Throws<IOException>(() => ModelFile.Save(network, path)).Message);
        Assert.Equal(expected, Assert.Throws<IOException>(() => ModelFile.RequireWritable(path)).Message);
        Assert.Equal(["folder", "null"], Directory.GetFileSystemEntries(_folder.FullName).Select(System.IO.Path.GetFileName).Order());
        Assert.Empty(File.ReadAllBytes("/dev/null"));
    }

    /// <summary>The kernel goes through the folder that a link stands for, and then up; text would not.</summary>
    [Fact]
    public void Links_mean_what_the_system_says()
    {
        Directory.CreateDirectory(In("real/sub"));
        File.CreateSymbolicLink(In("alias"), "real/sub");
        File.CreateSymbolicLink(In("real/sub/link"), "../target");
        File.WriteAllText(In("target"), "precious");
        File.WriteAllText(In("real/target"), "old");
        using SavedNetwork network = new(7);
        ModelFile.Save(network, In("alias/link"));
        Assert.Equal("precious", File.ReadAllText(In("target")));
        Assert.Equal([3, 4, 2], ModelFile.ReadInfo(In("real/target")).Sizes);
        ModelFile.Save(network, In("alias/../other"));
        Assert.True(File.Exists(In("real/other")));

        File.CreateSymbolicLink(In("dangling"), "real/new");
        ModelFile.RequireWritable(In("dangling"));
        ModelFile.Save(network, In("dangling"));
        Assert.Equal("real/new", new FileInfo(In("dangling")).LinkTarget);
        Assert.Equal([3, 4, 2], ModelFile.ReadInfo(In("real/new")).Sizes);
        File.CreateSymbolicLink(In("nowhere"), "none/new");
        Assert.Throws<DirectoryNotFoundException>(() => ModelFile.RequireWritable(In("nowhere")));
        Assert.Throws<DirectoryNotFoundException>(() => ModelFile.Save(network, In("nowhere")));
        File.CreateSymbolicLink(In("loop"), "loop");
        Assert.Throws<IOException>(() => ModelFile.Save(network, In("loop")));
        Assert.Throws<IOException>(() => ModelFile.Load<SavedNetwork>(In("loop")));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_file_keeps_its_mode_and_a_new_one_has_that_of_any()
    {
        using SavedNetwork network = new(7);
        ModelFile.Save(network, Path);
        File.WriteAllText(In("any"), "");
        Assert.Equal(File.GetUnixFileMode(In("any")), File.GetUnixFileMode(Path));
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherExecute);
        ModelFile.Save(network, Path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherExecute, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void A_name_may_have_all_the_bytes_that_the_system_allows()
    {
        using SavedNetwork network = new(7);
        string folder = _folder.FullName + "/";
        foreach (byte[] name in new byte[][]
        {
            [0x6D, 0xE9, 0xFF], [.. Enumerable.Repeat((byte)'x', 255)], [.. Enumerable.Range(0, 127).SelectMany(_ => "ä"u8.ToArray())], [1, 27],
            [.. Enumerable.Range(0, 255).Select(i => (byte)(i + 1 == '/' ? 1 : i + 1))],
        })
        {
            byte[] path = [.. Encoding.UTF8.GetBytes(folder), .. name];
            ModelFile.RequireWritable(path);
            ModelFile.Save(network, path);
            ModelFile.Save(network, path);
            Assert.Equal([3, 4, 2], ModelFile.ReadInfo(path).Sizes);
            using SavedNetwork loaded = ModelFile.Load<SavedNetwork>(path);
            ModelFile.LoadInto(network, path);
            Assert.Equal(Bits(network), Bits(loaded));
        }

        Assert.Equal(5, Directory.GetFileSystemEntries(folder).Length);
        byte[] tooLong = [.. Encoding.UTF8.GetBytes(folder), .. Enumerable.Repeat((byte)'x', 256)];
        Assert.Throws<IOException>(() => ModelFile.RequireWritable(tooLong));
        Assert.Throws<IOException>(() => ModelFile.Save(network, tooLong));
        Assert.Throws<ArgumentException>(() => ModelFile.Save(network, "a\0b"));
        Assert.Throws<ArgumentException>(() => ModelFile.Save(network, "a\ud800b"));
        Assert.Throws<ArgumentException>(() => ModelFile.Save(network, ReadOnlySpan<byte>.Empty));

        // .NET itself can't remove some of them.
        Process.Start("rm", ["-rf", folder]).WaitForExit();
        _folder.Create();
    }

    [Fact]
    public void A_name_of_control_characters_reaches_no_terminal()
    {
        string path = In("\e[31mred\u202egnp");
        Assert.DoesNotContain('\e', Assert.Throws<FileNotFoundException>(() => ModelFile.ReadInfo(path)).Message);
        File.WriteAllText(path, "");
        string message = Assert.Throws<InvalidDataException>(() => ModelFile.ReadInfo(path)).Message;
        Assert.Contains("?[31mred?gnp", message);
    }

    [Fact]
    public void What_a_kill_left_is_removed_by_the_next_save_unless_someone_holds_it()
    {
        string dead = In(".model.safetensors.0123456789abcdef.tmp");
        string held = In(".model.safetensors.fedcba9876543210.tmp");
        string[] others = [In(".model.safetensors.0123456789abcdeg.tmp"), In(".other.0123456789abcdef.tmp"), In("model.safetensors.tmp")];
        foreach (string file in (string[])[dead, held, .. others])
        {
            File.WriteAllText(file, "half");
        }

        using SavedNetwork network = new(7);
        using (new FileStream(held, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            ModelFile.Save(network, Path);
        }

        Assert.Equal([held, .. others, Path], Directory.GetFiles(_folder.FullName).OrderBy(file => Array.IndexOf([held, .. others, Path], file)));
    }

    [Fact]
    public void That_a_file_can_be_written_is_found_out_without_a_change()
    {
        File.WriteAllText(Path, "older");
        DateTime before = Directory.GetLastWriteTimeUtc(_folder.FullName);
        ModelFile.RequireWritable(Path);
        ModelFile.RequireWritable(In("new"));
        Assert.Equal((before, "older"), (Directory.GetLastWriteTimeUtc(_folder.FullName), File.ReadAllText(Path)));
        Assert.Equal([Path], Directory.GetFiles(_folder.FullName));
        Assert.Throws<DirectoryNotFoundException>(() => ModelFile.RequireWritable(In("none/new")));
        Assert.Throws<DirectoryNotFoundException>(() => ModelFile.RequireWritable(Path + "/new"));
        Assert.ThrowsAny<Exception>(() => ModelFile.RequireWritable("/proc/self/new"));
    }

    [Fact]
    public void A_stream_is_a_file_from_where_it_stands_to_its_end()
    {
        using SavedNetwork network = new(7);
        using MemoryStream stream = new();
        stream.Write("before"u8);
        ModelFile.Save(network, stream, new Dictionary<string, string> { ["a"] = "b" });
        foreach (bool canSeek in new[] { true, false })
        {
            using SavedNetwork into = new(1);
            ModelFile.LoadInto(into, Again(canSeek));
            using SavedNetwork loaded = ModelFile.Load<SavedNetwork>(Again(canSeek));
            Assert.Equal("b", ModelFile.ReadInfo(Again(canSeek)).Facts["a"]);
            Assert.Equal(Bits(network), Bits(loaded));
            Assert.Equal(Bits(network), Bits(into));
        }

        stream.Position = stream.Length;
        stream.WriteByte(0);
        Assert.Contains("105 bytes of tensors", Assert.Throws<InvalidDataException>(() => ModelFile.Load<SavedNetwork>(Again(true))).Message);
        Assert.Contains("More follows", Assert.Throws<InvalidDataException>(() => ModelFile.Load<SavedNetwork>(Again(false))).Message);
        stream.SetLength(stream.Length - 2);
        Assert.Contains("ends too early", Assert.Throws<InvalidDataException>(() => ModelFile.Load<SavedNetwork>(Again(false))).Message);

        Stream Again(bool canSeek)
        {
            stream.Position = "before"u8.Length;
            return canSeek ? stream : new AheadStream(stream);
        }
    }

    [Fact]
    public void A_scaling_is_kept_and_a_load_that_would_ignore_it_is_refused()
    {
        using SavedNetwork network = new(7);
        ModelFile.Save(network, Path, scaling: ModelScaling.DivideBy(0.1f), classes: ["no", "yes \"é\""]);
        ModelFileInfo info = ModelFile.ReadInfo(Path);
        Assert.Equal(0.1f, info.Scaling!.Factor);
        Assert.Equal("""{"kind":"factor","factor":0.1}""", info.Metadata["scaling"]);
        Assert.Equal(["no", "yes \"é\""], info.Classes!);
        Assert.Empty(info.Facts);
        Refused("Its network wants inputs divided by 0.1, which this load does not do");
        using SavedNetwork loaded = ModelFile.Load<SavedNetwork>(Path, ScalingUse.Ignore);
        ModelFile.LoadInto(loaded, Path, ScalingUse.Ignore);
        using SavedNetwork other = ModelFile.Load<SavedNetwork>(Path, out ModelFileInfo told);
        Assert.Equal(0.1f, told.Scaling!.Factor);
        Assert.Equal(Bits(network), Bits(other));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1e-40f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_factor_is_a_normal_number_above_0(float factor) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ModelScaling.DivideBy(factor));

    [Theory]
    [InlineData("scaling", "16")]
    [InlineData("scaling", "{}")]
    [InlineData("scaling", "{'kind':'factor'}")]
    [InlineData("scaling", "{'kind':'standard','factor':16}")]
    [InlineData("scaling", "{'kind':'factor','factor':0}")]
    [InlineData("scaling", "{'kind':'factor','factor':1e99}")]
    [InlineData("scaling", "{'kind':'factor','factor':'16'}")]
    [InlineData("scaling", "{'kind':'factor','factor':16,'factor':16}")]
    [InlineData("scaling", "{'kind':'factor','factor':16,'more':1}")]
    [InlineData("scaling", "{'kind':'factor','factor':16} x")]
    [InlineData("scaling", "{'kind':'standard','mean':[1,2],'deviation':[1,2]}")]
    [InlineData("scaling", "{'kind':'standard','mean':[1,2,3],'deviation':[1,2,-1]}")]
    [InlineData("scaling", "{'kind':'standard','mean':[1,2,3],'deviation':[1,2,1e999]}")]
    [InlineData("scaling", "{'kind':'standard','mean':[1,2,3],'deviation':[1,2,'3']}")]
    [InlineData("scaling", "{'kind':'standard','mean':[1,2,3]}")]
    [InlineData("scaling", "{'kind':'minmax','minimum':[1,2,3],'maximum':[1,2,2.9]}")]
    [InlineData("scaling", "{'kind':'minmax','minimum':[1,2,3],'maximum':[4,5,6],'factor':1}")]
    [InlineData("scaling", "{'kind':'robust','median':[1,2,3]}")]
    [InlineData("columns", "['a']")]
    [InlineData("columns", "'a'")]
    [InlineData("target", "[]")]
    [InlineData("target", "[1]")]
    [InlineData("missing", "[1,2]")]
    [InlineData("missing", "[1,2,null]")]
    [InlineData("missing", "[1,2,1e999]")]
    [InlineData("classes", "['a']")]
    [InlineData("classes", "['a',2]")]
    [InlineData("classes", "{'a':'b'}")]
    [InlineData("classes", "['a','b'],")]
    [InlineData("checksum", "crc32:0")]
    [InlineData("checksum", "sha256:00000000")]
    [InlineData("layout", "outputs x inputs")]
    [InlineData("activation", "tanh")]
    [InlineData("output", "sigmoid")]
    public void Metadata_of_version_2_means_one_thing(string key, string value)
    {
        using SavedNetwork network = new(7);
        ModelFile.Save(network, Path, scaling: ModelScaling.DivideBy(16), classes: ["a", "b"]);
        Dictionary<string, string> metadata = new(ModelFile.ReadInfo(Path).Metadata) { [key] = value.Replace('\'', '"') };
        byte[] data = File.ReadAllBytes(Path)[^104..];
        Craft($"{{\"__metadata__\":{JsonSerializer.Serialize(metadata)},{Tensors}}}", data);
        Refused($"'{key}'");

        // In version 1 they were facts like others.
        metadata["format_version"] = "1";
        Craft($"{{\"__metadata__\":{JsonSerializer.Serialize(metadata)},{Tensors}}}", data);
        using SavedNetwork loaded = ModelFile.Load<SavedNetwork>(Path);
        Assert.Equal(Bits(network), Bits(loaded));
        Assert.Equal(metadata[key], ModelFile.ReadInfo(Path).Facts[key]);
    }

    [Theory]
    [InlineData("sizes")]
    [InlineData("scaling")]
    [InlineData("checksum")]
    [InlineData("columns")]
    [InlineData("target")]
    [InlineData("missing")]
    [InlineData("activation")]
    public void A_fact_has_a_key_of_its_own(string key)
    {
        using SavedNetwork network = new(7);
        Assert.Throws<ArgumentException>(() => ModelFile.Save(network, Path, new Dictionary<string, string> { [key] = "x" }));
        Assert.Throws<ArgumentException>(() => ModelFile.Save(network, Path, classes: ["only one"]));
        Assert.Throws<ArgumentException>(() => ModelFile.Save(network, Path, new Dictionary<string, string> { ["a"] = new('x', 1 << 20) }));
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public void A_bit_that_fell_is_found()
    {
        using SavedNetwork network = new(7);
        ModelFile.Save(network, Path);
        byte[] file = File.ReadAllBytes(Path);
        file[^20] ^= 1;
        File.WriteAllBytes(Path, file);
        Refused("it is damaged");
    }

    [Theory]
    [InlineData("", "has no '__metadata__', and its weights are outputs x inputs, as PyTorch has them")]
    [InlineData("\"__metadata__\":{\"format\":\"pt\"},", "has 'format' 'pt', and its weights are outputs x inputs")]
    [InlineData(Metadata + ",", "'layers.0.weight' has the shape [4, 3]; wanted [3, 4] for a network of 3-4-2: it is outputs x inputs, as PyTorch has them")]
    public void Weights_that_fit_when_transposed_alone_are_told(string metadata, string message)
    {
        Craft("{" + metadata + Tensors.Replace("[3,4]", "[4,3]").Replace("[4,2]", "[2,4]") + "}");
        Refused(message);
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
    public void A_header_of_more_than_a_megabyte_is_refused_in_a_file_that_has_it_too()
    {
        Craft("{" + Metadata.Replace("\"sizes\"", "\"fact\":\"" + new string('x', 1_500_000) + "\",\"sizes\"") + "," + Tensors + "}");
        InvalidDataException e = Assert.Throws<InvalidDataException>(() => ModelFile.ReadInfo(Path));
        Assert.EndsWith("bytes, and 1,048,576 is the most.", e.Message);
    }

    [Fact]
    public void An_error_of_the_system_names_what_was_read()
    {
        IOException e = Assert.Throws<IOException>(() => ModelFile.Load<SavedNetwork>(new FailingStream()));
        Assert.Equal("Model file can't be read: the disk is broken", e.Message);
    }

    [Fact]
    public void A_long_name_leaves_room_for_the_cause()
    {
        string folder = string.Concat(Enumerable.Repeat("folder/", 200));
        string message = Assert.Throws<DirectoryNotFoundException>(() => ModelFile.RequireWritable(In(folder + "model"))).Message;
        Assert.EndsWith("…' can't be written: there is no such directory.", message);
        Assert.InRange(message.Length, 300, 400);
    }

    [Fact]
    public void A_header_of_more_than_a_megabyte_is_refused_unread()
    {
        using (FileStream stream = File.Create(Path))
        {
            byte[] length = new byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(length, 99_000_000);
            stream.Write(length);
            stream.SetLength(200_000_000);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused("The header has 99,000,000 bytes, and 1,048,576 is the most.");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void What_a_file_says_reaches_messages_in_short()
    {
        foreach (string header in new[]
        {
            "{\"a\":t\e]0;owned\a\e[2J\e[31mhello\n }", "{\"a\":t" + new string('x', 1_000_000) + "}", "{} \e[31mred", "{" + new string(' ', 1_000_000) + "}",
            "{\"" + new string('\u202e', 100_000) + "\":1}", "{" + Metadata + ",\"\u202egnp.exe\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}",
        })
        {
            Craft(header);
            string message = Assert.Throws<InvalidDataException>(() => ModelFile.ReadInfo(Path)).Message;
            Assert.DoesNotContain(message, c => char.IsControl(c) || c == '\u202e');
            Assert.InRange(message.Length - Path.Length, 0, 300);
        }
    }

    [Theory]
    [InlineData("", "not valid JSON, from byte 0 on")]
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
    [InlineData("{" + Tensors + "}", "It has no '__metadata__'; wanted")]
    [InlineData("{\"__metadata__\":null," + Tensors + "}", "'__metadata__' is Null; wanted StartObject")]
    [InlineData("{\"__metadata__\":{\"format\":1}," + Tensors + "}", "'format' is Number; wanted String")]
    [InlineData("{\"__metadata__\":{}," + Tensors + "}", "It has no 'format'; wanted 'format' 'aotbackprop'")]
    [InlineData("{\"__metadata__\":{\"format\":\"pt\"}," + Tensors + "}", "It has 'format' 'pt'; wanted 'format' 'aotbackprop'")]
    [InlineData("{\"__metadata__\":{\"format\":\"aotbackprop\",\"format_version\":\"3\"}," + Tensors + "}", "It has 'format_version' '3'; wanted '1' or '2'")]
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
    [InlineData("0000003-4-2")]
    [InlineData("3-99999999999-2")]
    [InlineData("1-1-1-1-1-1-1-1-1")]
    public void Sizes_that_are_none_are_refused(string sizes)
    {
        Craft("{" + Metadata.Replace("3-4-2", sizes) + "," + Tensors + "}");
        Refused($"Its 'sizes' is '{sizes}'; wanted 2 to 8 numbers");
    }

    [Fact]
    public void Numbers_with_NULs_behind_them_are_none()
    {
        Craft("{" + Metadata.Replace("3-4-2", "3\\u0000-4-2") + "," + Tensors + "}");
        Refused("Its 'sizes' is '3?-4-2'; wanted 2 to 8 numbers");
        string second = Facts.Replace("\"1\"", "\"2\"") + ",\"layout\":\"inputs x outputs\",\"checksum\":\"crc32:1234567\\u0000\"";
        Craft("{\"__metadata__\":{" + second + "}," + Tensors + "}");
        Refused("Its 'checksum' is 'crc32:1234567?'; wanted one as in");
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

    private string In(string name) => System.IO.Path.Combine(_folder.FullName, name);

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

    private sealed class FailingStream : ReadOnlyStream
    {
        public override int Read(byte[] buffer, int offset, int count) => throw new IOException("the disk is broken");
    }
}
