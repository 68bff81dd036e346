
namespace AotBackprop.Oracle.Tests;

/// <summary>The outputs that are no softmax: their losses and derivatives against each other and against differences.</summary>
public sealed class OutputFunctionTests
{
    private static readonly double[] Ys = [0, 0.25, 1];

    private static readonly double[] Zs = [-30, -3, -1.2, -0.7, -1e-3, 0, 0.4, 0.9, 2.5, 20];

    public static TheoryData<string> Names => ["linear", "sigmoid", "huber"];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_derivatives_of_an_output_are_those_of_its_loss(string name)
    {
        OutputFunction output = OutputFunction.ByName(name, 0.7)!;
        foreach ((double z, double y) in from z in Zs from y in Ys select (z, y))
        {
            const double H = 1e-5;
            double A = output.Of(z);
            double difference = (output.Loss(z + H, y) - output.Loss(z - H, y)) / (2 * H);
            Assert.Equal(difference, output.Difference(A, y), 1e-5);

            // The long way: through A, where A is not so near a limit that its differences say nothing.
            if (name == "sigmoid" && Math.Abs(z) > 5)
            {
                continue;
            }

            double slope = (output.Of(z + H) - output.Of(z - H)) / (2 * H);
            Assert.Equal(output.Difference(A, y), output.Derivative(A, y) * slope, 1e-4);
        }
    }

    /// <summary>Each loss but Huber's is Φ(Z) − Y Z and a term in Y alone.</summary>
    [Theory]
    [InlineData("linear")]
    [InlineData("sigmoid")]
    public void A_loss_is_a_convex_function_of_Z_less_Y_Z(string name)
    {
        OutputFunction output = OutputFunction.ByName(name, 1)!;
        Func<double, double> phi = name == "linear" ? z => z * z / 2 : z => Math.Log(1 + Math.Exp(z));
        foreach (double y in Ys)
        {
            double rest = output.Loss(0, y) - phi(0);
            Assert.All(Zs, z => Assert.Equal(phi(z) - (y * z) + rest, output.Loss(z, y), 1e-9));
            Assert.All(Zs, z => Assert.Equal(output.Of(z), (phi(z + 1e-6) - phi(z - 1e-6)) / 2e-6, 1e-7));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_gradient_through_each_output_equals_central_differences(string name)
    {
        (ReferenceNetwork network, double[] X, double[] Y) = Drawn(name);
        foreach (double[]? weights in new[] { null, (double[])[1, 0.5, 0, 3, 2, 1] })
        {
            ReferenceNetwork weighed = new([3, 4, 2], network.Parameters) { Hidden = HiddenFunction.Tanh, Output = network.Output, SampleWeights = weights };
            double[] gradient = weighed.Derive(X, Y, 6).Gradient();
            for (int k = 0; k < gradient.Length; k++)
            {
                Assert.Equal(weighed.CentralDifference(X, Y, 6, k, 1e-5), gradient[k], 1e-8);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Weights_stand_for_repeated_samples(string name)
    {
        (ReferenceNetwork network, double[] X, double[] Y) = Drawn(name);
        double[] weights = [1, 2, 0, 3, 1, 2];
        int[] repeated = [.. weights.SelectMany((w, i) => Enumerable.Repeat(i, (int)w))];
        ReferenceNetwork weighed = new([3, 4, 2], network.Parameters) { Hidden = HiddenFunction.Tanh, Output = network.Output, SampleWeights = weights };
        double[] times = [.. repeated.SelectMany(i => X[(i * 3)..((i + 1) * 3)])], wanted = [.. repeated.SelectMany(i => Y[(i * 2)..((i + 1) * 2)])];
        Assert.Equal(network.Loss(times, wanted, repeated.Length), weighed.Loss(X, Y, 6), 1e-12);
        Assert.All(
            network.Derive(times, wanted, repeated.Length).Gradient().Zip(weighed.Derive(X, Y, 6).Gradient()),
            pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    private static (ReferenceNetwork Network, double[] X, double[] Y) Drawn(string name)
    {
        Random random = new(3);
        double[] parameters = [.. Enumerable.Range(0, 26).Select(_ => random.NextDouble() - 0.5)];
        double[] X = [.. Enumerable.Range(0, 18).Select(_ => (2 * random.NextDouble()) - 1)];
        double[] Y = [.. Enumerable.Range(0, 12).Select(_ => name == "sigmoid" ? random.NextDouble() : (6 * random.NextDouble()) - 3)];
        return (new ReferenceNetwork([3, 4, 2], parameters) { Hidden = HiddenFunction.Tanh, Output = OutputFunction.ByName(name, 0.7) }, X, Y);
    }
}
