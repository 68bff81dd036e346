namespace AotBackprop.Oracle.Tests;

public sealed class GradientTests
{
    private const double h = 1e-5;

    // Moving one parameter by h moves a Z of these networks by some multiples of h.
    private const double Margin = 1e-3;

    [Theory]
    [InlineData(1, false, new[] { 7, 4 })]
    [InlineData(2, false, new[] { 5, 9, 3 })]
    [InlineData(3, false, new[] { 6, 8, 7, 4 })]
    [InlineData(4, false, new[] { 5, 7, 6, 5, 3 })]
    [InlineData(5, true, new[] { 7, 4 })]
    [InlineData(6, true, new[] { 5, 9, 3 })]
    [InlineData(7, true, new[] { 6, 8, 7, 4 })]
    [InlineData(8, true, new[] { 5, 7, 6, 5, 3 })]
    [InlineData(9, true, new[] { 3, 4, 4, 4, 4, 4, 4, 3 })]
    [InlineData(10, false, new[] { 1, 1, 1, 2 })]
    public void The_gradient_of_every_parameter_tensor_equals_central_differences(int seed, bool soft, int[] sizes)
    {
        RandomProblem problem = RandomProblem.Draw(seed, sizes, N: 4, soft, Margin);
        Compare(problem, masks: null, seed);
    }

    public static TheoryData<string> Activations => [.. HiddenFunction.ByName.Keys];

    [Theory]
    [MemberData(nameof(Activations))]
    public void The_gradient_through_each_activation_equals_central_differences(string activation)
    {
        RandomProblem problem = RandomProblem.Draw(15, [5, 7, 6, 3], N: 4, soft: true, Margin);
        ReferenceNetwork network = new([5, 7, 6, 3], problem.Network.Parameters) { Hidden = HiddenFunction.ByName[activation] };
        double[] gradient = network.Derive(problem.X, problem.Y, problem.N, Sides(problem)).Gradient();
        double[] differences =
            [.. gradient.Select((_, k) => network.CentralDifference(problem.X, problem.Y, problem.N, k, h, Sides(problem)))];
        Close.To(differences, gradient, 1e-8);
    }

    // Of each hidden Z that side of 0, at random, on which it is taken to be where there is a kink.
    private static bool[][] Sides(RandomProblem problem)
    {
        Random random = new(15);
        return [.. new[] { 7, 6 }.Select(size => Enumerable.Range(0, problem.N * size).Select(_ => random.Next(2) == 1).ToArray())];
    }

    [Theory]
    [InlineData(11, new[] { 5, 9, 3 })]
    [InlineData(12, new[] { 5, 7, 6, 5, 3 })]
    public void The_gradient_under_given_masks_equals_central_differences_under_them(int seed, int[] sizes)
    {
        RandomProblem problem = RandomProblem.Draw(seed, sizes, N: 4, soft: true);
        Random random = new(seed);
        bool[][] masks = [.. sizes[1..^1].Select(size => Enumerable.Range(0, 4 * size).Select(_ => random.Next(2) == 1).ToArray())];
        Compare(problem, masks, seed);
    }

    [Fact]
    public void The_gradient_of_a_batch_is_the_mean_of_its_samples_gradients()
    {
        int[] sizes = [5, 9, 3];
        RandomProblem problem = RandomProblem.Draw(13, sizes, N: 6, soft: true);
        double[] mean = new double[ParameterTensor.Total(sizes)];
        for (int i = 0; i < problem.N; i++)
        {
            Derivation sample = problem.Network.Derive(problem.X[(5 * i)..(5 * (i + 1))], problem.Y[(3 * i)..(3 * (i + 1))], 1);
            for (int k = 0; k < mean.Length; k++)
            {
                mean[k] += sample.Gradient()[k] / problem.N;
            }
        }

        Close.To(mean, problem.Network.Derive(problem.X, problem.Y, problem.N).Gradient(), 1e-14);
    }

    [Fact]
    public void The_loss_gradient_is_the_derivative_of_the_loss_by_each_probability()
    {
        RandomProblem problem = RandomProblem.Draw(14, [5, 9, 3], N: 6, soft: true);
        Derivation derivation = problem.Network.Derive(problem.X, problem.Y, problem.N);
        double[] A = derivation.A(2);
        double[] differences = new double[A.Length];
        for (int k = 0; k < A.Length; k++)
        {
            double step = 1e-5 * A[k];
            differences[k] = -problem.Y[k] / problem.N * (Math.Log(A[k] + step) - Math.Log(A[k] - step)) / (2 * step);
        }

        Close.To(differences, derivation.dA(2), 1e-9);
        Assert.Contains(derivation.dA(2), value => value == 0);
    }

    // 20 random entries of each tensor, or all where there are no more.
    private static void Compare(RandomProblem problem, bool[][]? masks, int seed)
    {
        ReferenceNetwork network = problem.Network;
        double[] gradient = network.Derive(problem.X, problem.Y, problem.N, masks).Gradient();
        Random random = new(seed);
        int compared = 0;
        foreach (ParameterTensor tensor in network.Tensors)
        {
            int[] entries = [.. Enumerable.Range(tensor.Offset, tensor.Count)];
            random.Shuffle(entries);
            entries = entries[..Math.Min(20, tensor.Count)];
            foreach (int k in entries)
            {
                double difference = network.CentralDifference(problem.X, problem.Y, problem.N, k, h, masks);
                double error = Math.Abs(difference - gradient[k]);
                Assert.True(
                    error <= 1e-8 * Math.Max(1, Math.Abs(gradient[k])),
                    $"{tensor.Name}[{k - tensor.Offset}]: {gradient[k]:R}, central difference {difference:R}");
                compared++;
            }
        }

        Assert.Equal(network.Tensors.Sum(tensor => Math.Min(20, tensor.Count)), compared);
        Assert.Contains(gradient, value => Math.Abs(value) > 1e-3);
    }
}
