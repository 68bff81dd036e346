using System.Globalization;
using System.Text;
using AotBackprop.Files;

namespace AotBackprop.Data;

/// <summary>
/// The labels of samples, and the classes that they name. A label is a text, or a whole number however it is written: 1,
/// 1.0, +1 and 01 are one.
/// </summary>
internal sealed class ClassLabels
{
    // How many labels more than there are classes are kept for the message that says so.
    private const int Excess = 20;

    // A float64 holds each whole number up to here.
    private const double LargestWhole = 1L << 53;

    private readonly int _classes;
    private readonly IReadOnlyList<string>? _known;
    private readonly bool _areNumbersKnown;
    private readonly Dictionary<string, int> _written = [];
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly Dictionary<string, int> _named = [];
    private readonly List<Label> _labels = [];
    private readonly int[] _short = new int[256];

    public ClassLabels(int classes, IReadOnlyList<string>? known)
    {
        if (known is { Count: > 0 } && known.Count != classes)
        {
            throw new ArgumentException($"There are names of {known.Count} classes; wanted {classes}.", nameof(known));
        }

        _classes = classes;
        _known = known;
        _areNumbersKnown = known is not null && !known.Any(name => WholeNumber(Encoding.UTF8.GetBytes(name)) is not null);
        _lookup = _written.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    private sealed record Label(string Name, long? Number, long FirstLine)
    {
        public long Count { get; set; } = 1;

        /// <summary>Its class, where the classes are known.</summary>
        public int Class { get; init; } = -1;
    }

    /// <summary>Whether there are more labels than classes can have, so that nothing more has to be read.</summary>
    public bool AreTooMany => _labels.Count >= _classes + Excess;

    /// <summary>The number of a label, in the order in which they came; −1 where it is none.</summary>
    public int Add(ReadOnlySpan<byte> field, long line)
    {
        // Most labels are one digit.
        if (field.Length == 1 && _short[field[0]] is > 0 and int known)
        {
            _labels[known - 1].Count++;
            return known - 1;
        }

        return AddText(field, line);
    }

    private int AddText(ReadOnlySpan<byte> field, long line)
    {
        Span<char> text = stackalloc char[64];
        int id;
        if (field.Length <= text.Length && Ascii.ToUtf16(field, text, out int length) == System.Buffers.OperationStatus.Done)
        {
            if (_lookup.TryGetValue(text[..length], out id))
            {
                _labels[id].Count++;
                return id;
            }
        }

        id = Find(field, line);
        if (id >= 0 && _written.Count < 1 << 16)
        {
            _written.TryAdd(Encoding.UTF8.GetString(field), id);
            if (field.Length == 1)
            {
                _short[field[0]] = id + 1;
            }
        }

        return id;
    }

    /// <summary>What is wanted of a label, for a message.</summary>
    public string Wanted => _known switch
    {
        null => "a text or a whole number",
        { Count: 0 } => $"a whole number from 0 to {_classes - 1}",
        _ => $"one of {Listed(_known)}{(_areNumbersKnown ? $", or a number from 0 to {_classes - 1}" : "")}",
    };

    /// <summary>The class of a label, where the classes are known.</summary>
    public int ClassOf(int label) => _labels[label].Class;

    /// <summary>The class of each label, and the names of the classes; null where labels are the numbers of their classes.</summary>
    /// <exception cref="InvalidDataException">There are more or fewer than the network has.</exception>
    public (int[] ClassOf, string[]? Names) Assign(string column, Origin origin)
    {
        if (_known is not null)
        {
            return ([.. _labels.Select(one => one.Class)], _known.Count > 0 ? [.. _known] : null);
        }

        if (_labels.TrueForAll(one => one.Number >= 0 && one.Number < _classes))
        {
            return ([.. _labels.Select(one => (int)one.Number!.Value)], null);
        }

        if (_labels.Count != _classes)
        {
            throw WrongCount(column, origin);
        }

        int[] order = [.. Enumerable.Range(0, _labels.Count)];
        if (_labels.TrueForAll(one => one.Number is not null))
        {
            Array.Sort(order, (a, b) => _labels[a].Number!.Value.CompareTo(_labels[b].Number!.Value));
        }
        else
        {
            // By code points, which UTF-8 keeps the order of and UTF-16 does not.
            Array.Sort(order, (a, b) => Encoding.UTF8.GetBytes(_labels[a].Name).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(_labels[b].Name)));
        }

        int[] classOf = new int[order.Length];
        for (int i = 0; i < order.Length; i++)
        {
            classOf[order[i]] = i;
        }

        return (classOf, [.. order.Select(one => _labels[one].Name)]);
    }

    /// <summary>How many samples each class has.</summary>
    /// <param name="classOf">The class of each label.</param>
    public long[] Counts(int[] classOf)
    {
        long[] counts = new long[_classes];
        for (int i = 0; i < classOf.Length; i++)
        {
            counts[classOf[i]] += _labels[i].Count;
        }

        return counts;
    }

    private static string Listed(IEnumerable<string> names)
    {
        string[] some = [.. names.Take(30)];
        return string.Join(", ", some.Select(Printable.Quote)) + (names.Count() > some.Length ? $" and {names.Count() - some.Length} more" : "");
    }

    private static long? WholeNumber(ReadOnlySpan<byte> field) =>
        Field.TryParse(field, hasDecimalComma: false, out double number) && Math.Abs(number) <= LargestWhole && number == Math.Floor(number)
            ? (long)number
            : null;

    private int Find(ReadOnlySpan<byte> field, long line)
    {
        if (Field.IsMissing(field) || Field.Decoded(field) is not { } name)
        {
            return -1;
        }

        long? number = WholeNumber(field);
        if (number is null && Field.TryParse(field, hasDecimalComma: false, out _))
        {
            return -1;
        }

        name = number?.ToString(CultureInfo.InvariantCulture) ?? name;
        int known = _known is null ? -1 : KnownClass(name, number);
        if (name.Any(char.IsControl) || (_known is not null && known < 0))
        {
            return -1;
        }

        if (_named.TryGetValue(name, out int id))
        {
            _labels[id].Count++;
            return id;
        }

        _named.Add(name, _labels.Count);
        _labels.Add(new Label(name, number, line) { Class = known });
        return _labels.Count - 1;
    }

    private int KnownClass(string name, long? number)
    {
        for (int i = 0; i < _known!.Count; i++)
        {
            if (_known[i] == name)
            {
                return i;
            }
        }

        return _areNumbersKnown && number >= 0 && number < _classes ? (int)number : -1;
    }

    private InvalidDataException WrongCount(string column, Origin origin)
    {
        // The label that is there the fewest times is the one that may be wrong.
        Label rarest = _labels.MinBy(one => one.Count)!;
        string all = string.Join(", ", _labels.Take(30).Select(one => $"{Printable.Quote(one.Name)} ({one.Count})"));
        string more = AreTooMany ? ", and so on" : _labels.Count > 30 ? $" and {_labels.Count - 30} more" : "";
        string found = $"{column} names {(AreTooMany ? "at least " : "")}{_labels.Count} {(_labels.Count == 1 ? "class" : "classes")}: {all}{more}";
        return new InvalidDataException(_labels.Count > _classes
            ? $"{origin.PlaceOf(rarest.FirstLine)}: {column} is {Printable.Quote(rarest.Name)}, and {found}; "
                + $"wanted {_classes}, as the network has. Correct it, say another column (Targets), or train a network of as many classes."
            : $"{origin.Name}: {found}; wanted {_classes}, as the network has. Train a network of as many classes, or number them from 0.");
    }
}
