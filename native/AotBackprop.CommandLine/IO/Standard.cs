using System.Text;

namespace AotBackprop.CommandLine.IO;

/// <summary>
/// The standard streams. What goes to the output is a result: where it cannot be written, that is an error. What goes to
/// the log, the standard error, is told where it can be, and stops nothing.
/// </summary>
internal static class Standard
{
    private const int BufferSize = 1 << 16;
    private const int Patience = 1000;

    // What any pipe with room takes whole; a longer text might wait in the middle.
    private const int PipeBlock = 512;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Results; whoever has written the last of them flushes.</summary>
    public static TextWriter Output { get; } = new StreamWriter(
        OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : SystemCalls.OpenOutput(),
        Utf8,
        BufferSize)
    {
        NewLine = "\n",
    };

    /// <summary>Whether something could not be told.</summary>
    public static bool LogFailed { get; private set; }

    public static Stream OpenInput() =>
        OperatingSystem.IsWindows() ? Console.OpenStandardInput() : SystemCalls.OpenInput();

    /// <summary>Tells what is to be known: whoever does not read is waited for, a second at most.</summary>
    public static void Log(string line) => Log(line + "\n", Patience);

    /// <summary>Tells what will soon be told anew: where it would have to wait, it is left out.</summary>
    public static void LogProgress(string text) => Log(text, 0);

    private static void Log(string text, int patience)
    {
        byte[] bytes = Utf8.GetBytes(text);
        if (OperatingSystem.IsWindows())
        {
            try
            {
                Console.OpenStandardError().Write(bytes);
            }
            catch (IOException)
            {
                LogFailed = true;
            }

            return;
        }

        for (int done = 0; done < bytes.Length;)
        {
            Span<byte> block = bytes.AsSpan(done, Math.Min(PipeBlock, bytes.Length - done));
            int written = SystemCalls.WriteUnlessFull(SystemCalls.Error, block, patience);
            if (written <= 0)
            {
                LogFailed |= written < 0 || patience > 0;
                return;
            }

            done += written;
        }
    }
}
