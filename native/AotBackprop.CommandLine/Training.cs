using System.Globalization;
using System.Runtime.InteropServices;

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

    public required string? Save { get; init; }

    public required string? Model { get; init; }

    public int Run(Func<Samples> read)
    {
        RequireFolder();
        using TNetwork network = Model is null ? TNetwork.Create(Seed, Initialization) : ModelFile.Load<TNetwork>(Model);
        network.Threads = Threads;
        (Samples training, Samples heldOut) = read().Split(Holdout);
        if (training.Count == 0)
        {
            throw new InvalidDataException("All samples are held out, and none is left to learn from: wanted more samples, or a smaller --holdout.");
        }

        (int done, bool wasStopped) = Train(network, training, heldOut);
        Samples judged = heldOut.Count > 0 ? heldOut : training;
        Evaluation evaluation = network.Evaluate(judged.X, judged.Labels);
        Report.Line("epochs", done);
        Report.Line("trained on", training.Count);
        Report.Line("held out", heldOut.Count);
        Report.Write(evaluation);
        if (Save is not null)
        {
            ModelFile.Save(network, Save, Facts(done, training, heldOut, evaluation));
            Report.Line("saved", Save);
        }

        return wasStopped ? ExitCode.Interrupted : ExitCode.Ok;
    }

    /// <summary>
    /// Ctrl-C ends the training with the epoch that runs, and keeps what has been learned; the second one ends the
    /// program.
    /// </summary>
    private (int Done, bool WasStopped) Train(TNetwork network, Samples training, Samples heldOut)
    {
        bool stop = false;
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = !Volatile.Read(ref stop);
            Volatile.Write(ref stop, true);
        });
        int done = 0;
        using EpochProgress progress = new(Epochs);
        while (done < Epochs && !Volatile.Read(ref stop))
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
            string right = heldOut.Count > 0
                ? string.Create(CultureInfo.InvariantCulture, $"  held-out accuracy {network.Evaluate(heldOut.X, heldOut.Labels).Accuracy:F4}")
                : "";
            progress.Report(done, string.Create(CultureInfo.InvariantCulture, $"loss {loss:F4}{right}"));
        }

        return (done, done < Epochs);
    }

    /// <summary>A training may take hours: that nothing can be saved is to be known before.</summary>
    private void RequireFolder()
    {
        if (Save is not null && Path.GetDirectoryName(Path.GetFullPath(Save)) is { } folder && !Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"--save is '{Save}', and there is no directory '{folder}'.");
        }
    }

    private Dictionary<string, string> Facts(int done, Samples training, Samples heldOut, Evaluation evaluation)
    {
        Dictionary<string, string> facts = new()
        {
            ["epochs"] = Text(done),
            ["batch_size"] = Text(BatchSize),
            ["optimizer"] = Chosen.Name,
            ["seed"] = Text(Seed),
            ["samples"] = Text(training.Count),
            ["held_out"] = Text(heldOut.Count),
            ["accuracy"] = Text(evaluation.Accuracy),
            ["loss"] = Text(evaluation.Loss),
        };
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
