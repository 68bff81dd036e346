// 20-17-3, vectors of 16 floats.

// dW2 = A1ᵀ dZ2, W2 ← update(W2, dW2)
// [17×3] = [17×N] [N×3].
// Few columns. Each sum adds the samples ascending, from 0.
// 17 inputs at a time, in lanes.
[MethodImplAttribute(Kernel)]
private static void Descend2<TUpdate>(float* A1, float* dZ2, nint N, in TUpdate given, float* W2)
    where TUpdate : struct, IUpdate
{
    TUpdate update = given;

    float* x = A1, d = dZ2;
    Vector16<float> g0_0 = Zero, g0_1 = Zero, g0_2 = Zero, g16_0 = Zero, g16_1 = Zero, g16_2 = Zero;
    Vector16<float> x0, x16;
    for (nint n = 0; n < N; n++)
    {
        x0 = Load(x); x16 = LoadPart(&x[16], 1);
        g0_0 = MultiplyAdd(Broadcast(d), x0, g0_0); g0_1 = MultiplyAdd(Broadcast(&d[1]), x0, g0_1);
        g0_2 = MultiplyAdd(Broadcast(&d[2]), x0, g0_2);
        g16_0 = MultiplyAdd(Broadcast(d), x16, g16_0); g16_1 = MultiplyAdd(Broadcast(&d[1]), x16, g16_1);
        g16_2 = MultiplyAdd(Broadcast(&d[2]), x16, g16_2);
        x += 32; d += 16;
    }

    // W2 ← update(W2, dW2)
    float* w = W2;
    Update(
        in update, w,
        Blend(
            0b0100100100100100, V.Shuffle(g0_2, V.Create(0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5)),
            Blend(
                0b0010010010010010, V.Shuffle(g0_1, V.Create(0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5)),
                V.Shuffle(g0_0, V.Create(0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5)))));
    Update(
        in update, &w[16],
        Blend(
            0b0010010010010010, V.Shuffle(g0_2, V.Create(5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10)),
            Blend(
                0b1001001001001001, V.Shuffle(g0_1, V.Create(5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10)),
                V.Shuffle(g0_0, V.Create(5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10)))));
    Update(
        in update, &w[32],
        Blend(
            0b1001001001001001,
            V.Shuffle(g0_2, V.Create(10, 11, 11, 11, 12, 12, 12, 13, 13, 13, 14, 14, 14, 15, 15, 15)),
            Blend(
                0b0100100100100100,
                V.Shuffle(g0_1, V.Create(10, 11, 11, 11, 12, 12, 12, 13, 13, 13, 14, 14, 14, 15, 15, 15)),
                V.Shuffle(g0_0, V.Create(10, 11, 11, 11, 12, 12, 12, 13, 13, 13, 14, 14, 14, 15, 15, 15)))));
    UpdatePart(
        in update, &w[48], 3,
        Blend(
            0b0100100100100100, V.Shuffle(g16_2, V.Create(0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5)),
            Blend(
                0b0010010010010010, V.Shuffle(g16_1, V.Create(0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5)),
                V.Shuffle(g16_0, V.Create(0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5)))));
}
