// 64-32-10, vectors of 8 floats.

// 2 rows × 4 vectors at a time; N is a multiple of 2.
[MethodImplAttribute(Kernel)]
private static void Backward1Rows2(float* dZ2, float* W2T, float* dZ1, float* A1, nint N, int first, int end)
{
    if (first == 0 && end > 0)
    {
        for (nint n = 0; n < N; n += 2)
        {
            float* d = &dZ2[n * 16], w = W2T;
            Vector8<float> a00 = Zero, a01 = Zero, a02 = Zero, a03 = Zero, a10 = Zero, a11 = Zero, a12 = Zero,
                a13 = Zero;

            Vector8<float> di, w0, w1, w2, w3;
            for (int i = 0; i < 10; i++)
            {
                w0 = Load(w); w1 = Load(&w[8]); w2 = Load(&w[16]); w3 = Load(&w[24]);
                di = Broadcast(d); a00 = MultiplyAdd(di, w0, a00); a01 = MultiplyAdd(di, w1, a01);
                a02 = MultiplyAdd(di, w2, a02); a03 = MultiplyAdd(di, w3, a03);
                di = Broadcast(&d[16]); a10 = MultiplyAdd(di, w0, a10); a11 = MultiplyAdd(di, w1, a11);
                a12 = MultiplyAdd(di, w2, a12); a13 = MultiplyAdd(di, w3, a13);
                d += 1; w += 32;
            }

            float* a = &dZ1[n * 32], mask = &A1[n * 32];
            Store(a, Mask(a00, Load(mask))); Store(&a[8], Mask(a01, Load(&mask[8])));
            Store(&a[16], Mask(a02, Load(&mask[16]))); Store(&a[24], Mask(a03, Load(&mask[24])));
            Store(&a[32], Mask(a10, Load(&mask[32]))); Store(&a[40], Mask(a11, Load(&mask[40])));
            Store(&a[48], Mask(a12, Load(&mask[48]))); Store(&a[56], Mask(a13, Load(&mask[56])));
        }
    }
}

// 1 row × 4 vectors at a time.
[MethodImplAttribute(Kernel)]
private static void Backward1Rows1(float* dZ2, float* W2T, float* dZ1, float* A1, nint N, int first, int end)
{
    if (first == 0 && end > 0)
    {
        for (nint n = 0; n < N; n++)
        {
            float* d = &dZ2[n * 16], w = W2T;
            Vector8<float> a00 = Zero, a01 = Zero, a02 = Zero, a03 = Zero;

            Vector8<float> di;
            for (int i = 0; i < 10; i++)
            {
                di = Broadcast(d); a00 = MultiplyAdd(di, Load(w), a00); a01 = MultiplyAdd(di, Load(&w[8]), a01);
                a02 = MultiplyAdd(di, Load(&w[16]), a02); a03 = MultiplyAdd(di, Load(&w[24]), a03);
                d += 1; w += 32;
            }

            float* a = &dZ1[n * 32], mask = &A1[n * 32];
            Store(a, Mask(a00, Load(mask))); Store(&a[8], Mask(a01, Load(&mask[8])));
            Store(&a[16], Mask(a02, Load(&mask[16]))); Store(&a[24], Mask(a03, Load(&mask[24])));
        }
    }
}
