using System.Globalization;
using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>Learned from four fifths of the digits, tried on the others.</summary>
public sealed class DigitsAccuracyTests(ITestOutputHelper output)
{
    [Fact]
    public void Five_trainings_classify_at_least_95_percent_of_unseen_digits()
    {
        (float[] trainX, int[] trainLabels) = HandwrittenDigits.Training();
        (float[] testX, int[] testLabels) = HandwrittenDigits.HeldOut();
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
}
