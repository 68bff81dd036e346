using System.Buffers;
using System.Text.Json;
using AotBackprop.Files;

namespace AotBackprop.Data;

/// <summary>The rows of a text with a JSON object, or a list, in each line.</summary>
internal sealed class JsonLinesSource : RowSource
{
    private readonly Opened _file;
    private readonly AheadStream _text;
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly ArrayBufferWriter<byte> _content = new();
    private readonly Dictionary<string, int> _places = [];
    private (int Start, int Length)[] _fields = [];
    private string[]? _names;
    private int _columns;
    private bool _isAhead;
    private long _rows;

    private JsonLinesSource(Opened file, AheadStream text)
    {
        _file = file;
        _text = text;
    }

    public override TableFormat Format => field ??= new() { Format = DataFormat.JsonLines, IsCompressed = _file.IsCompressed, Encoding = _file.Encoding };

    public override string[]? Names => _names;

    public override int Columns => _columns;

    public override long Expected => _file.Expected(_rows, null);

    private string Place => $"{Name}, line {Line}";

    public static bool Fits(ReadOnlySpan<byte> text) => text.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..];

    public static JsonLinesSource Open(Opened file, AheadStream text)
    {
        JsonLinesSource source = new(file, text) { Name = file.Name };
        source._isAhead = source.Advance();
        return source;
    }

    public override bool Next()
    {
        bool isThere = _isAhead || Advance();
        _isAhead = false;
        _rows += isThere ? 1 : 0;
        return isThere;
    }

    public override int Next(int[] columns, Span<double> numbers) => Next() ? Numbers(columns, 0, numbers) : -1;

    public override int Numbers(int[] columns, int from, Span<double> numbers)
    {
        for (int i = from; i < columns.Length; i++)
        {
            if (!Field.TryParse(Text(columns[i]), hasDecimalComma: false, out numbers[i]) || !double.IsFinite(numbers[i]))
            {
                return i;
            }
        }

        return columns.Length;
    }

    public override ReadOnlySpan<byte> Text(int column) => Field.Trimmed(_content.WrittenSpan.Slice(_fields[column].Start, _fields[column].Length));

    public override string HintOfValue(int column) => Field.Hint(Text(column), hasDecimalComma: false, ',');

    protected override void Dispose(bool disposing)
    {
        _text.Dispose();
        _file.Dispose();
        base.Dispose(disposing);
    }

    private bool Advance()
    {
        do
        {
            if (!ReadLine())
            {
                return false;
            }
        }
        while (_line.WrittenSpan.Trim(" \t\r"u8).IsEmpty);

        try
        {
            ParseLine();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter where a text is no UTF-8.
            throw new InvalidDataException($"{Place} is no JSON; wanted an object or a list in each line, as in {{\"column\":1.5}}.", e);
        }

        return true;
    }

    private bool ReadLine()
    {
        _line.ResetWrittenCount();
        bool isThere = false;
        for (ReadOnlySpan<byte> ahead; !(ahead = _file.Look(_text, 1)).IsEmpty;)
        {
            isThere = true;
            int end = ahead.IndexOf((byte)'\n');
            int length = end < 0 ? ahead.Length : end;
            if (_line.WrittenCount + length > CsvSource.LongestLine)
            {
                Line++;
                throw new InvalidDataException($"{Place}: the line has more than {CsvSource.LongestLine} bytes; wanted fewer.");
            }

            _line.Write(ahead[..length]);
            _text.Take(end < 0 ? length : length + 1);
            if (end >= 0)
            {
                break;
            }
        }

        Line += isThere ? 1 : 0;
        return isThere;
    }

    private void ParseLine()
    {
        Utf8JsonReader json = new(_line.WrittenSpan);
        _content.ResetWrittenCount();
        json.Read();
        bool isFirst = _columns == 0;
        if (json.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)
            || (!isFirst && json.TokenType == JsonTokenType.StartObject == (_names is null)))
        {
            throw new InvalidDataException($"{Place} is no {(isFirst ? "JSON object or list" : _names is null ? "list" : "object")}; "
                + "wanted one, as in the first line.");
        }

        if (isFirst)
        {
            ParseFirst(ref json);
        }
        else
        {
            ParseNext(ref json);
        }

        // Something behind it is an error of the reader.
        while (json.Read())
        {
        }
    }

    private void ParseFirst(ref Utf8JsonReader json)
    {
        List<(int Start, int Length)> fields = [];
        List<string> names = [];
        bool isObject = json.TokenType == JsonTokenType.StartObject;
        while (json.Read() && json.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
        {
            if (isObject)
            {
                names.Add(json.GetString()!);
                if (!_places.TryAdd(names[^1], fields.Count))
                {
                    throw new InvalidDataException($"{Place} has {Printable.Quote(names[^1])} twice; wanted each column once.");
                }

                json.Read();
            }

            fields.Add(Value(ref json, fields.Count, isObject ? names[^1] : null));
        }

        if (fields.Count == 0)
        {
            throw new InvalidDataException($"{Place} holds no value; wanted one for each column.");
        }

        _fields = [.. fields];
        _columns = fields.Count;
        _names = isObject ? [.. names] : null;
    }

    private void ParseNext(ref Utf8JsonReader json)
    {
        Array.Fill(_fields, (-1, 0));
        int count = 0;
        for (; json.Read() && json.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray); count++)
        {
            int place = count;
            if (_names is not null)
            {
                string name = json.GetString()!;
                if (!_places.TryGetValue(name, out place) || _fields[place].Start >= 0)
                {
                    throw new InvalidDataException(
                        $"{Place} has {Printable.Quote(name)}{(_places.ContainsKey(name) ? " twice" : ", which the first line has not")}; "
                        + "wanted its columns, each once.");
                }

                json.Read();
            }

            if (place < _columns)
            {
                _fields[place] = Value(ref json, place, _names?[place]);
            }
            else
            {
                json.Skip();
            }
        }

        if (count != _columns)
        {
            int lacking = Array.FindIndex(_fields, one => one.Start < 0);
            throw new InvalidDataException(
                $"{Place} has {count} {(count == 1 ? "value" : "values")}; wanted {_columns}, as in the first line."
                + (_names is not null && lacking >= 0 ? $" It lacks {Printable.Quote(_names[lacking])}." : ""));
        }
    }

    private (int Start, int Length) Value(ref Utf8JsonReader json, int column, string? name)
    {
        int start = _content.WrittenCount;
        switch (json.TokenType)
        {
            case JsonTokenType.Number:
                _content.Write(json.ValueSpan);
                break;
            case JsonTokenType.String:
                _content.Advance(json.CopyString(_content.GetSpan(json.ValueSpan.Length + 1)));
                break;
            case JsonTokenType.Null:
                break;
            case JsonTokenType.True or JsonTokenType.False:
                _content.Write(json.TokenType == JsonTokenType.True ? "1"u8 : "0"u8);
                break;
            default:
                throw new InvalidDataException($"{Place}: column {column + 1}{(name is null ? "" : " " + Printable.Quote(name))} is an object or a list; "
                    + "wanted a number, a text or null.");
        }

        return (start, _content.WrittenCount - start);
    }
}
