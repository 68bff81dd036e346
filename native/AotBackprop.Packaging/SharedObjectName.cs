using System.Buffers.Binary;
using System.Text;

namespace AotBackprop.Packaging;

/// <summary>
/// The name that a shared library has for the system's loader (SONAME): it takes a library of that name that is in the
/// process for the one that a program was linked with.
/// </summary>
internal static class SharedObjectName
{
    // Of the ELF format for 64 bits, little-endian.
    private const int ProgramHeaders = 32, ProgramHeaderSize = 54, ProgramHeaderCount = 56;
    private const uint Load = 1, Dynamic = 2;
    private const ulong StringTable = 5, StringTableSize = 10, Name = 14, VersionDefinitions = 0x6ffffffc;
    private const ushort BaseVersion = 1;

    /// <summary>Gives a library another name, in place: the linker has left room for it, in a longer one.</summary>
    public static void Write(Span<byte> library, string name)
    {
        ElfFile.Machine(library);
        Dictionary<ulong, ulong> dynamic = ReadDynamic(library);
        if (!dynamic.TryGetValue(Name, out ulong offset))
        {
            throw new InvalidDataException("Wanted a shared library with a SONAME, and this one has none.");
        }

        int start = Offset(library, dynamic[StringTable] + offset);
        // The last zero of the table ends its last text.
        int room = Room(library[start..Offset(library, dynamic[StringTable] + dynamic[StringTableSize] - 1)]);
        byte[] bytes = Encoding.ASCII.GetBytes(name);
        if (bytes.Length > room)
        {
            throw new InvalidDataException(
                $"The SONAME '{name}' has {bytes.Length} characters; the library has room for {room}.");
        }

        library.Slice(start, room).Clear();
        bytes.CopyTo(library[start..]);
        RenameBaseVersion(library, dynamic, offset, bytes);
    }

    // Versions of symbols have a base, with the library's name and its hash.
    private static void RenameBaseVersion(
        Span<byte> library, Dictionary<ulong, ulong> dynamic, ulong name, byte[] bytes)
    {
        if (!dynamic.TryGetValue(VersionDefinitions, out ulong address))
        {
            return;
        }

        Span<byte> definition = library[Offset(library, address)..];
        int first = BinaryPrimitives.ReadInt32LittleEndian(definition[12..]);
        if ((BinaryPrimitives.ReadUInt16LittleEndian(definition[2..]) & BaseVersion) == 0
            || BinaryPrimitives.ReadUInt32LittleEndian(definition[first..]) != name)
        {
            throw new InvalidDataException("Wanted the library's own name as the base of its versions.");
        }

        BinaryPrimitives.WriteUInt32LittleEndian(definition[8..], Hash(bytes));
    }

    // That of ELF's symbols and versions.
    private static uint Hash(ReadOnlySpan<byte> text)
    {
        uint hash = 0;
        foreach (byte character in text)
        {
            hash = (hash << 4) + character;
            uint high = hash & 0xf0000000;
            hash = (hash ^ (high >> 24)) & ~high;
        }

        return hash;
    }

    // A text, and the zeros behind it but one: that one ends what comes in its place.
    private static int Room(ReadOnlySpan<byte> texts)
    {
        int end = texts.IndexOf((byte)0);
        int next = end < 0 ? -1 : texts[end..].IndexOfAnyExcept((byte)0);
        return next < 0 ? texts.Length : end + next - 1;
    }

    private static Dictionary<ulong, ulong> ReadDynamic(ReadOnlySpan<byte> library)
    {
        Dictionary<ulong, ulong> entries = [];
        foreach ((uint type, int offset, ulong _, int size) in Segments(library))
        {
            for (int i = offset; type == Dynamic && i < offset + size; i += 16)
            {
                entries.TryAdd(
                    BinaryPrimitives.ReadUInt64LittleEndian(library[i..]),
                    BinaryPrimitives.ReadUInt64LittleEndian(library[(i + 8)..]));
            }
        }

        return entries;
    }

    /// <summary>Where in the file the byte of an address is.</summary>
    private static int Offset(ReadOnlySpan<byte> library, ulong address)
    {
        foreach ((uint type, int offset, ulong start, int size) in Segments(library))
        {
            if (type == Load && address >= start && address < start + (ulong)size)
            {
                return offset + (int)(address - start);
            }
        }

        throw new InvalidDataException($"The library has nothing at {address:x}.");
    }

    private static List<(uint Type, int Offset, ulong Address, int Size)> Segments(ReadOnlySpan<byte> library)
    {
        List<(uint, int, ulong, int)> segments = [];
        int first = (int)BinaryPrimitives.ReadUInt64LittleEndian(library[ProgramHeaders..]);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(library[ProgramHeaderSize..]);
        for (int i = 0; i < BinaryPrimitives.ReadUInt16LittleEndian(library[ProgramHeaderCount..]); i++)
        {
            ReadOnlySpan<byte> header = library.Slice(first + (i * size), size);
            segments.Add((
                BinaryPrimitives.ReadUInt32LittleEndian(header),
                (int)BinaryPrimitives.ReadUInt64LittleEndian(header[8..]),
                BinaryPrimitives.ReadUInt64LittleEndian(header[16..]),
                (int)BinaryPrimitives.ReadUInt64LittleEndian(header[32..])));
        }

        return segments;
    }
}
