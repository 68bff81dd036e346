using System.CommandLine;
using System.Globalization;
using AotBackprop.CommandLine.Data;
using AotBackprop.CommandLine.IO;

namespace AotBackprop.CommandLine;

/// <summary><c>predict DATA --model FILE</c>: the class of each sample, or the probabilities of all.</summary>
internal static class PredictCommand
{
    // Rows at a time.
    private const int Block = 256;

    public static Command Create<TNetwork>(ProgramSettings settings)
        where TNetwork : class, INetwork<TNetwork>, IClassifier
    {
        DataSymbols data = new("the inputs alone", settings);
        Option<string> model = ProgramOptions.Model(required: true, "The network: a file that train --save has written");
        Option<bool> probabilities = new("--probabilities") { Description = "The probability of each class, comma-separated, instead of the class" };
        Command command = new("predict", "Tell the class of each sample, a line for each") { model, probabilities };
        data.AddTo(command);
        command.SetAction(result =>
        {
            using SavedModel<TNetwork> saved = new(result.GetRequiredValue(model));
            Samples samples = data.Read<TNetwork>(result, data.Scale(result, saved.Scale), labelled: false);
            Write(saved.Network, samples, result.GetValue(probabilities));
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Write<TNetwork>(TNetwork network, Samples samples, bool probabilities)
        where TNetwork : class, INetwork<TNetwork>, IClassifier
    {
        int inputs = TNetwork.LayerSizes[0];
        int outputs = TNetwork.LayerSizes[^1];
        float[] values = new float[Block * outputs];
        int[] classes = new int[Block];
        for (int first = 0; first < samples.Count; first += Block)
        {
            int count = Math.Min(Block, samples.Count - first);
            ReadOnlySpan<float> X = samples.X.Slice(first * inputs, count * inputs);
            network.Forward(X, values.AsSpan(0, count * outputs));
            network.Classify(X, classes.AsSpan(0, count));
            for (int n = 0; n < count; n++)
            {
                ArraySegment<float> row = new(values, n * outputs, outputs);
                RequireFinite(row, samples, first + n);
                Standard.Output.WriteLine(probabilities
                    ? string.Join(',', row.Select(p => p.ToString(CultureInfo.InvariantCulture)))
                    : classes[n].ToString(CultureInfo.InvariantCulture));
            }
        }
    }

    private static void RequireFinite(ArraySegment<float> row, Samples samples, int n)
    {
        int culprit = row.AsSpan().IndexOfAnyExceptInRange(0, 1);
        if (culprit >= 0)
        {
            throw new NotFiniteNumberException(string.Create(
                CultureInfo.InvariantCulture,
                $"{samples.Place(n)}: the probability of class {culprit} is {row[culprit]}; wanted smaller inputs, or another model."));
        }
    }
}
