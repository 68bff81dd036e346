namespace AotBackprop.Training;

/// <summary>A file that holds all that is needed to go on with a training, to the same bits.</summary>
/// <remarks>It is replaced as a whole, as model files are: a process that is killed leaves the old one or the new one.</remarks>
public sealed class Checkpoint
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>After how many epochs each time it is written. It is also written when a training ends, in the middle of an epoch too.</summary>
    public int EveryEpochs { get; init; } = 1;

    /// <summary>Whether to go on from the file where it is there. Else the training begins, and replaces it.</summary>
    public bool Resume { get; init; }

    internal void Check()
    {
        ArgumentException.ThrowIfNullOrEmpty(Path);
        ArgumentOutOfRangeException.ThrowIfLessThan(EveryEpochs, 1, nameof(EveryEpochs));
    }
}
