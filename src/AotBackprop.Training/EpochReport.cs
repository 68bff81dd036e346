namespace AotBackprop.Training;

/// <summary>How far a training is.</summary>
/// <param name="Epoch">The epoch that runs, counted from 1.</param>
/// <param name="Batch">The batches of it that are done.</param>
/// <param name="Batches">Those that there are.</param>
public readonly record struct BatchProgress(int Epoch, int Batch, int Batches);

/// <summary>What is told after each epoch, to who may also end the training.</summary>
public sealed class EpochReport
{
    private readonly Action _stop;

    internal EpochReport(EpochRecord epoch, int epochs, bool isBest, TimeSpan elapsed, Action stop)
    {
        Epoch = epoch;
        Epochs = epochs;
        IsBest = isBest;
        Elapsed = elapsed;
        _stop = stop;
    }

    /// <summary>The epoch.</summary>
    public EpochRecord Epoch { get; }

    /// <summary>How many epochs there are to be.</summary>
    public int Epochs { get; }

    /// <summary>Whether its parameters are the best so far; never without early stopping.</summary>
    public bool IsBest { get; }

    /// <summary>The time that the training has taken, that before a resume included.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>Asks the training to end, before its next batch at the latest. From any thread.</summary>
    public void Stop() => _stop();
}
