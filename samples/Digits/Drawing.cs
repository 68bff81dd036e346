using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AotBackprop.Samples;

/// <summary>Tables and pictures for a terminal, whatever it can show.</summary>
internal static class Drawing
{
    // A character is about twice as high as it is wide.
    private const int PixelWidth = 2;

    // The greys of the palette of 256, which no theme of a terminal changes.
    private const int DarkestGrey = 232;
    private const int Greys = 24;

    private const string Blocks = " ░▒▓█";
    private const string Letters = " .+#@";

    // Of the confusion matrix with its lines.
    private const int MatrixWidth = 65;

    /// <summary>Characters across a picture.</summary>
    public const int PictureWidth = DigitsData.Side * PixelWidth;

    /// <summary>Characters across a picture and the space to the next.</summary>
    public const int ColumnWidth = PictureWidth + 2;

    /// <summary>A digit in greys; without colours in blocks of four densities; without Unicode in letters.</summary>
    /// <param name="pixels">8×8, from 0 (paper) to 1 (ink).</param>
    /// <param name="terminal">What the terminal can show.</param>
    public static IRenderable Picture(ReadOnlySpan<float> pixels, IReadOnlyCapabilities terminal)
    {
        bool hasGreys = terminal.Ansi && terminal.ColorSystem >= ColorSystem.EightBit;
        string densities = terminal.Unicode ? Blocks : Letters;
        Paragraph picture = new();
        for (int i = 0; i < pixels.Length; i++)
        {
            if (hasGreys)
            {
                Color grey = Color.FromInt32(DarkestGrey + (int)MathF.Round(pixels[i] * (Greys - 1)));
                picture.Append(new string(' ', PixelWidth), new Style(background: grey));
            }
            else
            {
                picture.Append(new string(densities[(int)MathF.Round(pixels[i] * (densities.Length - 1))], PixelWidth));
            }

            if (i % DigitsData.Side == DigitsData.Side - 1 && i < pixels.Length - 1)
            {
                picture.Append("\n");
            }
        }

        return picture;
    }

    /// <summary>How often each digit was taken for which, and the share that was right.</summary>
    /// <param name="labels">What each is.</param>
    /// <param name="said">What the network says it is.</param>
    /// <param name="profile">What the terminal can show: a narrow one gets no lines between the columns.</param>
    public static Table ConfusionMatrix(ReadOnlySpan<int> labels, ReadOnlySpan<int> said, Profile profile)
    {
        int[,] counts = new int[DigitsData.Classes, DigitsData.Classes];
        for (int n = 0; n < labels.Length; n++)
        {
            counts[labels[n], said[n]]++;
        }

        bool isNarrow = profile.Width < MatrixWidth;
        Table table = new()
        {
            Border = isNarrow ? TableBorder.None : profile.Capabilities.Unicode ? TableBorder.Rounded : TableBorder.Ascii,
        };
        string[] heads = ["", .. Enumerable.Range(0, DigitsData.Classes).Select(Number), "right"];
        foreach (string head in heads)
        {
            table.AddColumn(new TableColumn(head).RightAligned().Padding(isNarrow ? 0 : 1, 0, 1, 0));
        }

        for (int digit = 0; digit < DigitsData.Classes; digit++)
        {
            int[] row = [.. Enumerable.Range(0, DigitsData.Classes).Select(other => counts[digit, other])];
            double right = (double)row[digit] / Math.Max(1, row.Sum());
            table.AddRow(
            [
                new Text(Number(digit), new Style(decoration: Decoration.Bold)),
                .. row.Select((count, other) => new Text(
                    count == 0 ? "." : Number(count),
                    new Style(count == 0 ? Color.Grey : other == digit ? Color.Green : Color.Red))),
                new Text(right.ToString("P1", CultureInfo.InvariantCulture)),
            ]);
        }

        return table;
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
