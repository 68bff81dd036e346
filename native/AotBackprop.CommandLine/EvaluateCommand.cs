using System.CommandLine;
using AotBackprop.CommandLine.Data;

namespace AotBackprop.CommandLine;

/// <summary><c>evaluate DATA --model FILE</c>: how well a saved network does.</summary>
internal static class EvaluateCommand
{
    public static Command Create<TNetwork>(ProgramSettings settings)
        where TNetwork : class, INetwork<TNetwork>
    {
        NetworkTask task = NetworkTask.Of<TNetwork>();
        DataSymbols data = new($"the inputs, then {task.Targets.What}", settings);
        Option<string> model = ProgramOptions.Model(required: true, "The network: a file that train --save has written");
        Command command = new("evaluate", "Tell how well a saved network does") { model };
        data.AddTo(command);
        command.SetAction(result =>
        {
            using SavedModel<TNetwork> saved = new(result.GetRequiredValue(model));
            Samples samples = data.Read<TNetwork>(result, data.Scale(result, saved.Scale), task.Targets);
            Figure[] figures = samples.Evaluate(task, saved.Network);
            Report.Line("samples", samples.Count);
            Report.Write(figures);
            return ExitCode.Ok;
        });
        return command;
    }
}
