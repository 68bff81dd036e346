namespace AotBackprop.Training.Runs;

/// <summary>The samples of a training, batch by batch in the order of each epoch.</summary>
internal abstract class Batches : IDisposable
{
    /// <summary>The batches of an epoch.</summary>
    public abstract int BatchCount { get; }

    /// <summary>The inputs of the batch that was gathered last.</summary>
    public abstract ReadOnlySpan<float> X { get; }

    /// <summary>What the network should say of them.</summary>
    public abstract Targets Targets { get; }

    /// <summary>The sum of their weights, one added to the other; without weights their number.</summary>
    public abstract double TotalWeight { get; }

    /// <summary>By what a checkpoint knows the samples again.</summary>
    public abstract string Fingerprint { get; }

    /// <summary>Samples of a block; null where all are in memory.</summary>
    public virtual int? BlockSize => null;

    /// <summary>Begins an epoch.</summary>
    public abstract void Begin(ulong seed, int epoch);

    /// <summary>Gathers a batch of it; batches come in their order, and the first may be any.</summary>
    /// <param name="batch">Its number in the epoch, from 0.</param>
    /// <returns>False where someone has cancelled before it was there.</returns>
    public abstract bool Gather(int batch);

    /// <summary>The number of a sample of the batch that was gathered last, among all; null where its place in a file tells more.</summary>
    /// <param name="batch">The batch's number.</param>
    /// <param name="row">The row of the sample.</param>
    public virtual int? SampleOf(int batch, int row) => null;

    /// <summary>What a message calls an input of the batch that was gathered last.</summary>
    /// <param name="batch">The batch's number.</param>
    /// <param name="row">The row of the sample.</param>
    /// <param name="column">From 0.</param>
    public abstract string NameOf(int batch, int row, int column);

    public virtual void Dispose()
    {
    }
}
