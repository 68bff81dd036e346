using System.Runtime.InteropServices;

namespace AotBackprop.Bits;

/// <summary>What a network computes, as a hash of its bits for each optimizer and number of threads.</summary>
internal static class Recording
{
    private const int Steps = 100;

    // Rows alone, rows beside a block of 16 samples, and blocks alone.
    private static readonly int[] s_batches = [33, 1, 16, 7, 64];

    private static readonly (string Name, Func<Optimizer> Make)[] s_optimizers =
    [
        ("sgd", () => Optimizer.Sgd(0.05f)),
        ("sgd decayed and clipped", () => Optimizer.Sgd(0.05f, weightDecay: 0.01f, clipNorm: 0.5f)),
        ("momentum", () => Optimizer.Momentum(0.02f)),
        ("nesterov", () => Optimizer.Nesterov(0.02f)),
        ("adam", () => Optimizer.Adam(0.002f)),
        ("adam clipped", () => Optimizer.Adam(0.002f, clipNorm: 0.5f)),
        ("adamw", () => Optimizer.AdamW(0.002f)),
    ];

    public static void Of<T>()
        where T : class, INetwork<T>, IDisposable
    {
        foreach ((string name, Func<Optimizer> make) in s_optimizers)
        {
            foreach (int threads in new[] { 1, 2 })
            {
                // Of many inputs: none, most and nearly all are 0.
                foreach (double density in T.LayerSizes[0] < 128 ? [1.0] : new[] { 1.0, 0.3, 0.04 })
                {
                    using T network = T.Create(7);
                    network.Threads = threads;
                    Console.WriteLine(FormattableString.Invariant(
                        $"{typeof(T).Name} {name}, {threads} threads, density {density}: {Train(network, make(), density)}"));
                }
            }
        }
    }

    private static string Train<T>(T network, Optimizer optimizer, double density)
        where T : class, INetwork<T>
    {
        int D = T.LayerSizes[0], C = T.LayerSizes[^1];
        Random random = new(3);
        Hash losses = new();
        for (int step = 0; step < Steps; step++)
        {
            int N = s_batches[step % s_batches.Length];
            float[] X = Inputs(random, N * D, density);
            double loss = step % 4 == 3
                ? network.TrainStep(X, Rows(random, N, C), optimizer)
                : network.TrainStep(X, Labels(random, N, C), optimizer);
            losses.Add([(float)loss]);
        }

        Hash gradients = new(), probabilities = new(), parameters = new();
        float[] gradient = new float[T.ParameterCount];
        foreach (int N in s_batches)
        {
            float[] X = Inputs(random, N * D, density), A = new float[N * C];
            network.Gradient(X, Labels(random, N, C), gradient);
            gradients.Add(gradient);
            network.Forward(X, A);
            probabilities.Add(A);
        }

        parameters.Add(network.Parameters);
        return $"parameters {parameters}, losses {losses}, gradients {gradients}, probabilities {probabilities}";
    }

    private static float[] Inputs(Random random, int count, double density) =>
        [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() < density ? random.NextSingle() - 0.5f : 0)];

    private static int[] Labels(Random random, int count, int classes) =>
        [.. Enumerable.Range(0, count).Select(_ => random.Next(classes))];

    private static float[] Rows(Random random, int count, int classes)
    {
        float[] rows = new float[count * classes];
        for (int n = 0; n < count; n++)
        {
            rows[(n * classes) + random.Next(classes)] += 0.75f;
            rows[(n * classes) + random.Next(classes)] += 0.25f;
        }

        return rows;
    }

    /// <summary>FNV-1a over the bits of floats.</summary>
    private sealed class Hash
    {
        private ulong _value = 14695981039346656037;

        public void Add(ReadOnlySpan<float> numbers)
        {
            foreach (byte value in MemoryMarshal.AsBytes(numbers))
            {
                _value = (_value ^ value) * 1099511628211;
            }
        }

        public override string ToString() => _value.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
    }
}
