namespace AotBackprop.Oracle.Tests;

public sealed class GoldenTests
{
    // Two float64 programs that differ in the order of their sums.
    private const double Tolerance = 1e-12;

    public static TheoryData<string> Names => [.. GoldenFile.Names()];

    [Fact]
    public void All_golden_cases_lie_beside_the_program() =>
        Assert.Equal(
            new[] { "digits-64-32-10", "digits-soft-64-32-10", "iris-4-8-3", "synthetic-784-128-10", "synthetic-784-128-64-10" }
                .Concat(HiddenFunction.ByName.Keys.Except(["relu"]).Select(activation => $"iris-{activation.Replace('_', '-')}"))
                .Concat(["iris-output-huber", "iris-output-linear", "iris-output-sigmoid"])
                .Order(StringComparer.Ordinal),
            GoldenFile.LoadAll().Select(golden => golden.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void The_loss_probabilities_and_gradient_equal_those_of_PyTorch(string name)
    {
        GoldenCase golden = GoldenFile.Load(name);
        ReferenceNetwork network = NetworkOf(golden);
        Derivation derivation = network.Derive(ReferenceNetwork.Widen(golden.X()), ReferenceNetwork.Widen(golden.Y()), golden.N);

        golden.CheckLoss(0, derivation.Loss, Tolerance);
        golden.Check($"A{network.Layers}", derivation.A(network.Layers), Tolerance);
        golden.CheckGradient(derivation.Gradient(), Tolerance);
        for (int l = 1; l <= network.Layers; l++)
        {
            golden.Check($"dW{l}", derivation.dW(l), Tolerance);
            golden.Check($"db{l}", derivation.db(l), Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Ten_steps_of_gradient_descent_equal_those_of_PyTorch(string name)
    {
        GoldenCase golden = GoldenFile.Load(name);
        double[] X = ReferenceNetwork.Widen(golden.X());
        double[] Y = ReferenceNetwork.Widen(golden.Y());
        ReferenceNetwork network = NetworkOf(golden);
        double smallest = double.PositiveInfinity;
        for (int step = 0; step < golden.Steps; step++)
        {
            Derivation derivation = network.Derive(X, Y, golden.N);
            golden.CheckLoss(step, derivation.Loss, Tolerance);
            smallest = Math.Min(smallest, derivation.SmallestHiddenZ);
            network = network.Step(X, Y, golden.N, golden.LearningRate);
        }

        Derivation last = network.Derive(X, Y, golden.N);
        smallest = Math.Min(smallest, last.SmallestHiddenZ);
        Assert.Equal(10, golden.Steps);
        golden.CheckLoss(golden.Steps, last.Loss, Tolerance);
        golden.CheckFinalParameters(network.Parameters, Tolerance);
        Assert.Equal(golden.SmallestHiddenZ, smallest, 1e-12);
        Assert.True(golden.FinalLoss < golden.Loss);
    }

    private static ReferenceNetwork NetworkOf(GoldenCase golden) =>
        new(golden.Sizes(), golden.Parameters()) 
        {
            Hidden = HiddenFunction.ByName[golden.Activation],
            Output = OutputFunction.ByName(golden.Output, golden.HuberDelta),
        };

    [Fact]
    public void The_draws_are_those_of_SplitMix64() =>
        // The published first outputs for the seed 1234567.
        Assert.Equal(
            [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821],
            Enumerable.Range(0, 5).Select(k => SplitMix64.Draw(1234567, k)));

    [Fact]
    public void Half_of_the_synthetic_inputs_are_zero_and_the_rest_below_one()
    {
        float[] X = GoldenFile.Load("synthetic-784-128-10").X();
        Assert.InRange(X.Count(value => value == 0) / (double)X.Length, 0.48, 0.52);
        Assert.All(X, value => Assert.InRange(value, 0f, 0.99999994f));
    }

    [Fact]
    public void Soft_labels_have_zeros_and_rows_that_sum_to_exactly_one()
    {
        GoldenCase golden = GoldenFile.Load("digits-soft-64-32-10");
        float[] Y = golden.Y();
        Assert.False(golden.HasLabels);
        Assert.Throws<InvalidOperationException>(golden.Labels);
        Assert.Contains(0f, Y);
        Assert.All(Y.Chunk(10), row => Assert.Equal(1f, row.Sum()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_element_that_is_not_stored_cannot_be_wrong_unseen(string name)
    {
        GoldenCase golden = GoldenFile.Load(name);
        Dictionary<string, double[]> gradient = Gradient(golden);
        Random random = new(41);
        foreach ((string tensor, double[] values) in gradient)
        {
            double largest = golden.Tensors[tensor].MaxAbs;
            for (int trial = 0; trial < 20; trial++)
            {
                double[] wrong = [.. values];
                wrong[random.Next(wrong.Length)] += 1e-2 * largest;
                Assert.Throws<GoldenMismatchException>(() => golden.Check(tensor, wrong, 1e-6));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Swapped_elements_a_scaled_tensor_and_a_wrong_length_are_seen(string name)
    {
        GoldenCase golden = GoldenFile.Load(name);
        foreach ((string tensor, double[] values) in Gradient(golden))
        {
            golden.Check(tensor, values, 1e-6);
            Assert.Throws<GoldenMismatchException>(() => golden.Check(tensor, [.. values.Reverse()], 1e-6));
            Assert.Throws<GoldenMismatchException>(() => golden.Check(tensor, [.. values[1..], values[0]], 1e-6));
            Assert.Throws<GoldenMismatchException>(() => golden.Check(tensor, [.. values.Select(value => 1.0001 * value)], 1e-6));
            Assert.Throws<GoldenMismatchException>(() => golden.Check(tensor, [.. values.Select(value => -value)], 1e-6));
            Assert.Throws<GoldenMismatchException>(() => golden.Check(tensor, [.. values, 0], 1e-6));
            Assert.Throws<GoldenMismatchException>(() => golden.Check(tensor, new double[values.Length], 1e-6));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_NaN_is_seen_wherever_it_stands(string name)
    {
        GoldenCase golden = GoldenFile.Load(name);
        foreach ((string tensor, double[] values) in Gradient(golden))
        {
            int notStored = values.Length > 2 ? 1 : 0;
            double[] wrong = [.. values];
            wrong[notStored] = double.NaN;
            Assert.Throws<GoldenMismatchException>(() => golden.Check(tensor, wrong, 1e9));
        }

        Assert.Throws<GoldenMismatchException>(() => golden.CheckLoss(0, double.NaN, 1e9));
    }

    [Fact]
    public void A_golden_tensor_compares_floats_as_the_numbers_they_are()
    {
        GoldenCase golden = GoldenFile.Load("iris-4-8-3");
        float[] narrow = [.. Gradient(golden).Values.SelectMany(values => values).Select(value => (float)value)];
        golden.CheckGradient(narrow, 1e-6);
        Assert.Throws<GoldenMismatchException>(() => golden.CheckGradient(narrow, 1e-10));
        Assert.Throws<ArgumentException>(() => golden.Check("dW9", narrow, 1e-6));
    }

    private static Dictionary<string, double[]> Gradient(GoldenCase golden)
    {
        ReferenceNetwork network = NetworkOf(golden);
        double[] gradient = network
            .Derive(ReferenceNetwork.Widen(golden.X()), ReferenceNetwork.Widen(golden.Y()), golden.N)
            .Gradient();
        return network.Tensors.ToDictionary(
            tensor => "d" + tensor.Name,
            tensor => gradient[tensor.Offset..(tensor.Offset + tensor.Count)]);
    }
}
