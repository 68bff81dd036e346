using System.Globalization;
using System.Text;

namespace AotBackprop.Files;

/// <summary>Words of others as they may stand in a message.</summary>
internal static class Printable
{
    private const int LongestQuoted = 60;
    private const int Longest = 300;

    /// <summary>In quotes, short, and without what a terminal would obey.</summary>
    public static string Quote(string text) => $"'{Of(text, LongestQuoted)}'";

    /// <summary>
    /// Control characters, marks of direction, and what is no character become question marks; what is longer than the limit
    /// ends in an ellipsis.
    /// </summary>
    public static string Of(string text, int longest = Longest)
    {
        StringBuilder shown = new();
        int count = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (count++ == longest)
            {
                return shown.Append('…').ToString();
            }

            shown.Append(IsPrintable(rune) ? rune.ToString() : "?");
        }

        return shown.ToString();
    }

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator);
}
