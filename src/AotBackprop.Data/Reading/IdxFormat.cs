using System.Buffers.Binary;

namespace AotBackprop.Data;

/// <summary>MNIST's format: two zeros, a type, the number of dimensions, each of them in 4 bytes, and the numbers, all big-endian.</summary>
internal static class IdxFormat
{
    private const int MostDimensions = 8;

    /// <summary>Whether a file begins as one.</summary>
    public static bool Fits(ReadOnlySpan<byte> start) => start is [0, 0, 0x08 or 0x09 or 0x0B or 0x0C or 0x0D or 0x0E, >= 1 and <= MostDimensions, ..];

    public static ArraySource Open(Opened file)
    {
        AheadStream bytes = file.Bytes;
        ReadOnlySpan<byte> start = file.Look(bytes, 4 + (4 * MostDimensions));
        ElementType type = start[2] switch
        {
            0x08 => new('u', 1, true),
            0x09 => new('i', 1, true),
            0x0B => new('i', 2, true),
            0x0C => new('i', 4, true),
            0x0D => new('f', 4, true),
            _ => new('f', 8, true),
        };
        int dimensions = start[3];
        int length = 4 + (4 * dimensions);
        if (start.Length < length)
        {
            throw new InvalidDataException($"{file.Name} is cut off in the header of an IDX file of {dimensions} dimensions.");
        }

        long[] shape = new long[dimensions];
        for (int i = 0; i < dimensions; i++)
        {
            shape[i] = BinaryPrimitives.ReadUInt32BigEndian(start[(4 + (4 * i))..]);
        }

        bytes.Take(length);
        return ArrayShape.Source(file, bytes, type, shape, isColumnMajor: false, DataFormat.Idx, length, file);
    }
}
