using AotBackprop.Data;
using AotBackprop.Training;

namespace AotBackprop.CommandLine;

/// <summary>What a session learns from, and is judged by.</summary>
internal abstract class TrainingSamples<TNetwork>
    where TNetwork : class, INetwork<TNetwork>
{
    /// <summary>Samples learned from.</summary>
    public abstract long Count { get; }

    /// <summary>What to judge by; null for none.</summary>
    public required Dataset? Validation { get; init; }

    /// <summary>Samples in a block; null where all are in memory.</summary>
    public virtual int? BlockSize => null;

    /// <summary>Trains.</summary>
    public abstract TrainingResult<TNetwork> Fit(Trainer trainer, TNetwork network, CancellationToken cancellation);

    /// <summary>How the network does on what it is judged by, or else on what it has learned from.</summary>
    public abstract IReadOnlyList<Figure> Figures(NetworkTask task, TNetwork network);

    /// <summary>An error of a step or a validation, with the place in the file.</summary>
    public abstract string Located(TrainingException e);
}

/// <summary>Samples in memory.</summary>
internal sealed class SamplesInMemory<TNetwork>(Dataset training) : TrainingSamples<TNetwork>
    where TNetwork : class, INetwork<TNetwork>
{
    public override long Count => training.Count;

    public override TrainingResult<TNetwork> Fit(Trainer trainer, TNetwork network, CancellationToken cancellation) =>
        trainer.Fit(network, training, Validation, cancellation: cancellation);

    public override IReadOnlyList<Figure> Figures(NetworkTask task, TNetwork network) => Evaluating.Figures(task, network, Validation ?? training);

    public override string Located(TrainingException e) => Evaluating.Located(e.Message, e.Culprit, e.IsOfValidation ? Validation! : training);
}

/// <summary>Samples of a file of which one block is in memory.</summary>
internal sealed class SamplesInBlocks<TNetwork>(StreamedDataset training) : TrainingSamples<TNetwork>
    where TNetwork : class, INetwork<TNetwork>
{
    public override long Count => training.Count;

    public override int? BlockSize => training.BlockSize;

    public override TrainingResult<TNetwork> Fit(Trainer trainer, TNetwork network, CancellationToken cancellation) =>
        trainer.Fit(network, training, Validation, cancellation: cancellation);

    public override IReadOnlyList<Figure> Figures(NetworkTask task, TNetwork network) =>
        Validation is null ? Evaluating.Figures(task, network, training) : Evaluating.Figures(task, network, Validation);

    // Of a step it knows the place already.
    public override string Located(TrainingException e) => e.IsOfValidation && Validation is not null
        ? Evaluating.Located(e.Message, e.Culprit, Validation)
        : e.Message;
}
