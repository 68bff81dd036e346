using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using AotBackprop.Files;

namespace AotBackprop.Data;

/// <summary>
/// NumPy's format, versions 1 to 3: a magic, the length of a header, the header, which is a Python dictionary of type,
/// order and shape, and the numbers.
/// </summary>
internal static class NpyFormat
{
    private const int LongestHeader = 1 << 16;

    /// <summary>Whether a file begins as one.</summary>
    public static bool Fits(ReadOnlySpan<byte> start) => start is [0x93, ..] && start[1..].StartsWith("NUMPY"u8);

    public static ArraySource Open(Opened file) => Open(file, file.Bytes, file, null);

    /// <summary>An array of a file, or of a part of an archive.</summary>
    public static ArraySource Open(Opened file, AheadStream bytes, IDisposable owned, (string Name, long Length)? member)
    {
        string name = member?.Name ?? file.Name;
        ReadOnlySpan<byte> start = file.Look(bytes, 12);
        if (!Fits(start) || start.Length < 12 || start[6] is 0 or > 3)
        {
            throw new InvalidDataException($"{name} is no NPY file of version 1, 2 or 3; wanted one, as numpy.save writes it.");
        }

        int prefix = start[6] == 1 ? 10 : 12;
        uint length = start[6] == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        if (length > LongestHeader)
        {
            throw new InvalidDataException($"{name} has a header of {length} bytes; wanted at most {LongestHeader}.");
        }

        ReadOnlySpan<byte> header = file.Look(bytes, prefix + (int)length);
        if (header.Length < prefix + length)
        {
            throw new InvalidDataException($"{name} is cut off in its header.");
        }

        string text = (start[6] == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(header.Slice(prefix, (int)length));
        (string type, bool isColumnMajor, long[] shape) = new HeaderReader(text).Read()
            ?? throw new InvalidDataException($"{name} has the header {Printable.Quote(text)}; "
                + $"wanted one as in {{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4)}}.");
        ElementType element = TypeOf(type);
        if (!element.IsKnown)
        {
            throw new InvalidDataException(
                $"{name} holds elements of type {Printable.Quote(type)}; wanted numbers: f2, f4, f8, i1 to i8, u1 to u8 or b1."
                + (type.Contains('O', StringComparison.Ordinal) ? " Objects are pickles, which run code as they are read; save an array of numbers." : ""));
        }

        bytes.Take(prefix + (int)length);
        return ArrayShape.Source(file, bytes, element, shape, isColumnMajor, member is null ? DataFormat.Npy : DataFormat.Npz, prefix + length, owned, member);
    }

    /// <summary>As in <c>&lt;f4</c>; the sizes of texts are in characters.</summary>
    private static ElementType TypeOf(string text)
    {
        bool isMarked = text.Length > 0 && text[0] is '<' or '>' or '|' or '=';
        string rest = isMarked ? text[1..] : text;
        if (rest == "?")
        {
            rest = "b1";
        }

        return rest.Length > 1 && int.TryParse(rest.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int size)
            ? new ElementType(rest[0], rest[0] == 'U' ? (int)Math.Min(size * 4L, int.MaxValue) : size, text[0] == '>')
            : default;
    }

    /// <summary>Reads the dictionary, and nothing else that Python would take.</summary>
    private sealed class HeaderReader(string text)
    {
        private int _place;

        public (string Type, bool IsColumnMajor, long[] Shape)? Read()
        {
            string? type = null;
            bool? order = null;
            long[]? shape = null;
            if (!Skip('{'))
            {
                return null;
            }

            while (!Skip('}'))
            {
                string? key = Quoted();
                if (key is null || !Skip(':'))
                {
                    return null;
                }

                switch (key)
                {
                    case "descr" when type is null:
                        type = Quoted() ?? Rest();
                        break;
                    case "fortran_order" when order is null:
                        order = Word("True") ? true : Word("False") ? false : null;
                        break;
                    case "shape" when shape is null:
                        shape = Tuple();
                        break;
                    default:
                        return null;
                }

                if (!Skip(',') && !(Skip('}') && --_place >= 0))
                {
                    return null;
                }
            }

            return _place >= text.TrimEnd().Length && type is not null && order is { } isColumnMajor && shape is not null
                ? (type, isColumnMajor, shape)
                : null;
        }

        private bool Skip(char wanted)
        {
            while (_place < text.Length && text[_place] is ' ' or '\n')
            {
                _place++;
            }

            bool isThere = _place < text.Length && text[_place] == wanted;
            _place += isThere ? 1 : 0;
            return isThere;
        }

        private bool Word(string word)
        {
            Skip('\0');
            bool isThere = string.CompareOrdinal(text, _place, word, 0, word.Length) == 0;
            _place += isThere ? word.Length : 0;
            return isThere;
        }

        private string? Quoted()
        {
            char quote = Skip('\'') ? '\'' : Skip('"') ? '"' : '\0';
            int end = quote == '\0' ? -1 : text.IndexOf(quote, _place);
            if (end < 0)
            {
                return null;
            }

            string content = text[_place..end];
            _place = end + 1;
            return content;
        }

        // A list of fields, which are no numbers.
        private string? Rest()
        {
            int end = text.IndexOf(']', _place);
            if (!Skip('[') || end < 0)
            {
                return null;
            }

            string content = text[(_place - 1)..(end + 1)];
            _place = end + 1;
            return content;
        }

        private long[]? Tuple()
        {
            if (!Skip('('))
            {
                return null;
            }

            List<long> numbers = [];
            while (!Skip(')'))
            {
                int begin = _place;
                while (_place < text.Length && char.IsAsciiDigit(text[_place]))
                {
                    _place++;
                }

                if (numbers.Count == 32 || !long.TryParse(text.AsSpan(begin, _place - begin), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
                {
                    return null;
                }

                numbers.Add(number);
                if (!Skip(',') && !(Skip(')') && --_place >= 0))
                {
                    return null;
                }
            }

            return [.. numbers];
        }
    }
}
