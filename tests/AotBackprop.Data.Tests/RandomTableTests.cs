using System.Buffers;
using System.Globalization;
using System.Text;
using CsCheck;
using Xunit;

namespace AotBackprop.Data.Tests;

/// <summary>Random tables, written in random dialects, are read back to the bit.</summary>
public sealed class RandomTableTests
{
    private const int Inputs = 3;
    private const int Classes = 3;

    private static readonly int s_tables = int.Parse(Environment.GetEnvironmentVariable("AOTBACKPROP_DATA_TABLES") ?? "400", CultureInfo.InvariantCulture);

    private static readonly Gen<double> s_number = Gen.OneOf(
        Gen.Int[-1000, 1000].Select(one => (double)one),
        Gen.Double[-1e6, 1e6],
        Gen.Float[-1e30f, 1e30f].Select(one => (double)one),
        Gen.Double[-1e-40, 1e-40]);

    private static readonly Gen<string> s_name = Gen.Char["abcxyzÄß日 ,;\"'|#-_"].Array[1, 8].Select(letters => "n" + new string(letters).TrimEnd());

    private static readonly Gen<Written> s_written = Gen.Select(
        s_number.Array[Inputs].Select(Gen.Int[0, Classes - 1]).Array[3, 40],
        s_name.Array[Classes],
        s_name.Array[Inputs + 1],
        Gen.Int[0, int.MaxValue],
        (rows, classes, names, dialect) => new Written(rows, classes, names, dialect));

    [Fact]
    public void A_table_is_read_as_it_was_written() => s_written.Sample(
        written =>
        {
            (byte[] file, DataOptions options) = written.Write();
            Dataset found = Tables.Read(file, new(Inputs, Classes, Output.Softmax), options);
            Assert.Equal(written.X, found.X.ToArray());
            Assert.Equal(written.Labels, found.Targets.Labels.ToArray());
            Assert.Equal(written.ClassNames, found.Classes);
            Assert.Equal(written.ColumnNames, found.Columns);
        },
        iter: s_tables,
        threads: 1,
        print: written => $"{written.Dialect}: {Encoding.UTF8.GetString(written.Write().File)}");

    /// <summary>A table, and the number of the dialect that it is written in.</summary>
    private sealed record Written((double[] Numbers, int Class)[] Rows, string[] Texts, string[] Names, int Dialect)
    {
        private static readonly char[] s_delimiters = [',', ';', '\t', '|', ' '];
        private static readonly SearchValues<char> s_quoted = SearchValues.Create("\",;\t| #");
        private static readonly string[] s_ends = ["\n", "\r\n", "\r", "\n\n"];

        /// <summary>Whether the labels are words, and different ones that all occur.</summary>
        private bool AreTexts => Is(1) && Texts.Distinct().Count() == Classes && Rows.Select(row => row.Class).Distinct().Count() == Classes;

        private bool HasHeader => Is(2) && Names.Distinct().Count() == Names.Length;

        private char Delimiter => s_delimiters[Dialect / 64 % s_delimiters.Length];

        private bool IsDecimalComma => Is(4) && Delimiter != ',';

        public float[] X => [.. Rows.SelectMany(row => row.Numbers).Select(one => (float)one)];

        public string[]? ColumnNames => HasHeader ? Names[..Inputs] : null;

        public string[]? ClassNames => AreTexts
            ? [.. Texts.OrderBy(one => one, Comparer<string>.Create((a, b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b))))]
            : null;

        public int[] Labels => [.. Rows.Select(row => ClassNames is { } names ? Array.IndexOf(names, Texts[row.Class]) : row.Class)];

        public (byte[] File, DataOptions Options) Write()
        {
            string end = s_ends[Dialect / 512 % s_ends.Length];
            StringBuilder text = new();
            if (HasHeader)
            {
                Append(text, Names, end);
            }

            foreach ((double[] numbers, int label) in Rows)
            {
                string[] fields = [.. numbers.Select(Number), AreTexts ? Texts[label] : label.ToString(CultureInfo.InvariantCulture)];
                Append(text, fields, end);
            }

            Encoding encoding = Is(8) ? Encoding.Unicode : new UTF8Encoding(encoderShouldEmitUTF8Identifier: Is(16));
            byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(text.ToString())];
            return (Is(32) ? Tables.Gzip(bytes) : bytes, new DataOptions { DecimalComma = IsDecimalComma });
        }

        private bool Is(int bit) => (Dialect & bit) != 0;

        private void Append(StringBuilder text, string[] fields, string end) =>
            text.AppendJoin(Delimiter, fields.Select(Quoted)).Append(end);

        private string Quoted(string field) => field.AsSpan().ContainsAny(s_quoted) || Dialect / 2048 % 2 == 1 ? $"\"{field.Replace("\"", "\"\"")}\"" : field;

        private string Number(double value)
        {
            string text = value.ToString(Dialect / 4096 % 2 == 1 ? "E16" : "R", CultureInfo.InvariantCulture);
            return IsDecimalComma ? text.Replace('.', ',') : text;
        }
    }
}
