namespace AotBackprop.Data;

/// <summary>The dimensions of an array, as rows and columns.</summary>
internal static class ArrayShape
{
    // No compression of the formats read makes less of its content.
    private const long MostOfOne = 1100;

    /// <summary>The first dimension counts samples; all others together are the columns.</summary>
    /// <param name="opened">The file.</param>
    /// <param name="numbers">Where the numbers begin.</param>
    /// <param name="type">What each is.</param>
    /// <param name="shape">The dimensions.</param>
    /// <param name="isColumnMajor">Whether the first dimension runs fastest.</param>
    /// <param name="format">The format.</param>
    /// <param name="before">Bytes in front of the numbers.</param>
    /// <param name="owned">What is closed in the end.</param>
    /// <param name="member">The length and the name of a part of an archive.</param>
    public static ArraySource Source(
        Opened opened, Stream numbers, ElementType type, ReadOnlySpan<long> shape, bool isColumnMajor, DataFormat format, long before,
        IDisposable owned, (string Name, long Length)? member = null)
    {
        string name = member?.Name ?? opened.Name;
        string words = string.Join('×', shape.ToArray());
        if (shape.IsEmpty)
        {
            throw new InvalidDataException($"{name} holds one number alone; wanted an array, a row for each sample.");
        }

        if (isColumnMajor && shape.Length > 2)
        {
            throw new InvalidDataException($"{name} is of {words} in Fortran's order; wanted two dimensions, or C's order.");
        }

        decimal columns = 1;
        foreach (long one in shape[1..])
        {
            columns = Math.Min(columns * one, long.MaxValue);
        }

        if (columns is 0 or > 1 << 24 || shape[0] < 0)
        {
            throw new InvalidDataException($"{name} is of {words}, so that a sample has {columns} numbers; wanted 1 to {1 << 24}.");
        }

        decimal size = before + (shape[0] * columns * type.Size);
        long? length = member?.Length ?? (opened.File.CanSeek && !opened.IsCompressed ? opened.File.Length : null);
        if (length is { } known && known != size)
        {
            throw new InvalidDataException($"{name} has {known} bytes; wanted {size}, as its header says {words}: it is cut off, or has something behind it.");
        }

        bool isBelievable = length is not null || (opened.File.CanSeek && size <= (decimal)opened.File.Length * MostOfOne);
        return new ArraySource(numbers, type, shape[0], (int)columns, isColumnMajor, new() { Format = format, IsCompressed = opened.IsCompressed }, owned)
        {
            Name = name,
            IsBelievable = isBelievable,
        };
    }
}
