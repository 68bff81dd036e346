using System.Globalization;
using System.Text;
using CsvHelper;

namespace AotBackprop.Data;

/// <summary>The dialect of a table, found out of its first lines, or as told.</summary>
internal sealed record CsvDialect
{
    private const int Lines = 200;

    /// <summary>In the order in which they are taken where several fit as well.</summary>
    private const string Candidates = ",;\t| ";

    /// <summary>What stands between values.</summary>
    public required char Delimiter { get; init; }

    /// <summary>What the first line is: values, names, or nothing.</summary>
    public required HeaderUse Header { get; init; }

    /// <summary>Whether each line has a delimiter behind its last value.</summary>
    public required bool HasTrailing { get; init; }

    /// <summary>Whether blanks may stand before a quotation mark.</summary>
    public required bool IsSpaced { get; init; }

    /// <summary>Finds the dialect.</summary>
    /// <param name="sample">The first bytes of the text, in UTF-8.</param>
    /// <param name="isAll">Whether they are all.</param>
    /// <param name="options">What is told.</param>
    /// <param name="told">The delimiter that the file itself tells.</param>
    /// <param name="wanted">How many columns are wanted, where it is known.</param>
    /// <param name="name">What a message calls the file.</param>
    public static CsvDialect Find(ReadOnlySpan<byte> sample, bool isAll, DataOptions options, char? told, int wanted, string name)
    {
        if (!isAll && sample.LastIndexOfAny((byte)'\n', (byte)'\r') is > 0 and int end)
        {
            sample = sample[..(end + 1)];
        }

        byte[] text = sample.ToArray();
        bool isSpaced = text.AsSpan().Contains((byte)'"');
        Survey? best = null;
        foreach (char candidate in (options.Delimiter ?? told) is { } given ? given.ToString() : Candidates)
        {
            if (candidate == options.Comment || (candidate == ',' && options.DecimalComma))
            {
                continue;
            }

            Survey survey = Survey.Of(text, candidate, options, isSpaced, wanted);
            best = best is null || survey.Score > best.Score ? survey : best;
        }

        HeaderUse header = options.Header != HeaderUse.Find ? options.Header : best!.FindHeader(name);
        return new()
        {
            Delimiter = best!.Delimiter,
            Header = header,
            HasTrailing = best.HasTrailing(header, wanted),
            IsSpaced = isSpaced,
        };
    }

    /// <summary>What the reader is told.</summary>
    public static CsvReaderOptions OptionsFor(char delimiter, DataOptions options, bool isSpaced) => new()
    {
        HasHeader = false,
        Separator = delimiter,
        CommentPrefix = options.Comment,
        // A blank is a value's own where it is the delimiter.
        TrimWhitespace = isSpaced && delimiter != ' ',
        WhitespaceCharacters = delimiter == '\t' ? " " : " \t",
        // Lines can be counted by records where none is passed over, which costs less.
        TrackLineNumbers = options.Comment is not null,
        SkipEmptyLines = options.Comment is not null,
        MaxRecordSize = CsvSource.LongestLine,
    };

    /// <summary>The first lines, as a delimiter parts them.</summary>
    private sealed class Survey
    {
        private readonly List<Kind[]> _rows = [];
        private readonly List<string> _first = [];

        private enum Kind
        {
            Empty,
            Missing,
            Number,
            Words,
        }

        public required char Delimiter { get; init; }

        /// <summary>How well the lines fit: they have as many columns, as wanted, and numbers in them.</summary>
        public double Score { get; private set; }

        private int Columns { get; set; }

        public static Survey Of(byte[] text, char delimiter, DataOptions options, bool isSpaced, int wanted)
        {
            Survey survey = new() { Delimiter = delimiter };
            using CsvReader reader = CsvReader.Create(text, OptionsFor(delimiter, options, isSpaced));
            while (survey._rows.Count < Lines && reader.Read())
            {
                List<Kind> row = [];
                for (int i = 0; i < reader.FieldCount; i++)
                {
                    ReadOnlySpan<byte> field = Field.Trimmed(reader.GetSpan(i));
                    if (delimiter == ' ' && field.IsEmpty)
                    {
                        continue;
                    }

                    row.Add(field.IsEmpty ? Kind.Empty
                        : Field.TryParse(field, options.DecimalComma, out _)
                            || (delimiter != ',' && Field.TryParse(field, hasDecimalComma: true, out _)) ? Kind.Number
                        : Field.IsMissing(field) ? Kind.Missing
                        : Kind.Words);
                    if (survey._rows.Count == 0)
                    {
                        survey._first.Add(Encoding.UTF8.GetString(field));
                    }
                }

                if (row.Exists(one => one != Kind.Empty) || row.Count > 1)
                {
                    survey._rows.Add([.. row]);
                }
                else if (survey._rows.Count == 0)
                {
                    survey._first.Clear();
                }
            }

            survey.Judge(wanted);
            return survey;
        }

        public HeaderUse FindHeader(string name)
        {
            if (_rows.Count == 0)
            {
                return HeaderUse.None;
            }

            Kind[] first = _rows[0];
            if (!first.Contains(Kind.Number) && !first.Contains(Kind.Missing) && first.Contains(Kind.Words) && IsAboveNumbers(first)
                && (first.Length == Columns || _rows.Count == 1 || (first.Length == Columns - 1 && AreTrailing(_rows[1..]))))
            {
                return HeaderUse.Names;
            }

            // A frame without names is written with the numbers of its columns above it.
            bool isCounted = first.Length > 3 && _first.Count == first.Length
                && !_first.Where((text, i) => text != i.ToString(CultureInfo.InvariantCulture)).Any();
            return isCounted
                ? throw new InvalidDataException(
                    $"{name}: the first line is 0, 1, 2, … up to {first.Length - 1}, which may be names of columns or values; say which (Header).")
                : HeaderUse.None;
        }

        /// <summary>Whether some of the words stand above numbers, as names do and labels do not.</summary>
        private bool IsAboveNumbers(Kind[] first)
        {
            int At(int column, Kind kind) => _rows.Skip(1).Count(row => column < row.Length && row[column] == kind);
            return _rows.Count == 1 || Enumerable.Range(0, first.Length).Any(i => first[i] == Kind.Words
                && At(i, Kind.Number) > 0 && At(i, Kind.Number) >= At(i, Kind.Words));
        }

        /// <summary>Whether every line ends in a delimiter; one of names may be an exception.</summary>
        public bool HasTrailing(HeaderUse header, int wanted) =>
            Columns != wanted && AreTrailing(header is HeaderUse.None || _rows.Count == 1 ? _rows : _rows[1..]);

        private bool AreTrailing(List<Kind[]> rows) =>
            Delimiter != ' ' && Columns > 1 && rows.Count > 0 && rows.TrueForAll(row => row.Length == Columns && row[^1] == Kind.Empty);

        private void Judge(int wanted)
        {
            if (_rows.Count == 0)
            {
                return;
            }

            // The number of columns that most lines have.
            Columns = _rows.GroupBy(row => row.Length)
                .OrderByDescending(one => one.Count()).ThenByDescending(one => one.Key == wanted).ThenByDescending(one => one.Key).First().Key;
            List<Kind[]> rows = _rows.FindAll(row => row.Length == Columns);
            if (Columns < 2)
            {
                // One column of numbers is one, whatever does not part it.
                Score = Columns == wanted ? 0.001 : 0;
                return;
            }

            long numbers = rows.Sum(row => row.Count(one => one is Kind.Number or Kind.Missing));
            double regular = (double)rows.Count / _rows.Count;
            Score = regular * (0.01 + ((double)numbers / rows.Count / Columns)) * (Columns == wanted ? 2 : 1);
        }
    }
}
