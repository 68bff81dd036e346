using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

public sealed class StabilityTests
{
    public static TheoryData<float> Magnitudes => [1e2f, 1e5f, 1e10f, 1e30f, 3e38f];

    [Theory]
    [MemberData(nameof(Magnitudes))]
    public void Softmax_and_loss_are_finite_for_any_finite_Z(float magnitude)
    {
        using Iris network = new(seed: 1);
        network.Parameters.Clear();
        ReadOnlySpan<float> Z = [magnitude, -magnitude, 0];
        Z.CopyTo(network.b2);
        float[] A = new float[3];
        network.Forward(new float[4], A);
        Assert.Equal([1f, 0f, 0f], A);
        for (int label = 0; label < 3; label++)
        {
            // With the largest Z far above the others, −log A is their distance.
            Assert.Equal((double)Z[0] - Z[label], network.Loss(new float[4], [label]), 1e-6 * magnitude);
        }

        double mean = network.Loss(new float[4], [0.5f, 0.25f, 0.25f]);
        Assert.Equal((0.25 * 2 * magnitude) + (0.25 * magnitude), mean, 1e-6 * magnitude);
    }

    [Fact]
    public void A_step_from_an_enormous_loss_is_finite_and_right()
    {
        using Iris network = new(seed: 1);
        network.Parameters.Clear();
        network.b2[0] = 1e30f;
        float[] gradient = new float[Iris.ParameterCount];
        double loss = network.Gradient([1, 2, 3, 4], [1], gradient);
        Assert.Equal(1e30f, loss);
        Assert.Equal([1f, -1f, 0f], new Iris.GradientView(gradient).db2.ToArray());
    }

    [Fact]
    public void Probabilities_are_in_0_to_1_and_sum_to_1()
    {
        foreach (float scale in new[] { 0.01f, 1f, 100f, 1e20f })
        {
            using Digits network = new(seed: 2);
            foreach (ref float w in network.W2)
            {
                w *= scale;
            }

            float[] A = new float[70 * 10];
            network.Forward(Batch.Draw(1, Digits.LayerSizes, 70).X, A);
            Assert.All(A, a => Assert.InRange(a, 0f, 1f));
            Assert.All(A.Chunk(10), row => Assert.Equal(1.0, row.Sum(a => (double)a), 1e-6));
        }
    }

    [Fact]
    public void A_network_that_knows_nothing_has_the_loss_log_C()
    {
        using Digits network = new(seed: 1);
        network.Parameters.Clear();
        Batch batch = Batch.Draw(4, Digits.LayerSizes, 20);
        Assert.Equal(Math.Log(10), network.Loss(batch.X, batch.Labels), 1e-7);
        Assert.Equal(Math.Log(10), network.Loss(batch.X, batch.Y), 1e-7);
        Assert.Equal(Math.Log(10), network.TrainStep(batch.X, batch.Labels, 0.1f), 1e-7);
    }

    [Fact]
    public void Equal_probabilities_are_classified_as_the_lowest()
    {
        using Digits network = new(seed: 1);
        network.Parameters.Clear();
        int[] classes = [-1];
        network.Classify(new float[64], classes);
        Assert.Equal(0, classes[0]);
        network.b2[7] = network.b2[3] = 1;
        network.Classify(new float[64], classes);
        Assert.Equal(3, classes[0]);
    }
}
