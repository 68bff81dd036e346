using System.CommandLine;
using AotBackprop.CommandLine.Data;

namespace AotBackprop.CommandLine;

/// <summary><c>evaluate DATA --model FILE</c>: loss and accuracy.</summary>
internal static class EvaluateCommand
{
    public static Command Create<TNetwork>(ProgramSettings settings)
        where TNetwork : class, INetwork<TNetwork>, IClassifier
    {
        DataSymbols data = new("the inputs, then the class", settings);
        Option<string> model = ProgramOptions.Model(required: true, "The network: a file that train --save has written");
        Command command = new("evaluate", "Tell loss and accuracy of a saved network") { model };
        data.AddTo(command);
        command.SetAction(result =>
        {
            using SavedModel<TNetwork> saved = new(result.GetRequiredValue(model));
            Samples samples = data.Read<TNetwork>(result, data.Scale(result, saved.Scale), labelled: true);
            Evaluation evaluation = samples.Evaluate(saved.Network);
            Report.Line("samples", samples.Count);
            Report.Write(evaluation);
            return ExitCode.Ok;
        });
        return command;
    }
}
