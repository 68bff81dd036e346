using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using AotBackprop.Numerics;
using Xunit;

namespace AotBackprop.Data.Tests;

/// <summary>Files that are changed at random are read, or refused in words, soon and in little memory.</summary>
public sealed class MutationTests
{
    private const int Rows = 24;
    private const long MostMemory = 64L << 20;
    private const long MostTime = 20_000;

    // tests/long.sh asks for 100,000 of each format.
    private static readonly int s_mutations =
        int.Parse(Environment.GetEnvironmentVariable("AOTBACKPROP_DATA_MUTATIONS") ?? "100", CultureInfo.InvariantCulture);

    private static readonly byte[][] s_tokens =
    [
        .. new[]
        {
            "\0", "\"", "\"\"", ";", "\t", "\r", "\n", ",", " ", "nan", "NA", "1e999", "-1", "\uFEFF", "\x1b[31m", ",,,", "٣", "\u202e", "sep=;\n", "#", "{", "}", "[", "]", ":", "'", "(",
            new string('9', 1000), "{\"a\":1}", "'shape': (99999999999, 4)", "fortran_order", "\U0001F600", "0", "1", "2",
        }.Select(Encoding.UTF8.GetBytes),
        [0x1F, 0x8B, 8, 0], [0xFF, 0xFE], [0xFE, 0xFF], [0x80], [0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 8, 3], [0x93], [.. "PK\x3\x4"u8],
    ];

    private static readonly string s_text = string.Concat(Enumerable.Range(0, Rows).Select(n => $"5.{n % 10},3.1,-1e-2,+0.2,{n % 3}\n"));
    private static readonly float[] s_numbers = [.. Enumerable.Range(0, Rows * 4).Select(n => n * 0.25f)];

    private static readonly Dictionary<string, byte[]> s_formats = new()
    {
        ["CSV"] = Encoding.UTF8.GetBytes(s_text),
        ["CSV with header, quotes and words"] = Encoding.UTF8.GetBytes("\"a,1\",b,c,d,\"the \"\"class\"\"\"\n" + Tables.Map(s_text, (field, i) => i == 4 ? $"\"k, {field}\"" : field)),
        ["CSV of semicolons"] = Encoding.UTF8.GetBytes(s_text.Replace(',', ';').Replace("\n", ";\r\n")),
        ["CSV of spaces"] = Encoding.UTF8.GetBytes(s_text.Replace(",", "  ")),
        ["CSV in UTF-16"] = [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(s_text)],
        ["CSV in gzip"] = [.. Tables.Gzip(Encoding.UTF8.GetBytes(s_text[..100])), .. Tables.Gzip(Encoding.UTF8.GetBytes(s_text[100..]))],
        ["IDX"] = Tables.Idx(8, [Rows, 5], [.. Enumerable.Range(0, Rows).SelectMany(n => new[] { (byte)n, (byte)2, (byte)3, (byte)4, (byte)(n % 3) })]),
        ["IDX in gzip"] = Tables.Gzip(Tables.Idx(8, [Rows, 5], [.. Enumerable.Range(0, Rows).SelectMany(n => new[] { (byte)n, (byte)2, (byte)3, (byte)4, (byte)(n % 3) })])),
        ["NPY"] = Tables.Npy("<f4", $"({Rows}, 5)", Tables.Bytes([.. Enumerable.Range(0, Rows).SelectMany(n => new[] { n, 2, 3, 4, (float)(n % 3) })])),
        ["NPY of columns"] = Tables.Npy(">f8", $"({Rows}, 5)", Tables.BigEndian([.. Enumerable.Range(0, Rows * 5).Select(i => (double)(i / Rows == 4 ? i % 3 : i))]), isColumnMajor: true),
        ["NPZ"] = Tables.Npz(
            CompressionLevel.Optimal,
            ("X.npy", Tables.Npy("<f4", $"({Rows}, 4)", Tables.Bytes(s_numbers))),
            ("y.npy", Tables.Npy("<i8", $"({Rows},)", Tables.Bytes([.. Enumerable.Range(0, Rows).Select(n => (long)(n % 3))])))),
        ["NPZ, stored"] = Tables.Npz(
            CompressionLevel.NoCompression,
            ("X.npy", Tables.Npy("<f4", $"({Rows}, 4)", Tables.Bytes(s_numbers))),
            ("y.npy", Tables.Npy("<U2", $"({Rows},)", [.. Enumerable.Range(0, Rows).SelectMany(n => Encoding.UTF32.GetBytes($"k{n % 3}"))]))),
        ["JSON objects"] = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, Rows).Select(n => $"{{\"a\":{n},\"b\":1.5,\"c\":-2e1,\"d\":0,\"class\":\"k{n % 3}\"}}\n"))),
        ["JSON lists"] = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, Rows).Select(n => $"[{n}, 1.5, -2e1, 0, {n % 3}]\n"))),
    };

    public static TheoryData<string> Formats => new(s_formats.Keys);

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_mutated_file_is_read_or_refused_in_words(string format)
    {
        byte[] original = s_formats[format];
        Assert.Equal(Rows, Tables.Read(original).Count);
        Xoshiro256 random = new((ulong)format.Length);
        int refused = 0;
        for (int n = 0; n < s_mutations; n++)
        {
            byte[] file = Mutated(original, ref random);
            DataOptions options = new()
            {
                Comment = n % 5 == 1 ? '#' : null,
                DecimalComma = n % 7 == 1,
                Missing = n % 3 == 1 ? MissingValues.By(1) : MissingValues.Refused,
            };
            long before = GC.GetAllocatedBytesForCurrentThread();
            Stopwatch time = Stopwatch.StartNew();
            try
            {
                Dataset found = n % 2 == 0 ? Tables.Read(file, options: options) : Dataset.ReadInputs(new MemoryStream(file), "data", Tables.Flowers, options, null);
                Assert.Equal(found.Count * 4, found.X.Length);
                Assert.Equal(n % 2 == 0 ? found.Count : 0, found.Targets.Labels.Length);
                Assert.Equal(-1, found.Targets.Labels.IndexOfAnyExceptInRange(0, 2));
                Assert.Equal(-1, found.X.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue));
                Assert.StartsWith("data", found.Place(found.Count - 1), StringComparison.Ordinal);
            }
            catch (Exception e) when (e is InvalidDataException or IOException)
            {
                Assert.True(
                    e.Message.StartsWith("data", StringComparison.Ordinal) && e.Message.Length < 1200 && !e.Message.Any(c => char.IsControl(c) || c == '\u202e'),
                    e.Message);
                refused++;
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"mutation {n} of {format}: {e}");
            }

            long memory = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(memory < MostMemory, $"mutation {n} of {format} took {memory} bytes");
            Assert.True(time.ElapsedMilliseconds < MostTime, $"mutation {n} of {format} took {time.ElapsedMilliseconds} ms");
        }

        // Nearly every change of what has a checksum is seen.
        bool isChecked = format.Contains("gzip", StringComparison.Ordinal) || format.StartsWith("NPZ", StringComparison.Ordinal);
        Assert.InRange(refused, s_mutations / 10, isChecked ? s_mutations : s_mutations - 1);
    }

    [Theory]
    [InlineData("IDX")]
    [InlineData("IDX in gzip")]
    [InlineData("NPY")]
    [InlineData("NPY of columns")]
    [InlineData("NPZ")]
    [InlineData("CSV in gzip")]
    public void Every_cut_of_a_file_is_refused(string format)
    {
        byte[] original = s_formats[format];
        for (int length = 1; length < original.Length; length++)
        {
            Exception? refused = Record.Exception(() => Tables.Read(original[..length]));
            Assert.True(refused is InvalidDataException, $"{length} of {original.Length} bytes of {format}: {refused}");
        }
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
}
