using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>
/// Inputs that are 0 are skipped where they are many. A network whose form is forced forms every product: both have to
/// train to the same bits.
/// </summary>
public sealed class ZeroTests
{
    private const float Rate = 0.05f;

    // The share of inputs that are not 0: none, nearly none, as in a bag of words, a tenth, an eighth, half, all.
    public static TheoryData<double, int> Shares()
    {
        TheoryData<double, int> data = [];
        foreach (double share in new[] { 0, 0.001, 0.01, 0.1, 0.125, 0.2, 0.5, 0.9, 1 })
        {
            foreach (int N in new[] { 1, 3, 4, 7, 8, 9, 32, 61 })
            {
                data.Add(share, N);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Shares))]
    public void Skipping_changes_no_bit(double share, int N)
    {
        Compare<Sparse, SparseTiled>(share, N, columnwise: false);
        Compare<Sparse, SparseTiled>(share, N, columnwise: true);
        Compare<Mnist, MnistTiled>(share, N, columnwise: false);
        Compare<Mnist, MnistTiled>(share, N, columnwise: true);
    }

    /// <summary>These move weights whose derivative is 0.</summary>
    [Theory]
    [InlineData(0.001)]
    [InlineData(0.02)]
    [InlineData(0.3)]
    public void No_update_is_skipped_that_moves_a_weight(double share)
    {
        Func<Optimizer>[] optimizers =
        [
            () => Optimizer.Sgd(Rate, weightDecay: 0.1f),
            () => Optimizer.Momentum(Rate),
            () => Optimizer.Adam(),
            () => Optimizer.AdamW(),
            () => Optimizer.Lion(Rate),
            () => Optimizer.Sgd(Rate, clipNorm: 0.1f),
        ];
        foreach (Func<Optimizer> create in optimizers)
        {
            using Sparse skipping = new(7);
            using SparseTiled dense = new(7);
            Optimizer one = create();
            Optimizer other = create();
            for (int step = 0; step < 4; step++)
            {
                // Other inputs are 0 in each step, so that momentum is left where the derivative is 0.
                Random random = new(step);
                float[] X = [.. Enumerable.Range(0, 9 * 131).Select(_ => random.NextDouble() < share ? random.NextSingle() : 0)];
                int[] labels = [.. Enumerable.Range(0, 9).Select(n => n % 5)];
                Bits.Same(dense.TrainStep(X, labels, other), skipping.TrainStep(X, labels, one), "the loss");
                Bits.Same(dense.Parameters, skipping.Parameters, "of the parameters");
            }
        }
    }

    [Fact]
    public void A_NaN_among_zeros_is_found()
    {
        foreach (int place in new[] { 0, 15, 16, 127, 128, 200, 8 * 131 - 1 })
        {
            foreach (float wrong in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
            {
                using Sparse network = new(1);
                float[] before = network.Parameters.ToArray();
                float[] X = new float[8 * 131];
                X[place] = wrong;
                Assert.Throws<ArgumentException>(() => network.TrainStep(X, new int[8], Rate));
                Assert.Throws<ArgumentException>(() => network.Forward(X, new float[8 * 5]));
                Bits.Same(before, network.Parameters);
            }
        }
    }

    [Fact]
    public void Negative_zeros_are_zeros()
    {
        using Sparse network = new(1);
        using SparseTiled other = new(1);
        float[] X = new float[16 * 131];
        Array.Fill(X, -0f);
        X[7] = X[131 * 9] = 1;
        Assert.Equal(other.TrainStep(X, new int[16], Rate), network.TrainStep(X, new int[16], Rate));
        Bits.Same(other.Parameters, network.Parameters);
    }

    private static void Compare<TSkipping, TDense>(double share, int N, bool columnwise)
        where TSkipping : class, INetwork<TSkipping>, IClassifier
        where TDense : class, INetwork<TDense>, IClassifier
    {
        Random random = new(N);
        int D = TSkipping.LayerSizes[0];
        float[] X = new float[N * D];

        // At random, or as a picture has them: whole columns.
        bool[] columns = [.. Enumerable.Range(0, D).Select(_ => random.NextDouble() < share)];
        for (int i = 0; i < X.Length; i++)
        {
            X[i] = (columnwise ? columns[i % D] : random.NextDouble() < share) ? (2 * random.NextSingle()) - 1 : 0;
        }

        int C = TSkipping.LayerSizes[^1];
        int[] labels = [.. Enumerable.Range(0, N).Select(n => n % C)];
        float[] Y = [.. Enumerable.Range(0, N * C).Select(i => i % C == labels[i / C] ? 0.6f : 0.4f / (C - 1))];
        using TSkipping skipping = TSkipping.Create(7);
        using TDense dense = TDense.Create(7);
        float[] gradient = new float[skipping.Parameters.Length];
        float[] wanted = new float[gradient.Length];
        for (int step = 0; step < 2; step++)
        {
            Bits.Same(dense.Gradient(X, labels, wanted), skipping.Gradient(X, labels, gradient), "the loss");
            Bits.Same(wanted, gradient, "of the gradient");
            Bits.Same(dense.TrainStep(X, labels, Rate), skipping.TrainStep(X, labels, Rate), "the loss");
            Bits.Same(dense.TrainStep(X, Y, Rate), skipping.TrainStep(X, Y, Rate), "the loss");
            Bits.Same(dense.Parameters, skipping.Parameters, "of the parameters");
        }

        float[] probabilities = new float[N * C];
        float[] right = new float[probabilities.Length];
        skipping.Forward(X, probabilities);
        dense.Forward(X, right);
        Bits.Same(right, probabilities, "of the probabilities");
        Bits.Same(dense.TrainEpoch(X, labels, 5, Rate, 1, 0), skipping.TrainEpoch(X, labels, 5, Rate, 1, 0), "the epoch's loss");
        Bits.Same(dense.Parameters, skipping.Parameters, "of the parameters");
    }
}
