using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AotBackprop.Packaging;

/// <summary>What a Python package has to say of the libraries that it holds.</summary>
internal static partial class ElfFile
{
    // The oldest for which there are wheels of both processors.
    private const int OldestTag = 17;

    /// <summary>manylinux_2_34_x86_64: the oldest C library that all of them run with, and the processor.</summary>
    public static string PlatformTag(IEnumerable<byte[]> libraries)
    {
        string? machine = null;
        int floor = 0;
        foreach (byte[] library in libraries)
        {
            machine = Machine(library);

            // The names of the versions that are needed stand in the table of dynamic strings.
            foreach (Match match in GlibcVersion().Matches(Encoding.Latin1.GetString(library)))
            {
                floor = Math.Max(floor, int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
            }
        }

        return machine is null || floor == 0
            ? throw new InvalidDataException("Wanted shared libraries linked with glibc, and found none.")
            : $"manylinux_2_{Math.Max(floor, OldestTag)}_{machine}";
    }

    /// <summary>The processor that a library is for, in the words of the platform tags.</summary>
    public static string Machine(ReadOnlySpan<byte> library)
    {
        const int MachineOffset = 18;
        if (library.Length < 64 || !library[..4].SequenceEqual("\u007fELF"u8))
        {
            throw new InvalidDataException("Wanted an ELF shared library.");
        }

        return BitConverter.ToUInt16(library[MachineOffset..]) switch
        {
            62 => "x86_64",
            183 => "aarch64",
            ushort other => throw new InvalidDataException($"Wanted a library for x86-64 or arm64; this one is for ELF machine {other}."),
        };
    }

    [GeneratedRegex(@"GLIBC_2\.(\d+)(?:\.\d+)?\0")]
    private static partial Regex GlibcVersion();
}
