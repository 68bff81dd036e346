// 784-512-10, vectors of 8 floats.

// 1 row × 8 vectors at a time.
[MethodImplAttribute(Kernel)]
private static void Forward1Rows1(float* X, float* W1, float* b1, float* A1, nint N, int first, int end)
{
    for (nint n = 0; n < N; n++)
    {
        float* x = &X[n * 784], z = &A1[n * 512];

        for (int j = 0; j < 512; j += 64)
        {
            if (first <= j && j < end)
            {
                Store(&z[j], Load(&b1[j]));
                Store(&z[j + 8], Load(&b1[j + 8]));
                Store(&z[j + 16], Load(&b1[j + 16]));
                Store(&z[j + 24], Load(&b1[j + 24]));
                Store(&z[j + 32], Load(&b1[j + 32]));
                Store(&z[j + 40], Load(&b1[j + 40]));
                Store(&z[j + 48], Load(&b1[j + 48]));
                Store(&z[j + 56], Load(&b1[j + 56]));
            }
        }

        // By pieces of 8 rows, so that W1 is read nearly as it lies; between them the sums are in A1.
        for (nint start = 0; start < 784; start += 8)
        {
            nint until = Math.Min(784, start + 8);

            for (int j = 0; j < 512; j += 64)
            {
                if (first <= j && j < end)
                {
                    float* w = &W1[j + (start * 512)], sums = &z[j];
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
                        xi = Broadcast(&x[i]); z00 = MultiplyAdd(xi, Load(w), z00);
                        z01 = MultiplyAdd(xi, Load(&w[8]), z01); z02 = MultiplyAdd(xi, Load(&w[16]), z02);
                        z03 = MultiplyAdd(xi, Load(&w[24]), z03); z04 = MultiplyAdd(xi, Load(&w[32]), z04);
                        z05 = MultiplyAdd(xi, Load(&w[40]), z05); z06 = MultiplyAdd(xi, Load(&w[48]), z06);
                        z07 = MultiplyAdd(xi, Load(&w[56]), z07);
                        w += 512;
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
            }
        }

        for (int j = 0; j < 512; j += 64)
        {
            if (first <= j && j < end)
            {
                Store(&z[j], Relu(Load(&z[j])));
                Store(&z[j + 8], Relu(Load(&z[j + 8])));
                Store(&z[j + 16], Relu(Load(&z[j + 16])));
                Store(&z[j + 24], Relu(Load(&z[j + 24])));
                Store(&z[j + 32], Relu(Load(&z[j + 32])));
                Store(&z[j + 40], Relu(Load(&z[j + 40])));
                Store(&z[j + 48], Relu(Load(&z[j + 48])));
                Store(&z[j + 56], Relu(Load(&z[j + 56])));
            }
        }
    }
}
