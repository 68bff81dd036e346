// 20-17-3, vectors of 8 floats.

// dZ2 = (A2 − Y)/N
// [N×3]: softmax and cross-entropy cancel to this.
[MethodImplAttribute(MethodImplOptions.AggressiveInlining)]
public static void OutputGradient(in BatchTargets targets, in Part part, in Workspace w)
{
    float scale = targets.Scale(part.N);
    BatchTargets own = targets.From(part.First, 3);
    nint across = part.Across;
    if (across > 0 && own.Labels != null)
    {
        OutputGradientAcross(
            &w.Z2[part.First * 16], own.Labels, across, scale, &w.Largest[part.First], &w.Sums[part.First],
            &w.dZ2[part.First * 16]);
        if (across < part.Count)
        {
            nint first = part.First + across, rest = part.Count - across;
            Softmax(&w.Z2[first * 16], &w.A2[first * 3], &w.Largest[first], &w.Sums[first], rest);
            OutputGradient(&w.A2[first * 3], &own.Labels[across], rest, scale, &w.dZ2[first * 16]);
        }

        own.WeighRows(part.Count, 16, &w.dZ2[part.First * 16]);
        return;
    }

    if (across > 0)
    {
        SoftmaxAcross(
            &w.Z2[part.First * 16], &w.A2[part.First * 3], &w.Largest[part.First], &w.Sums[part.First], across,
            w.Block);
    }

    if (across < part.Count)
    {
        nint first = part.First + across;
        Softmax(&w.Z2[first * 16], &w.A2[first * 3], &w.Largest[first], &w.Sums[first], part.Count - across);
    }

    if (own.Labels != null)
    {
        OutputGradient(&w.A2[part.First * 3], own.Labels, part.Count, scale, &w.dZ2[part.First * 16]);
    }
    else
    {
        OutputGradient(&w.A2[part.First * 3], own.Values, part.Count, scale, &w.dZ2[part.First * 16]);
    }

    own.WeighRows(part.Count, 16, &w.dZ2[part.First * 16]);
}

// Y is one-hot, given as class numbers.
[MethodImplAttribute(Kernel)]
private static void OutputGradient(float* A2, int* labels, nint N, float scale, float* dZ2)
{
    for (nint n = 0; n < N; n++)
    {
        float* a = &A2[n * 3], d = &dZ2[n * 16];
        Store(d, LoadPart(a, 3) * Fill(scale));
        Store(&d[8], Zero);
        d[labels[n]] = (a[labels[n]] - 1) * scale;
    }
}

// Y is given as rows of probabilities.
[MethodImplAttribute(Kernel)]
private static void OutputGradient(float* A2, float* Y, nint N, float scale, float* dZ2)
{
    for (nint n = 0; n < N; n++)
    {
        float* a = &A2[n * 3], y = &Y[n * 3], d = &dZ2[n * 16];
        Store(d, (LoadPart(a, 3) - LoadPart(y, 3)) * Fill(scale));
        Store(&d[8], Zero);
    }
}
