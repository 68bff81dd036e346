using System.CommandLine;
using System.Globalization;
using AotBackprop.CommandLine.IO;
using AotBackprop.Data;
using AotBackprop.Training;
using AotBackprop.Training.Metrics;

namespace AotBackprop.CommandLine;

/// <summary><c>evaluate DATA --model FILE</c>: how well a saved network does.</summary>
internal static class EvaluateCommand
{
    public static Command Create<TNetwork>(ProgramSettings settings)
        where TNetwork : class, INetwork<TNetwork>
    {
        NetworkTask task = NetworkTask.Of<TNetwork>();
        DataSymbols data = new($"the inputs, then {task.Shape.TargetWords}", hasTargets: true);
        PreparationSymbols preparation = new(settings.Scale);
        Option<string> model = ProgramOptions.Model(required: true, "The network: a file that train --save has written");
        Option<bool> json = ProgramOptions.Json("all figures as an object");
        Command command = new("evaluate", Examples.Of(
            "Tell how well a saved network does",
            "evaluate test.csv --model model.safetensors",
            "evaluate test.csv --model model.safetensors --json")) { model };
        data.AddTo(command);
        preparation.AddTo(command, isTraining: false);
        command.Add(json);
        command.SetAction(result =>
        {
            using SavedModel<TNetwork> saved = new(result.GetRequiredValue(model));
            Dataset samples = data.Read<TNetwork>(result, data.Options(result, preparation.Read(result, saved)));
            IReadOnlyList<Figure> figures = Evaluating.Figures(task, saved.Network, samples);
            NetworkMetrics metrics = NetworkMetrics.Of(saved.Network, new TrainingData(samples), saved.Model.NamesOfOutputs);
            if (result.GetValue(json))
            {
                double loss = figures.First(one => one.Name == "loss").Value;
                Standard.Output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $$"""{"samples":{{samples.Count}},"loss":{{NumberText.Of(loss)}},{{metrics.ToJson()[1..]}}"""));
            }
            else
            {
                Write(samples.Count, figures, metrics);
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static void Write(int count, IReadOnlyList<Figure> figures, NetworkMetrics metrics)
    {
        Report.Line("samples", count);
        Report.Write(figures);

        // The first is what the network is judged by, by another name or the same.
        Report.Write(metrics.Figures.Select(one => one with { Name = one.Name.Replace('_', ' ') })
            .Where(one => !figures.Any(known => string.Equals(known.Name, one.Name, StringComparison.OrdinalIgnoreCase))));
        if (metrics.Tables.Length > 0)
        {
            Standard.Output.Write($"\n{metrics.Tables}");
        }
    }
}
