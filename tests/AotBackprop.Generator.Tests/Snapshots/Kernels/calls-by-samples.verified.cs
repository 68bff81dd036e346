// 20-17-3, vectors of 16 floats.

[MethodImplAttribute(MethodImplOptions.AggressiveInlining)]
public static bool Forward(float* parameters, float* X, Zeros zeros, in Part part, in Workspace w, float* A2)
{
    nint N = part.N;
    Forward1(X, &parameters[Layout.W1], &parameters[Layout.b1], w.A1, N);
    nint across = part.Across;
    if (across > 0)
    {
        SampleLanes.Transpose(&w.A1[part.First * 32], 32, across, 17, &w.A1[part.First * 32]);
        Forward2Across(
            &w.A1[part.First * 32], &parameters[Layout.W2], &parameters[Layout.b2], &w.Z2[part.First * 16], across);
        SoftmaxAcross(
            &w.Z2[part.First * 16], &A2[part.First * 3], &w.Largest[part.First], &w.Sums[part.First], across, w.Block);
    }

    if (across < part.Count)
    {
        nint first = part.First + across;
        Forward2(
            &w.A1[first * 32], &parameters[Layout.W2], &parameters[Layout.b2], &w.Z2[first * 16], part.Count - across);
        Softmax(&w.Z2[first * 16], &A2[first * 3], &w.Largest[first], &w.Sums[first], part.Count - across);
    }

    return true;
}

// All passes up to every dZ. Threads that share a batch divide wide layers by units, others by samples.
[MethodImplAttribute(MethodImplOptions.AggressiveInlining)]
public static void Differentiate(
    float* parameters, float* X, in BatchTargets targets, Zeros zeros, in Part part, in Workspace w)
{
    Forward1(&X[part.First * 20], &parameters[Layout.W1], &parameters[Layout.b1], &w.A1[part.First * 32], part.Count);
    // dZ1 is not there yet: its place takes A1 across lanes.
    nint across = part.Across;
    if (across > 0)
    {
        SampleLanes.Transpose(&w.A1[part.First * 32], 32, across, 17, &w.dZ1[part.First * 32]);
        Forward2Across(
            &w.dZ1[part.First * 32], &parameters[Layout.W2], &parameters[Layout.b2], &w.Z2[part.First * 16], across);
    }

    if (across < part.Count)
    {
        nint first = part.First + across;
        Forward2(
            &w.A1[first * 32], &parameters[Layout.W2], &parameters[Layout.b2], &w.Z2[first * 16], part.Count - across);
    }

    OutputGradient(targets, part, w);

    // Where several threads go back, all of it is there already.
    if (!part.IsShared)
    {
        Kernels.Transpose(parameters, part, w);
    }

    Backward(part, w);
}

[MethodImplAttribute(MethodImplOptions.AggressiveInlining)]
public static void Backward(in Part part, in Workspace w)
{
    Backward1(&w.dZ2[part.First * 16], w.W2T, &w.dZ1[part.First * 32], &w.A1[part.First * 32], part.Count);
}

// Every dZ is there by now, so no weight is needed as it was before the step. With an update that only stores,
// "parameters" receive the gradient. More than 4096 samples come in blocks, whose sums are added.
[MethodImplAttribute(MethodImplOptions.AggressiveInlining)]
public static void Descend<TUpdate>(
    float* parameters, float* X, Zeros zeros, in Part part, in TUpdate update, in Workspace w)
    where TUpdate : struct, IUpdate
{
    nint start = part.FirstFor<TUpdate>(), N = part.CountFor<TUpdate>();
    if (part.IsAcross)
    {
        // The sums take the place of W2T, which nobody reads any more.
        part.ShareRows<TUpdate>(2, 17, 16, out int first2, out int end2);
        Gradient2Across(&w.A1[start * 32], &w.dZ2[start * 16], N, w.W2T, first2, end2);
        RowBlock.Descend(w.W2T, 3, first2, end2, in update, w.Block, &parameters[Layout.W2]);
    }
    else
    {
        if (part.Has<TUpdate>(2, 4))
        {
            Descend2(&w.A1[start * 32], &w.dZ2[start * 16], N, in update, &parameters[Layout.W2]);
        }
    }

    if (part.Has<TUpdate>(2, 3))
    {
        BiasDescend2(&w.dZ2[start * 16], N, in update, &parameters[Layout.b2]);
    }

    if (part.Has<TUpdate>(1, 2))
    {
        Descend1(&X[start * 20], &w.dZ1[start * 32], N, in update, &parameters[Layout.W1]);
    }

    if (part.Has<TUpdate>(1, 1))
    {
        BiasDescend1(&w.dZ1[start * 32], N, in update, &parameters[Layout.b1]);
    }
}
