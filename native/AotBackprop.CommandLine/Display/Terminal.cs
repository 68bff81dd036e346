using AotBackprop.CommandLine.IO;

namespace AotBackprop.CommandLine.Display;

/// <summary>The terminal that the log goes to, if it is one that can redraw a line.</summary>
internal static class Terminal
{
    private static readonly string[] Locales = ["LC_ALL", "LC_CTYPE", "LANG"];

    public static bool IsThere { get; } =
        Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb") && SystemCalls.TerminalWidth(SystemCalls.Error) is not null;

    /// <summary>Columns, at this moment: windows are resized.</summary>
    public static int Width => SystemCalls.TerminalWidth(SystemCalls.Error) ?? 1;

    public static bool HasColors { get; } = Environment.GetEnvironmentVariable("NO_COLOR") is null or "";

    public static bool SpeaksUnicode { get; } = Locale().Contains("UTF-8", StringComparison.OrdinalIgnoreCase)
        || Locale().Contains("UTF8", StringComparison.OrdinalIgnoreCase);

    private static string Locale() =>
        Locales.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => value is { Length: > 0 }) ?? "";
}
