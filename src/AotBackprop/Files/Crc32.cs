using System.Buffers.Binary;

namespace AotBackprop.Files;

/// <summary>
/// The cyclic redundancy check of zlib, PNG and gzip (polynomial 0xEDB88320), eight bytes at a time: about as fast as a
/// file system, and found in every language.
/// </summary>
internal struct Crc32
{
    private static readonly uint[][] s_tables = MakeTables();

    private uint _inverted;

    /// <summary>Of all that was added.</summary>
    public readonly uint Value => _inverted ^ uint.MaxValue;

    public static Crc32 Start() => new() { _inverted = uint.MaxValue };

    public void Add(ReadOnlySpan<byte> bytes)
    {
        uint[] t0 = s_tables[0], t1 = s_tables[1], t2 = s_tables[2], t3 = s_tables[3];
        uint[] t4 = s_tables[4], t5 = s_tables[5], t6 = s_tables[6], t7 = s_tables[7];
        uint crc = _inverted;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            uint low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = t7[low & 0xFF] ^ t6[(low >> 8) & 0xFF] ^ t5[(low >> 16) & 0xFF] ^ t4[low >> 24]
                ^ t3[high & 0xFF] ^ t2[(high >> 8) & 0xFF] ^ t1[(high >> 16) & 0xFF] ^ t0[high >> 24];
        }

        foreach (byte b in bytes)
        {
            crc = t0[(crc ^ b) & 0xFF] ^ (crc >> 8);
        }

        _inverted = crc;
    }

    private static uint[][] MakeTables()
    {
        uint[][] tables = [.. Enumerable.Range(0, 8).Select(_ => new uint[256])];
        for (uint i = 0; i < 256; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }

            tables[0][i] = crc;
        }

        for (int table = 1; table < 8; table++)
        {
            for (int i = 0; i < 256; i++)
            {
                uint before = tables[table - 1][i];
                tables[table][i] = tables[0][before & 0xFF] ^ (before >> 8);
            }
        }

        return tables;
    }
}
