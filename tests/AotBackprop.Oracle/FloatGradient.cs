namespace AotBackprop.Oracle;

/// <summary>
/// dW and db in floats, each sum in the one order that docs/derivation.md gives it: to the bit what a network computes
/// from its A and dZ.
/// </summary>
public static class FloatGradient
{
    // Samples whose sums are added to those of the others.
    private const int Block = 4096;

    /// <summary>dW = Aᵀ dZ, of A [N×inputs] and dZ [N×outputs].</summary>
    /// <param name="A">The inputs of the layer.</param>
    /// <param name="dZ">The derivatives by its Z.</param>
    /// <param name="N">Samples.</param>
    /// <param name="sums">In how many sums, by the samples modulo their number, a block is taken: 1 or 16.</param>
    public static float[] Weights(ReadOnlySpan<float> A, ReadOnlySpan<float> dZ, int N, int sums)
    {
        int inputs = A.Length / N, outputs = dZ.Length / N;
        float[] total = new float[inputs * outputs];
        for (int first = 0; first < N; first += Block)
        {
            int count = Math.Min(Block, N - first);
            ReadOnlySpan<float> some = A.Slice(first * inputs, count * inputs);
            float[] block = OfBlock(some, dZ.Slice(first * outputs, count * outputs), count, sums);
            for (int i = 0; i < total.Length; i++)
            {
                total[i] = first == 0 ? block[i] : total[i] + block[i];
            }
        }

        return total;
    }

    /// <summary>db = Σ rows of dZ.</summary>
    /// <param name="dZ">The derivatives by Z of the layer.</param>
    /// <param name="N">Samples.</param>
    /// <param name="sums">In how many sums a block is taken.</param>
    public static float[] Biases(ReadOnlySpan<float> dZ, int N, int sums)
    {
        float[] ones = new float[N];
        Array.Fill(ones, 1);
        return Weights(ones, dZ, N, sums);
    }

    private static float[] OfBlock(ReadOnlySpan<float> A, ReadOnlySpan<float> dZ, int N, int sums)
    {
        int inputs = A.Length / N, outputs = dZ.Length / N;
        float[][] parts = [.. Enumerable.Range(0, sums).Select(_ => new float[inputs * outputs])];
        for (int n = 0; n < N; n++)
        {
            for (int i = 0; i < inputs; i++)
            {
                float a = A[(n * inputs) + i];
                Span<float> row = parts[n % sums].AsSpan(i * outputs, outputs);
                for (int j = 0; j < row.Length; j++)
                {
                    row[j] = float.MultiplyAddEstimate(a, dZ[(n * outputs) + j], row[j]);
                }
            }
        }

        for (int half = sums / 2; half > 0; half /= 2)
        {
            for (int s = 0; s < half; s++)
            {
                for (int i = 0; i < parts[s].Length; i++)
                {
                    parts[s][i] += parts[s + half][i];
                }
            }
        }

        return parts[0];
    }
}
