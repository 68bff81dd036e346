using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

public sealed class GenericTrainerTests
{
    [Fact]
    public void Generic_code_trains_any_network()
    {
        Assert.InRange(LossAfterTraining<Iris>(), 0, 0.1);
        Assert.InRange(LossAfterTraining<Digits>(), 0, 0.1);
        Assert.InRange(LossAfterTraining<MnistDeepTiled>(), 0, 0.1);
    }

    [Fact]
    public void Sizes_and_parameters_are_those_of_the_attribute()
    {
        Assert.Equal([784, 128, 64, 10], MnistDeep.LayerSizes.ToArray());
        Assert.Equal((785 * 128) + (129 * 64) + (65 * 10), MnistDeep.ParameterCount);
        using MnistDeep network = new(seed: 1);
        Assert.Equal(MnistDeep.ParameterCount, network.Parameters.Length);
        int offset = 0;
        Follows(network.W1, 784 * 128);
        Follows(network.b1, 128);
        Follows(network.W2, 128 * 64);
        Follows(network.b2, 64);
        Follows(network.W3, 64 * 10);
        Follows(network.b3, 10);

        void Follows(Span<float> tensor, int length)
        {
            Assert.True(network.Parameters.Slice(offset, length) == tensor);
            offset += length;
        }
    }

    [Fact]
    public void Parameters_are_drawn_from_the_seed_and_can_be_set()
    {
        using Digits one = new(seed: 1);
        using Digits same = Digits.Create(seed: 1);
        using Digits other = new(seed: 2);
        Bits.Same(one.Parameters, same.Parameters);
        Assert.False(one.Parameters.SequenceEqual(other.Parameters));
        other.SetParameters(one.Parameters);
        Bits.Same(one.Parameters, other.Parameters);
        other.b1[0] = 3;
        other.Initialize(seed: 1);
        Bits.Same(one.Parameters, other.Parameters);
        Assert.All(one.b1.ToArray(), b => Assert.Equal(0, b));
        Assert.All(one.b2.ToArray(), b => Assert.Equal(0, b));
        Assert.All(one.W1.ToArray(), w => Assert.InRange(Math.Abs(w), 0, Math.Sqrt(6.0 / 64)));
        Assert.All(one.W2.ToArray(), w => Assert.InRange(Math.Abs(w), 0, Math.Sqrt(6.0 / 32)));
    }

    /// <summary>Eight samples, learned by heart.</summary>
    private static double LossAfterTraining<TNetwork>()
        where TNetwork : class, INetwork<TNetwork>, IClassifier
    {
        using TNetwork network = TNetwork.Create(seed: 1);
        Batch batch = Batch.Draw(2, TNetwork.LayerSizes, 8);
        double first = network.Loss(batch.X, batch.Labels);
        for (int epoch = 0; epoch < 2000; epoch++)
        {
            network.TrainEpoch(batch.X, batch.Labels, batchSize: 4, learningRate: 0.1f, seed: 3, epoch);
        }

        Evaluation evaluation = network.Evaluate(batch.X, batch.Labels);
        Assert.Equal(8, evaluation.Correct);
        Assert.Equal(1, evaluation.Accuracy);
        Assert.True(evaluation.Loss < first);
        return evaluation.Loss;
    }
}
