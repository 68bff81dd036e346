using System.Diagnostics;
using System.Text;
using Xunit;

namespace AotBackprop.Data.Tests;

/// <summary>What is said of a table that can't be read: the place, what was wanted, what came, and what to do.</summary>
public sealed class BrokenTableTests
{
    private const string Correct = " Correct it, or leave the column out (LeaveOut).";
    private const string Missing = " It is missing; say what takes its place (Missing).";
    private const string Infinite = " It is infinite, or larger than a float64 can hold; correct it, or leave the column out (LeaveOut).";
    private const string Nul = " It holds NUL characters, as UTF-16 and files that are cut off or no text do.";
    private const string Unseen = " It holds a character that can't be seen, shown as ?; remove it.";

    private static readonly string[] s_lines = Tables.Iris.TrimEnd().Split('\n');

    [Fact]
    public void A_directory_is_called_one()
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetTempPath());
        IOException e = Assert.Throws<IOException>(() => Dataset.Read(path, Tables.Flowers, null));
        Assert.Equal($"{path}: It is a directory; wanted a file.", e.Message);
    }

    [Theory]
    [InlineData("NA", "'NA'", Missing)]
    [InlineData("N/A", "'N/A'", Missing)]
    [InlineData("?", "'?'", Missing)]
    [InlineData("nan", "'nan'", Missing)]
    [InlineData("NaN", "'NaN'", Missing)]
    [InlineData("null", "'null'", Missing)]
    [InlineData("None", "'None'", Missing)]
    [InlineData("", "empty", Missing)]
    [InlineData("  ", "empty", Missing)]
    [InlineData("\"\"", "empty", Missing)]
    [InlineData("inf", "'inf'", Correct)]
    [InlineData("-inf", "'-inf'", Correct)]
    [InlineData("Infinity", "'Infinity'", Infinite)]
    [InlineData("1e400", "'1e400'", Infinite)]
    [InlineData("-1e400", "'-1e400'", Infinite)]
    [InlineData("∞", "'∞'", Correct)]
    [InlineData("0x10", "'0x10'", Correct)]
    [InlineData("1_000", "'1_000'", Correct)]
    [InlineData("1 000", "'1 000'", Correct)]
    [InlineData("\"1,000\"", "'1,000'", Correct)]
    [InlineData("True", "'True'", Correct)]
    [InlineData("1\0", "'1?'", Nul)]
    [InlineData("٣", "'٣'", Correct)]
    [InlineData("1d", "'1d'", Correct)]
    [InlineData("1.5f", "'1.5f'", Correct)]
    [InlineData("1.2.3", "'1.2.3'", Correct)]
    [InlineData("--5", "'--5'", Correct)]
    [InlineData("(5)", "'(5)'", Correct)]
    [InlineData("5-", "'5-'", Correct)]
    [InlineData("$5", "'$5'", Correct)]
    [InlineData("5 %", "'5 %'", Correct)]
    [InlineData("1e", "'1e'", Correct)]
    [InlineData("\u00A03.5", "'?3.5'", Unseen)]
    [InlineData("\uFEFF1", "'?1'", Unseen)]
    [InlineData("1\u007F", "'1?'", Unseen)]
    [InlineData("1\u000B", "'1?'", Unseen)]
    [InlineData("3:0.5", "'3:0.5'", " It seems to be of LIBSVM's format; wanted a number in each column.")]
    [InlineData("1;5", "'1;5'", " It holds a semicolon; say the delimiter where that is one (Delimiter).")]
    public void A_value_that_is_no_number_is_told_of(string value, string came, string remedy) => Assert.Equal(
        $"data, line 3: column 3 is {came}; wanted a finite number.{remedy}",
        Tables.Refusal(With(2, 2, value)));

    [Theory]
    [InlineData("+5", 5f)]
    [InlineData(".5", 0.5f)]
    [InlineData("5.", 5f)]
    [InlineData("1e5", 1e5f)]
    [InlineData("1E+05", 1e5f)]
    [InlineData("\"5\"", 5f)]
    [InlineData("1e-400", 0f)]
    [InlineData("-0", -0f)]
    [InlineData("00012", 12f)]
    [InlineData("0.30000001192092895507812500000000000000000000000000000001", 0.3f)]
    public void A_number_may_be_written_in_many_ways(string value, float number)
    {
        Dataset found = Tables.Read(With(2, 2, value));
        Assert.Equal(BitConverter.SingleToUInt32Bits(number), BitConverter.SingleToUInt32Bits(found.X[(2 * 4) + 2]));
    }

    [Fact]
    public void A_number_is_rounded_to_float64_and_then_to_float32()
    {
        // Just above half way between two floats: float64 rounds it to half way, and float32 from there to the even one.
        const string Text = "1.000000059604644775390625000000000001";
        Dataset found = Tables.Read(With(2, 2, Text));
        Assert.Equal((float)double.Parse(Text, System.Globalization.CultureInfo.InvariantCulture), found.X[(2 * 4) + 2]);
        Assert.NotEqual(float.Parse(Text, System.Globalization.CultureInfo.InvariantCulture), found.X[(2 * 4) + 2]);
    }

    [Theory]
    [InlineData("-1", "-1")]
    [InlineData("3", "3")]
    [InlineData("99", "99")]
    [InlineData("1e1", "10")]
    [InlineData("setosa", "setosa")]
    [InlineData("2147483648", "2147483648")]
    [InlineData("true", "true")]
    public void A_class_too_many_is_listed(string label, string name) => Assert.Equal(
        $"data, line 3: column 5 is '{name}', and column 5 names 4 classes: '0' (49), '{name}' (1), '1' (50), '2' (50); wanted 3, as the network has. "
        + "Correct it, say another column (Targets), or train a network of as many classes.",
        Tables.Refusal(With(2, 4, label)));

    [Theory]
    [InlineData("0.5", "'0.5'", " Correct it, or say the column of the targets (Targets).")]
    [InlineData("1e400", "'1e400'", " Correct it, or say the column of the targets (Targets).")]
    [InlineData("1e300", "'1e300'", " Correct it, or say the column of the targets (Targets).")]
    [InlineData("NaN", "'NaN'", " It is missing; leave the sample out, or complete it.")]
    [InlineData("", "empty", " It is missing; leave the sample out, or complete it.")]
    [InlineData("2\0\0", "'2??'", Nul)]
    public void A_label_that_is_none_is_told_of(string label, string came, string remedy) => Assert.Equal(
        $"data, line 3: column 5, the class, is {came}; wanted a text or a whole number.{remedy}",
        Tables.Refusal(With(2, 4, label)));

    [Fact]
    public void Fewer_classes_than_the_network_has_are_told_of() => Assert.Equal(
        "data: column 5 names 2 classes: '-1' (50), '1' (100); wanted 3, as the network has. Train a network of as many classes, or number them from 0.",
        Tables.Refusal(Tables.Map(Tables.Iris, (field, i) => i < 4 ? field : field == "0" ? "-1" : "1")));

    [Fact]
    public void A_target_of_numbers_is_no_class() => Assert.StartsWith(
        "data, line 1: column 5 is '0', and column 5 names at least 23 classes: '0' (1), '1' (1),",
        Tables.Refusal(string.Concat(Enumerable.Range(0, 100_000).Select(n => $"1,2,3,4,{n}\n"))),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("", "data holds no sample; wanted lines of values, 4 inputs and the class.")]
    [InlineData("\n\n\n", "data holds no sample; wanted lines of values, 4 inputs and the class.")]
    [InlineData("a,b,c,d,class\n", "data holds no sample, only names of columns; wanted lines of values, 4 inputs and the class.")]
    [InlineData("1,2,3,0\n", "data, line 1 has 4 columns; wanted 5: 4 inputs and the class.")]
    [InlineData("1,2,3,4\n1,2,3,4\n", "data, line 1 has 4 columns; wanted 5: 4 inputs and the class.")]
    [InlineData("1,2,3,4,0\n1,2,3,0\n", "data, line 2 has 4 values; wanted 5, as in the first line. Complete or remove the line.")]
    [InlineData("a,b,c,d,e\n1,2,3,0\n", "data, line 2 has 4 values; wanted 5, as there are names. Complete or remove the line.")]
    [InlineData("1,2,3,4,0\n1,2,3,4,0,\n", "data, line 2 has 6 values; wanted 5, as in the first line. It ends in a delimiter.")]
    [InlineData("1,2,3,4,0\n1;2;3;4;0\n", "data, line 2 has 1 value; wanted 5, as in the first line. Its values seem to be separated by semicolons; say the delimiter (Delimiter).")]
    [InlineData("0,1,2,3,4,0\n1,1,2,3,4,0\n", "data, line 1 has 6 columns; wanted 5: 4 inputs and the class. Column 1 seems to number the rows; leave it out (LeaveOut = [1]).")]
    [InlineData(",a,b,c,d,e\nx,1,2,3,4,0\n", "data, line 2 has 6 columns; wanted 5: 4 inputs and the class. Column 1 seems to number the rows; leave it out (LeaveOut = [1]).")]
    [InlineData("# of mine\n1,2,3,4,0\n1,2,3,4,0\n", "data, line 1 has 1 column; wanted 5: 4 inputs and the class. It begins with #; say so where that is a comment (Comment).")]
    [InlineData("@relation x\n@data\n1,2,3,4,0\n", "data begins with @, as ARFF files do; wanted CSV, which is what follows their line @data.")]
    [InlineData("150,4,setosa,versicolor,virginica\n1,2,3,4,0\n", "data, line 1: column 3 is 'setosa'; wanted a finite number. Correct it, or leave the column out (LeaveOut). Where the line is names of columns, say so (Header).")]
    [InlineData("0,1,2,3,4\n1,2,3,4,0\n", "data: the first line is 0, 1, 2, … up to 4, which may be names of columns or values; say which (Header).")]
    [InlineData("1,2,3,4,0\n1,2,\"3,4,0\n", "data, line 2: a quotation mark is opened and never closed; wanted one on each side of a value, and two for one within.")]
    [InlineData("1,2,3,4,0\n1,2,3\",4,0\n", "data, line 2: a quotation mark stands within a value; wanted one on each side of a value, and two for one within.")]
    [InlineData("1,2,3,4,0\n1,2,\"3\"x,4,0\n", "data, line 2: a quotation mark stands within a value; wanted one on each side of a value, and two for one within.")]
    [InlineData("5,1;3,5;1,4;0,2;0\n", "data, line 1: column 1 is '5,1'; wanted a finite number. It seems to have a decimal comma; say so (DecimalComma).")]
    [InlineData("1,2,3,4,0\n\0\0\0\0\0", "data, line 2 has 1 value; wanted 5, as in the first line. It holds NUL characters, as files that are cut off or no text do.")]
    [InlineData("1,2,3,4,0\n1,2,3,1e39,0\n", "data, line 2, column 4 is 1E+39, which is larger than a float32 can hold; wanted a finite number. Correct it, or scale the column.")]
    public void A_table_of_another_form_is_told_of(string text, string message) => Assert.Equal(message, Tables.Refusal(text));

    [Fact]
    public void A_line_that_is_no_UTF8_is_told_of()
    {
        byte[] file = Encoding.Latin1.GetBytes("1,2,3,4,rosé\n");
        Assert.Equal("data, line 1: column 5, the class, is 'ros?'; wanted a text or a whole number. It is no UTF-8; say the encoding (Encoding).", Tables.Refusal(file).Replace('\uFFFD', '?'));
        Assert.Equal(
            "data, line 1: the name of column 1 is '?', which is no UTF-8; say the encoding (Encoding).",
            Tables.Refusal(Encoding.Latin1.GetBytes("é,b,c,d,e\n1,2,3,4,0\n")).Replace('\uFFFD', '?'));
    }

    [Fact]
    public void A_file_that_is_not_there_is_told_of() => Assert.StartsWith(
        "/nowhere/data.csv: ",
        Assert.ThrowsAny<IOException>(() => Dataset.Read("/nowhere/data.csv", Tables.Flowers, null)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_compressed_file_that_is_damaged_is_told_of()
    {
        byte[] file = Tables.Gzip(Encoding.UTF8.GetBytes(Tables.Iris));
        Assert.Equal("data: its compressed data is cut off.", Tables.Refusal(file[..(file.Length / 2)]));
        Assert.Equal("data: its compressed data is cut off.", Tables.Refusal(file[..^4]));
        Assert.Equal("data: something that is not compressed follows its compressed data.", Tables.Refusal([.. file, .. new byte[512]]));
        file[^6] ^= 0x55;
        Assert.Equal("data: its compressed data is damaged.", Tables.Refusal(file));
    }

    public static TheoryData<string, string> Monsters => new()
    {
        { "a line of digits", "data, line 2: column 1 is '11111" },
        { "a line without end", "data, line 2: the line has more than 16777216 bytes" },
        { "a million columns", "data, line 2 has 1000000 values; wanted 5" },
        { "a million columns first", "data, line 1 has 1000000 columns; wanted 5" },
        { "an open quotation mark", "data, line 2: the line has more than 16777216 bytes; wanted fewer. A quotation mark may be open." },
        { "NULs", "data" },
        { "NULs behind", "data, line 2" },
        { "NULs compressed", "data" },
    };

    [Theory]
    [MemberData(nameof(Monsters))]
    public void A_monster_is_refused_soon_and_in_little_memory(string monster, string message)
    {
        const string Good = "1,2,3,4,0\n";
        using Stream file = monster switch
        {
            "a line of digits" => new EndlessStream(Good, "1", 10_000_000, ",2,3,4,0\n"),
            "a line without end" => new EndlessStream(Good, "1", long.MaxValue, ""),
            "a million columns" => new EndlessStream(Good, "1,", 999_999, "1\n"),
            "a million columns first" => new EndlessStream("", "1,", 999_999, "1\n"),
            "an open quotation mark" => new EndlessStream(Good + "1,\"", "2\n", long.MaxValue, ""),
            "NULs" => new EndlessStream("", "\0", long.MaxValue, ""),
            "NULs behind" => new EndlessStream(Good, "\0", long.MaxValue, ""),
            _ => new MemoryStream(Tables.Gzip(new byte[100_000_000])),
        };
        long before = GC.GetAllocatedBytesForCurrentThread();
        Stopwatch time = Stopwatch.StartNew();
        string came = Assert.Throws<InvalidDataException>(() => Dataset.Read(file, "data", Tables.Flowers, null, null)).Message;
        Assert.StartsWith(message, came, StringComparison.Ordinal);
        Assert.InRange(came.Length, 1, 300);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 160L << 20);
        Assert.InRange(time.ElapsedMilliseconds, 0, 20_000);
    }

    private static string With(int line, int column, string value)
    {
        string[] fields = s_lines[line].Split(',');
        fields[column] = value;
        return string.Join('\n', [.. s_lines[..line], string.Join(',', fields), .. s_lines[(line + 1)..]]);
    }

    /// <summary>A text, another many times, and a third.</summary>
    private sealed class EndlessStream(string first, string repeated, long times, string last) : Stream
    {
        private readonly byte[] _block = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(repeated, 1000)));
        private readonly byte[] _first = Encoding.UTF8.GetBytes(first);
        private readonly byte[] _last = Encoding.UTF8.GetBytes(last);
        private readonly long _repeated = times == long.MaxValue ? long.MaxValue / 2 : times * repeated.Length;
        private long _place;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _place;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = 0;
            while (read < count)
            {
                ReadOnlySpan<byte> next = _place < _first.Length ? _first.AsSpan((int)_place)
                    : _place - _first.Length < _repeated ? Repeated(_place - _first.Length)
                    : _last.AsSpan((int)(_place - _first.Length - _repeated));
                if (next.IsEmpty)
                {
                    break;
                }

                next = next[..Math.Min(next.Length, count - read)];
                next.CopyTo(buffer.AsSpan(offset + read));
                read += next.Length;
                _place += next.Length;
            }

            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private ReadOnlySpan<byte> Repeated(long at)
        {
            int start = (int)(at % _block.Length);
            return _block.AsSpan(start, (int)Math.Min(_block.Length - start, _repeated - at));
        }
    }
}
