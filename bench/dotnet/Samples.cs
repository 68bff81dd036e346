using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Race;

/// <summary>What the contestants learn from. The memory begins where a cache line does, and stays.</summary>
internal sealed unsafe class Samples(int count, int inputs)
{
    public int Count => count;

    public float* X { get; } = Allocate(count * inputs);

    public int* Labels { get; } = (int*)Allocate(count);

    public ReadOnlySpan<float> Rows => new(X, count * inputs);

    public ReadOnlySpan<int> Classes => new(Labels, count);

    public static float* Allocate(int count) => (float*)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), 64);

    /// <summary>Without a zero: who skips zeros gains nothing here.</summary>
    public static Samples Draw(Random random, int count, int inputs, int classes)
    {
        Samples samples = new(count, inputs);
        for (int i = 0; i < count * inputs; i++)
        {
            samples.X[i] = 1 - random.NextSingle();
        }

        for (int n = 0; n < count; n++)
        {
            samples.Labels[n] = random.Next(classes);
        }

        return samples;
    }

    public static Samples FashionMnist()
    {
        byte[] pixels = Read("train-images-idx3-ubyte.gz", 16), labels = Read("train-labels-idx1-ubyte.gz", 8);
        Samples samples = new(labels.Length, pixels.Length / labels.Length);
        for (int i = 0; i < pixels.Length; i++)
        {
            samples.X[i] = pixels[i] / 255f;
        }

        for (int n = 0; n < labels.Length; n++)
        {
            samples.Labels[n] = labels[n];
        }

        return samples;
    }

    private static byte[] Read(string name, int header)
    {
        string path = Path.Combine(Environment.GetEnvironmentVariable("FASHION_MNIST") ?? ".", name);
        using GZipStream stream = new(File.OpenRead(path), CompressionMode.Decompress);
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray()[header..];
    }
}
