using System.Globalization;
using System.IO.Compression;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>Real handwritten digits, every fifth held out.</summary>
public sealed class DigitsAccuracyTests(ITestOutputHelper output)
{
    [Fact]
    public void Five_trainings_classify_at_least_95_percent_of_unseen_digits()
    {
        (float[] trainX, int[] trainLabels) = Read(row => row % 5 != 4);
        (float[] testX, int[] testLabels) = Read(row => row % 5 == 4);
        double[] accuracies = [.. Enumerable.Range(0, 5).Select(seed =>
        {
            using Digits network = new((ulong)seed);
            for (int epoch = 0; epoch < 30; epoch++)
            {
                network.TrainEpoch(trainX, trainLabels, batchSize: 32, learningRate: 0.1f, (ulong)seed, epoch);
            }

            return network.Evaluate(testX, testLabels).Accuracy;
        })];
        output.WriteLine(string.Join(", ", accuracies.Select(a => a.ToString("P2", CultureInfo.InvariantCulture))));
        Assert.Equal(1797, trainLabels.Length + testLabels.Length);
        Assert.True(accuracies.Average() >= 0.95, $"The mean accuracy is {accuracies.Average():P2}.");
    }

    private static (float[] X, int[] Labels) Read(Func<int, bool> wanted)
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "digits.csv.gz")), CompressionMode.Decompress));
        int[][] rows = [.. reader.ReadToEnd()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where((_, row) => wanted(row))
            .Select(line => line.Split(',').Select(field => int.Parse(field, CultureInfo.InvariantCulture)).ToArray())];
        return ([.. rows.SelectMany(row => row[..64]).Select(pixel => pixel / 16f)], [.. rows.Select(row => row[64])]);
    }
}
