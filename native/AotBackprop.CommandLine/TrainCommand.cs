using System.CommandLine;
using System.Globalization;

namespace AotBackprop.CommandLine;

/// <summary><c>train DATA</c>: learns from a file, and may save what it has learned.</summary>
internal static class TrainCommand
{
    private const decimal LargestShare = 0.9m;
    private const int MostThreads = 1024;
    private const string WantedCount = "a whole number from 1 to 2147483647";

    public static Command Create<TNetwork>(ProgramSettings settings)
        where TNetwork : class, INetwork<TNetwork>
    {
        NetworkTask task = NetworkTask.Of<TNetwork>();
        DataSymbols data = new($"the inputs, then {task.Targets.What}", settings);
        Option<int> epochs = ProgramOptions.Number(
            "--epochs", "Passes over the samples", 20, value => value >= 1, WantedCount);
        Option<int> batchSize = ProgramOptions.Number(
            "--batch-size", "Samples in a step", 32, value => value >= 1, WantedCount);
        OptimizerSymbols optimizer = new();
        InitializationSymbol initialization = new(TNetwork.HiddenActivation);
        Option<ulong> seed = ProgramOptions.Number(
            "--seed", "Decides the first weights, what is held out and the order of the samples", 1UL, _ => true, "a whole number from 0 to 18446744073709551615");
        Option<decimal> holdout = ProgramOptions.Number(
            "--holdout",
            task.Targets.Classes is null
                ? "The share of the samples to test with instead, drawn by the seed"
                : "The share of the samples to test with instead, of each class alike, drawn by the seed",
            0.2m,
            value => value is >= 0 and <= LargestShare,
            string.Create(CultureInfo.InvariantCulture, $"a number from 0 to {LargestShare}"));
        Option<int> threads = ProgramOptions.Number(
            "--threads",
            "Threads that share a step; what is learned does not depend on it",
            1,
            value => value is >= 1 and <= MostThreads,
            string.Create(CultureInfo.InvariantCulture, $"a whole number from 1 to {MostThreads}"));
        Option<string> save = ProgramOptions.ModelFile("--save", "Write the network to this model file");
        Option<string> model = ProgramOptions.Model(required: false, "Go on from this model file; the optimizer begins anew");

        Command command = new("train", "Train the network");
        data.AddTo(command);
        command.Add(epochs);
        command.Add(batchSize);
        optimizer.AddTo(command);
        initialization.AddTo(command, model);
        foreach (Option option in new Option[] { seed, holdout, threads, save, model })
        {
            command.Add(option);
        }

        command.SetAction(result =>
        {
            SaveTarget? target = result.GetValue(save) is { } path ? new SaveTarget(path) : null;
            target?.RefuseTaken(data.Path(result));

            // A training may take hours: what can be wrong with its end is found out before.
            target?.RequireWritable();
            using SavedModel<TNetwork>? start = result.GetValue(model) is { } from ? new(from) : null;
            float scale = data.Scale(result, start?.Scale);
            Training<TNetwork> training = new()
            {
                Task = task,
                Epochs = result.GetValue(epochs),
                BatchSize = result.GetValue(batchSize),
                Chosen = optimizer.Read(result),
                Initialization = initialization.Read(result),
                Seed = result.GetValue(seed),
                Holdout = result.GetValue(holdout),
                Threads = result.GetValue(threads),
                Save = target,
                Model = start?.Network,
                Scale = scale,
                IsQuiet = data.IsQuiet(result),
            };
            return training.Run(() => data.Read<TNetwork>(result, scale, task.Targets));
        });
        return command;
    }
}
