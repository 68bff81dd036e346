using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using CsvHelper;

namespace AotBackprop.Data;

/// <summary>The rows of a table of values between delimiters.</summary>
internal sealed class CsvSource : RowSource
{
    /// <summary>Bytes that a line may have. What is held in memory of a file is bounded by a small multiple of it.</summary>
    public const int LongestLine = 1 << 24;

    private const byte EndOfFile = 0x1A;

    private readonly CsvDialect _dialect;
    private readonly DataOptions _options;
    private readonly Opened _file;
    private readonly SearchValues<byte> _odd;
    private readonly WatchedStream? _watched;
    private readonly LiveText? _live;
    private readonly CsvReaderOptions _reading;
    private readonly bool _isCounting;
    private CsvReader _reader;

    private long _linesBeforeReader;
    private int _linesOfReader;
    private int _linesWithin;

    // Where a value begins that is parted by blanks: the indices of the fields that are not empty.
    private readonly List<int>? _fields;
    private CsvMalformedReason? _malformed;
    private bool _isAhead;
    private bool _isOdd;
    private long _rows;
    private int _count;

    private CsvSource(AheadStream text, CsvDialect dialect, DataOptions options, Opened file, int linesBefore)
    {
        _dialect = dialect;
        _options = options;
        _file = file;
        _linesBeforeReader = linesBefore;
        Line = linesBefore;
        _fields = dialect.Delimiter == ' ' ? [] : null;
        _odd = SearchValues.Create([
            .. Enumerable.Range(0, 32).Select(one => (byte)one).Where(one => one is not ((byte)'\t' or (byte)'\r' or (byte)'\n')), 0x7F,
            (byte)'"', .. dialect.Delimiter == ',' ? [] : ","u8]);
        _reading = CsvDialect.OptionsFor(dialect.Delimiter, options, dialect.IsSpaced) with
        {
            OnMalformedRecord = found => _malformed = found.Reason,
        };
        _isCounting = !_reading.TrackLineNumbers;
        _live = file.IsLive ? new(text, LongestLine) : null;
        _watched = file.IsLive ? null : new(text, _odd);
        _reader = _watched is null ? CsvReader.Create([], _reading) : CsvReader.Create(_watched, _reading);
    }

    /// <inheritdoc/>
    public override TableFormat Format => field ??= new()
    {
        Format = DataFormat.Csv,
        IsCompressed = _file.IsCompressed,
        Encoding = _file.Encoding,
        Delimiter = _dialect.Delimiter,
        HasHeader = _dialect.Header is HeaderUse.Names or HeaderUse.Skip,
        HasTrailingDelimiter = _dialect.HasTrailing,
    };

    /// <inheritdoc/>
    public override string[]? Names => HeaderNames;

    /// <inheritdoc/>
    public override int Columns => ColumnCount;

    /// <inheritdoc/>
    public override long Expected => _file.Expected(_rows, _file.Encoding == "UTF-8" && !_file.IsCompressed ? _reader.ByteOffset : null);

    private string[]? HeaderNames { get; set; }

    private int ColumnCount { get; set; }

    private string Place => $"{Name}, line {Line}";

    /// <summary>Begins to read a table: finds its dialect, and reads its header.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">What is told.</param>
    /// <param name="wanted">How many columns are wanted.</param>
    public static CsvSource Open(Opened file, DataOptions options, int wanted)
    {
        AheadStream text = file.Text(options.Encoding);
        ArraySegment<byte> sample = file.Look(text, Opened.Ahead);
        (char? told, int length) = Announced(sample);
        text.Take(length);
        if (sample.AsSpan(length).TrimStart(" \t\r\n"u8) is [(byte)'@', ..])
        {
            throw new InvalidDataException($"{file.Name} begins with @, as ARFF files do; wanted CSV, which is what follows their line @data.");
        }

        CsvDialect dialect = CsvDialect.Find(sample.AsSpan(length), sample.Count < Opened.Ahead && !file.IsLive, options, told, wanted, file.Name);
        CsvSource source = new(text, dialect, options, file, length > 0 ? 1 : 0) { Name = file.Name };
        source.Begin();
        return source;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public override bool Next()
    {
        if (!_isAhead && !Advance())
        {
            return false;
        }

        _isAhead = false;
        _rows++;
        return Fields() == ColumnCount ? true : throw WrongCount();
    }

    /// <inheritdoc/>
    public override int Next(int[] columns, Span<double> numbers) => Next() ? Numbers(columns, 0, numbers) : -1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public override int Numbers(int[] columns, int from, Span<double> numbers)
    {
        if (_isOdd || _fields is not null || _options.DecimalComma)
        {
            return CarefulNumbers(columns, from, numbers);
        }

        CsvReader reader = _reader;
        for (int i = from; i < columns.Length; i++)
        {
            if (!reader.TryParse(columns[i], out double number) || !double.IsFinite(number))
            {
                return i;
            }

            numbers[i] = number;
        }

        return columns.Length;
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Text(int column) => Field.Trimmed(_reader.GetSpan(Index(column)));

    /// <inheritdoc/>
    public override string HintOfValue(int column) => Field.Hint(Text(column), _options.DecimalComma, _dialect.Delimiter);

    /// <inheritdoc/>
    public override string HintOfColumns(int wanted) => _count == 0 ? "" : LineHint.OfCount(_reader, Fields(), wanted, _dialect.Delimiter, _options);

    protected override void Dispose(bool disposing)
    {
        _reader.Dispose();
        _file.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Excel's line in front, as in <c>sep=;</c>: the delimiter, and the line's length.</summary>
    private static (char? Delimiter, int Length) Announced(ReadOnlySpan<byte> start)
    {
        int end = start.IndexOfAny((byte)'\r', (byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? start : start[..end];
        line = line is [(byte)'"', .., (byte)'"'] ? line[1..^1] : line;
        if (line.Length != 5 || !Ascii.EqualsIgnoreCase(line[..4], "sep="u8))
        {
            return (null, 0);
        }

        int length = end < 0 ? start.Length : start[end..].StartsWith("\r\n"u8) ? end + 2 : end + 1;
        return ((char)line[4], length);
    }

    private void Begin()
    {
        if (_dialect.Header is HeaderUse.Names or HeaderUse.Skip && Advance() && _dialect.Header == HeaderUse.Names)
        {
            HeaderNames = new string[Fields()];
            for (int i = 0; i < HeaderNames.Length; i++)
            {
                HeaderNames[i] = Field.Decoded(Text(i))
                    ?? throw new InvalidDataException(
                        $"{Place}: the name of column {i + 1} is {Field.Shown(Text(i))}, which is no UTF-8; say the encoding (Encoding).");
            }
        }

        _isAhead = Advance();
        ColumnCount = HeaderNames?.Length ?? (_isAhead ? Fields() : 0);
    }

    private int Index(int column) => _fields is null ? column : _fields[column];

    /// <summary>How many values the record has, without what its trailing delimiter makes one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Fields() => _dialect.HasTrailing && _count == ColumnCount + 1 && _reader.GetSpan(_count - 1).IsEmpty ? _count - 1
        : _dialect.HasTrailing && ColumnCount == 0 && _count > 1 && _reader.GetSpan(_count - 1).IsEmpty ? _count - 1
        : _count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Advance()
    {
        do
        {
            if (!TryRead())
            {
                return false;
            }
        }
        while (_count <= 1 && IsBlank());

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryRead()
    {
        if (!Read())
        {
            return false;
        }

        // Where lines are counted here, empty ones are records too: each record stands behind the end of the one before.
        Line = _isCounting ? Line + 1 + _linesWithin : _linesBeforeReader + _reader.LineNumber;
        if (_watched is not { End: 0 })
        {
            Search();
        }

        _count = _fields is null ? _reader.FieldCount : FindFields(_fields);
        return _malformed is null ? true : throw Malformed();
    }

    private bool Read()
    {
        try
        {
            while (!_reader.Read())
            {
                if (_live?.Next() is not { } more)
                {
                    return false;
                }

                _reader.Dispose();
                _reader = CsvReader.Create(more, _reading);
                _linesBeforeReader += _linesOfReader;
                _linesOfReader = more.AsSpan().Count((byte)'\n');
            }

            return true;
        }
        catch (CsvFormatException e)
        {
            throw TooLong(e);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw _file.Located(e);
        }
    }

    /// <summary>Finds whether the record has odd bytes, and how many ends of lines, which stand between quotation marks.</summary>
    private void Search()
    {
        bool mayBeOdd = _watched is null || _reader.ByteOffset < _watched.End;
        _isOdd = mayBeOdd && _reader.RawRecord.ContainsAny(_odd);
        _linesWithin = _isOdd && _isCounting ? LineBreaks(_reader.RawRecord) : 0;
    }

    private int FindFields(List<int> fields)
    {
        fields.Clear();
        for (int i = 0; i < _reader.FieldCount; i++)
        {
            if (!_reader.GetSpan(i).IsEmpty)
            {
                fields.Add(i);
            }
        }

        return fields.Count;
    }

    private static int LineBreaks(ReadOnlySpan<byte> text) => text.Count((byte)'\n') + text.Count((byte)'\r') - text.Count("\r\n"u8);

    // A line of blanks, or the end that DOS wrote into a file.
    private bool IsBlank() => _count == 0 || Field.Trimmed(_reader.GetSpan(Index(0))) is [] or [EndOfFile];

    private int CarefulNumbers(int[] columns, int from, Span<double> numbers)
    {
        for (int i = from; i < columns.Length; i++)
        {
            int index = Index(columns[i]);
            ReadOnlySpan<byte> field = _reader.GetSpan(index);
            bool isNumber = _options.DecimalComma || field.ContainsAny(_odd) || field.Contains((byte)',')
                ? Field.TryParse(Field.Trimmed(field), _options.DecimalComma, out numbers[i])
                : _reader.TryParse(index, out numbers[i]);
            if (!isNumber || !double.IsFinite(numbers[i]))
            {
                return i;
            }
        }

        return columns.Length;
    }

    private InvalidDataException TooLong(CsvFormatException error)
    {
        long line = _isCounting ? Line + 1 + _linesWithin : _linesBeforeReader + Math.Max(error.LineNumber, 1);
        return new InvalidDataException(
            $"{Name}, line {line}: the line has more than {LongestLine} bytes; wanted fewer. A quotation mark may be open.", error);
    }

    private InvalidDataException Malformed() => new(
        $"{Place}: a quotation mark {(_malformed == CsvMalformedReason.UnterminatedQuote ? "is opened and never closed" : "stands within a value")}; "
        + "wanted one on each side of a value, and two for one within.");

    private InvalidDataException WrongCount()
    {
        string hint = HintOfColumns(ColumnCount);
        return new InvalidDataException(
            $"{Place} has {_count} {(_count == 1 ? "value" : "values")}; "
            + $"wanted {ColumnCount}, as {(HeaderNames is null ? "in the first line" : "there are names")}."
            + (hint.Length > 0 ? hint : " Complete or remove the line."));
    }
}
