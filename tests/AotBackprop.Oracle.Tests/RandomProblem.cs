namespace AotBackprop.Oracle.Tests;

/// <summary>A network with random parameters and a batch of random inputs and labels.</summary>
internal sealed record RandomProblem(ReferenceNetwork Network, double[] X, double[] Y, int N)
{
    /// <summary>
    /// Draws until no hidden Z comes within <paramref name="margin"/> of 0, where the loss has a kink.
    /// </summary>
    public static RandomProblem Draw(int seed, int[] sizes, int N, bool soft, double margin = 0)
    {
        Random random = new(seed);
        for (int attempt = 0; attempt < 10_000; attempt++)
        {
            double[] parameters = new double[ParameterTensor.Total(sizes)];
            foreach (ParameterTensor tensor in ParameterTensor.Of(sizes))
            {
                double bound = Math.Sqrt(6.0 / sizes[tensor.Layer - 1]);
                for (int k = 0; k < tensor.Count; k++)
                {
                    parameters[tensor.Offset + k] = bound * Uniform(random);
                }
            }

            double[] X = [.. Enumerable.Range(0, N * sizes[0]).Select(_ => Uniform(random))];
            double[] Y = soft
                ? Probabilities(random, N, sizes[^1])
                : ReferenceNetwork.OneHot([.. Enumerable.Range(0, N).Select(_ => random.Next(sizes[^1]))], sizes[^1]);

            ReferenceNetwork network = new(sizes, parameters);
            if (network.Derive(X, Y, N).SmallestHiddenZ >= margin)
            {
                return new RandomProblem(network, X, Y, N);
            }
        }

        throw new InvalidOperationException("Every draw came too near to a kink.");
    }

    private static double Uniform(Random random) => (2 * random.NextDouble()) - 1;

    // The first probability of every third row is 0.
    private static double[] Probabilities(Random random, int N, int C)
    {
        double[] Y = new double[N * C];
        for (int i = 0; i < N; i++)
        {
            double[] row = [.. Enumerable.Range(0, C).Select(j => i % 3 == 0 && j == 0 ? 0 : random.NextDouble() + 0.01)];
            for (int j = 0; j < C; j++)
            {
                Y[(i * C) + j] = row[j] / row.Sum();
            }
        }

        return Y;
    }
}
