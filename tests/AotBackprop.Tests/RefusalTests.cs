using System.Runtime.InteropServices;
using AotBackprop.Runtime;
using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>A step that is refused says which parameter, input, layer or setting is the cause, and changes nothing.</summary>
public sealed class RefusalTests
{
    private const int N = 30;

    private static readonly Batch Samples = Batch.Draw(2, Digits.LayerSizes, N);

    [Theory]
    [InlineData("W1[0, 3] is NaN", 3, float.NaN)]
    [InlineData("W1[2, 1] is Infinity", 65, float.PositiveInfinity)]
    [InlineData("b1[1] is NaN", (64 * 32) + 1, float.NaN)]
    [InlineData("W2[0, 0] is -Infinity", 65 * 32, float.NegativeInfinity)]
    [InlineData("b2[9] is NaN", 2409, float.NaN)]
    public void A_parameter_that_is_not_finite_is_named(string wanted, int index, float value)
    {
        using Digits net = new(seed: 1);
        net.Parameters[index] = value;
        AssertRefused(net, wanted, () => net.TrainStep(Samples.X, Samples.Labels, 0.1f));
        AssertRefused(net, wanted, () => net.TrainStep(Samples.X, Samples.Y, Optimizer.Adam()));
        AssertRefused(net, wanted, () => net.TrainEpoch(Samples.X, Samples.Labels, 8, 0.1f, 1, 0));
        AssertRefused(net, wanted, () => net.Gradient(Samples.X, Samples.Labels, new float[Digits.ParameterCount]));
        AssertRefused(net, wanted, () => net.Evaluate(Samples.X, Samples.Labels));
        AssertRefused(net, wanted, () => net.Loss(Samples.X, Samples.Y));
    }

    [Fact]
    public void Memory_that_is_read_and_written_is_refused()
    {
        using Digits net = new(seed: 1);
        float[] all = new float[(N * 64) + Digits.ParameterCount];
        Samples.X.CopyTo(all.AsSpan());
        float[] before = net.Parameters.ToArray();
        foreach (int shift in new[] { 0, 5, 10, (N * 64) - 1 })
        {
            ArgumentException e = Assert.Throws<ArgumentException>(
                () => net.Forward(all.AsSpan(0, N * 64), all.AsSpan(shift, N * 10)));
            Assert.Contains("outputs shares memory with X; wanted memory of its own", e.Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(
                () => net.Classify(all.AsSpan(0, N * 64), MemoryMarshal.Cast<float, int>(all.AsSpan(shift, N))));
            Assert.Throws<ArgumentException>(
                () => net.Gradient(all.AsSpan(0, N * 64), Samples.Labels, all.AsSpan(shift, Digits.ParameterCount)));
        }

        Assert.Throws<ArgumentException>(() => net.TrainStep(net.Parameters[..64], new[] { 1 }, 0.1f));
        Assert.Throws<ArgumentException>(() => net.TrainEpoch(Samples.X, net.Parameters[..(N * 10)], 8, 0.1f, 1, 0));
        Assert.Throws<ArgumentException>(() => net.Gradient(Samples.X, Samples.Labels, net.Parameters));
        Assert.Throws<ArgumentException>(() => net.Forward(Samples.X, net.Parameters[..(N * 10)]));
        Assert.Equal(before, net.Parameters);

        // Side by side is apart.
        net.Forward(all.AsSpan(0, N * 64), all.AsSpan(N * 64, N * 10));
        net.Forward(all.AsSpan(N * 10, 64), all.AsSpan((N * 10) - 10, 10));
    }

    [Fact]
    public void A_NaN_in_a_hidden_layer_reaches_the_probabilities()
    {
        using Digits net = new(seed: 1);
        net.W1[5 * 32] = float.NaN;
        float[] X = [.. Samples.X.Select(x => x == 0 ? 0.5f : x)];
        float[] probabilities = new float[N * 10];
        net.Forward(X, probabilities);
        Assert.All(probabilities, probability => Assert.True(float.IsNaN(probability)));
        net.Forward(X.AsSpan(0, 64), probabilities.AsSpan(0, 10));
        Assert.True(float.IsNaN(probabilities[0]));
    }

    // A time in microseconds among inputs that are near 1: the feature is to blame, not the learning rate.
    [Theory]
    [InlineData(1e-3f)]
    [InlineData(1e-9f)]
    public void An_input_that_is_too_large_for_an_optimizer_is_named(float rate)
    {
        float[] X = Scaled(place: (7 * 64) + 9, 1.7e15f);
        using Digits net = new(seed: 1);
        const string Wanted = "X[7, 9] is 1.7E+15, the largest input";
        AssertRefused(net, Wanted, () => net.TrainStep(X, Samples.Labels, Optimizer.Adam(rate)), "Adam takes those below 1.1E+12");
        AssertRefused(net, Wanted, () => net.TrainStep(X, Samples.Labels, Optimizer.Momentum(rate)), "Momentum takes those below 1.1E+12");
        AssertRefused(net, Wanted, () => net.TrainEpoch(X, Samples.Labels, N, Optimizer.AdamW(rate), 1, 0), "AdamW takes those below");
        Optimizer lion = Optimizer.Lion(rate);
        AssertRefused(net, Wanted, () => net.TrainStep(X, Samples.Labels, lion), "Lion takes those below 1.1E+12");
        AssertRefused(net, Wanted, () => net.TrainStep(X, Samples.Y, Optimizer.Nesterov(rate)), "a derivative");
    }

    [Fact]
    public void An_input_that_is_named_is_told_as_numbers_too()
    {
        float[] X = Scaled(place: (7 * 64) + 9, 1.7e15f);
        using Digits net = new(seed: 1);
        Exception e = Assert.Throws<NotFiniteNumberException>(() => net.TrainStep(X, Samples.Labels, Optimizer.Adam(1e-3f)));
        Assert.Equal(new CulpritInput(7, 9), CulpritInput.Of(e));
        Assert.Contains(CulpritInput.Of(e).ToString()!, e.Message, StringComparison.Ordinal);
        net.W1[0] = float.NaN;
        Assert.Null(CulpritInput.Of(Assert.Throws<NotFiniteNumberException>(() => net.TrainStep(Samples.X, Samples.Labels, 0.1f))));
    }

    // Prices beside inputs that are scaled: the targets are to blame.
    [Fact]
    public void Targets_that_are_too_large_for_an_optimizer_are_named()
    {
        using Price net = new(seed: 1);
        float[] X = new float[3 * 13], Y = [1, -2e13f, 3];
        Array.Fill(X, 0.5f);
        Exception e = Assert.Throws<NotFiniteNumberException>(() => net.TrainStep(X, Y, Optimizer.Adam()));
        Assert.Contains(
            "the largest target is 2E+13; targets near 1, or a smaller learning rate, are learned best.", e.Message, StringComparison.Ordinal);
        Assert.Null(CulpritInput.Of(e));
    }

    [Fact]
    public void A_learning_rate_that_is_too_large_is_named()
    {
        using Digits net = new(seed: 1);
        AssertRefused(net, "may reach learningRate 3E+38", () => net.TrainStep(Samples.X, Samples.Labels, 3e38f), "wanted below 1.01E+31");
        AssertRefused(net, "may reach learningRate 3E+38", () => net.TrainStep(Samples.X, Samples.Labels, Optimizer.Sgd(3e38f, weightDecay: 1)));
    }

    [Fact]
    public void A_layer_whose_sums_overflow_is_named()
    {
        using Digits net = new(seed: 1);
        float[] X = Scaled(place: 64 + 2, 3.3e38f);
        int[] labels = [.. Samples.Labels!];

        // Where the network is sure, and right, the derivative is 0, however large the input.
        net.Classify(X.AsSpan(64, 64), labels.AsSpan(1, 1));
        labels[1] = (labels[1] + 1) % 10;
        AssertRefused(net, "X[1, 2] is 3.3E+38", () => net.TrainStep(X, labels, 0.1f));
        net.W2.Fill(3e38f);
        net.W1.Fill(1);
        X = [.. Samples.X.Select(_ => 2f)];
        AssertRefused(net, "A sum of layer 2, Z2, is larger than a float can hold", () => net.TrainStep(X, Samples.Labels, 0.1f));
    }

    [Theory]
    [InlineData("learningRate 0.01 / (1 − beta1 0.9) / epsilon 1E-20 is 1E+19; wanted below 2.31E+18", 0)]
    [InlineData("learningRate 1 times weightDecay 3 is 3; wanted 2 or less", 1)]
    [InlineData("learningRate is 1E+13; wanted below 2.2E+12 with momentum", 2)]
    [InlineData("learningRate is 1E+13; wanted below 2.2E+12 with momentum", 3)]
    [InlineData("learningRate 1 times weightDecay 3 is 3; wanted 2 or less", 4)]
    public void Settings_that_allow_no_step_are_refused_where_they_are_made(string wanted, int which)
    {
        Func<Optimizer> make = which switch
        {
            0 => () => Optimizer.Adam(0.01f, epsilon: 1e-20f),
            1 => () => Optimizer.AdamW(1, weightDecay: 3),
            2 => () => Optimizer.Momentum(1e13f),
            4 => () => Optimizer.Lion(1, weightDecay: 3),
            _ => () => Optimizer.Nesterov(1e13f),
        };
        Assert.Contains(wanted, Assert.Throws<ArgumentOutOfRangeException>(make).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_learning_rate_that_allows_no_step_is_refused_where_it_is_set()
    {
        Optimizer adam = Optimizer.Adam(1e-6f, epsilon: 1e-20f);
        Assert.Throws<ArgumentOutOfRangeException>(() => adam.LearningRate = 1);
        Assert.Equal(1e-6f, adam.LearningRate);
        using Digits net = new(seed: 1);
        Assert.True(double.IsFinite(net.TrainStep(Samples.X, Samples.Labels, adam)));
    }

    private static float[] Scaled(int place, float value)
    {
        float[] X = [.. Samples.X];
        X[place] = value;
        return X;
    }

    private static void AssertRefused(Digits net, string wanted, Func<object> call, string also = "")
    {
        float[] before = net.Parameters.ToArray();
        string message = Assert.Throws<NotFiniteNumberException>(call).Message;
        Assert.Contains(wanted, message, StringComparison.Ordinal);
        Assert.Contains(also, message, StringComparison.OrdinalIgnoreCase);
        Bits.Same(before, net.Parameters);
    }
}
