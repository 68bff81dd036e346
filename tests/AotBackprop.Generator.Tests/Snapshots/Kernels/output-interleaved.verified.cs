// 20-17-3, vectors of 16 floats.

// Z2 = A1 W2 + b2
// with a sample in each lane, and the same sums.
[MethodImplAttribute(Kernel)]
private static void Forward2Across(float* A1, float* W2, float* b2, float* Z2, nint N)
{
    for (nint n = 0; n < N; n += 16)
    {
        float* a = &A1[n * 32], z = &Z2[n * 16];

        float* w = W2;
        Vector16<float> s0 = Broadcast(b2), s1 = Broadcast(&b2[1]), s2 = Broadcast(&b2[2]);
        Vector16<float> s0b = Zero, s1b = Zero, s2b = Zero, s0c = Zero, s1c = Zero, s2c = Zero, s0d = Zero,
            s1d = Zero, s2d = Zero;

        Vector16<float> ai;
        for (int i = 0; i < 16; i += 4)
        {
            float* x = &a[((i & 15) * 32) + (i & ~15)];
            ai = Load(x); s0 = MultiplyAdd(ai, Broadcast(w), s0); s1 = MultiplyAdd(ai, Broadcast(&w[1]), s1);
            s2 = MultiplyAdd(ai, Broadcast(&w[2]), s2);
            ai = Load(&x[32]); s0b = MultiplyAdd(ai, Broadcast(&w[3]), s0b);
            s1b = MultiplyAdd(ai, Broadcast(&w[4]), s1b); s2b = MultiplyAdd(ai, Broadcast(&w[5]), s2b);
            ai = Load(&x[64]); s0c = MultiplyAdd(ai, Broadcast(&w[6]), s0c);
            s1c = MultiplyAdd(ai, Broadcast(&w[7]), s1c); s2c = MultiplyAdd(ai, Broadcast(&w[8]), s2c);
            ai = Load(&x[96]); s0d = MultiplyAdd(ai, Broadcast(&w[9]), s0d);
            s1d = MultiplyAdd(ai, Broadcast(&w[10]), s1d); s2d = MultiplyAdd(ai, Broadcast(&w[11]), s2d);
            w += 12;
        }

        ai = Load(&a[16]); s0 = MultiplyAdd(ai, Broadcast(w), s0); s1 = MultiplyAdd(ai, Broadcast(&w[1]), s1);
        s2 = MultiplyAdd(ai, Broadcast(&w[2]), s2);

        Store(z, ((s0 + s0b) + s0c) + s0d); Store(&z[16], ((s1 + s1b) + s1c) + s1d);
        Store(&z[32], ((s2 + s2b) + s2c) + s2d);
    }
}

// A2 = softmax(Z2)
// with a sample in each lane.
[MethodImplAttribute(Kernel)]
private static void SoftmaxAcross(float* Z2, float* A2, float* Largest, float* Sums, nint N, float* block)
{
    for (nint n = 0; n < N; n += 16)
    {
        float* z = &Z2[n * 16];
        Vector16<float> z0 = Load(z), z1 = Load(&z[16]), z2 = Load(&z[32]);

        Vector16<float> m = Max(Max(z0, z1), z2);
        z0 = Exp(z0 - m); z1 = Exp(z1 - m); z2 = Exp(z2 - m);

        Vector16<float> s = (z0 + z2) + z1;
        Store(&Largest[n], m);
        Store(&Sums[n], s);
        Vector16<float> inverse = Fill(1) / s;
        Store(block, z0 * inverse); Store(&block[16], z1 * inverse); Store(&block[32], z2 * inverse);
        RowBlock.Collect(block, 3, 16, &block[256], &A2[n * 3]);
    }
}

// A2 = softmax(Z2), dZ2 = (A2 − Y)/N
// with a sample in each lane; Y is given as class numbers.
[MethodImplAttribute(Kernel)]
private static void OutputGradientAcross(
    float* Z2, int* labels, nint N, float scale, float* Largest, float* Sums, float* dZ2)
{
    for (nint n = 0; n < N; n += 16)
    {
        int* label = &labels[n];
        float* d = &dZ2[n * 16], z = &Z2[n * 16];
        Vector16<float> z0 = Load(z), z1 = Load(&z[16]), z2 = Load(&z[32]);

        Vector16<float> m = Max(Max(z0, z1), z2);
        z0 = Exp(z0 - m); z1 = Exp(z1 - m); z2 = Exp(z2 - m);

        Vector16<float> s = (z0 + z2) + z1;
        Store(&Largest[n], m);
        Store(&Sums[n], s);
        Vector16<float> inverse = Fill(1) / s;
        Store(d, ((z0 * inverse) - OneWhere(label, 0)) * Fill(scale));
        Store(&d[16], ((z1 * inverse) - OneWhere(label, 1)) * Fill(scale));
        Store(&d[32], ((z2 * inverse) - OneWhere(label, 2)) * Fill(scale));
        Store(&d[48], Zero); Store(&d[64], Zero); Store(&d[80], Zero); Store(&d[96], Zero); Store(&d[112], Zero);
        Store(&d[128], Zero); Store(&d[144], Zero); Store(&d[160], Zero); Store(&d[176], Zero); Store(&d[192], Zero);
        Store(&d[208], Zero); Store(&d[224], Zero); Store(&d[240], Zero);
    }

    SampleLanes.Transpose(dZ2, 16, N, 16, dZ2);
}

// dW2 = A1ᵀ dZ2
// with an input in each lane, and the same sums.
[MethodImplAttribute(Kernel)]
private static void Gradient2Across(float* A1, float* dZ2, nint N, float* sums, int first, int end)
{
    int i = first;
    for (; i <= end - 32; i += 32)
    {
        float* a = &A1[i], d = dZ2;
        Vector16<float> g0_0 = Zero, g0_1 = Zero, g0_2 = Zero, g1_0 = Zero, g1_1 = Zero, g1_2 = Zero;
        Vector16<float> a0, a1, dj;
        for (nint n = 0; n < N; n++)
        {
            a0 = Load(a); a1 = Load(&a[16]);
            dj = Broadcast(d); g0_0 = MultiplyAdd(a0, dj, g0_0); g1_0 = MultiplyAdd(a1, dj, g1_0);
            dj = Broadcast(&d[1]); g0_1 = MultiplyAdd(a0, dj, g0_1); g1_1 = MultiplyAdd(a1, dj, g1_1);
            dj = Broadcast(&d[2]); g0_2 = MultiplyAdd(a0, dj, g0_2); g1_2 = MultiplyAdd(a1, dj, g1_2);
            a += 32; d += 16;
        }

        float* s = &sums[i * 3];
        Store(s, g0_0); Store(&s[16], g0_1); Store(&s[32], g0_2);
        Store(&s[48], g1_0); Store(&s[64], g1_1); Store(&s[80], g1_2);
    }

    for (; i < end; i += 16)
    {
        float* a = &A1[i], d = dZ2;
        Vector16<float> g0_0 = Zero, g0_1 = Zero, g0_2 = Zero;
        Vector16<float> a0, dj;
        for (nint n = 0; n < N; n++)
        {
            a0 = Load(a);
            dj = Broadcast(d); g0_0 = MultiplyAdd(a0, dj, g0_0);
            dj = Broadcast(&d[1]); g0_1 = MultiplyAdd(a0, dj, g0_1);
            dj = Broadcast(&d[2]); g0_2 = MultiplyAdd(a0, dj, g0_2);
            a += 32; d += 16;
        }

        float* s = &sums[i * 3];
        Store(s, g0_0); Store(&s[16], g0_1); Store(&s[32], g0_2);
    }
}
