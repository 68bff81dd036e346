using System.Collections;
using System.Globalization;

namespace AotBackprop.Training;

/// <summary>The epochs of a training, in their order.</summary>
public sealed class TrainingHistory : IReadOnlyList<EpochRecord>
{
    private readonly List<EpochRecord> _epochs = [];

    internal TrainingHistory()
    {
    }

    /// <summary>Epochs in all.</summary>
    public int Count => _epochs.Count;

    /// <summary>An epoch.</summary>
    /// <param name="index">Its place, from 0.</param>
    public EpochRecord this[int index] => _epochs[index];

    /// <inheritdoc/>
    public IEnumerator<EpochRecord> GetEnumerator() => _epochs.GetEnumerator();

    /// <summary>
    /// Writes a line for each epoch: <c>epoch,learning_rate,loss</c>, and with a validation <c>validation_loss</c> and its
    /// other figures. Numbers are the shortest that give the same again.
    /// </summary>
    /// <param name="writer">Receives the lines.</param>
    public void WriteCsv(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        string[] figures = [.. _epochs.SelectMany(epoch => epoch.Validation).Select(figure => figure.Name).Distinct()];
        WriteLine(writer, ["epoch", "learning_rate", "loss", .. figures.Select(name => $"validation_{name}")]);
        foreach (EpochRecord epoch in _epochs)
        {
            WriteLine(
                writer,
                [
                    epoch.Epoch.ToString(CultureInfo.InvariantCulture), NumberText.Of(epoch.LearningRate), Text(epoch.Loss),
                    .. figures.Select(name => ValueOf(epoch, name)),
                ]);
        }
    }

    /// <summary>Writes the lines of <see cref="WriteCsv(TextWriter)"/> to a file.</summary>
    /// <param name="path">The file, which is replaced.</param>
    public void WriteCsv(string path)
    {
        using StreamWriter writer = new(path);
        WriteCsv(writer);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Add(EpochRecord epoch) => _epochs.Add(epoch);

    private static string ValueOf(EpochRecord epoch, string name) =>
        epoch.Validation.FirstOrDefault(figure => figure.Name == name) is { Name: not null } figure ? Text(figure.Value) : "";

    private static string Text(double number) => double.IsFinite(number) ? NumberText.Of(number) : double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";

    private static void WriteLine(TextWriter writer, IEnumerable<string> fields)
    {
        writer.Write(string.Join(',', fields));
        writer.Write('\n');
    }
}
