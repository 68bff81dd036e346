// 40-100, vectors of 8 floats.

// A1 = softmax(Z1)
// [N×100], by rows; log Σⱼ exp Zᵢⱼ = Largestᵢ + log Sumsᵢ is kept for the loss.
[MethodImplAttribute(Kernel)]
private static void Softmax(float* Z1, float* A1, float* Largest, float* Sums, nint N)
{
    for (nint n = 0; n < N; n++)
    {
        float* z = &Z1[n * 112], a = &A1[n * 100];
        // The largest of the row is taken off, so that no exponential overflows.
        Vector8<float> most = Fill(float.NegativeInfinity);
        for (int j = 0; j < 96; j += 8)
        {
            most = Max(most, Load(&z[j]));
        }

        most = Max(most, Keep(Load(&z[96]), 4, float.NegativeInfinity));
        float m = MaxOf(most);

        Vector8<float> e, s0 = Zero, s1 = Zero;
        for (int j = 0; j < 96; j += 16)
        {
            e = Exp(Load(&z[j]) - Fill(m)); Store(&a[j], e); s0 += e;
            e = Exp(Load(&z[j + 8]) - Fill(m)); Store(&a[j + 8], e); s1 += e;
        }

        e = Exp(Keep(Load(&z[96]), 4, float.NegativeInfinity) - Fill(m)); StorePart(&a[96], 4, e); s0 += e;

        float s = Sum(s0, s1);
        Largest[n] = m;
        Sums[n] = s;
        Vector8<float> inverse = Fill(1 / s);
        for (int j = 0; j < 96; j += 8)
        {
            Store(&a[j], Load(&a[j]) * inverse);
        }

        StorePart(&a[96], 4, LoadPart(&a[96], 4) * inverse);
    }
}
