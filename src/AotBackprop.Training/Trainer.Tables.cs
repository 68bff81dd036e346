using System.Globalization;
using AotBackprop.Data;
using AotBackprop.Training.Runs;

namespace AotBackprop.Training;

/// <summary>Trainings on tables: what is scaled and completed is fitted on what is learned from alone, and kept with the model.</summary>
public sealed partial class Trainer
{
    /// <summary>Trains a new network on the samples of a file.</summary>
    /// <typeparam name="TNetwork">The generated type.</typeparam>
    /// <param name="path">The file: CSV, JSON lines, NPY, NPZ or IDX.</param>
    /// <param name="options">What is known of it; the rest is found out.</param>
    /// <param name="validation">A file of the same columns to judge the network by; null for none, or the share that is held out.</param>
    /// <param name="progress">Is told of each epoch.</param>
    /// <param name="cancellation">Ends the training within a batch; what has been learned is the result.</param>
    /// <exception cref="InvalidDataException">A file is not as wanted: the message says where, and how. Or the checkpoint is not.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="ArgumentException">An option is not what was wanted; nothing has been trained.</exception>
    /// <exception cref="TrainingException">An error has ended the training: it has the result, whose network the caller disposes of.</exception>
    public TrainingResult<TNetwork> Fit<TNetwork>(
        string path,
        DataOptions? options = null,
        string? validation = null,
        IProgress<EpochReport>? progress = null,
        CancellationToken cancellation = default)
        where TNetwork : class, INetwork<TNetwork>
    {
        options ??= new();
        options = options with { Fit = Scaling ?? options.Fit, Missing = Missing ?? options.Missing };
        RequireOneValidation(validation is not null);
        Dataset samples = Dataset.Read<TNetwork>(path, options);
        if (validation is null)
        {
            return Begin<TNetwork>(Split(samples, consume: true), progress, cancellation);
        }

        (Dataset training, _) = samples.Split(0, Seed, consume: true);
        return Begin<TNetwork>(Prepared.Of(training, Dataset.Read<TNetwork>(validation, training.OptionsOfAnother(options))), progress, cancellation);
    }

    /// <summary>Trains a new network on the samples of a table.</summary>
    /// <typeparam name="TNetwork">The generated type.</typeparam>
    /// <param name="training">What to learn from.</param>
    /// <param name="validation">What to judge the network by after each epoch; null for none, or the share that is held out.</param>
    /// <param name="progress">Is told of each epoch.</param>
    /// <param name="cancellation">Ends the training within a batch; what has been learned is the result.</param>
    /// <exception cref="InvalidDataException">The checkpoint is damaged, or that of another training; or a number is too large for a float.</exception>
    /// <exception cref="ArgumentException">An option or a sample is not what was wanted; nothing has been trained.</exception>
    /// <exception cref="TrainingException">An error has ended the training: it has the result, whose network the caller disposes of.</exception>
    public TrainingResult<TNetwork> Fit<TNetwork>(
        Dataset training,
        Dataset? validation = null,
        IProgress<EpochReport>? progress = null,
        CancellationToken cancellation = default)
        where TNetwork : class, INetwork<TNetwork> => Begin<TNetwork>(Prepare(training, validation), progress, cancellation);

    /// <summary>Goes on training a network, with the optimizer as it is, on the samples of a table.</summary>
    /// <typeparam name="TNetwork">The generated type.</typeparam>
    /// <param name="network">The network, which the result has; nothing else may use it meanwhile.</param>
    /// <param name="training">What to learn from, scaled as what the network has learned from.</param>
    /// <param name="validation">What to judge the network by after each epoch; null for none, or the share that is held out.</param>
    /// <param name="progress">Is told of each epoch.</param>
    /// <param name="cancellation">Ends the training within a batch; what has been learned is the result.</param>
    /// <exception cref="InvalidDataException">The checkpoint is damaged, or that of another training; or a number is too large for a float.</exception>
    /// <exception cref="ArgumentException">An option or a sample is not what was wanted; nothing has been trained.</exception>
    /// <exception cref="TrainingException">An error has ended the training; what it learned before is kept.</exception>
    public TrainingResult<TNetwork> Fit<TNetwork>(
        TNetwork network,
        Dataset training,
        Dataset? validation = null,
        IProgress<EpochReport>? progress = null,
        CancellationToken cancellation = default)
        where TNetwork : class, INetwork<TNetwork> => GoOn(network, Prepare(training, validation), progress, cancellation);

    /// <summary>Trains a new network on the samples of a file of which one block at a time is in memory.</summary>
    /// <typeparam name="TNetwork">The generated type.</typeparam>
    /// <param name="training">What to learn from: a block has to be a multiple of a batch. The file is read once more before the first step.</param>
    /// <param name="validation">
    /// What to judge the network by after each epoch, read by <see cref="StreamedDataset.DataOptions"/>; null for none. Of a
    /// stream no share is held out.
    /// </param>
    /// <param name="progress">Is told of each epoch.</param>
    /// <param name="cancellation">Ends the training within a batch; what has been learned is the result.</param>
    /// <exception cref="InvalidDataException">The checkpoint is damaged, or that of another training; or a sample is not as wanted.</exception>
    /// <exception cref="IOException">The file cannot be read, or is another one by now.</exception>
    /// <exception cref="ArgumentException">An option or a sample is not what was wanted; nothing has been trained.</exception>
    /// <exception cref="TrainingException">An error has ended the training: it has the result, whose network the caller disposes of.</exception>
    public TrainingResult<TNetwork> Fit<TNetwork>(
        StreamedDataset training,
        Dataset? validation = null,
        IProgress<EpochReport>? progress = null,
        CancellationToken cancellation = default)
        where TNetwork : class, INetwork<TNetwork> => Begin<TNetwork>(Prepare(training, validation), progress, cancellation);

    /// <summary>Goes on training a network, with the optimizer as it is, on the samples of a file of which one block at a time is in memory.</summary>
    /// <typeparam name="TNetwork">The generated type.</typeparam>
    /// <param name="network">The network, which the result has; nothing else may use it meanwhile.</param>
    /// <param name="training">What to learn from, scaled as what the network has learned from: a block has to be a multiple of a batch.</param>
    /// <param name="validation">
    /// What to judge the network by after each epoch, read by <see cref="StreamedDataset.DataOptions"/>; null for none. Of a
    /// stream no share is held out.
    /// </param>
    /// <param name="progress">Is told of each epoch.</param>
    /// <param name="cancellation">Ends the training within a batch; what has been learned is the result.</param>
    /// <exception cref="InvalidDataException">The checkpoint is damaged, or that of another training; or a sample is not as wanted.</exception>
    /// <exception cref="IOException">The file cannot be read, or is another one by now.</exception>
    /// <exception cref="ArgumentException">An option or a sample is not what was wanted; nothing has been trained.</exception>
    /// <exception cref="TrainingException">An error has ended the training; what it learned before is kept.</exception>
    public TrainingResult<TNetwork> Fit<TNetwork>(
        TNetwork network,
        StreamedDataset training,
        Dataset? validation = null,
        IProgress<EpochReport>? progress = null,
        CancellationToken cancellation = default)
        where TNetwork : class, INetwork<TNetwork> => GoOn(network, Prepare(training, validation), progress, cancellation);

    private Prepared Prepare(StreamedDataset training, Dataset? validation)
    {
        ArgumentNullException.ThrowIfNull(training);
        if (ValidationShare != 0)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"A share of {ValidationShare} is to be held out of a stream, of which only a block is in memory; wanted a file to judge by (validation)."));
        }

        RequireAsAsked(training.Scaling?.Kind, isCompleted: training.Missing is not null);
        if (validation is not null)
        {
            RequireAlike(training.Scaling, training.Classes, validation);
        }

        return Prepared.Of(training, validation);
    }

    private void RequireAsAsked(ScalingKind? kind, bool isCompleted)
    {
        if (Scaling is not null && Scaling != kind)
        {
            string came = kind is null ? "none" : $"{kind}";
            throw new ArgumentException(
                $"Scaling is {Scaling}, and the table was read with {came}; wanted DataOptions.Fit = ScalingKind.{Scaling} where it is read.");
        }

        if (Missing is not null && !isCompleted)
        {
            throw new ArgumentException("Missing is told, and the table was read without; wanted DataOptions.Missing where it is read.");
        }
    }

    private static void RequireAlike(InputScaling? scaling, IReadOnlyList<string>? classes, Dataset validation)
    {
        if (validation.IsToBeFitted)
        {
            throw new ArgumentException(
                "A table's scaling is still to be fitted; wanted both parts of a Split, or the name of a file to judge by.", nameof(validation));
        }

        if (scaling?.ToJson() != validation.Scaling?.ToJson())
        {
            throw new ArgumentException(
                "The samples to judge by are scaled otherwise than those to learn from; wanted the same Scaling where they are read.", nameof(validation));
        }

        if (!(classes ?? []).SequenceEqual(validation.Classes ?? []))
        {
            throw new ArgumentException(
                "The samples to judge by have other classes than those to learn from; wanted the same Classes where they are read.", nameof(validation));
        }
    }

    private Prepared Prepare(Dataset training, Dataset? validation)
    {
        ArgumentNullException.ThrowIfNull(training);
        RequireOneValidation(validation is not null);
        RequireAsAsked(training.IsToBeFitted ? training.ToFit : training.Scaling?.Kind, isCompleted: training.Missing is not null || training.IsToFill);
        if (validation is null)
        {
            return Split(training, consume: false);
        }

        if (training.IsToBeFitted)
        {
            throw new ArgumentException(
                "A table's scaling is still to be fitted; wanted both parts of a Split, or the name of a file to judge by.", nameof(training));
        }

        RequireAlike(training.Scaling, training.Classes, validation);
        return Prepared.Of(training, validation);
    }

    private Prepared Split(Dataset samples, bool consume)
    {
        if (ValidationShare == 0 && !samples.IsToBeFitted)
        {
            return Prepared.Of(samples, null);
        }

        int count = samples.Count;
        (Dataset training, Dataset heldOut) = samples.Split(ValidationShare, Seed, consume);
        return heldOut.Count > 0 || ValidationShare == 0
            ? Prepared.Of(training, heldOut.Count > 0 ? heldOut : null)
            : throw new ArgumentException($"A share of {ValidationShare} of {count} samples holds none of them out; wanted more samples, or a larger share.");
    }

    private void RequireOneValidation(bool isGiven)
    {
        if (isGiven && ValidationShare != 0)
        {
            throw new ArgumentException("There are a share to hold out and samples to judge by; wanted one of them.");
        }
    }
}
