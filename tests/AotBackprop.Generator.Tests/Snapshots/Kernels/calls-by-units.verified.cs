// 129-300-200-20, vectors of 8 floats.

[MethodImplAttribute(MethodImplOptions.AggressiveInlining)]
public static bool Forward(float* parameters, float* X, Zeros zeros, in Part part, in Workspace w, float* A3)
{
    nint N = part.N;
    switch (zeros)
    {
        case Zeros.NearlyAll:
            Forward1Scattered(w.Entries, &parameters[Layout.W1], &parameters[Layout.b1], w.A1, N);
            break;

        case Zeros.Many:
            Forward1Listed(X, &parameters[Layout.W1], &parameters[Layout.b1], w.A1, N, 0, 300, null, w.Columns);
            break;

        default:
            Forward1(X, &parameters[Layout.W1], &parameters[Layout.b1], w.A1, N, 0, 300);
            break;
    }

    Forward2(w.A1, &parameters[Layout.W2], &parameters[Layout.b2], w.A2, N, 0, 200);
    Forward3(w.A2, &parameters[Layout.W3], &parameters[Layout.b3], w.Z3, N, 0, 20);
    Softmax(&w.Z3[part.First * 32], &A3[part.First * 20], &w.Largest[part.First], &w.Sums[part.First], part.Count);

    return true;
}

// All passes up to every dZ. Threads that share a batch divide wide layers by units, others by samples.
[MethodImplAttribute(MethodImplOptions.AggressiveInlining)]
public static void Differentiate(
    float* parameters, float* X, in BatchTargets targets, Zeros zeros, in Part part, in Workspace w)
{
    part.Share(300, 16, out int first1, out int end1);
    switch (zeros)
    {
        case Zeros.NearlyAll:
            Forward1Scattered(
                w.Entries.From(part.First), &parameters[Layout.W1], &parameters[Layout.b1], &w.A1[part.First * 304],
                part.Count);
            break;

        case Zeros.Many:
            NonZero.Order(targets, 20, part.N, 6, w.Samples);
            Forward1Listed(
                X, &parameters[Layout.W1], &parameters[Layout.b1], w.A1, part.N, first1, end1, w.Samples, w.Columns);
            break;

        default:
            Forward1(X, &parameters[Layout.W1], &parameters[Layout.b1], w.A1, part.N, first1, end1);
            break;
    }

    part.Wait();
    part.Share(200, 16, out int first2, out int end2);
    Forward2(w.A1, &parameters[Layout.W2], &parameters[Layout.b2], w.A2, part.N, first2, end2);
    part.Wait();
    part.Share(20, 16, out int first3, out int end3);
    Forward3(w.A2, &parameters[Layout.W3], &parameters[Layout.b3], w.Z3, part.N, first3, end3);
    part.Wait();
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
    part.Wait();
    part.Share(200, 16, out int first2, out int end2);
    Backward2(w.dZ3, w.W3T, w.dZ2, w.A2, part.N, first2, end2);
    part.Wait();
    part.Share(300, 16, out int first1, out int end1);
    Backward1(w.dZ2, w.W2T, w.dZ1, w.A1, part.N, first1, end1);
    part.Wait();
}

// Every dZ is there by now, so no weight is needed as it was before the step. With an update that only stores,
// "parameters" receive the gradient. More than 4096 samples come in blocks, whose sums are added.
[MethodImplAttribute(MethodImplOptions.AggressiveInlining)]
public static void Descend<TUpdate>(
    float* parameters, float* X, Zeros zeros, in Part part, in TUpdate update, in Workspace w)
    where TUpdate : struct, IUpdate
{
    nint start = part.FirstFor<TUpdate>(), N = part.CountFor<TUpdate>();
    part.ShareColumns<TUpdate>(3, 20, 16, out int first3, out int end3);
    Descend3(&w.A2[start * 208], &w.dZ3[start * 32], N, in update, &parameters[Layout.W3], first3, end3);
    if (part.Has<TUpdate>(3, 5))
    {
        BiasDescend3(&w.dZ3[start * 32], N, in update, &parameters[Layout.b3]);
    }

    part.ShareColumns<TUpdate>(2, 200, 16, out int first2, out int end2);
    Descend2(&w.A1[start * 304], &w.dZ2[start * 208], N, in update, &parameters[Layout.W2], first2, end2);
    if (part.Has<TUpdate>(2, 3))
    {
        BiasDescend2(&w.dZ2[start * 208], N, in update, &parameters[Layout.b2]);
    }

    part.ShareColumns<TUpdate>(1, 300, 16, out int first1, out int end1);
    switch (zeros)
    {
        case Zeros.NearlyAll:
            part.ShareRows<TUpdate>(1, 129, 6, out first1, out end1);
            Entries entries = w.Entries.From(start);
            entries.Chain(N, first1, end1);
            Descend1Scattered(entries, &w.dZ1[start * 304], in update, &parameters[Layout.W1], first1, end1);
            break;

        case Zeros.Many:
            Descend1Listed(
                &X[start * 129], &w.dZ1[start * 304], N, in update, &parameters[Layout.W1], first1, end1, w.Samples);
            break;

        default:
            Descend1(&X[start * 129], &w.dZ1[start * 304], N, in update, &parameters[Layout.W1], first1, end1);
            break;
    }

    if (part.Has<TUpdate>(1, 1))
    {
        BiasDescend1(&w.dZ1[start * 304], N, in update, &parameters[Layout.b1]);
    }
}
