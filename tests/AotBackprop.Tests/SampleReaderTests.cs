using System.Globalization;
using System.IO.Compression;
using System.Text;
using AotBackprop.CommandLine.Data;
using AotBackprop.CommandLine.IO;
using AotBackprop.Data;
using AotBackprop.Numerics;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>The data files of the command, in the process: tests/package has them through the executable.</summary>
public sealed class SampleReaderTests
{
    private static readonly TargetColumns Class = new() { Classes = 3, Count = 1, What = "the class" };

    private const int Rows = 40;

    // tests/long.sh asks for 100,000.
    private static readonly int s_mutations =
        int.Parse(Environment.GetEnvironmentVariable("AOTBACKPROP_MUTATIONS") ?? "1000", CultureInfo.InvariantCulture);

    private static readonly byte[][] s_tokens =
        [.. new[] { "\0", "\"", ";", "\t", "\r", "\n", "nan", "1e999", "-1", "\uFEFF", "\x1b[31m", ",,,", "٣", "\u202e", new string('9', 1000) }
            .Select(Encoding.UTF8.GetBytes),
            [0x1F, 0x8B, 8, 0], [0xFF, 0xFE]];

    [Fact]
    public void A_mutated_file_is_read_or_refused_in_words()
    {
        byte[] plain = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, Rows).Select(n => $"5.{n % 10},3.1,-1e-2,+0.2,{n % 3}\n")));
        byte[][] originals = [plain, [.. Compressed(plain[..100]), .. Compressed(plain[100..])]];
        Xoshiro256 random = new(1);
        int refused = 0;
        for (int n = 0; n < s_mutations; n++)
        {
            byte[] file = Mutated(originals[n % originals.Length], ref random);
            try
            {
                Samples samples = Read(file);
                Assert.Equal(samples.Count * 4, samples.X.Length);
                Assert.Equal(samples.Count, samples.Targets.Labels.Length);
                Assert.Equal(-1, samples.Targets.Labels.IndexOfAnyExceptInRange(0, 2));
                Assert.Equal(-1, samples.X.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue));
            }
            catch (InvalidDataException e)
            {
                Assert.True(e.Message.Length < 500 && !e.Message.Any(c => char.IsControl(c) || c == '\u202e'), e.Message);
                refused++;
            }
        }

        Assert.InRange(refused, s_mutations / 4, s_mutations - 1);
    }

    [Fact]
    public void Every_cut_of_a_compressed_file_is_refused()
    {
        byte[] text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, Rows).Select(n => $"1,2,3,{n},1\n")));
        byte[] members = [.. Compressed(text[..63]), .. Compressed(text[63..])];
        int first = Compressed(text[..63]).Length;
        Assert.Equal(Rows, Read(members).Count);
        for (int length = 2; length < members.Length; length++)
        {
            // The first member alone is a whole file, whose last line is cut.
            Exception? refused = Record.Exception(() => Read(members[..length]));
            Assert.True(refused is InvalidDataException, $"{length} of {members.Length} bytes, a member of {first}: {refused}");
        }
    }

    [Fact]
    public void How_a_compressed_file_comes_in_pieces_changes_nothing()
    {
        byte[] text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, Rows).Select(n => $"1,2,3,{n},1\n")));
        byte[] nothing = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        byte[] file = [.. Compressed(text[..63]), .. nothing, .. Decorated(Compressed(text[63..]), "name"), .. nothing];
        for (int piece = 1; piece <= 40; piece++)
        {
            using PiecewiseStream pieces = new(file, piece);
            Assert.Equal(Rows, Read(pieces).Count);
        }
    }

    [Fact]
    public void A_compressed_file_is_read_in_blocks_whatever_its_header_holds()
    {
        using PiecewiseStream file = new(Decorated(Compressed("1,2,3,4,1\n"u8.ToArray()), new string('n', 1 << 20)), int.MaxValue);
        Assert.Equal(1, Read(file).Count);
        Assert.InRange(file.Reads, 17, 20);
    }

    [Fact]
    public void Names_of_columns_may_stand_behind_blank_lines()
    {
        byte[] file = "\n \na,b,c,d,class\n1,2,3,4,1\n"u8.ToArray();
        Assert.Equal(1, new SampleReader { Inputs = 4, Targets = Class, Scale = 1, HasHeader = true }.Read(new MemoryStream(file), "data").Count);
        Assert.Contains("line 3: value 1 is 'a'; wanted a finite number. It seems to be names of columns", Assert.Throws<InvalidDataException>(() => Read(file)).Message);
    }

    [Theory]
    [InlineData("\uFEFF\uFEFF1", "?1")]
    [InlineData("\u00A01", "?1")]
    [InlineData("1\u007F", "1?")]
    public void A_character_that_is_not_seen_is_told_of(string value, string shown) => Assert.Contains(
        $"value 1 is '{shown}'; wanted a finite number. It holds a character that can't be seen, shown as ?.",
        Assert.Throws<InvalidDataException>(() => Read(Encoding.UTF8.GetBytes($"{value},2,3,4,1\n"))).Message);

    [Fact]
    public void A_file_whose_lines_end_in_CR_alone_is_told_so_whatever_its_length()
    {
        byte[] file = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("1,2,3,4,1\r", 10_000)));
        Assert.Contains("the line has more than 65536 bytes. Lines seem to end in CR alone", Assert.Throws<InvalidDataException>(() => Read(file)).Message);
    }

    [Fact]
    public void A_sample_knows_its_line_in_each_part()
    {
        Samples all = Read(Encoding.ASCII.GetBytes("\n\n" + string.Concat(Enumerable.Range(3, Rows).Select(line => $"{line},2,3,4,1\n\n"))));
        (Samples training, Samples heldOut) = all.Split(0.25m, 1);
        Assert.Equal((30, 10), (training.Count, heldOut.Count));
        foreach (Samples part in new[] { all, training, heldOut })
        {
            for (int n = 0; n < part.Count; n++)
            {
                Assert.Equal($"data, line {(2 * (int)part.X[4 * n]) - 3}", part.Place(n));
            }
        }

        int largest = training.Count - 1;
        Assert.Equal(
            $"value 1 in {training.Place(largest)}, scaled, is 42, the largest input",
            training.Located($"X[{largest}, 0] is 42, the largest input"));
    }

    [Fact]
    public void Where_nothing_is_held_out_nothing_is_copied()
    {
        Samples all = Read("1,2,3,4,1\n5,6,7,8,2\n"u8.ToArray());
        Assert.Same(all, all.Split(0, 1).Training);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("é\u0301 日本 \U0001F600")]
    public void A_name_in_UTF8_stays_what_it_is(string name) => Assert.Equal(name, NameBytes.ToText(NameBytes.Of(name)));

    [Fact]
    public void Any_bytes_are_a_name_and_come_back()
    {
        Xoshiro256 random = new(1);
        for (int n = 0; n < 1000; n++)
        {
            byte[] name = [.. Enumerable.Range(0, (int)random.NextBelow(20)).Select(_ => (byte)(random.NextBelow(255) + 1))];
            Assert.Equal(name, NameBytes.Of(NameBytes.ToText(name)));
        }
    }

    private static Samples Read(byte[] file) => Read(new MemoryStream(file));

    private static Samples Read(Stream file) =>
        new SampleReader { Inputs = 4, Targets = Class, Scale = 1, HasHeader = false }.Read(Decompression.Open(file), "data");

    /// <summary>With all that a header may have: an extra field, a name, a comment, its own checksum.</summary>
    private static byte[] Decorated(byte[] member, string name) =>
        [.. member[..3], 0x1E, .. member[4..10], 2, 0, 1, 0, .. Encoding.ASCII.GetBytes(name), 0, .. "comment\0"u8, 0, 0, .. member[10..]];

    private static byte[] Compressed(byte[] bytes)
    {
        using MemoryStream file = new();
        using (GZipStream stream = new(file, CompressionLevel.Optimal))
        {
            stream.Write(bytes);
        }

        return file.ToArray();
    }

    private static byte[] Mutated(byte[] original, ref Xoshiro256 random)
    {
        List<byte> bytes = [.. original];
        for (ulong change = random.NextBelow(4) + 1; change > 0; change--)
        {
            int at = (int)random.NextBelow((ulong)bytes.Count + 1);
            int length = (int)random.NextBelow((ulong)(bytes.Count - at) + 1);
            length = Math.Min(length, 1 << (int)random.NextBelow(8));
            switch (random.NextBelow(5))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << (int)random.NextBelow(8));
                    break;
                case 1:
                    bytes.InsertRange(at, s_tokens[(int)random.NextBelow((ulong)s_tokens.Length)]);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes.RemoveRange(at, length);
                    break;
                default:
                    bytes.Insert(at, (byte)random.NextBelow(256));
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>A file of which a read gives a few bytes at most.</summary>
    private sealed class PiecewiseStream(byte[] file, int piece) : MemoryStream(file)
    {
        public int Reads { get; private set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Reads++;
            return base.Read(buffer, offset, Math.Min(count, piece));
        }
    }
}
