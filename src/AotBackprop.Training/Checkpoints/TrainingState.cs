using AotBackprop.Training.Runs;

namespace AotBackprop.Training.Checkpoints;

/// <summary>Where a training stands: all but its tensors.</summary>
internal sealed class TrainingState
{
    /// <summary>The epoch that runs, from 0: as many are done.</summary>
    public int Epoch { get; set; }

    /// <summary>The next batch of it.</summary>
    public int Batch { get; set; }

    /// <summary>Steps made.</summary>
    public long Step { get; set; }

    /// <summary>Of the epoch that runs, the sum of each batch's loss times its weight.</summary>
    public double LossSum { get; set; }

    /// <summary>And of those weights.</summary>
    public double WeightSum { get; set; }

    /// <summary>How long the training ran before it went on.</summary>
    public double Seconds { get; set; }

    /// <summary>Of a schedule that watches a figure; else null.</summary>
    public PlateauState? Plateau { get; set; }

    /// <summary>The watched figure of the best epoch; null before there is one.</summary>
    public double? BestValue { get; set; }

    /// <summary>Its number, from 0.</summary>
    public int BestEpoch { get; set; }

    /// <summary>Epochs without an improvement.</summary>
    public int Wait { get; set; }

    /// <summary>The epochs done.</summary>
    public TrainingHistory History { get; init; } = new();

    /// <summary>What was asked for, as texts.</summary>
    public IReadOnlyDictionary<string, string> Options { get; set; } = new Dictionary<string, string>();

    /// <summary>The checksum of the samples.</summary>
    public string Data { get; set; } = "";

    /// <summary>The next epoch begins.</summary>
    public void NextEpoch()
    {
        Epoch++;
        Batch = 0;
        LossSum = 0;
        WeightSum = 0;
    }

    /// <summary>Refuses to go on where another training stands.</summary>
    /// <param name="wanted">What is asked for now.</param>
    /// <param name="batches">The batches of an epoch.</param>
    public void RequireSameTraining(TrainingState wanted, int batches)
    {
        string[] differences =
        [
            .. Options.Keys.Union(wanted.Options.Keys)
                .Where(key => Options.GetValueOrDefault(key) != wanted.Options.GetValueOrDefault(key))
                .Order(StringComparer.Ordinal)
                .Select(key => $"{key} was {Told(Options, key)} and is {Told(wanted.Options, key)}"),
        ];
        if (differences.Length > 0)
        {
            throw new InvalidDataException(
                $"It is of another training: {string.Join("; ", differences)}. Wanted the same options, or no resume; epochs, times and threads may differ.");
        }

        if (Data != wanted.Data)
        {
            throw new InvalidDataException(
                $"It is of other samples: their checksum was {Data} and is {wanted.Data}. Wanted the same in the same order, or no resume.");
        }

        if (Batch > batches || History.Count != Epoch)
        {
            throw new InvalidDataException(
                $"It stands at batch {Batch} of epoch {Epoch} with a history of {History.Count} epochs; "
                + $"wanted a batch of {batches} at most, and as many epochs: it is damaged.");
        }
    }

    private static string Told(IReadOnlyDictionary<string, string> options, string key) =>
        options.TryGetValue(key, out string? value) ? Files.Printable.Quote(value) : "not told";
}
