using System.Diagnostics.CodeAnalysis;
using AotBackprop.Data;
using AotBackprop.Runtime;
using AotBackprop.Training.Runs;

namespace AotBackprop.Training;

/// <summary>
/// Trains a network of any kind: epochs of shuffled batches, with all that a training wants beside its steps. docs/training.md
/// has each formula.
/// </summary>
/// <remarks>
/// The same options, samples and seed give the same bits on every machine, those of
/// <see cref="INetwork.TrainEpoch(ReadOnlySpan{float}, Targets, int, Optimizer, ulong, int)"/> where no schedule changes the
/// rate; how many threads there are changes none. A trainer holds no training: it may be used
/// for many, at once too where each has an optimizer of its own.
/// </remarks>
[SuppressMessage(
    "ApiDesign",
    "RS0026:Do not add multiple public overloads with optional parameters",
    Justification = "The overloads differ in their first parameter.")]
public sealed partial class Trainer
{
    /// <summary>How many epochs there are to be in all, those before a resume included.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Samples in a batch; the last may be short.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>How a gradient moves the parameters. Its learning rate is where a schedule begins.</summary>
    /// <remarks>
    /// A new network is trained with a copy that begins anew; with a network that goes on, the optimizer itself goes on, and its
    /// learning rate is afterwards what it was.
    /// </remarks>
    public Optimizer Optimizer { get; init; } = Optimizer.Sgd(0.1f);

    /// <summary>Decides the first weights of a new network, what is held out, and the order of the samples.</summary>
    public ulong Seed { get; init; }

    /// <summary>How the first weights of a new network are drawn; null for the default of its kind.</summary>
    public Initialization? Initialization { get; init; }

    /// <summary>How the learning rate changes from epoch to epoch.</summary>
    public Schedule Schedule { get; init; } = Schedule.Constant;

    /// <summary>Over how many steps the learning rate rises at the beginning: step t, from 0, has (t + 1)/W of it.</summary>
    public int WarmUpSteps { get; init; }

    /// <summary>The share of the samples that is held out to judge the network by, where no samples for it are given.</summary>
    public decimal ValidationShare { get; init; }

    /// <summary>Ends a training that no longer improves; null for never.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>A file to go on from; null for none.</summary>
    public Checkpoint? Checkpoint { get; init; }

    /// <summary>How much the samples of each class count; null for all the same.</summary>
    public ClassWeights? ClassWeights { get; init; }

    /// <summary>ε, from 0 up to, and not, 1: a softmax learns (1 − ε)·Y + ε/C in place of Y. Validation does not.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>How long the training may run, from a resume on; it ends after the batch that runs then. Null for as long as it takes.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>How many threads share a step; null leaves a network's own.</summary>
    public int? Threads { get; init; }

    /// <summary>
    /// How the inputs of a table are scaled, <see cref="ScalingKind.Standard"/> or <see cref="ScalingKind.MinMax"/>, fitted on
    /// what is learned from alone; null as the options of its reader say.
    /// </summary>
    public ScalingKind? Scaling { get; init; }

    /// <summary>What takes the place of a table's missing values; null as the options of its reader say.</summary>
    public MissingValues? Missing { get; init; }

    /// <summary>
    /// How the samples were prepared, as texts. Checkpoints keep it, and a resume refuses samples that were prepared
    /// otherwise. Of a table the trainer adds <c>scaling</c> and <c>missing</c>.
    /// </summary>
    public IReadOnlyDictionary<string, string> Preparation { get; init; } = new Dictionary<string, string>();

    /// <summary>Called after each epoch, by the thread that trains.</summary>
    public Action<EpochReport>? EpochEnded { get; init; }

    /// <summary>Called after each batch, by the thread that trains: for what shows how far an epoch is. It should take no time.</summary>
    public Action<BatchProgress>? BatchEnded { get; init; }

    /// <summary>Trains a new network.</summary>
    /// <typeparam name="TNetwork">The generated type.</typeparam>
    /// <param name="training">What to learn from.</param>
    /// <param name="validation">What to judge the network by after each epoch; null for none, or the share that is held out.</param>
    /// <param name="progress">Is told of each epoch.</param>
    /// <param name="cancellation">Ends the training within a batch; what has been learned is the result.</param>
    /// <exception cref="ArgumentException">An option or a sample is not what was wanted; nothing has been trained.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is damaged, or that of another training.</exception>
    /// <exception cref="TrainingException">An error has ended the training: it has the result, whose network the caller disposes of.</exception>
    public TrainingResult<TNetwork> Fit<TNetwork>(
        TrainingData training,
        TrainingData? validation = null,
        IProgress<EpochReport>? progress = null,
        CancellationToken cancellation = default)
        where TNetwork : class, INetwork<TNetwork>
    {
        ArgumentNullException.ThrowIfNull(training);
        RequireUnprepared();
        return Begin<TNetwork>(new(training, validation), progress, cancellation);
    }

    /// <summary>Goes on training a network, with the optimizer as it is.</summary>
    /// <typeparam name="TNetwork">The generated type.</typeparam>
    /// <param name="network">The network, which the result has; nothing else may use it meanwhile.</param>
    /// <param name="training">What to learn from.</param>
    /// <param name="validation">What to judge the network by after each epoch; null for none, or the share that is held out.</param>
    /// <param name="progress">Is told of each epoch.</param>
    /// <param name="cancellation">Ends the training within a batch; what has been learned is the result.</param>
    /// <exception cref="ArgumentException">An option or a sample is not what was wanted; nothing has been trained.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is damaged, or that of another training.</exception>
    /// <exception cref="TrainingException">An error has ended the training; what it learned before is kept.</exception>
    public TrainingResult<TNetwork> Fit<TNetwork>(
        TNetwork network,
        TrainingData training,
        TrainingData? validation = null,
        IProgress<EpochReport>? progress = null,
        CancellationToken cancellation = default)
        where TNetwork : class, INetwork<TNetwork>
    {
        ArgumentNullException.ThrowIfNull(training);
        RequireUnprepared();
        return GoOn(network, new(training, validation), progress, cancellation);
    }

    private void RequireUnprepared()
    {
        if (Scaling is not null || Missing is not null)
        {
            string what = Scaling is { } scaling ? $"Scaling is {scaling}" : "Missing is told";
            throw new ArgumentException($"{what}, and arrays are taken as they are; wanted a table, or null and inputs that are prepared.");
        }
    }

    private TrainingResult<TNetwork> Begin<TNetwork>(Prepared samples, IProgress<EpochReport>? progress, CancellationToken cancellation)
        where TNetwork : class, INetwork<TNetwork>
    {
        ArgumentNullException.ThrowIfNull(Optimizer);
        TNetwork network = Initialization is { } initialization ? TNetwork.Create(Seed, initialization) : TNetwork.Create(Seed);
        try
        {
            return Run(network, Optimizer.Anew(), samples, progress, cancellation);
        }
        catch (Exception e) when (e is not TrainingException)
        {
            network.Dispose();
            throw;
        }
    }

    private TrainingResult<TNetwork> GoOn<TNetwork>(
        TNetwork network, Prepared samples, IProgress<EpochReport>? progress, CancellationToken cancellation)
        where TNetwork : class, INetwork<TNetwork>
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(Optimizer);
        float rate = Optimizer.LearningRate;
        try
        {
            return Run(network, Optimizer, samples, progress, cancellation);
        }
        finally
        {
            Optimizer.LearningRate = rate;
        }
    }

    private TrainingResult<TNetwork> Run<TNetwork>(
        TNetwork network,
        Optimizer optimizer,
        Prepared samples,
        IProgress<EpochReport>? progress,
        CancellationToken cancellation)
        where TNetwork : class, INetwork<TNetwork>
    {
        OutputShape output = new(TNetwork.OutputKind, TNetwork.LayerSizes[^1]);
        OptionCheck.Require(this, output);
        TrainingRun<TNetwork> run = samples.Stream is { } stream
            ? RunOf(network, optimizer, samples, stream, output, progress, cancellation)
            : RunOf(network, optimizer, samples, samples.Training!, output, progress, cancellation);
        return run.Batches is StreamedBatches batches && !batches.Check(output) ? run.RunNothing() : run.Run();
    }

    private TrainingRun<TNetwork> RunOf<TNetwork>(
        TNetwork network,
        Optimizer optimizer,
        Prepared samples,
        TrainingData training,
        OutputShape output,
        IProgress<EpochReport>? progress,
        CancellationToken cancellation)
        where TNetwork : class, INetwork<TNetwork>
    {
        TrainingData? validation = samples.Validation;
        int inputs = TNetwork.LayerSizes[0];
        DataCheck.Require(training, inputs, output, "training");
        if (validation is not null)
        {
            DataCheck.Require(validation, inputs, output, "validation");
        }

        if (ValidationShare != 0 && !samples.IsSplit)
        {
            (training, validation) = validation is null
                ? training.Split(inputs, ValidationShare, Seed)
                : throw new ArgumentException("There are a share to hold out and validation data; wanted one of them.", nameof(samples));
        }

        OptionCheck.RequireValidation(this, isThere: validation is not null);
        ReadOnlyMemory<float> weights = ClassWeights?.Weigh(training, Outputs.ClassesOf(output.Kind, output.Count)) ?? training.Weights;
        DataCheck.RequireWeights(weights.Span);
        BatchGatherer batches = new(training, weights, new(LabelSmoothing, output.Count), inputs, output.Count, BatchSize);
        return RunOf(network, optimizer, samples, validation, batches, progress, cancellation);
    }

    private TrainingRun<TNetwork> RunOf<TNetwork>(
        TNetwork network,
        Optimizer optimizer,
        Prepared samples,
        StreamedDataset training,
        OutputShape output,
        IProgress<EpochReport>? progress,
        CancellationToken cancellation)
        where TNetwork : class, INetwork<TNetwork>
    {
        StreamCheck.Require(training, DataShape.Of<TNetwork>(), BatchSize);
        if (samples.Validation is { } validation)
        {
            DataCheck.Require(validation, TNetwork.LayerSizes[0], output, "validation");
        }

        OptionCheck.RequireValidation(this, isThere: samples.Validation is not null);
        double[]? ofClasses = ClassWeights?.ByClass(training.AreLabels, training.ClassCounts, Outputs.ClassesOf(output.Kind, output.Count));
        StreamedBatches batches = new(training, ofClasses, new(LabelSmoothing, output.Count), output.Count, BatchSize, cancellation);
        return RunOf(network, optimizer, samples, samples.Validation, batches, progress, cancellation);
    }

    private TrainingRun<TNetwork> RunOf<TNetwork>(
        TNetwork network,
        Optimizer optimizer,
        Prepared samples,
        TrainingData? validation,
        Batches batches,
        IProgress<EpochReport>? progress,
        CancellationToken cancellation)
        where TNetwork : class, INetwork<TNetwork>
    {
        network.Threads = Threads ?? network.Threads;
        return new TrainingRun<TNetwork>
        {
            Options = this,
            Network = network,
            Optimizer = optimizer,
            Validation = validation,
            Batches = batches,
            Limits = new(TimeLimit, cancellation),
            Progress = progress,
            Description = samples.Description,
            Preparation = Merged(samples.Preparation),
        };
    }

    private IReadOnlyDictionary<string, string> Merged(IReadOnlyDictionary<string, string> found)
    {
        if (found.Count == 0)
        {
            return Preparation;
        }

        Dictionary<string, string> all = new(Preparation);
        foreach ((string key, string value) in found)
        {
            if (!all.TryAdd(key, value))
            {
                throw new ArgumentException($"Preparation has the key '{key}', which is told of a table by itself; wanted another name.");
            }
        }

        return all;
    }
}
