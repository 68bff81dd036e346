using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AotBackprop.Runtime;

/// <summary>
/// The interleaved layout: blocks of 16 samples, one in each lane, in which unit j is the 16 floats from j·16 on. The last
/// block is filled up with zeros.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe partial class SampleLanes
{
    /// <summary>Samples of a block.</summary>
    internal const int Samples = 16;

    /// <summary>Samples of the blocks that hold so many: the next multiple of 16.</summary>
    /// <param name="N">Samples.</param>
    public static nint WholeBlocks(nint N) => (N + Samples - 1) & ~(Samples - 1);

    /// <summary>Interleaves rows of samples into blocks.</summary>
    /// <param name="rows">N×units, dense.</param>
    /// <param name="N">Samples.</param>
    /// <param name="units">Floats of a sample.</param>
    /// <param name="blocks">Receives ⌈N/16⌉ blocks of units·16 floats.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Spread(float* rows, nint N, int units, float* blocks)
    {
        nint n = 0;
        for (; n + Samples <= N; n += Samples)
        {
            for (int r = 0; r < Samples; r += 4)
            {
                float* row0 = rows + ((n + r) * units), row1 = row0 + units, row2 = row1 + units, row3 = row2 + units;
                float* to = blocks + (n * units) + r;
                int j = 0;
                for (; j <= units - 4; j += 4, to += 4 * Samples)
                {
                    Matrix.TransposeFour(
                        Vector128.Load(row0 + j),
                        Vector128.Load(row1 + j),
                        Vector128.Load(row2 + j),
                        Vector128.Load(row3 + j),
                        out Vector128<float> unit0,
                        out Vector128<float> unit1,
                        out Vector128<float> unit2,
                        out Vector128<float> unit3);
                    unit0.Store(to);
                    unit1.Store(to + Samples);
                    unit2.Store(to + (2 * Samples));
                    unit3.Store(to + (3 * Samples));
                }

                for (; j < units; j++, to += Samples)
                {
                    Vector128.Create(row0[j], row1[j], row2[j], row3[j]).Store(to);
                }
            }
        }

        if (n < N)
        {
            float* block = blocks + (n * units);
            Matrix.Clear(block, (nint)units * Samples);
            for (nint r = 0; n + r < N; r++)
            {
                for (int j = 0; j < units; j++)
                {
                    block[(j * Samples) + r] = rows[((n + r) * units) + j];
                }
            }
        }
    }

    /// <summary>
    /// Transposes squares of 16 samples × 16 columns, each from its place to the same place, or where it is: lane n of
    /// column c is then float n % 16 + c / 16 · 16 of row n / 16 · 16 + c % 16.
    /// </summary>
    /// <param name="rows">N×columns, whole squares.</param>
    /// <param name="stride">Floats from row to row.</param>
    /// <param name="N">Samples, a multiple of 16.</param>
    /// <param name="columns">Columns that count.</param>
    /// <param name="squares">Receives them, with the same stride; it may be the rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* rows, int stride, nint N, int columns, float* squares)
    {
        for (nint n = 0; n < N; n += Samples)
        {
            for (int c = 0; c < columns; c += Samples)
            {
                nint at = (n * stride) + c;
                Matrix.TransposeSixteen(rows + at, stride, squares + at, stride);
            }
        }
    }

    /// <summary>Y in blocks: the rows of probabilities, or 1 at the class of each sample.</summary>
    /// <param name="targets">The targets.</param>
    /// <param name="N">Samples.</param>
    /// <param name="classes">C.</param>
    /// <param name="blocks">Receives ⌈N/16⌉ blocks of C·16 floats.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SpreadTargets(in BatchTargets targets, nint N, int classes, float* blocks)
    {
        if (targets.Labels == null)
        {
            Spread(targets.Values, N, classes, blocks);
            return;
        }

        int* labels = targets.Labels;
        nint n = 0;
        for (; n + Samples <= N; n += Samples, labels += Samples, blocks += classes * Samples)
        {
            if (Vector512.IsHardwareAccelerated)
            {
                Vector512<int> chosen = Vector512.Load(labels);
                for (int j = 0; j < classes; j++)
                {
                    (Vector512.Equals(chosen, Vector512.Create(j)).AsSingle() & Vector512<float>.One).Store(blocks + (j * Samples));
                }
            }
            else if (Vector256.IsHardwareAccelerated)
            {
                for (int r = 0; r < Samples; r += 8)
                {
                    Vector256<int> chosen = Vector256.Load(labels + r);
                    for (int j = 0; j < classes; j++)
                    {
                        (Vector256.Equals(chosen, Vector256.Create(j)).AsSingle() & Vector256<float>.One).Store(blocks + (j * Samples) + r);
                    }
                }
            }
            else
            {
                for (int r = 0; r < Samples; r += 4)
                {
                    Vector128<int> chosen = Vector128.Load(labels + r);
                    for (int j = 0; j < classes; j++)
                    {
                        (Vector128.Equals(chosen, Vector128.Create(j)).AsSingle() & Vector128<float>.One).Store(blocks + (j * Samples) + r);
                    }
                }
            }
        }

        if (n < N)
        {
            Matrix.Clear(blocks, (nint)classes * Samples);
            for (nint r = 0; n + r < N; r++)
            {
                blocks[(labels[r] * Samples) + r] = 1;
            }
        }
    }

    /// <summary>The loss of each sample: log Σⱼ exp Zᵢⱼ − Zᵢₖ for its class k, or Σⱼ Yᵢⱼ (log Σₖ exp Zᵢₖ − Zᵢⱼ).</summary>
    /// <param name="targets">The targets.</param>
    /// <param name="N">Samples.</param>
    /// <param name="classes">C.</param>
    /// <param name="Z">Blocks of Z.</param>
    /// <param name="chosen">Z of each sample's class, where targets are class numbers.</param>
    /// <param name="losses">log Σⱼ exp Zᵢⱼ of each sample; receives its loss.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Losses(in BatchTargets targets, nint N, int classes, float* Z, float* chosen, double* losses)
    {
        nint n = 0;
        if (targets.Labels != null)
        {
            for (; n + 4 <= N; n += 4)
            {
                Vector128<float> z = Vector128.Load(chosen + n);
                (Vector128.Load(losses + n) - Vector128.WidenLower(z)).Store(losses + n);
                (Vector128.Load(losses + n + 2) - Vector128.WidenUpper(z)).Store(losses + n + 2);
            }

            for (; n < N; n++)
            {
                losses[n] -= chosen[n];
            }

            return;
        }

        LossesOfProbabilities(targets.Values, N, classes, Z, classes, losses);
    }

    /// <summary>The loss of each sample, with the Z of its class taken from the blocks.</summary>
    /// <param name="targets">The targets.</param>
    /// <param name="N">Samples.</param>
    /// <param name="classes">C.</param>
    /// <param name="Z">Blocks of Z.</param>
    /// <param name="stride">Floats from block to block, in sixteenths.</param>
    /// <param name="losses">log Σⱼ exp Zᵢⱼ of each sample; receives its loss.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Losses(in BatchTargets targets, nint N, int classes, float* Z, int stride, double* losses)
    {
        int* labels = targets.Labels;
        if (labels == null)
        {
            LossesOfProbabilities(targets.Values, N, classes, Z, stride, losses);
            return;
        }

        for (nint n = 0; n < N; n++)
        {
            losses[n] -= Z[((n & ~(Samples - 1)) * stride) + (n & (Samples - 1)) + (labels[n] * (nint)Samples)];
        }
    }

    private static void LossesOfProbabilities(float* y, nint N, int classes, float* Z, int stride, double* losses)
    {
        for (nint n = 0; n < N; n++, y += classes)
        {
            float* z = Z + (n / Samples * Samples * stride) + (n % Samples);
            losses[n] = CrossEntropy.Loss(y, classes, z, Samples, losses[n]);
        }
    }
}
