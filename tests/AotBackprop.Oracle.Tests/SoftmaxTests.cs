namespace AotBackprop.Oracle.Tests;

public sealed class SoftmaxTests
{
    [Theory]
    [InlineData(21, false, new[] { 5, 9, 3 })]
    [InlineData(22, true, new[] { 5, 9, 3 })]
    [InlineData(23, false, new[] { 8, 12, 10 })]
    [InlineData(24, true, new[] { 8, 12, 10 })]
    [InlineData(25, true, new[] { 6, 2 })]
    [InlineData(26, false, new[] { 4, 5, 6, 40 })]
    public void The_jacobian_times_the_loss_gradient_is_softmax_minus_labels(int seed, bool soft, int[] sizes)
    {
        const int N = 7;
        RandomProblem problem = RandomProblem.Draw(seed, sizes, N, soft);
        Derivation derivation = problem.Network.Derive(problem.X, problem.Y, N);
        double[] A = derivation.A(derivation.Layers);

        double[] expected = new double[A.Length];
        for (int k = 0; k < A.Length; k++)
        {
            expected[k] = (A[k] - problem.Y[k]) / N;
        }

        Close.To(expected, derivation.dZThroughJacobian(), 1e-14);
        Assert.Equal(expected, derivation.dZ(derivation.Layers));
    }

    [Fact]
    public void The_jacobian_equals_central_differences_of_the_softmax()
    {
        const double h = 1e-5;
        double[] Z = [0.3, -1.2, 2.0, 0.0];

        // A network whose weights are 0: A = softmax(b).
        double[] Softmax(double[] b) => new ReferenceNetwork([1, 4], [0, 0, 0, 0, .. b]).Forward([1], 1);

        double[] differences = new double[16];
        for (int k = 0; k < 4; k++)
        {
            double[] above = [.. Z];
            double[] below = [.. Z];
            above[k] += h;
            below[k] -= h;
            for (int j = 0; j < 4; j++)
            {
                differences[(j * 4) + k] = (Softmax(above)[j] - Softmax(below)[j]) / (2 * h);
            }
        }

        Close.To(differences, ReferenceNetwork.SoftmaxJacobian(Softmax(Z)), 1e-9);
    }

    [Theory]
    [InlineData(1e4)]
    [InlineData(1e300)]
    [InlineData(double.MaxValue)]
    public void Softmax_and_loss_are_right_for_any_finite_Z(double large)
    {
        // Z = [large, 0, large]: A = [1/2, 0, 1/2], and log A_1 = −large − log 2.
        ReferenceNetwork above = new([1, 3], [0, 0, 0, large, 0, large]);
        Close.To([0.5, 0, 0.5], above.Forward([1], 1), 1e-15);
        Assert.Equal(Math.Log(2), above.Loss([1], [1, 0, 0], 1), 1e-15);
        Assert.Equal(large + Math.Log(2), above.Loss([1], [0, 1, 0], 1));

        // Z = [−large, 0, −large]: A = [0, 1, 0], and log A_0 = −large.
        ReferenceNetwork below = new([1, 3], [0, 0, 0, -large, 0, -large]);
        Close.To([0, 1, 0], below.Forward([1], 1), 1e-15);
        Assert.Equal(0, below.Loss([1], [0, 1, 0], 1));
        Assert.Equal(large, below.Loss([1], [1, 0, 0], 1));
    }

    [Fact]
    public void Adding_a_constant_to_a_row_of_Z_changes_nothing()
    {
        ReferenceNetwork network = new([1, 3], [0, 0, 0, 0.5, -1, 2]);
        ReferenceNetwork moved = new([1, 3], [0, 0, 0, 1000.5, 999, 1002]);
        Close.To(network.Forward([1], 1), moved.Forward([1], 1), 1e-12);
        Assert.Equal(network.Loss([1], [0, 1, 0], 1), moved.Loss([1], [0, 1, 0], 1), 1e-12);
    }
}
