// 40-1-3, vectors of 8 floats.

// Z1 = X W1 + b1, A1 = ReLU(Z1)
// [N×1] = [N×40] [40×1] + [1].
// A dot product. Each sum is 16 sums over i ≡ 0 to 15 (mod 16), the first from b1, then joined by halves.
[MethodImplAttribute(Kernel)]
private static void Forward1(float* X, float* W1, float* b1, float* A1, nint N)
{
    for (nint n = 0; n < N; n++)
    {
        float* x = &X[n * 40];
        Vector8<float> s0 = LoadPart(b1, 1), s1 = Zero;
        s0 = MultiplyAdd(Load(x), Load(W1), s0);
        s1 = MultiplyAdd(Load(&x[8]), Load(&W1[8]), s1);
        s0 = MultiplyAdd(Load(&x[16]), Load(&W1[16]), s0);
        s1 = MultiplyAdd(Load(&x[24]), Load(&W1[24]), s1);
        s0 = MultiplyAdd(Load(&x[32]), Load(&W1[32]), s0);
        Vector8<float> z = Keep(Fill(Sum(s0, s1)), 1, 0f);
        Store(&A1[n * 16], Relu(z));
        Store(&A1[(n * 16) + 8], Zero);
    }
}
