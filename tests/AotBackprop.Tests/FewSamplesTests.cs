using AotBackprop.Numerics;
using AotBackprop.Runtime;
using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>
/// A small classifier goes forward on few samples, and takes a step of plain gradient descent on them, with methods of its
/// own. It has the bits of the passes, which decide wherever a number is large or not finite.
/// </summary>
public sealed unsafe class FewSamplesTests
{
    private const float Rate = 0.1f;

    // Of four rows in a vector, two and one, and more classes than it has lanes; one column, few and many; of one to four
    // layers, and of five, which has no such methods; above one unit so many that dA has several sums.
    private static readonly int[][] Small =
    [
        [4, 8, 3], [13, 32, 3], [100, 1, 10], [30, 17, 5], [5, 60], [1, 2], [7, 3, 20, 5], [16, 1, 2], [61, 1, 12, 1, 3], [16, 31, 2],
        [12, 7, 16], [9, 9, 9, 4], [40, 3, 17], [3, 40, 8], [200, 2, 3], [100, 4, 10], [9, 12, 3], [10, 12, 6, 3], [8, 8, 8, 8, 8, 8],
        [20, 1, 20], [5, 1, 17, 3], [9, 1, 40],
    ];

    private static readonly Lazy<Type[]> Compiled = new(() =>
        Shape.Compile([.. Small.Select(sizes => new Shape(sizes, Unrolling.Auto) { Wanted = Output.Softmax })]));

    public static TheoryData<int> SmallNetworks() => [.. Enumerable.Range(0, Small.Length)];

    [Theory]
    [MemberData(nameof(SmallNetworks))]
    public void A_step_has_the_bits_of_gradient_and_application(int number)
    {
        using Subject stepping = Subject.Drawn(Compiled.Value[number], 3);
        using Subject applying = Subject.Drawn(Compiled.Value[number], 3);
        for (int N = 1; N <= 18; N++)
        {
            Batch batch = Batch.Draw(N, stepping, N);
            (double loss, float[] gradient) = applying.Gradient(batch);
            applying.Apply(gradient, Rate);
            Bits.Same(loss, stepping.TrainStep(batch, Rate), $"the loss of {N}");
            Bits.Same(applying.Parameters, stepping.Parameters, $"of the parameters, {N}");
        }
    }

    /// <summary>
    /// A1 of one unit overflows, so that what lies behind A2 is not a number. A2 is 0, and all that follows is finite.
    /// </summary>
    [Theory]
    [InlineData(3, 17)]
    [InlineData(8, 17)]
    [InlineData(8, 15)]
    public void What_lies_behind_a_row_reaches_no_sum(int below, int above)
    {
        int[] sizes = [2, below, above, 3];
        foreach (Type type in Shape.Compile(
            [.. new[] { Unrolling.Auto, Unrolling.Tiled }.Select(u => new Shape(sizes, u) { Wanted = Output.Softmax })]))
        {
            using Subject subject = Subject.Drawn(type, 3);
            Span<float> W1 = subject.Parameters[..(2 * below)], W2 = subject.Parameters.Slice(3 * below, above);
            W1.Fill(-1);
            W1[0] = W1[below] = 1;
            W2.Fill(-1);
            for (int N = 1; N <= 18; N++)
            {
                float[] outputs = subject.Forward([.. Enumerable.Repeat(3e38f, N * 2)]);
                Assert.All(outputs, a => Assert.True(float.IsFinite(a), $"{type.Name}, {N} samples"));
            }
        }
    }

    [Theory]
    [MemberData(nameof(SmallNetworks))]
    public void Forward_has_the_bits_of_a_sample_alone(int number)
    {
        using Subject subject = Subject.Drawn(Compiled.Value[number], 3);
        int inputs = subject.Sizes[0], classes = subject.Sizes[^1];
        for (int N = 2; N <= 18; N++)
        {
            Batch batch = Batch.Draw(N, subject, N);
            float[] together = subject.Forward(batch.X);
            for (int n = 0; n < N; n++)
            {
                float[] one = subject.Forward(batch.X.AsSpan(n * inputs, inputs));
                Bits.Same(together.AsSpan(n * classes, classes), one, $"of sample {n} of {N}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(SmallNetworks))]
    public void An_epoch_has_the_bits_of_its_steps(int number)
    {
        using Subject whole = Subject.Drawn(Compiled.Value[number], 3);
        using Subject steps = Subject.Drawn(Compiled.Value[number], 3);
        Batch set = Batch.Draw(number, whole, 7);
        double mean = whole.TrainEpoch(set, 7, Rate, seed: 5, epoch: 1);
        int[] order = new int[7];
        Shuffle.Fill(order, seed: 5, epoch: 1);
        int inputs = whole.Sizes[0];
        Batch shuffled = set with
        {
            X = [.. order.SelectMany(n => set.X[(n * inputs)..((n + 1) * inputs)])],
            Labels = [.. order.Select(n => set.Labels![n])],
        };
        Bits.Same(steps.TrainStep(shuffled, Rate), mean, "the loss");
        Bits.Same(steps.Parameters, whole.Parameters, "of the parameters");
    }

    /// <summary>Whatever stands among inputs and weights, a step is refused or leaves what gradient and application leave.</summary>
    [Theory]
    [MemberData(nameof(SmallNetworks))]
    public void What_is_large_or_not_finite_has_the_result_of_gradient_and_application(int number)
    {
        float[] bad =
        [
            float.NaN, float.PositiveInfinity, float.NegativeInfinity, 3e38f, -3e38f, 1e30f, 1e12f, 1e5f, 1e-40f, -1e-45f, -0f, 0f,
        ];
        Random random = new(number);
        for (int trial = 0; trial < (Trials.AreInFull ? 20_000 : 60); trial++)
        {
            using Subject stepping = Subject.Drawn(Compiled.Value[number], 3);
            using Subject applying = Subject.Drawn(Compiled.Value[number], 3);
            Batch batch = Batch.Draw(trial, stepping, 2 + (trial % 15));
            for (int spoilt = random.Next(3); spoilt >= 0; spoilt--)
            {
                if (random.Next(2) == 0)
                {
                    batch.X[random.Next(batch.X.Length)] = bad[random.Next(bad.Length)];
                }
                else
                {
                    int p = random.Next(stepping.Parameters.Length);
                    stepping.Parameters[p] = applying.Parameters[p] = bad[random.Next(bad.Length)];
                }
            }

            float rate = trial % 5 == 0 ? 1e30f : Rate;
            float[] before = [.. stepping.Parameters];
            Exception? expected = Record.Exception(() =>
            {
                (_, float[] gradient) = applying.Gradient(batch);
                applying.Apply(gradient, rate);
            });
            Exception? actual = Record.Exception(() => stepping.TrainStep(batch, rate));
            Assert.Equal(expected?.GetType(), actual?.GetType());
            Bits.Same(actual is null ? applying.Parameters : before, stepping.Parameters, $"of the parameters, trial {trial}");
        }
    }

    /// <summary>What a call may touch ends where no memory follows, and begins where none comes before.</summary>
    [Theory]
    [InlineData(Fence.After)]
    [InlineData(Fence.Before)]
    public void Nothing_beyond_the_caller_s_memory_is_touched(Fence fence)
    {
        foreach (Type type in Compiled.Value)
        {
            Functions functions = Functions.Of(type);
            for (int N = 2; N <= 16; N++)
            {
                using Subject expected = Subject.Drawn(type, 3);
                Batch batch = Batch.Draw(N, expected, N);
                nuint count = (nuint)N, training = functions.TrainingWorkspaceSize(count), inference = functions.InferenceWorkspaceSize(count);
                using FencedMemory parameters = FencedMemory.Of<float>(expected.Parameters, fence);
                using FencedMemory X = FencedMemory.Of<float>(batch.X, fence);
                using FencedMemory labels = FencedMemory.Of<int>(batch.Labels!, fence);
                using FencedMemory probabilities = new((nuint)batch.Y.Length * sizeof(float), fence);
                using FencedMemory trainingSpace = new(training, fence);
                using FencedMemory inferenceSpace = new(inference, fence);
                trainingSpace.Span<byte>().Fill(0xFF);
                inferenceSpace.Span<byte>().Fill(0xFF);
                Assert.Equal(NetworkStatus.Ok, functions.Forward(
                    parameters.Floats, X.Floats, count, probabilities.Floats, inferenceSpace.Pointer, inference));
                Bits.Same(expected.Forward(batch.X), probabilities.Span<float>());
                Assert.Equal(NetworkStatus.Ok, functions.TrainStep(
                    parameters.Floats, X.Floats, BatchTargets.Of(labels.Ints), count, Rate, trainingSpace.Pointer, training, out double loss));
                Bits.Same(expected.TrainStep(batch, Rate), loss);
                Bits.Same(expected.Parameters, parameters.Span<float>());
            }
        }
    }
}
