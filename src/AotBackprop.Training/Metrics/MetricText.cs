using System.Globalization;
using System.Text;

namespace AotBackprop.Training.Metrics;

/// <summary>Figures as people read them.</summary>
internal static class MetricText
{
    public static string Figures(params ReadOnlySpan<(string Name, double Value)> figures)
    {
        StringBuilder text = new();
        foreach ((string name, double value) in figures)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name,-20}{value,10:F4}\n");
        }

        return text.ToString();
    }

    /// <summary>A table with a head over each column and before each row.</summary>
    public static string Table(string corner, IReadOnlyList<string> heads, IReadOnlyList<string> rows, Func<int, int, string> cell)
    {
        int first = Math.Max(corner.Length, rows.Max(row => row.Length));
        int[] widths = [.. heads.Select((head, j) => Math.Max(head.Length, Enumerable.Range(0, rows.Count).Max(i => cell(i, j).Length)))];
        StringBuilder text = new();
        Line(corner, j => heads[j]);
        for (int i = 0; i < rows.Count; i++)
        {
            Line(rows[i], j => cell(i, j));
        }

        return text.ToString();

        void Line(string head, Func<int, string> of)
        {
            text.Append(head.PadRight(first));
            for (int j = 0; j < widths.Length; j++)
            {
                text.Append("  ").Append(of(j).PadLeft(widths[j]));
            }

            text.Append('\n');
        }
    }

    public static string Share(double value) => value.ToString("F4", CultureInfo.InvariantCulture);

    /// <summary>How many samples, or how much they count.</summary>
    public static string Amount(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    /// <summary>Names as they may stand in a table, or numbers.</summary>
    public static string[] Names(IReadOnlyList<string>? names, int count) => names is null
        ? [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture))]
        : [.. names.Select(name => Files.Printable.Of(name, longest: 24))];
}
