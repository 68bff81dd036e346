using System.Globalization;
using AotBackprop.CommandLine.IO;
using AotBackprop.Training;

namespace AotBackprop.CommandLine;

/// <summary>Results as lines of a name and a value, which a person and a script can read.</summary>
internal static class Report
{
    private const int NameWidth = 14;

    public static void Line(string name, object value) =>
        Standard.Output.WriteLine($"{name.PadRight(NameWidth)} {Convert.ToString(value, CultureInfo.InvariantCulture)}");

    /// <param name="figures">What came of an evaluation.</param>
    /// <param name="kind">Words before them: of what samples they are, unless of others than were learned from.</param>
    public static void Write(IEnumerable<Figure> figures, string kind = "")
    {
        foreach (Figure figure in figures)
        {
            Line($"{kind}{figure.Name}", figure.Value.ToString("F4", CultureInfo.InvariantCulture));
        }
    }
}
