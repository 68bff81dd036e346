// 20-17-3, vectors of 16 floats.

// Z2 = A1 W2 + b2
// [N×3] = [N×17] [17×3] + [3].
// Few columns. Each sum is 4 sums over i ≡ 0 to 3 (mod 4), the first from b2, then joined in order.
[MethodImplAttribute(Kernel)]
private static void Forward2(float* A1, float* W2, float* b2, float* Z2, nint N)
{
    float* w = W2;
    Vector16<float> w0_0 = Load(w), w0_16 = Load(&w[16]), w0_32 = Load(&w[32]);
    Vector16<float> w0 = V.Shuffle(w0_0, V.Create(0, 1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 8, 9, 10, 11, 11)),
        w4 = V.Shuffle(
            Blend(0b0000111111111111, w0_16, w0_0), V.Create(12, 13, 14, 14, 15, 0, 1, 1, 2, 3, 4, 4, 5, 6, 7, 7)),
        w8 = V.Shuffle(
            Blend(0b0000000011111111, w0_32, w0_16), V.Create(8, 9, 10, 10, 11, 12, 13, 13, 14, 15, 0, 0, 1, 2, 3, 3)),
        w12 = V.Shuffle(w0_32, V.Create(4, 5, 6, 6, 7, 8, 9, 9, 10, 11, 12, 12, 13, 14, 15, 15));
    Vector16<float> w16_0 = LoadPart(&w[48], 3);
    Vector16<float> w16 = V.Shuffle(w16_0, V.Create(0, 1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 8, 9, 10, 11, 11));
    for (nint n = 0; n < N; n++)
    {
        float* a = &A1[n * 32];
        Vector16<float> s0 = LoadPart(b2, 3);
        Vector16<float> x0 = Load(a);
        s0 = MultiplyAdd(V.Shuffle(x0, V.Create(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3)), w0, s0);
        s0 = MultiplyAdd(V.Shuffle(x0, V.Create(4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7)), w4, s0);
        s0 = MultiplyAdd(V.Shuffle(x0, V.Create(8, 8, 8, 8, 9, 9, 9, 9, 10, 10, 10, 10, 11, 11, 11, 11)), w8, s0);
        s0 = MultiplyAdd(
            V.Shuffle(x0, V.Create(12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15, 15, 15)), w12, s0);
        Vector16<float> x16 = LoadPart(&a[16], 1);
        s0 = MultiplyAdd(V.Shuffle(x16, V.Create(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3)), w16, s0);

        Vector16<float> z = Keep(
            (
                    (s0 + V.Shuffle(s0, V.Create(4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3))) +
                    V.Shuffle(s0, V.Create(8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7))) +
                V.Shuffle(s0, V.Create(12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)),
            3, 0f);
        Store(&Z2[n * 16], z);
    }
}
