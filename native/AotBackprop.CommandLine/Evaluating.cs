using System.Globalization;
using AotBackprop.Data;
using AotBackprop.Training;

namespace AotBackprop.CommandLine;

/// <summary>How a network does on samples of a file.</summary>
internal static class Evaluating
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

    /// <summary>A message that knows an input by its indices, as in X[3, 4], with the place in the file.</summary>
    public static string Located(string message, Dataset samples)
    {
        int start = message.IndexOf("X[", StringComparison.Ordinal);
        int comma = message.IndexOf(", ", Math.Max(0, start), StringComparison.Ordinal);
        int end = message.IndexOf("] is", Math.Max(0, comma), StringComparison.Ordinal);
        return start >= 0 && comma > start && end > comma
            && int.TryParse(message.AsSpan((start + 2)..comma), NumberStyles.None, CultureInfo.InvariantCulture, out int row)
            && int.TryParse(message.AsSpan((comma + 2)..end), NumberStyles.None, CultureInfo.InvariantCulture, out int column)
            && row < samples.Count && column < samples.InputCount
            ? $"{message[..start]}{samples.Place(row, column)}, scaled,{message[(end + 1)..]}"
            : message;
    }
}
