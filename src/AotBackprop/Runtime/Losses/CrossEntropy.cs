using System.ComponentModel;
using System.Runtime.CompilerServices;
using AotBackprop.Numerics;

namespace AotBackprop.Runtime;

/// <summary>The cross-entropy of each sample of a batch, −Σⱼ Yᵢⱼ log Aᵢⱼ, from Z and what the softmax keeps.</summary>
/// <remarks>−log Aᵢⱼ is log Σₖ exp Zᵢₖ − Zᵢⱼ, which no small A makes infinite; log Σₖ exp Zᵢₖ = Largestᵢ + log Sumsᵢ.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class CrossEntropy
{
    /// <summary>The losses of a part's samples, whose Z lies in rows.</summary>
    /// <param name="targets">The targets of the whole batch.</param>
    /// <param name="part">The part.</param>
    /// <param name="across">How many of its first samples lie in blocks, one in each lane, instead.</param>
    /// <param name="classes">C.</param>
    /// <param name="Z">Z of the whole batch.</param>
    /// <param name="stride">Floats from one row of Z to the next.</param>
    /// <param name="largest">The largest of each row of Z.</param>
    /// <param name="sums">Σⱼ exp(Zᵢⱼ − Largestᵢ) of each row.</param>
    /// <param name="losses">Receives the loss of each sample.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Losses(
        in BatchTargets targets, in Part part, nint across, int classes, float* Z, int stride, float* largest, float* sums, double* losses)
    {
        nint first = part.First, N = part.Count;
        losses += first;
        Logarithm.Add(largest + first, sums + first, N, losses);
        float* z = Z + (first * stride);
        if (across > 0)
        {
            SampleLanes.Losses(targets.From(first, classes), across, classes, z, stride, losses);
            first += across;
            N -= across;
            losses += across;
            z += across * stride;
        }

        int* labels = targets.Labels;
        if (labels != null)
        {
            labels += first;
            for (nint n = 0; n < N; n++, z += stride)
            {
                losses[n] -= z[labels[n]];
            }

            return;
        }

        float* y = targets.Values + (first * classes);
        for (nint n = 0; n < N; n++, z += stride, y += classes)
        {
            losses[n] = Loss(y, classes, z, 1, losses[n]);
        }
    }

    /// <summary>The mean loss of samples that have class numbers, added in their order.</summary>
    /// <param name="labels">N class numbers.</param>
    /// <param name="N">Samples.</param>
    /// <param name="Z">Z, in rows.</param>
    /// <param name="stride">Floats from one row of Z to the next.</param>
    /// <param name="logarithms">log Σⱼ exp Zᵢⱼ of each sample.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double MeanOfRows(int* labels, nint N, float* Z, int stride, double* logarithms)
    {
        double sum = 0;
        for (nint n = 0; n < N; n++, Z += stride)
        {
            sum += logarithms[n] - Z[labels[n]];
        }

        return sum / N;
    }

    /// <summary>Σⱼ Yᵢⱼ (log Σₖ exp Zᵢₖ − Zᵢⱼ) of a sample.</summary>
    /// <param name="y">Its probabilities.</param>
    /// <param name="classes">C.</param>
    /// <param name="z">Its first Z.</param>
    /// <param name="stride">Floats from one of its Z to the next.</param>
    /// <param name="logarithm">log Σₖ exp Zᵢₖ.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Loss(float* y, int classes, float* z, nint stride, double logarithm)
    {
        double loss = 0;
        for (nint j = 0; j < classes; j++)
        {
            loss += y[j] == 0 ? 0 : y[j] * (logarithm - z[j * stride]);
        }

        return loss;
    }
}
