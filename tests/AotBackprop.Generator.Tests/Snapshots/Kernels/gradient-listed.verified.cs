// 129-33-7, vectors of 16 floats.

// dW1 = Xᵀ dZ1
// where many inputs are 0.
[MethodImplAttribute(Kernel)]
private static void Descend1Listed<TUpdate>(
    float* X, float* dZ1, nint N, in TUpdate given, float* W1, int first, int end, int* samples)
    where TUpdate : struct, IUpdate
{
    TUpdate update = given;
    for (int i = first; i < Math.Min(end, 128); i += 8)
    {
        float* inputs = &X[i];
        nint count = NonZero.RowsOf(inputs, 129, N, 8, samples);
        if (count == 0 && TUpdate.LeavesWhereGradientIsZero)
        {
            continue;
        }

        Vector16<float> g00 = Zero, g01 = Zero, g02 = Zero, g10 = Zero, g11 = Zero, g12 = Zero, g20 = Zero,
            g21 = Zero, g22 = Zero, g30 = Zero, g31 = Zero, g32 = Zero, g40 = Zero, g41 = Zero, g42 = Zero, g50 = Zero,
            g51 = Zero, g52 = Zero, g60 = Zero, g61 = Zero, g62 = Zero, g70 = Zero, g71 = Zero, g72 = Zero;
        Vector16<float> xi, d0, d1, d2;
        for (nint k = 0; k < count; k++)
        {
            nint n = samples[k];
            float* x = &inputs[n * 129], d = &dZ1[n * 48];
            d0 = Load(d); d1 = Load(&d[16]); d2 = Load(&d[32]);
            xi = Broadcast(x); g00 = MultiplyAdd(xi, d0, g00); g01 = MultiplyAdd(xi, d1, g01);
            g02 = MultiplyAdd(xi, d2, g02);
            xi = Broadcast(&x[1]); g10 = MultiplyAdd(xi, d0, g10); g11 = MultiplyAdd(xi, d1, g11);
            g12 = MultiplyAdd(xi, d2, g12);
            xi = Broadcast(&x[2]); g20 = MultiplyAdd(xi, d0, g20); g21 = MultiplyAdd(xi, d1, g21);
            g22 = MultiplyAdd(xi, d2, g22);
            xi = Broadcast(&x[3]); g30 = MultiplyAdd(xi, d0, g30); g31 = MultiplyAdd(xi, d1, g31);
            g32 = MultiplyAdd(xi, d2, g32);
            xi = Broadcast(&x[4]); g40 = MultiplyAdd(xi, d0, g40); g41 = MultiplyAdd(xi, d1, g41);
            g42 = MultiplyAdd(xi, d2, g42);
            xi = Broadcast(&x[5]); g50 = MultiplyAdd(xi, d0, g50); g51 = MultiplyAdd(xi, d1, g51);
            g52 = MultiplyAdd(xi, d2, g52);
            xi = Broadcast(&x[6]); g60 = MultiplyAdd(xi, d0, g60); g61 = MultiplyAdd(xi, d1, g61);
            g62 = MultiplyAdd(xi, d2, g62);
            xi = Broadcast(&x[7]); g70 = MultiplyAdd(xi, d0, g70); g71 = MultiplyAdd(xi, d1, g71);
            g72 = MultiplyAdd(xi, d2, g72);
        }

        // W1 ← update(W1, dW1)
        float* w = &W1[i * 33];
        Update(in update, w, g00); Update(in update, &w[16], g01); UpdatePart(in update, &w[32], 1, g02);
        Update(in update, &w[33], g10); Update(in update, &w[49], g11); UpdatePart(in update, &w[65], 1, g12);
        Update(in update, &w[66], g20); Update(in update, &w[82], g21); UpdatePart(in update, &w[98], 1, g22);
        Update(in update, &w[99], g30); Update(in update, &w[115], g31); UpdatePart(in update, &w[131], 1, g32);
        Update(in update, &w[132], g40); Update(in update, &w[148], g41); UpdatePart(in update, &w[164], 1, g42);
        Update(in update, &w[165], g50); Update(in update, &w[181], g51); UpdatePart(in update, &w[197], 1, g52);
        Update(in update, &w[198], g60); Update(in update, &w[214], g61); UpdatePart(in update, &w[230], 1, g62);
        Update(in update, &w[231], g70); Update(in update, &w[247], g71); UpdatePart(in update, &w[263], 1, g72);
    }

    if (end == 129)
    {
        float* inputs = &X[128];
        nint count = NonZero.RowsOf(inputs, 129, N, 1, samples);
        if (count == 0 && TUpdate.LeavesWhereGradientIsZero)
        {
            return;
        }

        Vector16<float> g00 = Zero, g01 = Zero, g02 = Zero;
        Vector16<float> xi, d0, d1, d2;
        for (nint k = 0; k < count; k++)
        {
            nint n = samples[k];
            float* x = &inputs[n * 129], d = &dZ1[n * 48];
            d0 = Load(d); d1 = Load(&d[16]); d2 = Load(&d[32]);
            xi = Broadcast(x); g00 = MultiplyAdd(xi, d0, g00); g01 = MultiplyAdd(xi, d1, g01);
            g02 = MultiplyAdd(xi, d2, g02);
        }

        // W1 ← update(W1, dW1)
        float* w = &W1[4224];
        Update(in update, w, g00); Update(in update, &w[16], g01); UpdatePart(in update, &w[32], 1, g02);
    }
}
