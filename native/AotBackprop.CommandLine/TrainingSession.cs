using System.Globalization;
using AotBackprop.CommandLine.Display;
using AotBackprop.Data;
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

    public required decimal Holdout { get; init; }

    public required SaveTarget? Save { get; init; }

    public required SaveTarget? History { get; init; }

    /// <summary>The model to go on with; null where one begins.</summary>
    public required SavedModel<TNetwork>? Start { get; init; }

    public required TrainingProgress Progress { get; init; }

    /// <param name="read">Reads the samples.</param>
    /// <param name="readValidation">Reads those to judge by as those to learn from were; null where some are held out.</param>
    public int Run(Func<Dataset> read, Func<Dataset, Dataset>? readValidation)
    {
        using TNetwork network = Start?.Network ?? TNetwork.Create(Trainer.Seed, Initialization);
        network.Threads = Trainer.Threads ?? 1;
        (Dataset training, Dataset heldOut) = Data.DataMessages.InWords(() => read().Split(Holdout, Trainer.Seed, consume: true));
        Dataset? validation = readValidation is not null ? readValidation(training) : heldOut.Count > 0 ? heldOut : null;

        using StopSignals signals = new();
        (TrainingResult<TNetwork> result, Exception? failure) = Train(network, training, validation, signals);
        if (result.Steps == 0)
        {
            IO.Standard.Log("The training was ended before its first step; nothing is saved.");
            return signals.First is > 0 and int early ? ExitCode.OfSignal(early) : ExitCode.Failure;
        }

        IReadOnlyList<Figure>? figures = TryEvaluate(network, validation ?? training, ref failure);
        TrainingOutcome outcome = new()
        {
            Result = result,
            Training = training.Count,
            HeldOut = validation?.Count ?? 0,
            Figures = figures,
        };

        // Saved before anything is told: telling may fail.
        signals.BeginSave();
        Save?.Write(network, Describe(result.Model, outcome));
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
    private (TrainingResult<TNetwork> Result, Exception? Failure) Train(TNetwork network, Dataset training, Dataset? validation, StopSignals signals)
    {
        try
        {
            return (Trainer.Fit(network, training, validation, cancellation: signals.Token), null);
        }
        catch (TrainingException e)
        {
            TrainingResult<TNetwork> result = e.ResultOf<TNetwork>();
            InvalidDataException failure = new(Located(e, training, validation), e);

            // Within its first epoch a network has not seen all samples: it is no reason to replace a file.
            long batches = (training.Count + Trainer.BatchSize - 1) / Trainer.BatchSize;
            return result.History.Count > 0 || result.Steps >= batches ? (result, failure) : throw failure;
        }
    }

    /// <summary>What of a network cannot be told is told so, and is no reason to lose it.</summary>
    private IReadOnlyList<Figure>? TryEvaluate(TNetwork network, Dataset samples, ref Exception? failure)
    {
        IReadOnlyList<Figure>? figures = null;
        Try(() => figures = Evaluating.Figures(Task, network, samples), ref failure);
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

    /// <summary>An error of a step or a validation, which knows a sample by its number, with the place in the file.</summary>
    private static string Located(TrainingException e, Dataset training, Dataset? validation)
    {
        bool isOfValidation = e.Message.Contains("on the validation data: ", StringComparison.Ordinal);
        return Evaluating.Located(e.Message, isOfValidation ? validation! : training);
    }

    private ModelDescription Describe(Model<TNetwork> model, TrainingOutcome outcome) => new()
    {
        Facts = Facts(outcome),
        Scaling = model.Scaling,
        Missing = model.Missing,
        Classes = model.Classes ?? Start?.Model.Classes,
        Columns = model.Columns ?? Start?.Model.Columns,
        Target = model.Target ?? Start?.Model.Target,
    };

    private Dictionary<string, string> Facts(TrainingOutcome outcome)
    {
        Dictionary<string, string> facts = outcome.Facts();
        facts["batch_size"] = Text(Trainer.BatchSize);
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
