using System.Globalization;

namespace AotBackprop;

/// <summary>Numbers as files have them: the shortest text that gives the number again, in the words of JSON and Python.</summary>
internal static class NumberText
{
    // Python writes exponents from here on; .NET from a tenth of it, or from ten times of it where all 17 digits are needed.
    private const double FirstWithExponent = 1e16;

    /// <param name="number">A finite number.</param>
    public static string Of(double number) => Math.Abs(number) switch
    {
        >= FirstWithExponent / 10 and < FirstWithExponent when double.IsInteger(number) => ((long)number).ToString(CultureInfo.InvariantCulture),
        >= FirstWithExponent and < FirstWithExponent * 10 => WithExponent(number.ToString("R", CultureInfo.InvariantCulture)),
        _ => number.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e'),
    };

    /// <summary>A number of single precision by its own shortest text: 0.1, not 0.10000000149011612.</summary>
    /// <param name="number">A finite number.</param>
    public static string Of(float number)
    {
        string shortest = number.ToString("R", CultureInfo.InvariantCulture);
        return Of(double.Parse(shortest, CultureInfo.InvariantCulture));
    }

    /// <summary>17 digits before the point as one before it, and e+16.</summary>
    private static string WithExponent(string text)
    {
        if (text.Contains('E'))
        {
            return text.Replace('E', 'e');
        }

        int first = text[0] == '-' ? 2 : 1;
        string rest = text[first..].TrimEnd('0');
        return $"{text[..first]}{(rest.Length > 0 ? "." : "")}{rest}e+16";
    }
}
