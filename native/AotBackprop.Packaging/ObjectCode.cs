using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace AotBackprop.Packaging;

/// <summary>
/// Which symbols of a compiler's object file name which others, as objdump shows it (of binutils or of LLVM): calls and
/// jumps, addresses that are taken, relocations of code and of constants.
/// </summary>
internal sealed partial class ObjectCode
{
    private const string Constants = ".rodata";

    private static readonly HashSet<string> None = [];

    private readonly Dictionary<string, HashSet<string>> _named = [];
    private readonly Dictionary<string, Place> _symbols = [];
    private ILookup<Place, string> _atPlace = Enumerable.Empty<string>().ToLookup(_ => default(Place));

    private ObjectCode()
    {
    }

    /// <summary>Symbols of other objects and of libraries.</summary>
    public IEnumerable<string> Undefined => _symbols.Where(symbol => symbol.Value.Section == "*UND*").Select(symbol => symbol.Key);

    /// <summary>Reads an object file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="objdump">The program that shows it.</param>
    public static ObjectCode Read(string path, string objdump)
    {
        ObjectCode code = new();
        foreach (string line in Lines(objdump, "-t", path))
        {
            Match match = Symbol().Match(line);
            if (match.Success)
            {
                ulong address = ulong.Parse(match.Groups["address"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                code._symbols[match.Groups["name"].Value] = new(match.Groups["section"].Value, address);
            }
        }

        // Equal methods are one: several symbols, of which objdump shows one.
        code._atPlace = code._symbols.ToLookup(symbol => symbol.Value, symbol => symbol.Key);
        code.ReadCode(Lines(objdump, "-dr", path));
        code.ReadConstants(Lines(objdump, "-r", path));
        return code;
    }

    /// <summary>What a symbol names.</summary>
    public IReadOnlySet<string> NamedBy(string symbol) => _named.GetValueOrDefault(symbol, None);

    /// <summary>Whether a symbol is code.</summary>
    public bool IsCode(string symbol) => _named.ContainsKey(symbol) && !IsConstant(symbol);

    /// <summary>Whether a symbol is constant data, which is in the file as it is in memory.</summary>
    public bool IsConstant(string symbol) => _symbols.GetValueOrDefault(symbol).Section == Constants;

    private void ReadCode(IEnumerable<string> lines)
    {
        HashSet<string> named = [];
        string? shown = null;
        bool isUnderstood = false;
        foreach (string line in lines)
        {
            // With a relocation, of its line or of the next, the target that an instruction shows is where it ends.
            Match relocation = Relocation().Match(line);
            if (relocation.Success)
            {
                named.Add(relocation.Groups[1].Value);
                shown = null;
                continue;
            }

            if (shown is not null)
            {
                named.Add(shown);
                isUnderstood = true;
                shown = null;
            }

            Match label = Label().Match(line);
            if (label.Success)
            {
                named = Of(label.Groups[1].Value);
                foreach (string same in _atPlace[_symbols.GetValueOrDefault(label.Groups[1].Value)])
                {
                    _named[same] = named;
                }

                continue;
            }

            if (Target().Match(line) is { Success: true } target)
            {
                shown = target.Groups[1].Value;
            }
        }

        if (!isUnderstood)
        {
            throw new InvalidDataException("No instruction shows its target: wanted the output of binutils' objdump or LLVM's.");
        }
    }

    private void ReadConstants(IEnumerable<string> lines)
    {
        (ulong Address, string Name)[] constants =
            [.. _symbols.Where(symbol => symbol.Value.Section == Constants).Select(symbol => (symbol.Value.Address, symbol.Key)).Order()];
        bool isConstants = false;
        foreach (string line in lines)
        {
            if (line.StartsWith("RELOCATION RECORDS", StringComparison.Ordinal))
            {
                isConstants = line.Contains($"[{Constants}]", StringComparison.Ordinal);
            }
            else if (isConstants && Record().Match(line) is { Success: true } record)
            {
                ulong address = ulong.Parse(record.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                ulong begin = constants.LastOrDefault(constant => constant.Address <= address).Address;
                foreach (string name in _atPlace[new(Constants, begin)])
                {
                    Of(name).Add(record.Groups[2].Value);
                }
            }
        }
    }

    private HashSet<string> Of(string symbol)
    {
        if (!_named.TryGetValue(symbol, out HashSet<string>? named))
        {
            _named.Add(symbol, named = []);
        }

        return named;
    }

    private static IEnumerable<string> Lines(string objdump, string what, string path)
    {
        using Process process = Start(objdump, what, path);
        while (process.StandardOutput.ReadLine() is { } line)
        {
            yield return line;
        }

        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new IOException($"'{objdump}' ended with {process.ExitCode} on '{path}'.");
        }
    }

    private static Process Start(string objdump, string what, string path)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(objdump, [what, "--no-show-raw-insn", "-w", path]) { RedirectStandardOutput = true })!;
        }
        catch (Win32Exception e)
        {
            throw new IOException($"Wanted '{objdump}', of binutils or LLVM; AotBackpropObjDump may name another: {e.Message}", e);
        }
    }

    private readonly record struct Place(string Section, ulong Address);

    [GeneratedRegex(@"^(?<address>[0-9a-f]{8,16}) .{7} (?<section>\S+)\t[0-9a-f]+ (?:\.hidden |0x[0-9a-f]+ )*(?<name>\S.*)$")]
    private static partial Regex Symbol();

    [GeneratedRegex(@"^[0-9a-f]+ <(.+)>:$")]
    private static partial Regex Label();

    [GeneratedRegex(@"\bR_\w+\s+(\S.*?)(?:[-+]0x[0-9a-f]+)?\s*$")]
    private static partial Regex Relocation();

    [GeneratedRegex(@"^\s+[0-9a-f]+:\s[^<]*\b(?:0x)?[0-9a-f]+ <(.+?)(?:[-+]0x[0-9a-f]+)?>\s*$")]
    private static partial Regex Target();

    [GeneratedRegex(@"^([0-9a-f]{8,16})\s+R_\w+\s+(\S.*?)(?:[-+]0x[0-9a-f]+)?\s*$")]
    private static partial Regex Record();
}
