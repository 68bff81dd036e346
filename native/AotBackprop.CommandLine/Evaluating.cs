using System.Globalization;
using System.Text.RegularExpressions;
using AotBackprop.Data;
using AotBackprop.Training;

namespace AotBackprop.CommandLine;

/// <summary>How a network does on samples of a file.</summary>
internal static partial class Evaluating
{
    /// <summary>What it is judged by, and the loss.</summary>
    /// <exception cref="InvalidDataException">Something is larger than a float can hold: the message says what, and where it stands.</exception>
    public static IReadOnlyList<Figure> Figures(NetworkTask task, INetwork network, Dataset samples)
    {
        try
        {
            return task.Evaluate(network, samples.X, samples.Targets);
        }
        catch (NotFiniteNumberException e)
        {
            throw new InvalidDataException(Located(e.Message, samples), e);
        }
    }

    /// <summary>A message that knows an input by its indices, with the place in the file.</summary>
    public static string Located(string message, Dataset samples) => Input().Replace(message, found =>
    {
        int row = int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture);
        int column = int.Parse(found.Groups[2].Value, CultureInfo.InvariantCulture);
        return row < samples.Count && column < samples.InputCount ? $"{samples.Place(row, column)}, scaled, is" : found.Value;
    });

    [GeneratedRegex(@"X\[(\d{1,9}), (\d{1,9})\] is")]
    private static partial Regex Input();
}
