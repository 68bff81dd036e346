using AotBackprop.Runtime;
using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>The functions over pointers, under the members of a network.</summary>
public sealed unsafe class NetworkFunctionsTests
{
    private const float Rate = 0.1f;

    private static readonly Functions OfDigits = Functions.Of(typeof(Digits));

    [Theory]
    [InlineData(Fence.Before)]
    [InlineData(Fence.After)]
    public void Nothing_beyond_the_caller_s_memory_is_touched_and_its_alignment_changes_no_bit(Fence fence)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory is fenced with Linux's mmap.");
        RandomNetworks.ForEach((network, type) => CompareFenced(network, type, fence));
        EdgeNetworks.ForEach([1, 33], (network, type) => CompareFenced(network, type, fence));
    }

    [Fact]
    public void An_epoch_in_slices_is_the_epoch_in_one_call()
    {
        Batch set = Batch.Draw(1, Digits.LayerSizes, 75);
        using Digits whole = new(seed: 1);
        using Digits sliced = new(seed: 1);
        double expected = whole.TrainEpoch(set.X, set.Labels, 10, Rate, seed: 4, epoch: 2);
        double sum = 0;
        foreach ((nuint first, nuint count, int samples) in new[] { (0u, 1u, 10), (1u, 3u, 30), (4u, 0u, 0), (4u, 4u, 35) })
        {
            Assert.Equal(NetworkStatus.Ok, Epoch(sliced, set, 10, first, count, null, out double loss, out nuint done));
            Assert.Equal(count, done);
            sum += loss * samples;
        }

        Bits.Same(whole.Parameters, sliced.Parameters);
        Assert.Equal(expected, sum / 75, 1e-14);
    }

    [Fact]
    public void An_epoch_ends_before_the_next_batch_when_it_is_asked_to()
    {
        Batch set = Batch.Draw(1, Digits.LayerSizes, 75);
        using Digits network = new(seed: 1);
        float[] before = network.Parameters.ToArray();
        int stop = 1;
        Assert.Equal(NetworkStatus.Ok, Epoch(network, set, 10, 0, 8, &stop, out double loss, out nuint done));
        Assert.Equal((0, 0u), (loss, done));
        Bits.Same(before, network.Parameters);
        stop = 0;
        Assert.Equal(NetworkStatus.Ok, Epoch(network, set, 10, 0, 8, &stop, out _, out done));
        Assert.Equal(8u, done);
    }

    [Fact]
    public void Ranges_of_batches_that_are_not_in_the_epoch_are_refused()
    {
        Batch set = Batch.Draw(1, Digits.LayerSizes, 75);
        using Digits network = new(seed: 1);
        float[] before = network.Parameters.ToArray();
        foreach ((int batchSize, nuint first, nuint count) in new (int, nuint, nuint)[] { (10, 0, 9), (10, 8, 1), (10, 9, 0), (10, 1, nuint.MaxValue), (0, 0, 0), (75, 1, 1) })
        {
            NetworkStatus wanted = batchSize == 0 ? NetworkStatus.InvalidBatch : NetworkStatus.InvalidBatchRange;
            Assert.Equal(wanted, Epoch(network, set, batchSize, first, count, null, out _, out nuint done));
            Assert.Equal(0u, done);
        }

        Bits.Same(before, network.Parameters);
    }

    [Fact]
    public void Null_pointers_are_refused()
    {
        float* p = stackalloc float[1];
        BatchTargets none = BatchTargets.Of((int*)null);
        nuint size = nuint.MaxValue;
        Assert.Equal(NetworkStatus.NullPointer, OfDigits.Initialize(null, 1));
        Assert.Equal(NetworkStatus.NullPointer, OfDigits.Apply(null, p, Rate));
        Assert.Equal(NetworkStatus.NullPointer, OfDigits.Apply(p, null, Rate));
        float[] X = new float[64];
        int[] label = [1];
        float[] parameters = new float[Digits.ParameterCount];
        using FencedMemory workspace = new(OfDigits.TrainingWorkspaceSize(1), Fence.After);
        fixed (float* theta = parameters, x = X)
        fixed (int* l = label)
        {
            BatchTargets targets = BatchTargets.Of(l);
            void* w = workspace.Pointer;
            Assert.Equal(NetworkStatus.NullPointer, OfDigits.TrainStep(null, x, targets, 1, Rate, w, size, out _));
            Assert.Equal(NetworkStatus.NullPointer, OfDigits.TrainStep(theta, null, targets, 1, Rate, w, size, out _));
            Assert.Equal(NetworkStatus.NullPointer, OfDigits.TrainStep(theta, x, none, 1, Rate, w, size, out _));
            Assert.Equal(NetworkStatus.NullPointer, OfDigits.TrainStep(theta, x, targets, 1, Rate, null, size, out _));
            Assert.Equal(NetworkStatus.NullPointer, OfDigits.Gradient(theta, x, targets, 1, null, w, size, out _));
            Assert.Equal(NetworkStatus.NullPointer, OfDigits.Forward(theta, x, 1, null, w, size));
            Assert.Equal(NetworkStatus.NullPointer, OfDigits.Classify(theta, x, 1, null, w, size));
            Assert.Equal(NetworkStatus.NullPointer, OfDigits.Evaluate(theta, x, none, 1, w, size, out _));
            Assert.Equal(NetworkStatus.NullPointer, OfDigits.TrainEpoch(theta, x, none, 1, 1, Rate, (1, 0), (0, 1), null, w, size, out _, out _));
        }
    }

    [Fact]
    public void Counts_of_nothing_or_more_than_memory_holds_and_small_workspaces_are_refused()
    {
        using Digits network = new(seed: 1);
        float[] before = network.Parameters.ToArray();
        Batch batch = Batch.Draw(1, Digits.LayerSizes, 3);
        nuint training = OfDigits.TrainingWorkspaceSize(3);
        nuint epoch = OfDigits.EpochWorkspaceSize(3, 2);
        byte[] scratch = new byte[Math.Max(training, epoch)];
        float[] A = new float[30];
        fixed (float* theta = network.Parameters, x = batch.X, a = A)
        fixed (int* l = batch.Labels)
        fixed (byte* w = scratch)
        {
            BatchTargets targets = BatchTargets.Of(l);
            foreach (nuint count in new[] { (nuint)0, nuint.MaxValue, nuint.MaxValue / 256 })
            {
                Assert.Equal(NetworkStatus.InvalidCount, OfDigits.TrainStep(theta, x, targets, count, Rate, w, nuint.MaxValue, out _));
                Assert.Equal(NetworkStatus.InvalidCount, OfDigits.Forward(theta, x, count, a, w, nuint.MaxValue));
                Assert.Equal(NetworkStatus.InvalidCount, OfDigits.TrainEpoch(theta, x, targets, count, 1, Rate, (1, 0), (0, 1), null, w, nuint.MaxValue, out _, out _));
            }

            Assert.Equal(NetworkStatus.WorkspaceTooSmall, OfDigits.TrainStep(theta, x, targets, 3, Rate, w, training - 1, out _));
            Assert.Equal(NetworkStatus.WorkspaceTooSmall, OfDigits.TrainEpoch(theta, x, targets, 3, 2, Rate, (1, 0), (0, 2), null, w, epoch - 1, out _, out _));
            Assert.Equal(NetworkStatus.WorkspaceTooSmall, OfDigits.Forward(theta, x, 3, a, w, OfDigits.InferenceWorkspaceSize(1) - 1));
            Bits.Same(before, network.Parameters);
            Assert.Equal(NetworkStatus.Ok, OfDigits.TrainStep(theta, x, targets, 3, Rate, w, training, out _));
            Assert.Equal(NetworkStatus.Ok, OfDigits.Forward(theta, x, 3, a, w, OfDigits.InferenceWorkspaceSize(1)));
        }

        Assert.Equal(nuint.MaxValue, OfDigits.TrainingWorkspaceSize(nuint.MaxValue));
        Assert.Equal(nuint.MaxValue, OfDigits.InferenceWorkspaceSize(nuint.MaxValue / 2));
        Assert.Equal(nuint.MaxValue, OfDigits.EpochWorkspaceSize(nuint.MaxValue, nuint.MaxValue));
    }

    /// <summary>
    /// In each place of a register tile and behind the last, and where that is found only once the first layer has
    /// multiplied: nothing of the caller's is written all the same.
    /// </summary>
    [Fact]
    public void Inputs_that_are_not_finite_are_found_wherever_they_are_and_nothing_is_written() =>
        EdgeNetworks.ForEach([1, 8, 9, 37], (network, type) =>
        {
            using Subject subject = Subject.Drawn(type, network.Seed);
            Functions functions = Functions.Of(type);
            Batch batch = Batch.Draw(network.Seed, subject, network.N);
            int D = subject.Sizes[0];
            int last = batch.X.Length - 1;
            int rest = network.N / 8 * 8 * D;
            int[] places = [0, 7, 8, D - 1, D, (8 * D) - 1, 8 * D, rest - 1, rest, last / 3, last - 1, last];
            foreach (int place in places.Where(place => place >= 0 && place <= last).Distinct())
            {
                foreach (float wrong in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
                {
                    float[] X = [.. batch.X];
                    X[place] = wrong;
                    AssertNotFinite(functions, subject.Parameters, X, batch, $"{network}, X[{place}] = {wrong}");
                }
            }
        });

    private static void AssertNotFinite(Functions functions, ReadOnlySpan<float> before, float[] X, Batch batch, string what)
    {
        nuint N = (nuint)batch.N;
        float[] parameters = before.ToArray();
        float[] probabilities = new float[batch.Y.Length];
        int[] classes = new int[batch.Y.Length];
        float[] gradient = new float[parameters.Length];
        nuint size = Math.Max(functions.TrainingWorkspaceSize(N), functions.InferenceWorkspaceSize(N));
        byte[] workspace = new byte[size];
        fixed (float* theta = parameters, x = X, y = batch.Y, a = probabilities, g = gradient)
        fixed (int* l = batch.Labels, c = classes)
        fixed (byte* w = workspace)
        {
            BatchTargets targets = batch.Labels is null ? BatchTargets.Of(y) : BatchTargets.Of(l);
            NetworkStatus[] statuses =
            [
                functions.Forward(theta, x, N, a, w, size),
                functions.Classify(theta, x, N, c, w, size),
                functions.Evaluate(theta, x, targets, N, w, size, out Evaluation evaluation),
                functions.Gradient(theta, x, targets, N, g, w, size, out double loss),
                functions.TrainStep(theta, x, targets, N, Rate, w, size, out double stepLoss),
            ];
            Assert.True(statuses.All(status => status == NetworkStatus.InputNotFinite), $"{string.Join(", ", statuses)} of {what}");
            Assert.Equal((default, 0, 0), (evaluation, loss, stepLoss));
        }

        Bits.Same(new float[probabilities.Length], probabilities, what);
        Assert.Equal(new int[batch.Y.Length], classes);
        Bits.Same(new float[gradient.Length], gradient, what);
        Bits.Same(before, parameters, what);
    }

    /// <summary>Of networks whose rows are collected from blocks of samples, of one output, two and more.</summary>
    [Theory]
    [InlineData(Fence.After)]
    [InlineData(Fence.Before)]
    public void Nothing_beyond_is_touched_by_tiny_networks(Fence fence)
    {
        int[][] sizes = [[4, 8, 1], [1, 1], [4, 8, 2], [5, 3, 3], [3, 4, 5], [3, 2, 16]];
        Shape[] shapes = [.. from size in sizes from output in Enum.GetValues<Output>() where size[^1] > 1 || output != Output.Softmax select new Shape(size, Unrolling.Auto) { Wanted = output }];
        foreach ((Shape shape, Type type) in shapes.Zip(Shape.Compile(shapes)))
        {
            foreach (int N in new[] { 16, 17, 19, 33 })
            {
                CompareFenced(new RandomNetwork(shape, N, N), type, fence);
            }
        }
    }

    private static void CompareFenced(RandomNetwork network, Type type, Fence fence)
    {
        foreach (bool soft in new[] { false, true })
        {
            using Subject expected = Subject.Drawn(type, network.Seed);
            CompareFenced(Functions.Of(type), expected, Batch.Draw(network.Seed, expected, network.N, soft), fence);
        }
    }

    private static void CompareFenced(Functions functions, Subject expected, Batch batch, Fence fence)
    {
        nuint N = (nuint)batch.N;
        nuint batchSize = (N / 2) + 1;
        nuint batches = ((N - 1) / batchSize) + 1;
        nuint training = functions.TrainingWorkspaceSize(N);
        nuint inference = functions.InferenceWorkspaceSize((N / 3) + 1);
        nuint epoch = functions.EpochWorkspaceSize(N, batchSize);
        using FencedMemory parameters = FencedMemory.Of<float>(expected.Parameters, fence);
        using FencedMemory X = FencedMemory.Of<float>(batch.X, fence);
        using FencedMemory y = batch.Labels is { } labels ? FencedMemory.Of<int>(labels, fence) : FencedMemory.Of<float>(batch.Y, fence);
        using FencedMemory probabilities = new((nuint)batch.Y.Length * sizeof(float), fence);
        using FencedMemory classes = new((nuint)Math.Max(1, expected.Classify(batch.X).Length) * sizeof(int), fence);
        using FencedMemory gradient = new((nuint)expected.Parameters.Length * sizeof(float), fence);
        using FencedMemory trainingSpace = new(training, fence);
        using FencedMemory inferenceSpace = new(inference, fence);
        using FencedMemory epochSpace = new(epoch, fence);
        BatchTargets targets = batch.Labels is null ? BatchTargets.Of(y.Floats) : BatchTargets.Of(y.Ints);

        // Scratch memory comes with whatever was in it before.
        trainingSpace.Span<byte>().Fill(0xFF);
        inferenceSpace.Span<byte>().Fill(0xFF);
        epochSpace.Span<byte>().Fill(0xFF);

        Assert.Equal(NetworkStatus.Ok, functions.Forward(parameters.Floats, X.Floats, N, probabilities.Floats, inferenceSpace.Pointer, inference));
        Bits.Same(expected.Forward(batch.X), probabilities.Span<float>());
        if (expected.Output is Output.Softmax or Output.Sigmoid)
        {
            Assert.Equal(NetworkStatus.Ok, functions.Classify(parameters.Floats, X.Floats, N, classes.Ints, inferenceSpace.Pointer, inference));
            Assert.Equal(expected.Classify(batch.X), classes.Span<int>().ToArray());
        }

        Assert.Equal(NetworkStatus.Ok, functions.Evaluate(parameters.Floats, X.Floats, targets, N, inferenceSpace.Pointer, inference, out Evaluation evaluation));
        Assert.Equal(expected.Loss(batch), evaluation.Loss);
        if (expected.Evaluate(batch) is Evaluation figures)
        {
            Assert.Equal(figures, evaluation);
        }

        Assert.Equal(NetworkStatus.Ok, functions.Gradient(parameters.Floats, X.Floats, targets, N, gradient.Floats, trainingSpace.Pointer, training, out double loss));
        (double expectedLoss, float[] expectedGradient) = expected.Gradient(batch);
        Bits.Same(expectedLoss, loss);
        Bits.Same(expectedGradient, gradient.Span<float>());
        Assert.Equal(NetworkStatus.Ok, functions.TrainStep(parameters.Floats, X.Floats, targets, N, Rate, trainingSpace.Pointer, training, out loss));
        Bits.Same(expected.TrainStep(batch, Rate), loss);
        Bits.Same(expected.Parameters, parameters.Span<float>());
        Assert.Equal(NetworkStatus.Ok, functions.Apply(parameters.Floats, gradient.Floats, Rate));
        expected.Apply(expectedGradient, Rate);
        Bits.Same(expected.Parameters, parameters.Span<float>());
        Assert.Equal(NetworkStatus.Ok, functions.TrainEpoch(
            parameters.Floats, X.Floats, targets, N, batchSize, Rate, (3, 1), (0, batches), null, epochSpace.Pointer, epoch, out loss, out _));
        Bits.Same(expected.TrainEpoch(batch, (int)batchSize, Rate, 3, 1), loss);
        Bits.Same(expected.Parameters, parameters.Span<float>());
    }

    private static NetworkStatus Epoch(Digits network, Batch set, int batchSize, nuint first, nuint count, int* stop, out double loss, out nuint done)
    {
        nuint size = OfDigits.EpochWorkspaceSize((nuint)set.N, (nuint)batchSize);
        byte[] workspace = new byte[size];
        fixed (float* theta = network.Parameters, x = set.X)
        fixed (int* l = set.Labels)
        fixed (byte* w = workspace)
        {
            return OfDigits.TrainEpoch(
                theta, x, BatchTargets.Of(l), (nuint)set.N, (nuint)batchSize, Rate, (4, 2), (first, count), stop, w, size, out loss, out done);
        }
    }
}
