using System.CommandLine;
using AotBackprop.CommandLine.Data;
using AotBackprop.CommandLine.IO;
using AotBackprop.Data;

namespace AotBackprop.CommandLine;

/// <summary><c>predict DATA --model FILE</c>: what the network says of each sample.</summary>
internal static class PredictCommand
{
    public static Command Create<TNetwork>(ProgramSettings settings)
        where TNetwork : class, INetwork<TNetwork>
    {
        NetworkTask task = NetworkTask.Of<TNetwork>();
        DataSymbols data = new("the inputs; targets behind them are passed over", hasTargets: false);
        PreparationSymbols preparation = new(settings.Scale);
        Option<string> model = ProgramOptions.Model(required: true, "The network: a file that train --save has written");
        Option<bool> probabilities = new("--probabilities") { Description = task.Probabilities };
        Option<bool> json = ProgramOptions.Json("an object for each sample");
        Option<string> output = ProgramOptions.File("--output", "Write to this file, as a whole, instead of the standard output");
        Command command = new("predict", Examples.Of(
            $"Tell {task.Told} of each sample, a line for each",
            "predict new.csv --model model.safetensors",
            "predict - --model model.safetensors < new.csv",
            "predict new.csv --model model.safetensors --json --output said.jsonl")) { model };
        if (task.Probabilities is not null)
        {
            command.Add(probabilities);
        }

        data.AddTo(command);
        preparation.AddTo(command, isTraining: false);
        command.Add(json);
        command.Add(output);
        command.SetAction(result =>
        {
            SaveTarget? target = result.GetValue(output) is { } path ? new(output.Name, path, "Output") : null;
            target?.RefuseTaken([data.Path(result)], []);
            target?.RequireWritable();
            using SavedModel<TNetwork> saved = new(result.GetRequiredValue(model));
            DataOptions options = data.Options(result, preparation.Read(result, saved));
            bool areProbable = task.Probabilities is not null && result.GetValue(probabilities);
            if (target is null)
            {
                Write(Standard.Output);
            }
            else
            {
                target.Write(Write);
            }

            return ExitCode.Ok;

            void Write(TextWriter writer)
            {
                using DataFile file = new(data.Path(result), data.IsQuiet(result));
                using Predictions<TNetwork> predictions = new(saved.Model, task, writer)
                {
                    AreProbabilities = areProbable,
                    IsJson = result.GetValue(json),
                };
                predictions.Write(file, options, tells: !data.IsQuiet(result));
            }
        });
        return command;
    }
}
