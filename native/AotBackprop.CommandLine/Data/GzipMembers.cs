using System.Buffers.Binary;
using ICSharpCode.SharpZipLib.Checksum;
using ICSharpCode.SharpZipLib.Zip.Compression;

namespace AotBackprop.CommandLine.Data;

/// <summary>
/// What was compressed into a gzip file (RFC 1952), of one member or several. Each is checked to its end: where one is
/// damaged or cut off, or something else follows the last, reading fails. .NET's own stream accepts such files.
/// </summary>
/// <param name="compressed">The file.</param>
internal sealed class GzipMembers(PushbackStream compressed) : ReadOnlyStream
{
    private const byte Deflated = 8;
    private const int HeaderLength = 10;
    private const int TrailerLength = 8;
    private const int NameFlags = 0x18;
    private const int ExtraFlag = 0x04;
    private const int HeaderChecksumFlag = 0x02;
    private const int UnknownFlags = 0xE0;

    private readonly byte[] _input = new byte[1 << 16];
    private readonly Inflater _inflater = new(noHeader: true);
    private readonly Crc32 _checksum = new();
    private int _inputLength;
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
                _inputLength = compressed.Read(_input);
                if (_inputLength == 0)
                {
                    throw Cut();
                }

                _inflater.SetInput(_input, 0, _inputLength);
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
        Span<byte> header = stackalloc byte[HeaderLength];
        ReadAll(header);
        int flags = header[3];
        if (!header.StartsWith(Magic) || header[2] != Deflated || (flags & UnknownFlags) != 0)
        {
            throw Damaged();
        }

        if ((flags & ExtraFlag) != 0)
        {
            Span<byte> length = stackalloc byte[sizeof(ushort)];
            ReadAll(length);
            Skip(BinaryPrimitives.ReadUInt16LittleEndian(length));
        }

        // A name and a comment, each to its NUL.
        for (int texts = int.PopCount(flags & NameFlags); texts > 0; texts--)
        {
            while (ReadOne() != 0)
            {
            }
        }

        Skip((flags & HeaderChecksumFlag) != 0 ? sizeof(ushort) : 0);
        _inflater.Reset();
        _checksum.Reset();
        _length = 0;
        _inputLength = 0;
        _isInMember = true;
    }

    private void ReadTrailer()
    {
        compressed.PushBack(_input.AsSpan(_inputLength - _inflater.RemainingInput, _inflater.RemainingInput));
        Span<byte> trailer = stackalloc byte[TrailerLength];
        ReadAll(trailer);
        if (BinaryPrimitives.ReadUInt32LittleEndian(trailer) != (uint)_checksum.Value
            || BinaryPrimitives.ReadUInt32LittleEndian(trailer[sizeof(uint)..]) != _length)
        {
            throw Damaged();
        }

        _isInMember = false;
        Span<byte> next = stackalloc byte[Magic.Length];
        int read = compressed.ReadAtLeast(next, next.Length, throwOnEndOfStream: false);
        _isAtEnd = read == 0;
        if (!_isAtEnd && !Magic.StartsWith(next[..read]))
        {
            throw new InvalidDataException("something that is not compressed follows its compressed data.");
        }

        compressed.PushBack(next[..read]);
    }

    private byte ReadOne()
    {
        byte one = 0;
        ReadAll(new Span<byte>(ref one));
        return one;
    }

    private void Skip(int count)
    {
        for (; count > 0; count--)
        {
            ReadOne();
        }
    }

    private void ReadAll(Span<byte> bytes)
    {
        if (compressed.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw Cut();
        }
    }
}
