// 5-17-3 Gelu, vectors of 8 floats.

// 1 row × 3 vectors at a time.
[MethodImplAttribute(Kernel)]
private static void Forward1Rows1(float* X, float* W1, float* b1, float* A1, float* Slope1, nint N, int first, int end)
{
    if (first == 0 && end > 0)
    {
        for (nint n = 0; n < N; n++)
        {
            float* x = &X[n * 5], w = W1;
            Vector8<float> z00 = Load(b1), z01 = Load(&b1[8]), z02 = LoadPart(&b1[16], 1);

            Vector8<float> xi;
            for (int i = 0; i < 5; i++)
            {
                xi = Broadcast(x); z00 = MultiplyAdd(xi, Load(w), z00); z01 = MultiplyAdd(xi, Load(&w[8]), z01);
                z02 = MultiplyAdd(xi, LoadPart(&w[16], 1), z02);
                x += 1; w += 17;
            }

            float* z = &A1[n * 32], slope = &Slope1[n * 32];
            Store(z, z00); Store(&z[8], z01); Store(&z[16], z02);
            Gelu(z, slope, 1, 32, 3);
        }
    }

    for (nint n = 0; n < N; n++)
    {
        float* z = &A1[n * 32];
        Store(&z[24], Zero);
        float* slope = &Slope1[n * 32];
        Store(&slope[24], Zero);
    }
}

// 1 row × 3 vectors at a time.
[MethodImplAttribute(Kernel)]
private static void Backward1Rows1(float* dZ2, float* W2T, float* dZ1, float* Slope1, nint N, int first, int end)
{
    if (first == 0 && end > 0)
    {
        for (nint n = 0; n < N; n++)
        {
            float* d = &dZ2[n * 16], w = W2T;
            Vector8<float> a00 = Zero, a01 = Zero, a02 = Zero;

            Vector8<float> di;
            for (int i = 0; i < 3; i++)
            {
                di = Broadcast(d); a00 = MultiplyAdd(di, Load(w), a00); a01 = MultiplyAdd(di, Load(&w[8]), a01);
                a02 = MultiplyAdd(di, Load(&w[16]), a02);
                d += 1; w += 32;
            }

            float* a = &dZ1[n * 32], slope = &Slope1[n * 32];
            Store(a, a00 * Load(slope)); Store(&a[8], a01 * Load(&slope[8])); Store(&a[16], a02 * Load(&slope[16]));
        }
    }

    for (nint n = 0; n < N; n++)
    {
        float* a = &dZ1[n * 32];
        Store(&a[24], Zero);
    }
}
