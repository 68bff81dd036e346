using System.Text;
using System.Text.RegularExpressions;
using AotBackprop.CommandLine.Display;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>The line of progress that is drawn in a terminal: tests/package has it in one.</summary>
public sealed partial class StatusLineTests
{
    [Theory]
    [InlineData("epoch 1/20  loss 0.1")]
    [InlineData("reading \u6F22\u5B57\u6F22\u5B57.csv: 1.0 MB")]
    [InlineData("reading \U0001F600\U0001F600\U0001F600.csv: 1.0 MB")]
    public void It_fits_any_width_and_cuts_no_character(string text)
    {
        for (int width = 0; width < 100; width++)
        {
            string line = Escapes().Replace(StatusLine.Fitted(0.5, text, width), "");
            Assert.InRange(line.EnumerateRunes().Sum(Columns), 0, width);
            Assert.True(width < 60 || line.EndsWith($" {text}", StringComparison.Ordinal), line);
            Assert.DoesNotContain(Rune.ReplacementChar, line.EnumerateRunes());
        }
    }

    // Of the texts above; a bar's characters take one.
    private static int Columns(Rune rune) => rune.Value >= 0x4E00 ? 2 : 1;

    [GeneratedRegex("\u001B\\[[0-9]*m")]
    private static partial Regex Escapes();
}
