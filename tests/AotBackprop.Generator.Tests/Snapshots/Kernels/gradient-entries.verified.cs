// 129-33-7, vectors of 16 floats.

// dW1 = Xᵀ dZ1
// where nearly all inputs are 0.
[MethodImplAttribute(Kernel)]
private static void Descend1Scattered<TUpdate>(
    in Entries entries, float* dZ1, in TUpdate given, float* W1, int first, int end)
    where TUpdate : struct, IUpdate
{
    TUpdate update = given;
    int* next = entries.Next, samples = entries.Rows;
    float* values = entries.Values;
    nint columns = TUpdate.LeavesWhereGradientIsZero ? entries.ChainedCount : end - first;
    for (nint c = 0; c < columns; c++)
    {
        nint i = TUpdate.LeavesWhereGradientIsZero ? entries.Chained[c] : first + c, head = entries.Heads[i];

        Vector16<float> g00 = Zero, g01 = Zero, g02 = Zero;
        Vector16<float> xi, d0, d1, d2;
        for (nint e = head; e >= 0; e = next[e])
        {
            float* x = &values[e], d = &dZ1[(nint)samples[e] * 48];
            d0 = Load(d); d1 = Load(&d[16]); d2 = Load(&d[32]);
            xi = Broadcast(x); g00 = MultiplyAdd(xi, d0, g00); g01 = MultiplyAdd(xi, d1, g01);
            g02 = MultiplyAdd(xi, d2, g02);
        }

        // W1 ← update(W1, dW1)
        float* w = &W1[i * 33];
        Update(in update, w, g00); Update(in update, &w[16], g01); UpdatePart(in update, &w[32], 1, g02);
    }
}
