using System.Globalization;
using AotBackprop.CommandLine.IO;

namespace AotBackprop.CommandLine;

/// <summary>Results as lines of a name and a value, which a person and a script can read.</summary>
internal static class Report
{
    private const int NameWidth = 14;

    public static void Line(string name, object value) =>
        Standard.Output.WriteLine($"{name.PadRight(NameWidth)} {Convert.ToString(value, CultureInfo.InvariantCulture)}");

    /// <param name="evaluation">What came of an evaluation.</param>
    /// <param name="kind">Words before accuracy and loss: of what samples they are, unless of others than were learned from.</param>
    public static void Write(Evaluation evaluation, string kind = "")
    {
        Line($"{kind}accuracy", evaluation.Accuracy.ToString("F4", CultureInfo.InvariantCulture));
        Line($"{kind}loss", evaluation.Loss.ToString("F4", CultureInfo.InvariantCulture));
    }
}
