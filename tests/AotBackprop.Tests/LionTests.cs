using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>Lion, by its equations in double. The golden values hold its steps in a training.</summary>
public sealed class LionTests
{
    private const float Rate = 0.01f;

    [Theory]
    [InlineData(0)]
    [InlineData(0.5f)]
    public void Steps_are_those_of_the_equations(float decay)
    {
        using Digits network = new(seed: 1);
        Optimizer lion = Optimizer.Lion(Rate, 0.8f, 0.95f, decay);
        double[] w = [.. network.Parameters.ToArray().Select(value => (double)value)];
        double[] m = new double[w.Length];
        Random random = new(1);
        for (int step = 0; step < 20; step++)
        {
            float[] gradient = [.. w.Select(_ => random.NextSingle() - 0.5f)];
            for (int i = 0; i < w.Length; i++)
            {
                double c = (0.8f * m[i]) + ((1 - (double)0.8f) * gradient[i]);
                if (Math.Abs(c) < 1e-5)
                {
                    // Floats may round to another sign.
                    gradient[i] = 0.5f;
                    c = (0.8f * m[i]) + ((1 - (double)0.8f) * gradient[i]);
                }

                w[i] -= Rate * (Math.Sign(c) + (decay * w[i]));
                m[i] = (0.95f * m[i]) + ((1 - (double)0.95f) * gradient[i]);
            }

            network.Apply(gradient, lion);
            Assert.All(w, (value, i) => Assert.Equal(value, network.Parameters[i], 1e-6));
        }
    }

    [Fact]
    public void A_mean_of_zero_has_no_sign()
    {
        using Digits network = new(seed: 1);
        float[] before = network.Parameters.ToArray();
        network.Apply(new float[before.Length], Optimizer.Lion(Rate));
        Bits.Same(before, network.Parameters);
        network.Apply([.. before.Select(_ => -0f)], Optimizer.Lion(Rate));
        Bits.Same(before, network.Parameters);
    }

    [Fact]
    public void The_smallest_gradient_moves_as_far_as_any()
    {
        foreach (float gradient in new[] { 1e-36f, 1, 1e12f })
        {
            using Digits network = new(seed: 1);
            network.Parameters.Clear();
            network.Apply(Alternating(gradient), Optimizer.Lion(Rate));
            Assert.All(network.Parameters.ToArray(), (value, i) => Assert.Equal(i % 2 == 0 ? -Rate : Rate, value));
        }
    }

    [Fact]
    public void All_parameters_decay_biases_too()
    {
        using Digits network = new(seed: 1);
        network.Parameters.Fill(2);
        network.Apply(new float[Digits.ParameterCount], Optimizer.Lion(Rate, weightDecay: 0.5f));
        Assert.All(network.Parameters.ToArray(), value => Assert.Equal((float)(1 - (Rate * 0.5)) * 2, value));
    }

    [Fact]
    public void The_largest_gradients_stay_finite()
    {
        using Digits network = new(seed: 1);
        network.Parameters.Fill(float.MaxValue);
        Optimizer lion = Optimizer.Lion(2e12f, 0.999999f, 0.999999f, weightDecay: 1e-12f);
        for (int step = 0; step < 1000; step++)
        {
            network.Apply(Alternating(1e12f), lion);
        }

        Assert.All(network.Parameters.ToArray(), value => Assert.True(float.IsFinite(value)));
        Assert.Throws<NotFiniteNumberException>(() => network.Apply(Alternating(2e12f), lion));
        Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.Lion(3e12f));
        Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.Lion(1, weightDecay: 3));
    }

    private static float[] Alternating(float gradient) =>
        [.. Enumerable.Range(0, Digits.ParameterCount).Select(i => i % 2 == 0 ? gradient : -gradient)];
}
