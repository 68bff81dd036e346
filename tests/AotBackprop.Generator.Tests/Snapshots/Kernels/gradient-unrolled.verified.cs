// 5-17-3, vectors of 16 floats.

// dW1 = Xᵀ dZ1, W1 ← update(W1, dW1)
// [5×17] = [5×N] [N×17].
// Straight line. Each sum adds the samples ascending, from 0.
[MethodImplAttribute(Kernel)]
private static void Descend1<TUpdate>(float* X, float* dZ1, nint N, in TUpdate given, float* W1)
    where TUpdate : struct, IUpdate
{
    TUpdate update = given;

    // Inputs 0 to 4, outputs 0 to 16.
    float* x = X, d = dZ1;
    Vector16<float> g00 = Zero, g01 = Zero, g10 = Zero, g11 = Zero, g20 = Zero, g21 = Zero, g30 = Zero, g31 = Zero,
        g40 = Zero, g41 = Zero;
    Vector16<float> xi, d0, d1;
    for (nint n = 0; n < N; n++)
    {
        d0 = Load(d); d1 = Load(&d[16]);
        xi = Broadcast(x); g00 = MultiplyAdd(xi, d0, g00); g01 = MultiplyAdd(xi, d1, g01);
        xi = Broadcast(&x[1]); g10 = MultiplyAdd(xi, d0, g10); g11 = MultiplyAdd(xi, d1, g11);
        xi = Broadcast(&x[2]); g20 = MultiplyAdd(xi, d0, g20); g21 = MultiplyAdd(xi, d1, g21);
        xi = Broadcast(&x[3]); g30 = MultiplyAdd(xi, d0, g30); g31 = MultiplyAdd(xi, d1, g31);
        xi = Broadcast(&x[4]); g40 = MultiplyAdd(xi, d0, g40); g41 = MultiplyAdd(xi, d1, g41);
        x += 5; d += 32;
    }

    // W1 ← update(W1, dW1)
    float* w = W1;
    Update(in update, w, g00); UpdatePart(in update, &w[16], 1, g01);
    Update(in update, &w[17], g10); UpdatePart(in update, &w[33], 1, g11);
    Update(in update, &w[34], g20); UpdatePart(in update, &w[50], 1, g21);
    Update(in update, &w[51], g30); UpdatePart(in update, &w[67], 1, g31);
    Update(in update, &w[68], g40); UpdatePart(in update, &w[84], 1, g41);
}
