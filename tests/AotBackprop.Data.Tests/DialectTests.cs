using System.Globalization;
using System.Text;
using Xunit;

namespace AotBackprop.Data.Tests;

/// <summary>The same table in every dialect gives the same samples, to the bit.</summary>
public sealed class DialectTests
{
    private static readonly string s_plain = Tables.Iris;
    private static readonly string s_header = "sepal length (cm),sepal width (cm),petal length (cm),petal width (cm),class\n";
    private static readonly string[] s_kinds = ["setosa", "versicolor", "virginica"];

    private static readonly Dictionary<string, (byte[] File, DataOptions Options)> s_dialects = new()
    {
        ["header"] = Text(s_header + s_plain),
        ["quoted header"] = Text("\"sepal length, in cm\",\"a \"\"b\"\"\",\"of\nthree\nlines\",d,class\n" + s_plain),
        ["text labels"] = Text(Tables.Map(s_plain, (field, i) => i < 4 ? field : s_kinds[field[0] - '0'])),
        ["header, text labels"] = Text(s_header + Tables.Map(s_plain, (field, i) => i < 4 ? field : s_kinds[field[0] - '0'])),
        ["text labels of two words"] = Text(Tables.Map(s_plain, (field, i) => i < 4 ? field : "Iris " + s_kinds[field[0] - '0'])),
        ["label first"] = Text(First(s_plain), new() { Targets = [1] }),
        ["label first, by name"] = Text(First(s_header) + First(s_plain), new() { Targets = ["class"] }),
        ["semicolon"] = Text(s_plain.Replace(',', ';')),
        ["semicolon, header with commas"] = Text("\"a,b\";\"c,d\";e;f;g\n" + s_plain.Replace(',', ';')),
        ["decimal comma"] = Text(s_plain.Replace(',', ';').Replace('.', ','), new() { DecimalComma = true }),
        ["decimal comma, tab"] = Text(s_plain.Replace(',', '\t').Replace('.', ','), new() { DecimalComma = true }),
        ["decimal comma, quoted"] = Text(Tables.Map(s_plain, (field, _) => $"\"{field.Replace('.', ',')}\"", ";"), new() { DecimalComma = true }),
        ["tab"] = Text(s_plain.Replace(',', '\t')),
        ["bar"] = Text(s_plain.Replace(',', '|')),
        ["told delimiter"] = Text(s_plain.Replace(',', ':'), new() { Delimiter = ':' }),
        ["space"] = Text(s_plain.Replace(',', ' ')),
        ["spaces"] = Text("  " + s_plain.Replace(",", "   ").Replace("\n", " \n  ")),
        ["spaces, header"] = Text("a b  c d \"the class\"\n" + s_plain.Replace(',', ' ')),
        ["quoted"] = Text(Tables.Map(s_plain, (field, _) => $"\"{field}\"")),
        ["quoted label"] = Text(Tables.Map(s_plain, (field, i) => i < 4 ? field : $"\"{field}\"")),
        ["quoted, blanks around"] = Text(Tables.Map(s_plain, (field, _) => $"  \"{field}\"\t")),
        ["labels with delimiter and quote"] = Text(Tables.Map(s_plain, (field, i) => i < 4 ? field : $"\"{field}, \"\"{field}\"\"; {field}\"")),
        ["text with line break left out"] = Text(Tables.Map(s_plain, (field, i) => i < 4 ? field : $"{field},\"a\r\nb\n\nc, d\""), new() { LeaveOut = [Column.Last] }),
        ["CR LF"] = Text(s_plain.Replace("\n", "\r\n")),
        ["CR"] = Text(s_plain.Replace('\n', '\r')),
        ["CR, header"] = Text((s_header + s_plain).Replace('\n', '\r')),
        ["UTF-8 mark"] = (Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes(s_plain)).ToArray(), new()),
        ["UTF-8 mark, quoted header"] = (Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes("\"ä\",ö,ü,ß,\"class\"\n" + s_plain)).ToArray(), new()),
        ["blank lines"] = Text("\n\n \t\n" + s_plain.Replace("\n", "\n\n") + "\n\n"),
        ["trailing comma"] = Text(s_plain.Replace("\n", ",\n")),
        ["trailing comma, header without"] = Text(s_header + s_plain.Replace("\n", ",\n")),
        ["trailing comma, header with"] = Text((s_header + s_plain).Replace("\n", ",\n")),
        ["trailing semicolon, CR LF"] = Text(s_plain.Replace(',', ';').Replace("\n", ";\r\n")),
        ["no last line end"] = Text(s_plain.TrimEnd()),
        ["scientific"] = Text(Tables.Map(s_plain, (field, _) => double.Parse(field, CultureInfo.InvariantCulture).ToString("0.000000000000000000e+00", CultureInfo.InvariantCulture))),
        ["labels from 1"] = Text(Tables.Map(s_plain, (field, i) => i < 4 ? field : $"{field[0] - '0' + 1}")),
        ["labels with gaps"] = Text(Tables.Map(s_plain, (field, i) => i < 4 ? field : $"{(field[0] - '0') * 10}")),
        ["negative labels"] = Text(Tables.Map(s_plain, (field, i) => i < 4 ? field : $"{field[0] - '0' - 1}")),
        ["labels as floats"] = Text(Tables.Map(s_plain, (field, i) => i < 4 ? field : $"{field}.000e+00")),
        ["labels with signs and zeros"] = Text(Tables.Map(s_plain, (field, i) => i < 4 ? field : $"+0{field}")),
        ["index"] = Text(Numbered("," + s_header, s_plain), new() { LeaveOut = [1] }),
        ["index without header"] = Text(Numbered("", s_plain), new() { LeaveOut = [Column.First] }),
        ["index by name"] = Text(Numbered("index," + s_header, s_plain), new() { LeaveOut = ["index"] }),
        ["UTF-16 LE mark"] = (Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(s_plain)).ToArray(), new()),
        ["UTF-16 LE"] = (Encoding.Unicode.GetBytes(s_plain), new()),
        ["UTF-16 BE mark"] = (Encoding.BigEndianUnicode.GetPreamble().Concat(Encoding.BigEndianUnicode.GetBytes(s_plain)).ToArray(), new()),
        ["UTF-16 BE"] = (Encoding.BigEndianUnicode.GetBytes(s_header + s_plain), new()),
        ["UTF-32 mark"] = (Encoding.UTF32.GetPreamble().Concat(Encoding.UTF32.GetBytes(s_plain)).ToArray(), new()),
        ["UTF-32"] = (Encoding.UTF32.GetBytes(s_plain), new()),
        ["Latin-1"] = (Encoding.Latin1.GetBytes("é,ä,ö,ü,ß\n" + s_plain), new() { Encoding = Encoding.Latin1 }),
        ["comment"] = Text("# my \"data\n" + s_plain.Replace("\n6", "\n#6,\n6"), new() { Comment = '#' }),
        ["comment before header"] = Text("# my data\n" + s_header + s_plain, new() { Comment = '#' }),
        ["Excel's line"] = Text("sep=,\n" + s_plain),
        ["Excel's line, semicolon, CR LF"] = Text("sep=;\r\n" + (s_header + s_plain).Replace(',', ';').Replace("\n", "\r\n")),
        ["DOS end of file"] = Text(s_plain + "\x1A"),
        ["blanks around"] = Text(s_plain.Replace(",", " , ")),
        ["tabs around"] = Text(s_plain.Replace(",", "\t,\t")),
        ["header passed over"] = Text("1,2,3,4,5\n" + s_plain, new() { Header = HeaderUse.Skip }),
        ["header of numbers, told"] = Text("0,1,2,3,4\n" + s_plain, new() { Header = HeaderUse.Names }),
        ["gzip"] = (Tables.Gzip(Encoding.UTF8.GetBytes(s_plain)), new()),
        ["gzip, two members"] = ([.. Tables.Gzip(Encoding.UTF8.GetBytes(s_plain[..777])), .. Tables.Gzip(Encoding.UTF8.GetBytes(s_plain[777..]))], new()),
        ["gzip, UTF-16"] = (Tables.Gzip(Encoding.Unicode.GetBytes(s_plain)), new()),
    };

    public static TheoryData<string> Dialects => new(s_dialects.Keys);

    [Theory]
    [MemberData(nameof(Dialects))]
    public void A_dialect_changes_no_bit(string dialect)
    {
        (byte[] file, DataOptions options) = s_dialects[dialect];
        Dataset plain = Tables.Read(s_plain);
        Tables.AssertSame(plain, Tables.Read(file, options: options));

        // A file of any length is read as the first lines are.
        using TemporaryFile there = new(file);
        Tables.AssertSame(plain, Dataset.Read<Flowers>(there.Name, options));
    }

    [Fact]
    public void The_plain_table_is_what_it_says()
    {
        Dataset plain = Tables.Read(s_plain);
        string[] lines = s_plain.TrimEnd().Split('\n');
        Assert.Equal(lines.Length, plain.Count);
        for (int n = 0; n < lines.Length; n++)
        {
            string[] fields = lines[n].Split(',');
            Assert.Equal(fields[..4].Select(one => (float)double.Parse(one, CultureInfo.InvariantCulture)), plain.X.Slice(n * 4, 4).ToArray());
            Assert.Equal(fields[4], plain.Targets.Labels[n].ToString(CultureInfo.InvariantCulture));
        }

        Assert.Equal("CSV, UTF-8, comma, without header", plain.Format.ToString());
        Assert.Null(plain.Classes);
        Assert.Null(plain.Columns);
    }

    [Fact]
    public void What_was_found_out_is_told()
    {
        (byte[] file, DataOptions options) = s_dialects["header, text labels"];
        Dataset found = Tables.Read(Tables.Gzip(file), options: options);
        Assert.Equal("CSV, gzip, UTF-8, comma, with a header", found.Format.ToString());
        Assert.Equal(["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"], found.Columns!);
        Assert.Equal(["class"], found.TargetNames!);
        Assert.Equal(s_kinds, found.Classes!);
        Assert.Equal("data, line 151", found.Place(149));
        Assert.Equal("data, line 151, column 2 'sepal width (cm)'", found.Place(149, 1));
    }

    [Fact]
    public void The_digits_are_read_compressed_or_not()
    {
        byte[] file = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "digits.csv.gz"));
        DataShape shape = new(64, 10, Output.Softmax);
        Dataset digits = Tables.Read(file, shape);
        using MemoryStream plain = new();
        Decompression.Open(new MemoryStream(file)).CopyTo(plain);
        Tables.AssertSame(digits, Tables.Read(plain.ToArray(), shape));
        Assert.Equal(1797, digits.Count);
        Assert.Equal(16, digits.X.ToArray().Max());
    }

    [Fact]
    public void A_table_of_one_column_has_no_delimiter()
    {
        Dataset one = Tables.ReadInputs("x\n1.5\n-2\n3e2\n", new(1, 1, Output.Linear));
        Assert.Equal([1.5f, -2, 300], one.X.ToArray());
        Assert.Equal(["x"], one.Columns!);
    }

    [Fact]
    public void Lines_are_counted_through_everything()
    {
        string text = "# one\n\na,b,c,d,\"the\nclass\",e\n# six\n1,2,3,4,x,\"\ny\"\n\n5,6,7,8,z,\n# more\n9,8,7,6,w,?\n";
        Dataset found = Tables.Read(text, options: new() { Comment = '#', LeaveOut = ["e"] });
        Assert.Equal(["data, line 6", "data, line 9", "data, line 11"], Enumerable.Range(0, 3).Select(n => found.Place(n)));
    }

    [Theory]
    [InlineData("\n", ',')]
    [InlineData("\r\n", ';')]
    [InlineData("\r", '\t')]
    [InlineData("\n", ' ')]
    public void Lines_are_counted_where_none_is_a_comment(string end, char delimiter)
    {
        StringBuilder text = new();
        List<int> lines = [];
        int line = 1;
        Random random = new(delimiter);
        for (int n = 0; n < 20_000; n++)
        {
            // Quotation marks around line breaks come late, blank lines at any time.
            string note = n > 10_000 && random.Next(50) == 0 ? $"\"u{end}{end}v\"" : "u";
            for (; random.Next(20) == 0; line++)
            {
                text.Append(end);
            }

            lines.Add(line);
            text.Append(string.Join(delimiter, [$"{n}", "0.5", note, $"{n % 3}"])).Append(end);
            line += note.Contains(end) ? 3 : 1;
        }

        Dataset found = Tables.Read(text.ToString(), new(2, 3, Output.Softmax), new() { Delimiter = delimiter, LeaveOut = [3] });
        Assert.Equal(lines.Select(one => $"data, line {one}"), Enumerable.Range(0, found.Count).Select(n => found.Place(n)));
    }

    [Fact]
    public void A_table_longer_than_what_is_looked_at_is_read_to_its_end()
    {
        string[] lines = [.. Enumerable.Range(0, 40_000).Select(n => string.Create(CultureInfo.InvariantCulture, $"{n}.25,{n},-{n}e-3,0,{n % 3}"))];
        Dataset found = Tables.Read(string.Join('\n', lines));
        Assert.Equal(lines.Length, found.Count);
        for (int n = 0; n < lines.Length; n++)
        {
            Assert.Equal(n + 0.25f, found.X[n * 4]);
            Assert.Equal(n % 3, found.Targets.Labels[n]);
        }

        Assert.Equal("data, line 40000", found.Place(39_999));
        string broken = string.Join('\n', lines[..^1].Append("1,2,x,4,0"));
        Assert.StartsWith("data, line 40000: column 3 is 'x'; wanted a finite number.", Tables.Refusal(broken), StringComparison.Ordinal);
    }

    private static (byte[] File, DataOptions Options) Text(string text, DataOptions? options = null) => (Encoding.UTF8.GetBytes(text), options ?? new());

    private static string First(string table) => string.Concat(table.TrimEnd('\n').Split('\n')
        .Select(line => line[(line.LastIndexOf(',') + 1)..] + "," + line[..line.LastIndexOf(',')] + "\n"));

    private static string Numbered(string header, string table) => header + string.Concat(table.TrimEnd('\n').Split('\n').Select((line, n) => $"{n},{line}\n"));
}
