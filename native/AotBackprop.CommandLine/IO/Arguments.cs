namespace AotBackprop.CommandLine.IO;

/// <summary>The program's arguments as it was given them.</summary>
internal static class Arguments
{
    private const char Replacement = '\uFFFD';

    /// <summary>
    /// .NET puts U+FFFD where an argument is not UTF-8. Then they are taken from the system, so that a name's bytes are
    /// kept; where there is no /proc, they stay as they are and name no file.
    /// </summary>
    public static string[] Recover(string[] given)
    {
        if (!OperatingSystem.IsLinux() || !given.Any(argument => argument.Contains(Replacement)))
        {
            return given;
        }

        try
        {
            return Recover(given.Length, File.ReadAllBytes("/proc/self/cmdline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return given;
        }
    }

    /// <summary>The last ones: before them stand the program, and what runs it.</summary>
    private static string[] Recover(int count, ReadOnlySpan<byte> line)
    {
        List<string> all = [];
        while (line.IndexOf((byte)0) is >= 0 and int end)
        {
            all.Add(NameBytes.ToText(line[..end]));
            line = line[(end + 1)..];
        }

        return [.. all.Skip(all.Count - count)];
    }
}
