namespace AotBackprop.Training.Tests.Support;

/// <summary>Samples that are drawn for a network, whatever its output.</summary>
internal static class Drawn
{
    /// <summary>Inputs in [−1, 1); class numbers where the output has classes and labels are asked for, else rows of values.</summary>
    public static TrainingData For<TNetwork>(int seed, int count, bool labels = true, float[]? weights = null)
        where TNetwork : class, INetwork<TNetwork>
    {
        Random random = new(seed);
        int outputs = TNetwork.LayerSizes[^1];
        int classes = Outputs.ClassesOf(TNetwork.OutputKind, outputs);
        float[] X = new float[count * TNetwork.LayerSizes[0]];
        foreach (ref float x in X.AsSpan())
        {
            x = (2 * random.NextSingle()) - 1;
        }

        if (labels && classes > 0)
        {
            int[] numbers = [.. Enumerable.Range(0, count).Select(n => X[n * TNetwork.LayerSizes[0]] > 0.5f ? 0 : random.Next(classes))];
            return new(X, numbers) { Weights = weights };
        }

        float[] values = new float[count * outputs];
        for (int n = 0; n < count; n++)
        {
            Span<float> row = values.AsSpan(n * outputs, outputs);
            if (TNetwork.OutputKind == Output.Softmax)
            {
                // Multiples of 1/64 that sum to 1.
                for (int ball = 0; ball < 64; ball++)
                {
                    row[random.Next(outputs)] += 1 / 64f;
                }

                continue;
            }

            foreach (ref float y in row)
            {
                y = TNetwork.OutputKind == Output.Sigmoid ? random.Next(2) : X[n * TNetwork.LayerSizes[0]] + random.NextSingle();
            }
        }

        return new(X, values) { Weights = weights };
    }

    /// <summary>Weights of samples, most of them 0: whole batches count nothing.</summary>
    public static float[] Weights(int seed, int count, int oneIn)
    {
        Random random = new(seed);
        float[] weights = [.. Enumerable.Range(0, count).Select(_ => random.Next(oneIn) == 0 ? 3 * random.NextSingle() : 0)];
        weights[random.Next(count)] = 1.5f;
        return weights;
    }
}
