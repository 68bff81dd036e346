using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AotBackprop.Numerics;

namespace AotBackprop.Probe;

/// <summary>What came out of one training.</summary>
/// <param name="Name">The layer sizes and the size of the batches.</param>
/// <param name="Hash">The SHA-256 of the losses of all steps and of the parameters after the last.</param>
/// <param name="Loss">The loss of the last step.</param>
public sealed record Trained(string Name, string Hash, double Loss);

/// <summary>A hundred steps of training on drawn data, for several networks and batch sizes.</summary>
public static class Training
{
    private const ulong Seed = 7;
    private const int Steps = 100;

    public static IReadOnlyList<Trained> All() =>
    [
        .. new[] { 1, 17, 32 }.SelectMany(N => new[] { Train<Small>(N), Train<Medium>(N), Train<Odd>(N), Train<Wide>(N) }),
    ];

    private static Trained Train<TNetwork>(int N)
        where TNetwork : class, INetwork<TNetwork>
    {
        ReadOnlySpan<int> sizes = TNetwork.LayerSizes;
        using TNetwork network = TNetwork.Create(Seed);
        Xoshiro256 random = new(Seed);
        float[] X = new float[N * sizes[0]];
        int[] labels = new int[N];
        double[] losses = new double[Steps];
        for (int step = 0; step < Steps; step++)
        {
            Draw(X, labels, sizes[^1], ref random);
            losses[step] = network.TrainStep(X, labels, learningRate: 0.1f);
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes<double>(losses));
        hash.AppendData(MemoryMarshal.AsBytes(network.Parameters));
        return new Trained($"{string.Join('-', sizes.ToArray())} batch {N}", Convert.ToHexStringLower(hash.GetHashAndReset()), losses[^1]);
    }

    /// <summary>Pixels of 17 shades, half of them 0, and a class that the first few of them decide.</summary>
    private static void Draw(float[] X, int[] labels, int classes, ref Xoshiro256 random)
    {
        for (int i = 0; i < X.Length; i++)
        {
            X[i] = Math.Max(0, (int)random.NextBelow(33) - 16) / 16f;
        }

        int inputs = X.Length / labels.Length;
        for (int n = 0; n < labels.Length; n++)
        {
            labels[n] = (int)(X.AsSpan(n * inputs, 4).ToArray().Sum() * 16) % classes;
        }
    }
}
