namespace AotBackprop.Oracle.Tests;

public sealed class ReferenceNetworkTests
{
    private static readonly double ln3 = Math.Log(3);

    // Z1 = [2, −1], A1 = [2, 0], Z2 = [ln 3, 0], A2 = [3/4, 1/4].
    private static readonly ReferenceNetwork Small = new([1, 2, 2], [1, -1, 0, 1, ln3 / 2, 0, 5, 7, 0, 0]);

    [Fact]
    public void Every_quantity_of_a_small_network_is_the_one_worked_out_by_hand()
    {
        Derivation derivation = Small.Derive([2], [0, 1], 1);

        Close.To([2], derivation.A(0), 0);
        Close.To([2, -1], derivation.Z(1), 1e-15);
        Close.To([2, 0], derivation.A(1), 1e-15);
        Close.To([ln3, 0], derivation.Z(2), 1e-15);
        Close.To([0.75, 0.25], derivation.A(2), 1e-15);
        Assert.Equal(Math.Log(4), derivation.Loss, 1e-15);
        Close.To([0, -4], derivation.dA(2), 1e-15);
        Close.To([0.75, -0.75], derivation.dZ(2), 1e-15);
        Close.To([1.5, -1.5, 0, 0], derivation.dW(2), 1e-15);
        Close.To([0.75, -0.75], derivation.db(2), 1e-15);
        Close.To([0.375 * ln3, -1.5], derivation.dA(1), 1e-15);
        Close.To([0.375 * ln3, 0], derivation.dZ(1), 1e-15);
        Close.To([0.75 * ln3, 0], derivation.dW(1), 1e-15);
        Close.To([0.375 * ln3, 0], derivation.db(1), 1e-15);
        Assert.Equal([true, false], derivation.Mask(1));
        Assert.Equal(1, derivation.SmallestHiddenZ);
    }

    [Fact]
    public void The_parameters_are_laid_out_layer_by_layer_weights_before_bias()
    {
        Assert.Equal(
            [
                new("W1", 1, 0, 3, 5),
                new("b1", 1, 15, 1, 5),
                new("W2", 2, 20, 5, 2),
                new ParameterTensor("b2", 2, 30, 1, 2),
            ],
            ParameterTensor.Of([3, 5, 2]));
        Assert.Equal(32, ParameterTensor.Total([3, 5, 2]));
        Assert.Equal([5, 7], Small.W(2)[2..].ToArray());
        Assert.Equal([0, 1], Small.b(1).ToArray());
    }

    [Fact]
    public void Parameters_given_as_floats_are_the_same_numbers()
    {
        float[] parameters = [0.1f, -0.2f, 0.3f, 0.4f, 0.5f, 0.6f];
        ReferenceNetwork network = new([2, 2], parameters);
        Assert.Equal(parameters.Select(value => (double)value), network.Parameters.ToArray());
    }

    [Fact]
    public void A_step_subtracts_the_learning_rate_times_the_gradient()
    {
        Derivation derivation = Small.Derive([2], [0, 1], 1);
        double[] stepped = derivation.Step(0.5);
        for (int k = 0; k < stepped.Length; k++)
        {
            Assert.Equal(Small.Parameters[k] - (0.5 * derivation.Gradient()[k]), stepped[k]);
        }

        Assert.Equal(stepped, Small.Step([2], [0, 1], 1, 0.5).Parameters.ToArray());
        Assert.True(Small.Step([2], [0, 1], 1, 0.01).Loss([2], [0, 1], 1) < derivation.Loss);
    }

    [Fact]
    public void The_loss_alone_and_the_forward_pass_alone_equal_those_of_the_derivation()
    {
        RandomProblem problem = RandomProblem.Draw(31, [5, 9, 4, 3], N: 6, soft: true);
        Derivation derivation = problem.Network.Derive(problem.X, problem.Y, problem.N);
        Assert.Equal(derivation.Loss, problem.Network.Loss(problem.X, problem.Y, problem.N));
        Assert.Equal(derivation.A(3), problem.Network.Forward(problem.X, problem.N));
    }

    [Fact]
    public void The_networks_own_masks_change_nothing_when_given()
    {
        RandomProblem problem = RandomProblem.Draw(32, [5, 9, 4, 3], N: 6, soft: true);
        Derivation free = problem.Network.Derive(problem.X, problem.Y, problem.N);
        Derivation masked = problem.Network.Derive(problem.X, problem.Y, problem.N, [free.Mask(1), free.Mask(2)]);
        Assert.Equal(free.Loss, masked.Loss);
        Assert.Equal(free.Gradient(), masked.Gradient());
    }

    [Fact]
    public void Given_masks_replace_the_sign_of_Z_in_both_passes()
    {
        Derivation derivation = Small.Derive([2], [0, 1], 1, [[false, true]]);
        Close.To([0, -1], derivation.A(1), 1e-15);
        Close.To([-5, -7], derivation.Z(2), 1e-15);
        Assert.Equal(0, derivation.dZ(1)[0]);
        Assert.Equal(derivation.dA(1)[1], derivation.dZ(1)[1]);
        Assert.NotEqual(0, derivation.dZ(1)[1]);
    }

    [Fact]
    public void A_Z_of_zero_passes_nothing_in_either_pass()
    {
        ReferenceNetwork network = new([1, 1, 2], [1, 0, 3, 4, 0, 0]);
        Derivation derivation = network.Derive([0], [0, 1], 1);
        Assert.Equal([0.0], derivation.Z(1));
        Assert.NotEqual(0, derivation.dA(1)[0]);
        Assert.Equal([0.0], derivation.dZ(1));
    }

    [Fact]
    public void One_hot_rows_hold_a_one_at_the_class_number()
    {
        Assert.Equal([0, 0, 1, 1, 0, 0], ReferenceNetwork.OneHot([2, 0], 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReferenceNetwork.OneHot([3], 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReferenceNetwork.OneHot([-1], 3));
    }

    [Fact]
    public void Sizes_and_lengths_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new ReferenceNetwork([3], new double[3]));
        Assert.Throws<ArgumentException>(() => new ReferenceNetwork([1, 1, 1, 1, 1, 1, 1, 1, 1], new double[16]));
        Assert.Throws<ArgumentException>(() => new ReferenceNetwork([2, 2], new double[5]));
        Assert.Throws<ArgumentException>(() => Small.Derive([2, 3], [0, 1], 1));
        Assert.Throws<ArgumentException>(() => Small.Derive([2], [0, 1, 0], 1));
        Assert.Throws<ArgumentException>(() => Small.Derive([2], [0.5, 0.25], 1));
        Assert.Throws<ArgumentException>(() => Small.Derive([2], [0, 1], 1, [[true]]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Small.Derive([2], [0, 1], 1).dA(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Small.W(3).Length);
    }
}
