using System.Globalization;
using AotBackprop.Numerics;
using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>What is refused, in which words, and that a refusal changes nothing.</summary>
public sealed class BadInputTests : IDisposable
{
    private const float Rate = 0.1f;

    private static readonly float[] X = Batch.Draw(1, Iris.LayerSizes, 2).X;
    private static readonly int[] Labels = [2, 0];
    private static readonly float[] Y = [0.5f, 0.5f, 0, 0, 0, 1];

    private readonly Iris _network = new(seed: 1);

    public static TheoryData<float> NotFinite => [float.NaN, float.PositiveInfinity, float.NegativeInfinity];

    public void Dispose() => _network.Dispose();

    [Fact]
    public void Inputs_that_are_no_whole_samples()
    {
        foreach (int length in new[] { 0, 3, 7 })
        {
            float[] wrong = new float[length];
            string wanted = $"X has {length} floats; wanted a multiple of 4, the inputs of a sample, and at least one sample.";
            Refused<ArgumentException>("X", wanted, () => _network.Forward(wrong, new float[6]));
            Refused<ArgumentException>("X", wanted, () => _network.Classify(wrong, new int[2]));
            ForEachCallOnLabels("X", wanted, wrong, Labels);
            ForEachCallOnProbabilities("X", wanted, wrong, Y);
        }
    }

    [Fact]
    public void Targets_of_a_wrong_length()
    {
        foreach (int length in new[] { 0, 1, 3 })
        {
            ForEachCallOnLabels("targets", $"targets has {length} elements; wanted 2: one class number for each sample", X, new int[length]);
        }

        foreach (int length in new[] { 0, 3, 5, 9 })
        {
            ForEachCallOnProbabilities("targets", $"targets has {length} elements; wanted 6: one value for each output and each sample of X.", X, new float[length]);
        }
    }

    [Fact]
    public void Outputs_of_a_wrong_length()
    {
        Refused<ArgumentException>("outputs", "outputs has 5 elements; wanted 6", () => _network.Forward(X, new float[5]));
        Refused<ArgumentException>("outputs", "outputs has 7 elements; wanted 6", () => _network.Forward(X, new float[7]));
        Refused<ArgumentException>("classes", "classes has 1 elements; wanted 2", () => _network.Classify(X, new int[1]));
        foreach (int length in new[] { 0, Iris.ParameterCount - 1, Iris.ParameterCount + 1 })
        {
            string wanted = $"gradient has {length} elements; wanted {Iris.ParameterCount}";
            Refused<ArgumentException>("gradient", wanted, () => _network.Gradient(X, Labels, new float[length]));
            Refused<ArgumentException>("gradient", wanted, () => _network.Gradient(X, Y, new float[length]));
            Refused<ArgumentException>("gradient", wanted, () => _network.Apply(new float[length], Rate));
            Refused<ArgumentException>("parameters", $"parameters has {length} elements; wanted {Iris.ParameterCount}", () => _network.SetParameters(new float[length]));
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void Labels_out_of_range(int label) =>
        ForEachCallOnLabels<ArgumentOutOfRangeException>("targets", $"targets[1] is {label}; wanted a class number from 0 to 2.", X, [0, label]);

    [Theory]
    [InlineData(-0.5f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Probabilities_that_are_none(float y) =>
        ForEachCallOnProbabilities("targets", $"targets[1, 0] is {Text(y)}; wanted a finite probability, 0 or more.", X, [0.5f, 0.5f, 0, y, 1 - y, 0]);

    [Theory]
    [InlineData(1.00011f)]
    [InlineData(0.99989f)]
    [InlineData(0f)]
    [InlineData(2f)]
    public void Probabilities_that_do_not_sum_to_1(float y) =>
        ForEachCallOnProbabilities("targets", "wanted 1, within 0.0001.", X, [0.5f, 0.5f, 0, 0, y, 0]);

    [Theory]
    [InlineData(1.00009f)]
    [InlineData(0.99991f)]
    public void Probabilities_that_sum_to_1_within_a_ten_thousandth_are_taken(float y) =>
        Assert.True(double.IsFinite(_network.TrainStep(X, [0.5f, 0.5f, 0, 0, y, 0], Rate)));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(-1e-30f)]
    public void Learning_rates_that_are_none(float rate)
    {
        string wanted = $"learningRate is {Text(rate)}; wanted a finite number, 0 or more.";
        Refused<ArgumentOutOfRangeException>("learningRate", wanted, () => _network.TrainStep(X, Labels, rate));
        Refused<ArgumentOutOfRangeException>("learningRate", wanted, () => _network.TrainStep(X, Y, rate));
        Refused<ArgumentOutOfRangeException>("learningRate", wanted, () => _network.TrainEpoch(X, Labels, 1, rate, 1, 0));
        Refused<ArgumentOutOfRangeException>("learningRate", wanted, () => _network.TrainEpoch(X, Y, 1, rate, 1, 0));
        Refused<ArgumentOutOfRangeException>("learningRate", wanted, () => _network.Apply(new float[Iris.ParameterCount], rate));
    }

    [Fact]
    public void A_learning_rate_of_0_is_legal_and_changes_nothing()
    {
        float[] before = _network.Parameters.ToArray();
        double loss = _network.Loss(X, Labels);
        Bits.Same(loss, _network.TrainStep(X, Labels, 0));
        Bits.Same(loss, _network.TrainStep(X, Labels, -0f));
        _network.TrainEpoch(X, Y, 1, 0, seed: 1, epoch: 0);
        _network.Apply(before, 0);
        Bits.Same(before, _network.Parameters);
    }

    [Fact]
    public void Batch_sizes_and_epochs_that_are_none()
    {
        foreach (int wrong in new[] { 0, -1, int.MinValue })
        {
            string wanted = $"batchSize is {wrong}; wanted 1 or more.";
            Refused<ArgumentOutOfRangeException>("batchSize", wanted, () => _network.TrainEpoch(X, Labels, wrong, Rate, 1, 0));
            Refused<ArgumentOutOfRangeException>("batchSize", wanted, () => _network.TrainEpoch(X, Y, wrong, Rate, 1, 0));
        }

        Refused<ArgumentOutOfRangeException>("epoch", "epoch is -1; wanted 0 or more.", () => _network.TrainEpoch(X, Labels, 1, Rate, 1, -1));
        Assert.True(double.IsFinite(_network.TrainEpoch(X, Labels, int.MaxValue, Rate, 1, int.MaxValue)));
    }

    [Theory]
    [MemberData(nameof(NotFinite))]
    public void Inputs_that_are_not_finite(float x)
    {
        for (int i = 0; i < X.Length; i++)
        {
            float[] wrong = [.. X];
            wrong[i] = x;
            string wanted = $"X[{i / 4}, {i % 4}] is {Text(x)}; wanted finite numbers.";
            Refused<ArgumentException>("X", wanted, () => _network.Forward(wrong, new float[6]));
            Refused<ArgumentException>("X", wanted, () => _network.Classify(wrong, new int[2]));
            ForEachCallOnLabels("X", wanted, wrong, Labels);
            ForEachCallOnProbabilities("X", wanted, wrong, Y);
        }
    }

    [Theory]
    [MemberData(nameof(NotFinite))]
    public void Parameters_and_gradients_that_are_not_finite(float number)
    {
        for (int i = 0; i < Iris.ParameterCount; i++)
        {
            float[] wrong = new float[Iris.ParameterCount];
            wrong[i] = number;
            string wanted = $"[{i}] is {Text(number)}; wanted finite numbers.";
            Refused<ArgumentException>("parameters", "parameters" + wanted, () => _network.SetParameters(wrong));
            Refused<ArgumentException>("gradient", "gradient" + wanted, () => _network.Apply(wrong, Rate));
        }
    }

    [Fact]
    public void Inputs_that_overflow_a_sum()
    {
        float[] huge = [3e38f, 3e38f, 3e38f, 3e38f, 1, 2, 3, 4];
        _network.W1.Fill(1);
        AssertOverflow(huge);
    }

    [Fact]
    public void Inputs_that_overflow_the_gradient_or_the_update_alone()
    {
        float[] huge = [1e38f, 1e38f, 1e38f, 1e38f, 1, 2, 3, 4];
        _network.W1.Fill(1e-38f);
        _network.W2.Fill(1);
        Assert.True(double.IsFinite(_network.Loss(huge, Labels)));
        RefusedAsNotFinite(() => _network.TrainStep(huge, Labels, 1e10f));
        RefusedAsNotFinite(() => _network.TrainStep(huge, Y, 1e10f));
        RefusedAsNotFinite(() => _network.TrainEpoch(huge, Labels, 2, 1e10f, 1, 0));
    }

    [Fact]
    public void Weights_that_overflow_a_sum()
    {
        _network.W1.Fill(2e38f);
        AssertOverflow([1, 1, 1, 1, 2, 2, 2, 2]);
        _network.Initialize(seed: 1);
        _network.W2.Fill(3e38f);
        _network.W1.Fill(1);
        AssertOverflow([1, 1, 1, 1, 2, 2, 2, 2]);
    }

    [Fact]
    public void A_gradient_whose_application_could_overflow()
    {
        float[] gradient = new float[Iris.ParameterCount];
        gradient[5] = 1e30f;
        RefusedAsNotFinite(() => _network.Apply(gradient, 1e10f));
        _network.Apply(gradient, 1e-30f);
    }

    [Fact]
    public void A_refused_gradient_leaves_its_output_alone()
    {
        float[] gradient = [.. Enumerable.Repeat(7f, Iris.ParameterCount)];
        _network.W1.Fill(2e38f);
        Assert.Throws<NotFiniteNumberException>(() => _network.Gradient(X[..4].Select(_ => 1f).ToArray(), [0], gradient));
        Assert.Throws<ArgumentOutOfRangeException>(() => _network.Gradient(X, [0, 3], gradient));
        Assert.All(gradient, g => Assert.Equal(7, g));
    }

    [Fact]
    public void An_epoch_stops_before_the_batch_that_overflows_and_keeps_what_came_before()
    {
        using Iris expected = new(seed: 1);
        int[] order = new int[8];
        Shuffle.Fill(order, 1, 0);
        Batch set = Batch.Draw(3, Iris.LayerSizes, 8);
        set.X.AsSpan(order[5] * 4, 4).Fill(3e38f);
        for (int batch = 0; batch < 2; batch++)
        {
            Batch picked = set.Pick(order.AsSpan(batch * 2, 2));
            expected.TrainStep(picked.X, picked.Labels, Rate);
        }

        Assert.Throws<NotFiniteNumberException>(() => _network.TrainEpoch(set.X, set.Labels, 2, Rate, 1, 0));
        Bits.Same(expected.Parameters, _network.Parameters);
    }

    [Fact]
    public void An_epoch_validates_all_of_its_data_before_the_first_batch()
    {
        Batch set = Batch.Draw(3, Iris.LayerSizes, 8);
        int[] labels = [.. set.Labels!];
        labels[7] = 3;
        Refused<ArgumentOutOfRangeException>("targets", "targets[7]", () => _network.TrainEpoch(set.X, labels, 1, Rate, 1, 0));
        float[] inputs = [.. set.X];
        inputs[^1] = float.NaN;
        Refused<ArgumentException>("X", "X[7, 3]", () => _network.TrainEpoch(inputs, set.Labels, 1, Rate, 1, 0));
        float[] rows = [.. set.Y];
        rows[^1] += 0.1f;
        Refused<ArgumentException>("targets", "Row 7", () => _network.TrainEpoch(set.X, rows, 1, Rate, 1, 0));
    }

    [Fact]
    public void Training_goes_on_after_a_refused_step()
    {
        using Iris undisturbed = new(seed: 1);
        for (int step = 0; step < 10; step++)
        {
            Assert.ThrowsAny<ArgumentException>(() => _network.TrainStep(X, [0, 9], Rate));
            Assert.ThrowsAny<ArgumentException>(() => _network.TrainStep([float.NaN, 0, 0, 0], [0], Rate));
            Assert.Throws<NotFiniteNumberException>(() => _network.TrainStep([3e38f, 3e38f, 3e38f, 3e38f], [0], Rate));
            Bits.Same(undisturbed.TrainStep(X, Labels, Rate), _network.TrainStep(X, Labels, Rate));
        }

        Bits.Same(undisturbed.Parameters, _network.Parameters);
    }

    [Fact]
    public void Nothing_can_be_used_after_Dispose()
    {
        _network.Dispose();
        _network.Dispose();
        float[] parameters = new float[Iris.ParameterCount];
        Action[] uses =
        [
            () => _ = _network.Parameters.Length,
            () => _ = _network.W1.Length,
            () => _ = _network.b1.Length,
            () => _ = _network.W2.Length,
            () => _ = _network.b2.Length,
            () => _network.Initialize(1),
            () => _network.SetParameters(parameters),
            () => _network.Forward(X, new float[6]),
            () => _network.Classify(X, new int[2]),
            () => _network.Loss(X, Labels),
            () => _network.Loss(X, Y),
            () => _network.Evaluate(X, Labels),
            () => _network.Evaluate(X, Y),
            () => _network.Gradient(X, Labels, parameters),
            () => _network.Gradient(X, Y, parameters),
            () => _network.Apply(parameters, Rate),
            () => _network.TrainStep(X, Labels, Rate),
            () => _network.TrainStep(X, Y, Rate),
            () => _network.TrainEpoch(X, Labels, 1, Rate, 1, 0),
            () => _network.TrainEpoch(X, Y, 1, Rate, 1, 0),
            () => _network.Trace(X, Labels),
            () => _network.Trace(X, Y),
        ];
        Assert.All(uses, use => Assert.Throws<ObjectDisposedException>(use));
    }

    private static string Text(float number) => number.ToString(CultureInfo.InvariantCulture);

    private void AssertOverflow(float[] inputs)
    {
        RefusedAsNotFinite(() => _network.TrainStep(inputs, Labels, Rate));
        RefusedAsNotFinite(() => _network.TrainStep(inputs, Y, Rate));
        RefusedAsNotFinite(() => _network.TrainStep(inputs, Labels, 0));
        RefusedAsNotFinite(() => _network.Gradient(inputs, Labels, new float[Iris.ParameterCount]));
        RefusedAsNotFinite(() => _network.Gradient(inputs, Y, new float[Iris.ParameterCount]));
        RefusedAsNotFinite(() => _network.TrainEpoch(inputs, Labels, 2, Rate, 1, 0));
        RefusedAsNotFinite(() => _network.TrainEpoch(inputs, Y, 2, Rate, 1, 0));
        RefusedAsNotFinite(() => _network.Evaluate(inputs, Labels));
        RefusedAsNotFinite(() => _network.Loss(inputs, Y));
        RefusedAsNotFinite(() => _network.Trace(inputs, Labels));
    }

    private void ForEachCallOnLabels(string name, string message, float[] inputs, int[] labels) =>
        ForEachCallOnLabels<ArgumentException>(name, message, inputs, labels);

    private void ForEachCallOnLabels<TException>(string name, string message, float[] inputs, int[] labels)
        where TException : ArgumentException
    {
        Refused<TException>(name, message, () => _network.Loss(inputs, labels));
        Refused<TException>(name, message, () => _network.Evaluate(inputs, labels));
        Refused<TException>(name, message, () => _network.Gradient(inputs, labels, new float[Iris.ParameterCount]));
        Refused<TException>(name, message, () => _network.TrainStep(inputs, labels, Rate));
        Refused<TException>(name, message, () => _network.TrainEpoch(inputs, labels, 1, Rate, 1, 0));
        Refused<TException>(name, message, () => _network.Trace(inputs, labels));
    }

    private void ForEachCallOnProbabilities(string name, string message, float[] inputs, float[] rows)
    {
        Refused<ArgumentException>(name, message, () => _network.Loss(inputs, rows));
        Refused<ArgumentException>(name, message, () => _network.Evaluate(inputs, rows));
        Refused<ArgumentException>(name, message, () => _network.Gradient(inputs, rows, new float[Iris.ParameterCount]));
        Refused<ArgumentException>(name, message, () => _network.TrainStep(inputs, rows, Rate));
        Refused<ArgumentException>(name, message, () => _network.TrainEpoch(inputs, rows, 1, Rate, 1, 0));
        Refused<ArgumentException>(name, message, () => _network.Trace(inputs, rows));
    }

    private void Refused<TException>(string name, string message, Action call)
        where TException : ArgumentException
    {
        float[] before = _network.Parameters.ToArray();
        TException thrown = Assert.Throws<TException>(call);
        Assert.Equal(name, thrown.ParamName);
        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
        Bits.Same(before, _network.Parameters);
    }

    private void RefusedAsNotFinite(Action call)
    {
        float[] before = _network.Parameters.ToArray();
        NotFiniteNumberException thrown = Assert.Throws<NotFiniteNumberException>(call);
        Assert.Matches("A sum of layer|may reach learningRate", thrown.Message);
        Bits.Same(before, _network.Parameters);
    }
}
