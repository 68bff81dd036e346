using System.Text;
using Xunit;

namespace AotBackprop.Data.Tests;

/// <summary>Files that are compressed, however they come.</summary>
public sealed class GzipTests
{
    private const int Rows = 40;

    [Fact]
    public void How_a_compressed_file_comes_in_pieces_changes_nothing()
    {
        byte[] text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, Rows).Select(n => $"1,2,3,{n},1\n")));
        byte[] nothing = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        byte[] file = [.. Tables.Gzip(text[..63]), .. nothing, .. Decorated(Tables.Gzip(text[63..]), "name"), .. nothing];
        for (int piece = 1; piece <= 40; piece++)
        {
            using PiecewiseStream stream = new(file, piece);
            Assert.Equal(Rows, Read(stream).Count);
        }
    }

    [Fact]
    public void A_compressed_file_is_read_in_blocks_whatever_its_header_holds()
    {
        using PiecewiseStream file = new(Decorated(Tables.Gzip("1,2,3,4,1\n"u8.ToArray()), new string('n', 1 << 20)), int.MaxValue);
        Assert.Equal(1, Read(file).Count);
        Assert.InRange(file.Reads, 5, 20);
    }

    [Fact]
    public void What_is_asked_line_by_line_is_read_no_further()
    {
        byte[] table = "a,b,c,d\n1,2,3,4\n\n\"5\",6,7,8\n1,2,3,4\n1,x,3,4\n"u8.ToArray();
        using PiecewiseStream file = new(table, 3);
        using SampleRows rows = new(
            Sources.Open(new Opened(file, "data", isOwned: false) { IsLive = true }, Tables.Flowers, new()), Tables.Flowers, new(), hasTargets: false);
        foreach ((double first, int line) in new[] { (1.0, 2), (5, 4), (1, 5) })
        {
            Assert.True(rows.Next());
            Assert.Equal((first, line), (rows.Row[0], rows.Line));

            // Not more of it than the rest of the three bytes in which the line ends.
            int end = 0;
            for (int n = 0; n < line; n++)
            {
                end = table.AsSpan(end).IndexOf((byte)'\n') + end + 1;
            }

            Assert.InRange(file.Position, end, end + 2);
        }

        Assert.Contains("line 6: column 2 'b' is 'x'", Assert.Throws<InvalidDataException>(() => rows.Next()).Message, StringComparison.Ordinal);
    }

    private static Dataset Read(Stream file) => Dataset.Read(file, "data", Tables.Flowers, null, null);

    /// <summary>With all that a header may have: an extra field, a name, a comment, its own checksum.</summary>
    private static byte[] Decorated(byte[] member, string name) =>
        [.. member[..3], 0x1E, .. member[4..10], 2, 0, 1, 0, .. Encoding.ASCII.GetBytes(name), 0, .. "comment\0"u8, 0, 0, .. member[10..]];

    /// <summary>A file of which a read gives a few bytes at most.</summary>
    private sealed class PiecewiseStream(byte[] file, int piece) : MemoryStream(file)
    {
        public int Reads { get; private set; }

        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count)
        {
            Reads++;
            return base.Read(buffer, offset, Math.Min(count, piece));
        }

        public override int Read(Span<byte> buffer)
        {
            Reads++;
            return base.Read(buffer[..Math.Min(buffer.Length, piece)]);
        }
    }
}
