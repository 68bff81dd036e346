using System.Text;

namespace AotBackprop.CommandLine.IO;

/// <summary>
/// The standard streams. What goes to the output is a result: where it cannot be written, that is an error. What goes to
/// the log, the standard error, is told where it can be, and stops nothing.
/// </summary>
internal static class Standard
{
    private const int BufferSize = 1 << 16;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private static readonly Stream ErrorStream =
        OperatingSystem.IsWindows() ? Console.OpenStandardError() : new DescriptorStream(SystemCalls.Error, isOwned: false);

    /// <summary>Results; whoever has written the last of them flushes.</summary>
    public static TextWriter Output { get; } = new StreamWriter(
        OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : new DescriptorStream(SystemCalls.Output, isOwned: false),
        Utf8,
        BufferSize)
    {
        NewLine = "\n",
    };

    /// <summary>Whether something could not be told.</summary>
    public static bool LogFailed { get; private set; }

    public static Stream OpenInput() =>
        OperatingSystem.IsWindows() ? Console.OpenStandardInput() : new DescriptorStream(SystemCalls.Input, isOwned: false);

    public static void Log(string line) => LogRaw(line + "\n");

    public static void LogRaw(string text)
    {
        try
        {
            ErrorStream.Write(Utf8.GetBytes(text));
        }
        catch (IOException)
        {
            LogFailed = true;
        }
    }
}
