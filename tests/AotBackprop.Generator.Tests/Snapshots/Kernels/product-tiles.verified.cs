// 200-100-10 Tiled, vectors of 8 floats.

// 2 rows × 4 vectors at a time; N is a multiple of 2.
[MethodImplAttribute(Kernel)]
private static void Forward1Rows2(float* X, float* W1, float* b1, float* A1, nint N, int first, int end)
{
    for (int j = 0; j < 96; j += 32)
    {
        if (first <= j && j < end)
        {
            for (nint n = 0; n < N; n += 2)
            {
                float* x = &X[n * 200], w = &W1[j];
                Vector8<float> z00 = Load(&b1[j]), z01 = Load(&b1[j + 8]), z02 = Load(&b1[j + 16]),
                    z03 = Load(&b1[j + 24]);
                Vector8<float> z10 = z00, z11 = z01, z12 = z02, z13 = z03;

                Vector8<float> xi, w0, w1, w2, w3;
                for (int i = 0; i < 200; i += 2)
                {
                    w0 = Load(w); w1 = Load(&w[8]); w2 = Load(&w[16]); w3 = Load(&w[24]);
                    xi = Broadcast(x); z00 = MultiplyAdd(xi, w0, z00); z01 = MultiplyAdd(xi, w1, z01);
                    z02 = MultiplyAdd(xi, w2, z02); z03 = MultiplyAdd(xi, w3, z03);
                    xi = Broadcast(&x[200]); z10 = MultiplyAdd(xi, w0, z10); z11 = MultiplyAdd(xi, w1, z11);
                    z12 = MultiplyAdd(xi, w2, z12); z13 = MultiplyAdd(xi, w3, z13);
                    w0 = Load(&w[100]); w1 = Load(&w[108]); w2 = Load(&w[116]); w3 = Load(&w[124]);
                    xi = Broadcast(&x[1]); z00 = MultiplyAdd(xi, w0, z00); z01 = MultiplyAdd(xi, w1, z01);
                    z02 = MultiplyAdd(xi, w2, z02); z03 = MultiplyAdd(xi, w3, z03);
                    xi = Broadcast(&x[201]); z10 = MultiplyAdd(xi, w0, z10); z11 = MultiplyAdd(xi, w1, z11);
                    z12 = MultiplyAdd(xi, w2, z12); z13 = MultiplyAdd(xi, w3, z13);
                    x += 2; w += 200;
                }

                float* z = &A1[(n * 112) + j];
                Store(z, Relu(z00)); Store(&z[8], Relu(z01)); Store(&z[16], Relu(z02)); Store(&z[24], Relu(z03));
                Store(&z[112], Relu(z10)); Store(&z[120], Relu(z11)); Store(&z[128], Relu(z12));
                Store(&z[136], Relu(z13));
            }
        }
    }

    if (first <= 96 && 96 < end)
    {
        for (nint n = 0; n < N; n += 2)
        {
            float* x = &X[n * 200], w = &W1[96];
            Vector8<float> z00 = LoadPart(&b1[96], 4), z10 = z00;

            Vector8<float> w0;
            for (int i = 0; i < 200; i += 2)
            {
                w0 = LoadPart(w, 4); z00 = MultiplyAdd(Broadcast(x), w0, z00);
                z10 = MultiplyAdd(Broadcast(&x[200]), w0, z10);
                w0 = LoadPart(&w[100], 4); z00 = MultiplyAdd(Broadcast(&x[1]), w0, z00);
                z10 = MultiplyAdd(Broadcast(&x[201]), w0, z10);
                x += 2; w += 200;
            }

            float* z = &A1[(n * 112) + 96];
            Store(z, Relu(z00)); Store(&z[112], Relu(z10));
        }
    }

    for (nint n = 0; n < N; n++)
    {
        float* z = &A1[n * 112];
        Store(&z[104], Zero);
    }
}

// 1 row × 8 vectors at a time.
[MethodImplAttribute(Kernel)]
private static void Forward1Rows1(float* X, float* W1, float* b1, float* A1, nint N, int first, int end)
{
    for (nint n = 0; n < N; n++)
    {
        float* x = &X[n * 200], z = &A1[n * 112];

        if (first == 0 && end > 0)
        {
            Store(z, Load(b1));
            Store(&z[8], Load(&b1[8]));
            Store(&z[16], Load(&b1[16]));
            Store(&z[24], Load(&b1[24]));
            Store(&z[32], Load(&b1[32]));
            Store(&z[40], Load(&b1[40]));
            Store(&z[48], Load(&b1[48]));
            Store(&z[56], Load(&b1[56]));
        }

        if (first <= 64 && 64 < end)
        {
            Store(&z[64], Load(&b1[64]));
            Store(&z[72], Load(&b1[72]));
            Store(&z[80], Load(&b1[80]));
            Store(&z[88], Load(&b1[88]));
            Store(&z[96], LoadPart(&b1[96], 4));
        }

        // By pieces of 40 rows, so that W1 is read nearly as it lies; between them the sums are in A1.
        for (nint start = 0; start < 200; start += 40)
        {
            nint until = Math.Min(200, start + 40);

            if (first == 0 && end > 0)
            {
                float* w = &W1[start * 100], sums = z;
                Vector8<float> z00 = Load(sums);
                Vector8<float> z01 = Load(&sums[8]);
                Vector8<float> z02 = Load(&sums[16]);
                Vector8<float> z03 = Load(&sums[24]);
                Vector8<float> z04 = Load(&sums[32]);
                Vector8<float> z05 = Load(&sums[40]);
                Vector8<float> z06 = Load(&sums[48]);
                Vector8<float> z07 = Load(&sums[56]);
                Vector8<float> xi;
                for (nint i = start; i < until; i++)
                {
                    xi = Broadcast(&x[i]); z00 = MultiplyAdd(xi, Load(w), z00); z01 = MultiplyAdd(xi, Load(&w[8]), z01);
                    z02 = MultiplyAdd(xi, Load(&w[16]), z02); z03 = MultiplyAdd(xi, Load(&w[24]), z03);
                    z04 = MultiplyAdd(xi, Load(&w[32]), z04); z05 = MultiplyAdd(xi, Load(&w[40]), z05);
                    z06 = MultiplyAdd(xi, Load(&w[48]), z06); z07 = MultiplyAdd(xi, Load(&w[56]), z07);
                    w += 100;
                }

                Store(sums, z00);
                Store(&sums[8], z01);
                Store(&sums[16], z02);
                Store(&sums[24], z03);
                Store(&sums[32], z04);
                Store(&sums[40], z05);
                Store(&sums[48], z06);
                Store(&sums[56], z07);
            }

            if (first <= 64 && 64 < end)
            {
                float* w = &W1[(start * 100) + 64], sums = &z[64];
                Vector8<float> z00 = Load(sums);
                Vector8<float> z01 = Load(&sums[8]);
                Vector8<float> z02 = Load(&sums[16]);
                Vector8<float> z03 = Load(&sums[24]);
                Vector8<float> z04 = Load(&sums[32]);
                Vector8<float> xi;
                for (nint i = start; i < until; i++)
                {
                    xi = Broadcast(&x[i]); z00 = MultiplyAdd(xi, Load(w), z00); z01 = MultiplyAdd(xi, Load(&w[8]), z01);
                    z02 = MultiplyAdd(xi, Load(&w[16]), z02); z03 = MultiplyAdd(xi, Load(&w[24]), z03);
                    z04 = MultiplyAdd(xi, LoadPart(&w[32], 4), z04);
                    w += 100;
                }

                Store(sums, z00);
                Store(&sums[8], z01);
                Store(&sums[16], z02);
                Store(&sums[24], z03);
                Store(&sums[32], z04);
            }
        }

        if (first == 0 && end > 0)
        {
            Store(z, Relu(Load(z)));
            Store(&z[8], Relu(Load(&z[8])));
            Store(&z[16], Relu(Load(&z[16])));
            Store(&z[24], Relu(Load(&z[24])));
            Store(&z[32], Relu(Load(&z[32])));
            Store(&z[40], Relu(Load(&z[40])));
            Store(&z[48], Relu(Load(&z[48])));
            Store(&z[56], Relu(Load(&z[56])));
        }

        if (first <= 64 && 64 < end)
        {
            Store(&z[64], Relu(Load(&z[64])));
            Store(&z[72], Relu(Load(&z[72])));
            Store(&z[80], Relu(Load(&z[80])));
            Store(&z[88], Relu(Load(&z[88])));
            Store(&z[96], Relu(Load(&z[96])));
        }
    }

    for (nint n = 0; n < N; n++)
    {
        float* z = &A1[n * 112];
        Store(&z[104], Zero);
    }
}
