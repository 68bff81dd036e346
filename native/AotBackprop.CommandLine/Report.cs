using System.Globalization;

namespace AotBackprop.CommandLine;

/// <summary>Results as lines of a name and a value, which a person and a script can read.</summary>
internal static class Report
{
    private const int NameWidth = 14;

    public static void Line(string name, object value) =>
        Console.Out.WriteLine($"{name.PadRight(NameWidth)} {Convert.ToString(value, CultureInfo.InvariantCulture)}");

    public static void Write(Evaluation evaluation)
    {
        Line("accuracy", evaluation.Accuracy.ToString("F4", CultureInfo.InvariantCulture));
        Line("loss", evaluation.Loss.ToString("F4", CultureInfo.InvariantCulture));
    }
}
