using System.Globalization;
using AotBackprop.CommandLine.Display;
using AotBackprop.Training;

namespace AotBackprop.CommandLine;

/// <summary>One training, with everything that was asked of it: saved before anything is told of it.</summary>
internal sealed class TrainingSession<TNetwork>
    where TNetwork : class, INetwork<TNetwork>
{
    public required NetworkTask Task { get; init; }

    public required Trainer Trainer { get; init; }

    public required ChosenOptimizer Chosen { get; init; }

    public required Initialization Initialization { get; init; }

    public required SaveTarget? Save { get; init; }

    public required SaveTarget? History { get; init; }

    /// <summary>The model to go on with; null where one begins.</summary>
    public required SavedModel<TNetwork>? Start { get; init; }

    public required TrainingProgress Progress { get; init; }

    /// <param name="read">Reads the samples.</param>
    public int Run(Func<TrainingSamples<TNetwork>> read)
    {
        using TNetwork network = Start?.Network ?? TNetwork.Create(Trainer.Seed, Initialization);
        network.Threads = Trainer.Threads ?? 1;
        TrainingSamples<TNetwork> samples = read();
        using StopSignals signals = new();
        (TrainingResult<TNetwork> result, Exception? failure) = Train(network, samples, signals);
        if (result.Steps == 0)
        {
            IO.Standard.Log("The training was ended before its first step; nothing is saved.");
            return signals.First is > 0 and int early ? ExitCode.OfSignal(early) : ExitCode.Failure;
        }

        IReadOnlyList<Figure>? figures = TryEvaluate(network, samples, ref failure);
        TrainingOutcome outcome = new()
        {
            Result = result,
            Training = samples.Count,
            HeldOut = samples.Validation?.Count ?? 0,
            Figures = figures,
        };

        // Saved before anything is told: telling may fail.
        signals.BeginSave();
        Save?.Write(network, Describe(result.Model, outcome, samples));
        Try(() => History?.Write(result.History.WriteCsv), ref failure);
        Progress.Finish();
        outcome.Report();
        if (Save is not null)
        {
            Report.Line("saved", Save.Shown);
        }

        return failure is not null ? throw failure
            : signals.First is > 0 and int signal ? ExitCode.OfSignal(signal) : ExitCode.Ok;
    }

    /// <summary>A signal ends it with the batch that runs, an error where it happens; what was learned before is kept.</summary>
    private (TrainingResult<TNetwork> Result, Exception? Failure) Train(TNetwork network, TrainingSamples<TNetwork> samples, StopSignals signals)
    {
        try
        {
            return (samples.Fit(Trainer, network, signals.Token), null);
        }
        catch (TrainingException e)
        {
            TrainingResult<TNetwork> result = e.ResultOf<TNetwork>();
            InvalidDataException failure = new(samples.Located(e), e);

            // Within its first epoch a network has not seen all samples: it is no reason to replace a file.
            long batches = (samples.Count + Trainer.BatchSize - 1) / Trainer.BatchSize;
            return result.History.Count > 0 || result.Steps >= batches ? (result, failure) : throw failure;
        }
    }

    /// <summary>What of a network cannot be told is told so, and is no reason to lose it.</summary>
    private IReadOnlyList<Figure>? TryEvaluate(TNetwork network, TrainingSamples<TNetwork> samples, ref Exception? failure)
    {
        IReadOnlyList<Figure>? figures = null;
        Try(() => figures = samples.Figures(Task, network), ref failure);
        return figures;
    }

    private static void Try(Action act, ref Exception? failure)
    {
        try
        {
            act();
        }
        catch (Exception e)
        {
            failure ??= e;
        }
    }

    private ModelDescription Describe(Model<TNetwork> model, TrainingOutcome outcome, TrainingSamples<TNetwork> samples) => new()
    {
        Facts = Facts(outcome, samples),
        Scaling = model.Scaling,
        Missing = model.Missing,
        Classes = model.Classes ?? Start?.Model.Classes,
        Columns = model.Columns ?? Start?.Model.Columns,
        Target = model.Target ?? Start?.Model.Target,
    };

    private Dictionary<string, string> Facts(TrainingOutcome outcome, TrainingSamples<TNetwork> samples)
    {
        Dictionary<string, string> facts = outcome.Facts();
        facts["batch_size"] = Text(Trainer.BatchSize);
        if (samples.BlockSize is { } blockSize)
        {
            facts["block_size"] = Text(blockSize);
        }

        facts["optimizer"] = Chosen.Name;
        facts["seed"] = Text(Trainer.Seed);
        if (Start is null)
        {
            facts["initialization"] = Initializations.NameOf(Initialization);
        }

        foreach ((string option, float value) in Chosen.Numbers)
        {
            facts[option.TrimStart('-').Replace('-', '_')] = Text(value);
        }

        return facts;
    }

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
