using System.Text;

namespace AotBackprop.Packaging;

/// <summary>
/// The declarations of all headers in one text without a preprocessor's lines, as LuaJIT's ffi.cdef and PHP's FFI::cdef
/// read it.
/// </summary>
internal static class ForeignHeader
{
    public static string Of(InterfaceTable table, Func<string, string> header)
    {
        StringBuilder text = new();
        text.Append($"""
            /* ffi.h: {table.Library}.h and the header of each network, for parsers that know no preprocessor, such as LuaJIT's
             * ffi.cdef and PHP's FFI::cdef. Before another call compare {table.Library}_abi_version() with
             * {table.Library.ToUpperInvariant()}_ABI_VERSION, and what tells networks of other sizes:

            """.Replace("\r", ""));
        foreach (NetworkEntry network in table.Networks)
        {
            text.Append($" *     {network.Prefix}_fingerprint() is {network.Fingerprint}\n");
        }

        text.Append(" */\n");
        text.Append($"enum {{ {table.Library.ToUpperInvariant()}_ABI_VERSION = {table.AbiVersion} }};\n\n");
        foreach (string name in table.Networks.Select(n => n.Prefix).Prepend(table.Library))
        {
            text.Append(Declarations(header($"{name}.h")).Trim('\n')).Append("\n\n");
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    /// <summary>Without lines of the preprocessor, nor those that only a C++ compiler is shown.</summary>
    private static string Declarations(string header)
    {
        StringBuilder text = new();
        bool forCpp = false;
        bool empty = true;
        string? before = null;
        foreach (string line in header.Split('\n'))
        {
            if (line.StartsWith('#'))
            {
                forCpp = line == "#ifdef __cplusplus" || (forCpp && line != "#endif");

                // A comment of one line is about the definition below it.
                before = before is not null && before.StartsWith("/*", StringComparison.Ordinal) ? null : before;
                continue;
            }

            if (forCpp)
            {
                continue;
            }

            Append(before);
            before = line;
        }

        Append(before);
        return text.ToString();

        void Append(string? line)
        {
            // No two empty lines where something was left out.
            if (line is not null && !(line.Length == 0 && empty))
            {
                text.Append(line).Append('\n');
                empty = line.Length == 0;
            }
        }
    }
}
