using System.CommandLine;
using System.Globalization;
using System.Text;

namespace AotBackprop.CommandLine;

/// <summary><c>predict DATA --model FILE</c>: the class of each sample, or the probabilities of all.</summary>
internal static class PredictCommand
{
    public static Command Create<TNetwork>(ProgramSettings settings)
        where TNetwork : class, INetwork<TNetwork>
    {
        DataSymbols data = new("the inputs alone", settings);
        Option<string> model = ProgramOptions.Model(required: true, "The network: a file that train --save has written");
        Option<bool> probabilities = new("--probabilities") { Description = "The probability of each class, comma-separated, instead of the class" };
        Command command = new("predict", "Tell the class of each sample, a line for each") { model, probabilities };
        data.AddTo(command);
        command.SetAction(result =>
        {
            using TNetwork network = ModelFile.Load<TNetwork>(result.GetRequiredValue(model));
            Samples samples = data.Read<TNetwork>(result, labelled: false);
            using StreamWriter output = new(Console.OpenStandardOutput(), new UTF8Encoding(false), bufferSize: 1 << 16);
            output.NewLine = "\n";
            if (result.GetValue(probabilities))
            {
                WriteProbabilities(network, samples, output);
            }
            else
            {
                WriteClasses(network, samples, output);
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static void WriteClasses<TNetwork>(TNetwork network, Samples samples, TextWriter output)
        where TNetwork : class, INetwork<TNetwork>
    {
        int[] classes = new int[samples.Count];
        network.Classify(samples.X, classes);
        foreach (int number in classes)
        {
            output.WriteLine(number);
        }
    }

    private static void WriteProbabilities<TNetwork>(TNetwork network, Samples samples, TextWriter output)
        where TNetwork : class, INetwork<TNetwork>
    {
        int inputs = TNetwork.LayerSizes[0];
        float[] row = new float[TNetwork.LayerSizes[^1]];
        for (int n = 0; n < samples.Count; n++)
        {
            network.Forward(samples.X.Slice(n * inputs, inputs), row);
            output.WriteLine(string.Join(',', row.Select(p => p.ToString(CultureInfo.InvariantCulture))));
        }
    }
}
