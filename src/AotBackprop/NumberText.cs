using System.Globalization;

namespace AotBackprop;

/// <summary>Numbers as files have them: the shortest text that gives the number again, in the words of JSON and Python.</summary>
internal static class NumberText
{
    // Where Python begins to write exponents; .NET does from a tenth of it on.
    private const double FirstWithExponent = 1e16;

    /// <param name="number">A finite number.</param>
    public static string Of(double number) => Math.Abs(number) is >= FirstWithExponent / 10 and < FirstWithExponent
        ? ((long)number).ToString(CultureInfo.InvariantCulture)
        : number.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');

    /// <summary>A number of single precision by its own shortest text: 0.1, not 0.10000000149011612.</summary>
    /// <param name="number">A finite number.</param>
    public static string Of(float number)
    {
        string shortest = number.ToString("R", CultureInfo.InvariantCulture);
        return Of(double.Parse(shortest, CultureInfo.InvariantCulture));
    }
}
