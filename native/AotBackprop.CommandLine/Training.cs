using System.Globalization;
using AotBackprop.CommandLine.Data;
using AotBackprop.CommandLine.Display;

namespace AotBackprop.CommandLine;

/// <summary>One training, with everything that was asked of it.</summary>
internal sealed class Training<TNetwork>
    where TNetwork : class, INetwork<TNetwork>
{
    public required NetworkTask Task { get; init; }

    public required int Epochs { get; init; }

    public required int BatchSize { get; init; }

    public required ChosenOptimizer Chosen { get; init; }

    public required Initialization Initialization { get; init; }

    public required ulong Seed { get; init; }

    public required decimal Holdout { get; init; }

    public required int Threads { get; init; }

    public required SaveTarget? Save { get; init; }

    /// <summary>The network to go on with; null where one begins.</summary>
    public required TNetwork? Model { get; init; }

    public required float Scale { get; init; }

    public required bool IsQuiet { get; init; }

    public int Run(Func<Samples> read)
    {
        using TNetwork network = Model ?? TNetwork.Create(Seed, Initialization);
        network.Threads = Threads;
        (Samples training, Samples heldOut) = read().Split(Holdout, Seed);

        using StopSignals signals = new();
        (int done, Figure[]? figures, Exception? failure) = Train(network, training, heldOut, signals);
        if (figures is null)
        {
            figures = TryEvaluate(network, heldOut.Count > 0 ? heldOut : training, out Exception? another);
            failure ??= another;
        }

        TrainingResult result = new()
        {
            Epochs = done,
            Training = training.Count,
            HeldOut = heldOut.Count,
            Figures = figures,
        };

        // Saved before anything is told: telling may fail.
        signals.BeginSave();
        Save?.Write(network, Scale, Facts(result));
        result.Report();
        if (Save is not null)
        {
            Report.Line("saved", Save.Shown);
        }

        return failure is not null ? throw failure
            : signals.First is > 0 and int signal ? ExitCode.OfSignal(signal) : ExitCode.Ok;
    }

    /// <summary>What of a network cannot be told is told so, and is no reason to lose it.</summary>
    private Figure[]? TryEvaluate(TNetwork network, Samples samples, out Exception? failure)
    {
        try
        {
            failure = null;
            return samples.Evaluate(Task, network);
        }
        catch (Exception e)
        {
            failure = e;
            return null;
        }
    }

    // What a network is judged by comes first.
    private string Line(double loss, Figure[]? heldOut, Exception? failure)
    {
        string right = heldOut is [Figure judged, ..]
            ? string.Create(CultureInfo.InvariantCulture, $"  held-out {judged.Name} {judged.Value:F4}")
            : failure is not null ? $"  held-out {Task.Judge} unknown"
            : "";
        return string.Create(CultureInfo.InvariantCulture, $"loss {loss:F4}{right}");
    }

    /// <summary>
    /// A signal ends the training with the epoch that runs, and an error where it happens; what earlier epochs have learned
    /// is kept.
    /// </summary>
    /// <returns>The epochs done, what of the last was told of the samples held out, and the error, if any.</returns>
    private (int Done, Figure[]? HeldOut, Exception? Failure) Train(TNetwork network, Samples training, Samples heldOut, StopSignals signals)
    {
        int done = 0;
        Figure[]? judged = null;
        using EpochProgress progress = new(Epochs, IsQuiet);
        while (done < Epochs && signals.First == 0)
        {
            judged = null;
            double loss;
            try
            {
                loss = network.TrainEpoch(training.X, training.Targets, BatchSize, Chosen.Optimizer, Seed, done);
            }
            catch (NotFiniteNumberException e)
            {
                InvalidDataException failure = new($"Training stopped in epoch {done + 1}: {training.Located(e.Message)}", e);
                return done > 0 ? (done, null, failure) : throw failure;
            }
            catch (Exception e) when (done > 0)
            {
                return (done, null, e);
            }

            done++;
            if (progress.IsDue(isLast: done == Epochs || signals.First != 0))
            {
                Exception? failure = null;
                judged = heldOut.Count > 0 ? TryEvaluate(network, heldOut, out failure) : null;
                progress.Show(done, Line(loss, judged, failure));
            }
        }

        return (done, judged, null);
    }

    private Dictionary<string, string> Facts(TrainingResult result)
    {
        Dictionary<string, string> facts = result.Facts();
        facts["batch_size"] = Text(BatchSize);
        facts["optimizer"] = Chosen.Name;
        facts["seed"] = Text(Seed);
        if (Model is null)
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
