using System.Runtime.InteropServices;

namespace AotBackprop.Training.Checkpoints;

/// <summary>Numbers of 4 bytes as files have them, some at a time: a span of bytes over all could exceed what a span can hold.</summary>
internal static class LittleEndian
{
    private const int Chunk = 1 << 20;

    /// <summary>What is done with some bytes.</summary>
    public delegate void BytesAction(ReadOnlySpan<byte> bytes);

    /// <summary>Whether this processor has them so.</summary>
    public static void Require()
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Checkpoints are for processors whose numbers begin with the lowest byte.");
        }
    }

    public static void Each<T>(ReadOnlySpan<T> numbers, BytesAction use)
        where T : unmanaged
    {
        for (; numbers.Length > 0; numbers = numbers[Math.Min(Chunk, numbers.Length)..])
        {
            use(MemoryMarshal.AsBytes(numbers[..Math.Min(Chunk, numbers.Length)]));
        }
    }

    public static void ReadExactly(Stream stream, Span<float> numbers, BytesAction alsoSee)
    {
        for (; numbers.Length > 0; numbers = numbers[Math.Min(Chunk, numbers.Length)..])
        {
            Span<byte> bytes = MemoryMarshal.AsBytes(numbers[..Math.Min(Chunk, numbers.Length)]);
            stream.ReadExactly(bytes);
            alsoSee(bytes);
        }
    }
}
