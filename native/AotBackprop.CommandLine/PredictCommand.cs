using System.CommandLine;
using System.Globalization;
using AotBackprop.CommandLine.Data;
using AotBackprop.CommandLine.IO;

namespace AotBackprop.CommandLine;

/// <summary><c>predict DATA --model FILE</c>: what the network says of each sample.</summary>
internal static class PredictCommand
{
    // Rows at a time.
    private const int Block = 256;

    public static Command Create<TNetwork>(ProgramSettings settings)
        where TNetwork : class, INetwork<TNetwork>
    {
        NetworkTask task = NetworkTask.Of<TNetwork>();
        DataSymbols data = new("the inputs alone", settings);
        Option<string> model = ProgramOptions.Model(required: true, "The network: a file that train --save has written");
        Option<bool> probabilities = new("--probabilities") { Description = task.Probabilities };
        Command command = new("predict", $"Tell {task.Told} of each sample, a line for each") { model };
        if (task.Probabilities is not null)
        {
            command.Add(probabilities);
        }

        data.AddTo(command);
        command.SetAction(result =>
        {
            using SavedModel<TNetwork> saved = new(result.GetRequiredValue(model));
            Samples samples = data.Read<TNetwork>(result, data.Scale(result, saved.Scale), targets: null);
            Write(task, saved.Network, samples, task.Probabilities is not null && result.GetValue(probabilities));
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Write<TNetwork>(NetworkTask task, TNetwork network, Samples samples, bool probabilities)
        where TNetwork : class, INetwork<TNetwork>
    {
        int inputs = TNetwork.LayerSizes[0];
        int outputs = TNetwork.LayerSizes[^1];
        float[] values = new float[Block * outputs];
        for (int first = 0; first < samples.Count; first += Block)
        {
            int count = Math.Min(Block, samples.Count - first);
            network.Forward(samples.X.Slice(first * inputs, count * inputs), values.AsSpan(0, count * outputs));
            for (int n = 0; n < count; n++)
            {
                ReadOnlySpan<float> row = values.AsSpan(n * outputs, outputs);
                RequireFinite(row, samples, first + n);
                Standard.Output.WriteLine(task.Line(row, probabilities));
            }
        }
    }

    private static void RequireFinite(ReadOnlySpan<float> row, Samples samples, int n)
    {
        for (int j = 0; j < row.Length; j++)
        {
            if (!float.IsFinite(row[j]))
            {
                throw new NotFiniteNumberException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{samples.Place(n)}: output {j} is {row[j]}; wanted smaller inputs, or another model."));
            }
        }
    }
}
