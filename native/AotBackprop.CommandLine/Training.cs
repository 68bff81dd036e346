using System.Globalization;
using AotBackprop.CommandLine.Data;
using AotBackprop.CommandLine.Display;

namespace AotBackprop.CommandLine;

/// <summary>One training, with everything that was asked of it.</summary>
internal sealed class Training<TNetwork>
    where TNetwork : class, INetwork<TNetwork>
{
    public required int Epochs { get; init; }

    public required int BatchSize { get; init; }

    public required ChosenOptimizer Chosen { get; init; }

    public required Initialization Initialization { get; init; }

    public required ulong Seed { get; init; }

    public required decimal Holdout { get; init; }

    public required int Threads { get; init; }

    public required SaveTarget? Save { get; init; }

    public required SavedModel? Model { get; init; }

    public required float Scale { get; init; }

    public required bool IsQuiet { get; init; }

    public int Run(Func<Samples> read)
    {
        // A training may take hours: what can be wrong with its end is found out before.
        Save?.RequireWritable();
        using TNetwork network = Model is null ? TNetwork.Create(Seed, Initialization) : Model.Load<TNetwork>();
        network.Threads = Threads;
        (Samples training, Samples heldOut) = read().Split(Holdout, Seed);

        using StopSignals signals = new();
        int done = Train(network, training, heldOut, signals);
        TrainingResult result = new()
        {
            Epochs = done,
            Training = training.Count,
            HeldOut = heldOut.Count,
            Evaluation = heldOut.Count > 0 ? network.Evaluate(heldOut.X, heldOut.Labels) : network.Evaluate(training.X, training.Labels),
        };

        // Saved before anything is told: telling may fail.
        signals.BeginSave();
        Save?.Write(network, Scale, Facts(result));
        result.Report();
        if (Save is not null)
        {
            Report.Line("saved", Save.Shown);
        }

        return signals.First is > 0 and int signal ? ExitCode.OfSignal(signal) : ExitCode.Ok;
    }

    /// <summary>A signal ends the training with the epoch that runs, and what has been learned is kept.</summary>
    private int Train(TNetwork network, Samples training, Samples heldOut, StopSignals signals)
    {
        int done = 0;
        using EpochProgress progress = new(Epochs, IsQuiet);
        while (done < Epochs && signals.First == 0)
        {
            double loss;
            try
            {
                loss = network.TrainEpoch(training.X, training.Labels, BatchSize, Chosen.Optimizer, Seed, done);
            }
            catch (NotFiniteNumberException e)
            {
                throw new InvalidDataException($"Training stopped in epoch {done + 1}: {e.Message}", e);
            }

            done++;
            progress.Report(done, done == Epochs || signals.First != 0, () => Line(network, loss, heldOut));
        }

        return done;
    }

    private static string Line(TNetwork network, double loss, Samples heldOut)
    {
        string right = heldOut.Count > 0
            ? string.Create(CultureInfo.InvariantCulture, $"  held-out accuracy {network.Evaluate(heldOut.X, heldOut.Labels).Accuracy:F4}")
            : "";
        return string.Create(CultureInfo.InvariantCulture, $"loss {loss:F4}{right}");
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
