using System.Text;
using AotBackprop.CommandLine.IO;

namespace AotBackprop.CommandLine.Display;

/// <summary>
/// How far something has come: one line that is drawn anew in a terminal, with a bar where it fits; elsewhere a line
/// every few seconds.
/// </summary>
internal sealed class StatusLine(bool isQuiet) : IDisposable
{
    private const int WidestBar = 24;
    private const int NarrowestBar = 4;
    private const int RedrawnAfter = 100;
    private const int RepeatedAfter = 5000;

    private long _next = Environment.TickCount64;
    private bool _isDrawn;

    /// <summary>Nothing is shown before this time has passed.</summary>
    public void Wait(TimeSpan time) => _next = Environment.TickCount64 + (long)time.TotalMilliseconds;

    /// <summary>Whether it is time to show something.</summary>
    public bool IsDue => !isQuiet && Environment.TickCount64 >= _next;

    /// <param name="share">What is done of all, from 0 to 1; null where that is unknown.</param>
    /// <param name="text">What to say of it.</param>
    public void Show(double? share, string text)
    {
        _next = Environment.TickCount64 + (Terminal.IsThere ? RedrawnAfter : RepeatedAfter);
        if (Terminal.IsThere)
        {
            // The last column stays free: some terminals go on to the next line behind it.
            Standard.LogProgress($"\r{Fitted(share, text, Terminal.Width - 1)}\x1b[K");
            _isDrawn = true;
        }
        else
        {
            Standard.LogProgress(text + "\n");
        }
    }

    /// <summary>Takes away what was drawn.</summary>
    public void Clear()
    {
        if (_isDrawn)
        {
            Standard.LogProgress("\r\x1b[K");
            _isDrawn = false;
        }
    }

    /// <summary>Leaves what was drawn, and goes to the next line.</summary>
    public void Dispose()
    {
        if (_isDrawn)
        {
            Standard.LogProgress("\n");
            _isDrawn = false;
        }
    }

    internal static string Fitted(double? share, string text, int width)
    {
        int bar = Math.Min(WidestBar, width - text.EnumerateRunes().Sum(Columns) - 1);
        if (share is null || bar < NarrowestBar)
        {
            return Cut(text, width);
        }

        int full = (int)(Math.Clamp(share.Value, 0, 1) * bar);
        (char on, char off) = Terminal.SpeaksUnicode ? ('━', '─') : ('#', '-');
        (string green, string plain) = Terminal.HasColors ? ("\x1b[32m", "\x1b[39m") : ("", "");
        return $"{green}{new string(on, full)}{plain}{new string(off, bar - full)} {text}";
    }

    private static string Cut(string text, int width)
    {
        int length = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            width -= Columns(rune);
            if (width < 0)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }

    /// <summary>Columns at most: beyond ASCII a terminal may give a character two.</summary>
    private static int Columns(Rune rune) => rune.IsAscii ? 1 : 2;
}
