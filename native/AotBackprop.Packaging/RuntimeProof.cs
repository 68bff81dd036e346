using System.Text;
using System.Text.RegularExpressions;

namespace AotBackprop.Packaging;

/// <summary>
/// The proof that no export of a library needs .NET's runtime: what can be reached from them is code, constants, and the
/// few functions of RuntimeHelpers.txt. Then nothing of the runtime is linked, and nothing of it ever starts.
/// </summary>
internal static partial class RuntimeProof
{
    // What the compiler's helpers are for, so that an error can say what is to be changed.
    private static readonly (string Prefix, string Meaning)[] s_meanings =
    [
        ("RhpThrow", "throws an exception"),
        ("RhpRethrow", "throws an exception"),
        ("RhpNew", "allocates on the managed heap"),
        ("RhNew", "allocates on the managed heap"),
        ("RhAllocate", "allocates on the managed heap"),
        ("RhpGcPoll", "asks whether the collector waits"),
        ("__tls_get_addr", "has a thread static"),
        ("_ZTV", "needs the type of an object"),
        ("__Str_", "needs a string, which is an object"),
        ("tls_", "has a thread static"),
        ("__GCSTATICS", "is a static that is not constant"),
        ("__NONGCSTATICS", "is a static that is not constant"),
    ];

    // Code of the runtime's own that is recognized by its name, whatever it goes on to need.
    private static readonly (string Part, string Meaning)[] s_code =
    [
        ("ClassConstructorRunner", "initializes a static when it is first used"),
        ("GCStaticBase_", "initializes a static when it is first used"),
        ("ThrowHelper", "throws an exception"),
        ("_TypeCast__", "casts an object"),
        ("ThreadStatic", "has a thread static"),
    ];

    /// <summary>Proves it of an object file, and gives the C file that is linked in the runtime's place.</summary>
    /// <param name="code">The compiler's object file.</param>
    /// <param name="exportsFile">The linker's list of exports.</param>
    /// <exception cref="RuntimeNeededException">There is no such proof.</exception>
    public static string Substitute(ObjectCode code, string exportsFile)
    {
        string[] exports = [.. File.ReadLines(exportsFile)
            .Select(line => Export().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups[1].Value)];
        if (exports.Length == 0)
        {
            throw new InvalidDataException($"'{exportsFile}' names no export.");
        }

        if (exports.FirstOrDefault(export => !code.IsCode(export)) is { } missing)
        {
            throw new InvalidDataException($"The export '{missing}' is not in the compiler's object file.");
        }

        Dictionary<string, string> helpers = Helpers();
        Dictionary<string, string?> reached = exports.ToDictionary(export => export, _ => (string?)null);
        Queue<string> waiting = new(exports);
        List<string> faults = [];
        while (waiting.TryDequeue(out string? symbol))
        {
            if (Meaning(code, helpers, symbol) is { } meaning)
            {
                // What such a thing needs itself says nothing more.
                List<string> path = PathTo(reached, symbol);
                faults.Add(BuildMessage.Error(path[0], "ABP101",
                    $"A library without .NET's runtime can't have this: {symbol} {meaning}, and is reached by "
                    + $"{string.Join(" → ", path)}. Leave AotBackpropWithoutRuntime away to keep the runtime."));
                continue;
            }

            foreach (string next in code.NamedBy(symbol).Where(next => reached.TryAdd(next, symbol)))
            {
                waiting.Enqueue(next);
            }
        }

        return faults.Count > 0
            ? throw new RuntimeNeededException(string.Join('\n', faults))
            : Source([.. code.Undefined.Where(symbol => !helpers.ContainsKey(symbol))]);
    }

    /// <summary>What is wrong with a symbol that is reached, or null.</summary>
    private static string? Meaning(ObjectCode code, Dictionary<string, string> helpers, string symbol)
    {
        if (code.IsCode(symbol))
        {
            return s_code.FirstOrDefault(known => symbol.Contains(known.Part, StringComparison.Ordinal)).Meaning;
        }

        return code.IsConstant(symbol) || helpers.ContainsKey(symbol) ? null
            : s_meanings.FirstOrDefault(known => symbol.StartsWith(known.Prefix, StringComparison.Ordinal)).Meaning
            ?? "is neither code, nor a constant, nor one of the helpers that a library without the runtime may have";
    }

    /// <summary>The way from an export to a symbol.</summary>
    private static List<string> PathTo(Dictionary<string, string?> reached, string symbol)
    {
        List<string> path = [];
        for (string? at = symbol; at is not null; at = reached[at])
        {
            path.Add(at);
        }

        path.Reverse();
        return path;
    }

    private static Dictionary<string, string> Helpers() => Resource.Lines("RuntimeHelpers.txt")
        .Select(line => line.Split(' ', 2, StringSplitOptions.TrimEntries))
        .ToDictionary(words => words[0], words => words[1]);

    private static string Source(string[] unreached)
    {
        StringBuilder source = new(Resource.Text("WithoutRuntime.c"));
        source.Append("\n/* What the object file names and no export reaches. */\n");
        foreach (string symbol in unreached.Order(StringComparer.Ordinal))
        {
            source.Append("ABSENT(\"").Append(symbol).Append("\")\n");
        }

        return source.ToString();
    }

    [GeneratedRegex(@"^\s+(\w+);$")]
    private static partial Regex Export();
}

/// <summary>Exports need the runtime: for each thing that they need, a line with the calls that lead there.</summary>
internal sealed class RuntimeNeededException(string message) : Exception(message);
