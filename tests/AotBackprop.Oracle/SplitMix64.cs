namespace AotBackprop.Oracle;

/// <summary>
/// The draws of golden/make_golden.py, which says what each is for: the k-th output, k = 0, 1, …, of SplitMix64
/// started at a seed, and what is made of it. Every value is exactly a float.
/// </summary>
public static class SplitMix64
{
    /// <summary>The k-th output of SplitMix64 started at this seed.</summary>
    public static ulong Draw(ulong seed, int k)
    {
        unchecked
        {
            ulong z = seed + (((ulong)k + 1) * 0x9E3779B97F4A7C15);
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    /// <summary>The k-th draw's upper 24 bits, in [−1, 1).</summary>
    public static double Symmetric(ulong seed, int k) => ((long)(Draw(seed, k) >> 40) - (1 << 23)) / (double)(1 << 23);

    /// <summary>
    /// Parameters of a network of these sizes, layer by layer W (row-major), b: the k-th of all is Symmetric(seed, k) / 2^e
    /// with e = ⌊log₄(inputs of its layer)⌋.
    /// </summary>
    public static float[] Parameters(ulong seed, IReadOnlyList<int> sizes)
    {
        float[] values = new float[ParameterTensor.Total(sizes)];
        foreach (ParameterTensor tensor in ParameterTensor.Of(sizes))
        {
            int e = int.Log2(sizes[tensor.Layer - 1]) / 2;
            for (int k = tensor.Offset; k < tensor.Offset + tensor.Count; k++)
            {
                values[k] = (float)(Symmetric(seed, k) / (1 << e));
            }
        }

        return values;
    }

    /// <summary>Inputs, about half of them zero, the rest in [0, 1).</summary>
    public static float[] Inputs(ulong seed, int count)
    {
        float[] values = new float[count];
        for (int k = 0; k < count; k++)
        {
            ulong z = Draw(seed + 1, k);
            values[k] = (z >> 63) != 0 ? 0f : (float)((z >> 39) & 0xFFFFFF) / (1 << 24);
        }

        return values;
    }

    /// <summary>Class numbers.</summary>
    public static int[] Labels(ulong seed, int samples, int classes)
    {
        int[] labels = new int[samples];
        for (int i = 0; i < samples; i++)
        {
            labels[i] = (int)((Draw(seed + 2, i) >> 32) % (ulong)classes);
        }

        return labels;
    }

    /// <summary>Rows of probabilities, multiples of 1/16 that sum to 1, some of them 0: 16 balls fall into C bins.</summary>
    public static float[] Probabilities(ulong seed, int samples, int classes)
    {
        const int balls = 16;
        float[] values = new float[samples * classes];
        for (int i = 0; i < samples; i++)
        {
            for (int t = 0; t < balls; t++)
            {
                int bin = (int)((Draw(seed + 3, (balls * i) + t) >> 32) % (ulong)classes);
                values[(i * classes) + bin] += 1f / balls;
            }
        }

        return values;
    }

    /// <summary>Y of outputs that are no softmax: multiples of 1/256 in [0, 1) of a sigmoid, else numbers in [−4, 4).</summary>
    public static float[] Values(ulong seed, int count, string output)
    {
        float[] values = new float[count];
        for (int k = 0; k < count; k++)
        {
            values[k] = output == "sigmoid" ? (Draw(seed + 4, k) >> 56) / 256f : (float)(4 * Symmetric(seed + 4, k));
        }

        return values;
    }
}
