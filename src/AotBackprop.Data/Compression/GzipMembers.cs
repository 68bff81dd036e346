using System.Buffers.Binary;
using ICSharpCode.SharpZipLib.Checksum;
using ICSharpCode.SharpZipLib.Zip.Compression;

namespace AotBackprop.Data;

/// <summary>
/// What was compressed into a gzip file (RFC 1952), of one member or several. Each is checked to its end: where one is
/// damaged or cut off, or something else follows the last, reading fails. .NET's own stream accepts such files.
/// </summary>
/// <param name="compressed">The file.</param>
internal sealed class GzipMembers(AheadStream compressed) : ReadOnlyStream
{
    private const byte Deflated = 8;
    private const int HeaderLength = 10;
    private const int TrailerLength = 8;
    private const int NameFlags = 0x18;
    private const int ExtraFlag = 0x04;
    private const int HeaderChecksumFlag = 0x02;
    private const int UnknownFlags = 0xE0;

    private readonly Inflater _inflater = new(noHeader: true);
    private readonly Crc32 _checksum = new();

    // Bytes ahead that the inflater was given, and that are not taken yet.
    private int _given;
    private uint _length;
    private bool _isInMember;
    private bool _isAtEnd;

    public static ReadOnlySpan<byte> Magic => [0x1F, 0x8B];

    public override int Read(byte[] buffer, int offset, int count)
    {
        while (count > 0 && !_isAtEnd)
        {
            if (!_isInMember)
            {
                ReadHeader();
            }

            int read = Inflate(buffer, offset, count);
            if (read > 0)
            {
                return read;
            }

            ReadTrailer();
        }

        return 0;
    }

    private static InvalidDataException Cut() => new("its compressed data is cut off.");

    private static InvalidDataException Damaged() => new("its compressed data is damaged.");

    private int Inflate(byte[] buffer, int offset, int count)
    {
        while (!_inflater.IsFinished)
        {
            int read;
            try
            {
                read = _inflater.Inflate(buffer, offset, count);
            }
            catch (Exception e) when (e is ICSharpCode.SharpZipLib.SharpZipBaseException or IndexOutOfRangeException or ArgumentException)
            {
                throw Damaged();
            }

            if (read > 0)
            {
                _checksum.Update(new ArraySegment<byte>(buffer, offset, read));
                _length += (uint)read;
                return read;
            }

            if (_inflater.IsNeedingInput)
            {
                compressed.Take(_given);
                ArraySegment<byte> input = Require(1);
                _given = input.Count;
                _inflater.SetInput(input.Array!, input.Offset, input.Count);
            }
            else if (_inflater.IsNeedingDictionary)
            {
                throw Damaged();
            }
        }

        return 0;
    }

    private void ReadHeader()
    {
        ReadOnlySpan<byte> header = Require(HeaderLength);
        int flags = header[3];
        if (!header.StartsWith(Magic) || header[2] != Deflated || (flags & UnknownFlags) != 0)
        {
            throw Damaged();
        }

        compressed.Take(HeaderLength);
        if ((flags & ExtraFlag) != 0)
        {
            int length = sizeof(ushort) + BinaryPrimitives.ReadUInt16LittleEndian(Require(sizeof(ushort)));
            Skip(length);
        }

        // A name and a comment, each to its NUL.
        for (int texts = int.PopCount(flags & NameFlags); texts > 0; texts--)
        {
            SkipText();
        }

        Skip((flags & HeaderChecksumFlag) != 0 ? sizeof(ushort) : 0);
        _inflater.Reset();
        _checksum.Reset();
        _length = 0;
        _given = 0;
        _isInMember = true;
    }

    private void ReadTrailer()
    {
        compressed.Take(_given - _inflater.RemainingInput);
        ReadOnlySpan<byte> trailer = Require(TrailerLength);
        if (BinaryPrimitives.ReadUInt32LittleEndian(trailer) != (uint)_checksum.Value
            || BinaryPrimitives.ReadUInt32LittleEndian(trailer[sizeof(uint)..]) != _length)
        {
            throw Damaged();
        }

        compressed.Take(TrailerLength);
        _isInMember = false;
        ReadOnlySpan<byte> next = compressed.Look(Magic.Length);
        _isAtEnd = next.IsEmpty;
        if (!_isAtEnd && !Magic.StartsWith(next[..Math.Min(next.Length, Magic.Length)]))
        {
            throw new InvalidDataException("something that is not compressed follows its compressed data.");
        }
    }

    /// <summary>What comes next, of which there must be as many bytes.</summary>
    private ArraySegment<byte> Require(int count)
    {
        ArraySegment<byte> ahead = compressed.Look(count);
        return ahead.Count >= count ? ahead : throw Cut();
    }

    private void Skip(int count)
    {
        while (count > 0)
        {
            int taken = Math.Min(count, Require(1).Count);
            compressed.Take(taken);
            count -= taken;
        }
    }

    private void SkipText()
    {
        int end;
        ReadOnlySpan<byte> ahead;
        while ((end = (ahead = Require(1)).IndexOf((byte)0)) < 0)
        {
            compressed.Take(ahead.Length);
        }

        compressed.Take(end + 1);
    }
}
