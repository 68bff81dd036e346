using System.Globalization;

namespace AotBackprop.Training;

/// <summary>Exceptions for options: what was wanted and what came.</summary>
internal static class Checks
{
    public static void Finite(double came, double least, string name)
    {
        if (!(came >= least && double.IsFinite(came)))
        {
            throw OutOfRange(came, name, string.Create(CultureInfo.InvariantCulture, $"a finite number, {least} or more"));
        }
    }

    /// <summary>From a number up to, and not, another.</summary>
    public static void Below(double came, double least, double bound, string name)
    {
        if (!(came >= least && came < bound))
        {
            throw OutOfRange(came, name, string.Create(CultureInfo.InvariantCulture, $"a number from {least} up to, and not, {bound}"));
        }
    }

    private static ArgumentOutOfRangeException OutOfRange(double came, string name, string wanted) =>
        new(name, came, string.Create(CultureInfo.InvariantCulture, $"{name} is {came}; wanted {wanted}."));
}
