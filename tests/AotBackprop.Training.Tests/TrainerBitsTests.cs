using AotBackprop.Tests;
using AotBackprop.Tests.Support;
using AotBackprop.Training.Tests.Support;
using Xunit;

namespace AotBackprop.Training.Tests;

/// <summary>A trainer without schedules is TrainEpoch, to the bit.</summary>
public sealed class TrainerBitsTests
{
    private const int Epochs = 3;

    private static readonly (string Name, Func<Optimizer> Make)[] s_optimizers =
    [
        ("sgd", () => Optimizer.Sgd(0.05f)),
        ("sgd that clips", () => Optimizer.Sgd(0.05f, weightDecay: 0.01f, clipNorm: 0.1f)),
        ("momentum", () => Optimizer.Momentum(0.02f)),
        ("nesterov", () => Optimizer.Nesterov(0.02f, clipNorm: 0.2f)),
        ("adam", () => Optimizer.Adam()),
        ("adamw", () => Optimizer.AdamW(clipNorm: 0.5f)),
        ("lion", () => Optimizer.Lion()),
    ];

    [Fact]
    public void A_softmax() => SameAsEpochs<Iris>();

    [Fact]
    public void A_softmax_in_loops() => SameAsEpochs<Digits>();

    [Fact]
    public void A_softmax_of_sparse_inputs() => SameAsEpochs<Sparse>();

    [Fact]
    public void An_activation() => SameAsEpochs<IrisGelu>();

    [Fact]
    public void A_regressor() => SameAsEpochs<Pair>();

    [Fact]
    public void A_regressor_of_Huber() => SameAsEpochs<Robust>();

    [Fact]
    public void A_binary_classifier() => SameAsEpochs<Event>();

    [Fact]
    public void Several_labels() => SameAsEpochs<Tags>();

    [Fact]
    public void Rows_of_probabilities()
    {
        TrainingData data = Drawn.For<Iris>(3, 50, labels: false);
        Same<Iris>(data, 8, s_optimizers[4].Make, threads: 1, "probabilities");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(37)]
    [InlineData(1000)]
    public void Batches_of_any_size(int batchSize) =>
        Same<Digits>(Drawn.For<Digits>(4, 37), batchSize, s_optimizers[0].Make, threads: 1, $"batches of {batchSize}");

    private static void SameAsEpochs<TNetwork>()
        where TNetwork : class, INetwork<TNetwork>
    {
        const int Count = 61;
        int seed = 0;
        foreach ((string name, Func<Optimizer> make) in s_optimizers)
        {
            foreach (int threads in (int[])[1, 2])
            {
                // None; some; and so few that whole batches have none.
                foreach (float[]? weights in (float[]?[])[null, Drawn.Weights(++seed, Count, 2), Drawn.Weights(++seed, Count, 12)])
                {
                    TrainingData data = Drawn.For<TNetwork>(++seed, Count, weights: weights);
                    Same<TNetwork>(data, 8, make, threads, $"{name}, {threads} threads, {weights?.Length ?? 0} weights");
                }
            }
        }
    }

    private static void Same<TNetwork>(TrainingData data, int batchSize, Func<Optimizer> make, int threads, string what)
        where TNetwork : class, INetwork<TNetwork>
    {
        using TNetwork expected = TNetwork.Create(7);
        expected.Threads = threads;
        Optimizer optimizer = make();
        double[] losses = [.. Enumerable.Range(0, Epochs).Select(epoch => expected.TrainEpoch(data.X.Span, data.Targets, batchSize, optimizer, 7, epoch))];

        Trainer trainer = new() { Epochs = Epochs, BatchSize = batchSize, Optimizer = make(), Seed = 7, Threads = threads };
        TrainingResult<TNetwork> result = trainer.Fit<TNetwork>(data);
        using TNetwork trained = result.Network;
        Bits.Same(expected.Parameters, trained.Parameters, what);
        Assert.Equal(TrainingEnding.Completed, result.Ending);
        Assert.Equal(threads, trained.Threads);
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            Bits.Same(losses[epoch], result.History[epoch].Loss, $"{what}, loss {epoch}");
            Assert.Equal(epoch + 1, result.History[epoch].Epoch);
        }
    }
}
