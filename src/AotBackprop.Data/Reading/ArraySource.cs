using System.Text;

namespace AotBackprop.Data;

/// <summary>The type of an array's numbers, as NumPy writes it: a kind, and bytes.</summary>
/// <param name="Kind">f, i, u or b; S and U are texts.</param>
/// <param name="Size">Bytes of an element.</param>
/// <param name="IsBigEndian">Whether the highest byte comes first.</param>
internal readonly record struct ElementType(char Kind, int Size, bool IsBigEndian)
{
    public bool IsText => Kind is 'S' or 'U';

    public bool IsKnown => (Kind, Size) is ('f', 2 or 4 or 8) or ('i' or 'u', 1 or 2 or 4 or 8) or ('b', 1) or ('S', > 0 and <= 4096)
        || (Kind == 'U' && Size is > 0 and <= 16384 && Size % 4 == 0);

    public double Number(ReadOnlySpan<byte> bytes)
    {
        ulong bits = 0;
        for (int i = 0; i < Size; i++)
        {
            bits |= (ulong)bytes[IsBigEndian ? Size - 1 - i : i] << (8 * i);
        }

        return (Kind, Size) switch
        {
            ('f', 8) => BitConverter.UInt64BitsToDouble(bits),
            ('f', 4) => BitConverter.UInt32BitsToSingle((uint)bits),
            ('f', _) => (double)BitConverter.UInt16BitsToHalf((ushort)bits),
            ('i', 8) => (long)bits,
            ('i', 4) => (int)bits,
            ('i', 2) => (short)bits,
            ('i', _) => (sbyte)bits,
            ('b', _) => bits == 0 ? 0 : 1,
            _ => bits,
        };
    }

    /// <summary>A text, which ends before the NULs that fill its place.</summary>
    public byte[] Text(ReadOnlySpan<byte> bytes)
    {
        if (Kind == 'S')
        {
            return bytes.TrimEnd((byte)0).ToArray();
        }

        Encoding encoding = new UTF32Encoding(IsBigEndian, byteOrderMark: false);
        return Encoding.UTF8.GetBytes(encoding.GetString(bytes).TrimEnd('\0'));
    }
}

/// <summary>The rows of an array of numbers.</summary>
/// <param name="stream">Where the numbers begin.</param>
/// <param name="type">What each of them is.</param>
/// <param name="rows">N.</param>
/// <param name="columns">Numbers in a row.</param>
/// <param name="isColumnMajor">Whether a column lies together, not a row.</param>
/// <param name="format">What was found out.</param>
/// <param name="file">The file, which is closed in the end.</param>
internal sealed class ArraySource(Stream stream, ElementType type, long rows, int columns, bool isColumnMajor, TableFormat format, IDisposable file) : RowSource
{
    private byte[] _bytes = [];
    private double[] _row = [];
    private byte[]? _all;

    public override TableFormat Format => format;

    public override int Columns => columns;

    public override bool IsText => false;

    public override long Expected => IsBelievable ? rows : 0;

    /// <summary>Whether the file can hold as many rows as it says.</summary>
    public required bool IsBelievable { get; init; }

    public override bool Next()
    {
        if (Line == rows)
        {
            RequireEnd();
            return false;
        }

        if (Line == 0)
        {
            Begin();
        }

        Line++;
        if (_all is null)
        {
            ReadAll(_bytes);
        }
        else
        {
            for (int i = 0; i < columns; i++)
            {
                _all.AsSpan(checked((int)(((i * rows) + Line - 1) * type.Size)), type.Size).CopyTo(_bytes.AsSpan(i * type.Size));
            }
        }

        SetRow();
        return true;
    }

    public override int Next(int[] columns, Span<double> numbers) => Next() ? Numbers(columns, 0, numbers) : -1;

    public override int Numbers(int[] columns, int from, Span<double> numbers)
    {
        for (int i = from; i < columns.Length; i++)
        {
            if (type.IsText)
            {
                if (!Field.TryParse(Text(columns[i]), hasDecimalComma: false, out numbers[i]))
                {
                    return i;
                }
            }
            else
            {
                numbers[i] = _row[columns[i]];
            }

            if (!double.IsFinite(numbers[i]))
            {
                return i;
            }
        }

        return columns.Length;
    }

    public override ReadOnlySpan<byte> Text(int column) => type.IsText
        ? Field.Trimmed(type.Text(_bytes.AsSpan(column * type.Size, type.Size)))
        : Field.Format(_row[column], new byte[32]);

    public override string HintOfValue(int column) =>
        double.IsNaN(_row.ElementAtOrDefault(column)) ? " It is missing; say what takes its place (Missing)." : "";

    protected override void Dispose(bool disposing)
    {
        stream.Dispose();
        file.Dispose();
        base.Dispose(disposing);
    }

    private void Begin()
    {
        _bytes = new byte[checked(columns * type.Size)];
        _row = new double[columns];
        if (isColumnMajor && columns > 1)
        {
            long size = rows * columns * type.Size;
            if (!IsBelievable || size > Array.MaxLength)
            {
                throw new InvalidDataException($"{Name} has its columns together (fortran_order), {size} bytes of them; "
                    + $"wanted at most {Array.MaxLength}, or rows together.");
            }

            _all = GC.AllocateUninitializedArray<byte>((int)size);
            ReadAll(_all);
        }
    }

    private void SetRow()
    {
        if (type is { Kind: 'u', Size: 1 })
        {
            // Of images, which are the largest that people have.
            byte[] bytes = _bytes;
            double[] row = _row;
            for (int i = 0; i < row.Length && i < bytes.Length; i++)
            {
                row[i] = bytes[i];
            }

            return;
        }

        for (int i = 0; i < columns && !type.IsText; i++)
        {
            _row[i] = type.Number(_bytes.AsSpan(i * type.Size, type.Size));
        }
    }

    private void ReadAll(byte[] bytes)
    {
        try
        {
            if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            {
                throw new InvalidDataException($"{Name} is cut off in sample {Math.Max(Line, 1)}; wanted {rows} samples of {columns} numbers.");
            }
        }
        catch (Exception e) when (e is IOException || (e is InvalidDataException && !e.Message.StartsWith(Name, StringComparison.Ordinal)))
        {
            throw e is IOException ? new IOException($"{Name}: {e.Message}", e) : new InvalidDataException($"{Name}: {e.Message}", e);
        }
    }

    private void RequireEnd()
    {
        int more;
        try
        {
            more = stream.ReadByte();
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{Name}: {e.Message}", e);
        }

        if (more >= 0)
        {
            throw new InvalidDataException($"{Name} has more bytes than its {rows} samples of {columns} numbers; wanted none behind them.");
        }
    }
}
