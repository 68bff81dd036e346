using System.Globalization;
using Spectre.Console;

namespace AotBackprop.CommandLine;

/// <summary>How far a training has come: one line that is drawn anew in a terminal, a line for each epoch elsewhere.</summary>
internal sealed class EpochProgress(int epochs) : IDisposable
{
    private const int BarWidth = 24;

    private readonly IAnsiConsole? _terminal = Terminal();

    public void Report(int done, string text)
    {
        string epoch = string.Create(CultureInfo.InvariantCulture, $"epoch {done.ToString(CultureInfo.InvariantCulture).PadLeft(Width(epochs))}/{epochs}");
        if (_terminal is null)
        {
            Console.Error.WriteLine($"{epoch}  {text}");
            return;
        }

        int full = (int)((long)done * BarWidth / epochs);
        (char on, char off) = _terminal.Profile.Capabilities.Unicode ? ('━', '─') : ('#', '-');
        _terminal.Write(new ControlCode("\r\x1b[2K"));
        _terminal.Write(new Text(new string(on, full), new Style(Color.Green)));
        _terminal.Write(new Text($"{new string(off, BarWidth - full)} {epoch}  {text}"));
    }

    public void Dispose() => _terminal?.WriteLine();

    private static int Width(int number) => number.ToString(CultureInfo.InvariantCulture).Length;

    private static IAnsiConsole? Terminal()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Profile is { Out.IsTerminal: true, Capabilities.Ansi: true } ? console : null;
    }
}
