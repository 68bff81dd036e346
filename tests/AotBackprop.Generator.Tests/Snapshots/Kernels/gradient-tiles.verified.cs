// 64-40-10, vectors of 8 floats.

// dW1 = Xᵀ dZ1, W1 ← update(W1, dW1)
// [64×40] = [64×N] [N×40].
// Tiles. Each sum adds the samples ascending, from 0.
// 6 inputs × 2 vectors at a time, over all samples; from one column on to another.
[MethodImplAttribute(Kernel)]
private static void Descend1<TUpdate>(float* X, float* dZ1, nint N, in TUpdate given, float* W1, int first, int end)
    where TUpdate : struct, IUpdate
{
    TUpdate update = given;
    for (int i = 0; i < 60; i += 6)
    {
        for (int j = first; j < Math.Min(end, 32); j += 16)
        {
            float* x = &X[i], d = &dZ1[j];
            Vector8<float> g00 = Zero, g01 = Zero, g10 = Zero, g11 = Zero, g20 = Zero, g21 = Zero, g30 = Zero,
                g31 = Zero, g40 = Zero, g41 = Zero, g50 = Zero, g51 = Zero;
            Vector8<float> xi, d0, d1;
            for (nint n = 0; n < N;)
            {
                nint until = Math.Min(N, n + 32);
                for (; n < until; n++)
                {
                    d0 = Load(d); d1 = Load(&d[8]);
                    xi = Broadcast(x); g00 = MultiplyAdd(xi, d0, g00); g01 = MultiplyAdd(xi, d1, g01);
                    xi = Broadcast(&x[1]); g10 = MultiplyAdd(xi, d0, g10); g11 = MultiplyAdd(xi, d1, g11);
                    xi = Broadcast(&x[2]); g20 = MultiplyAdd(xi, d0, g20); g21 = MultiplyAdd(xi, d1, g21);
                    xi = Broadcast(&x[3]); g30 = MultiplyAdd(xi, d0, g30); g31 = MultiplyAdd(xi, d1, g31);
                    xi = Broadcast(&x[4]); g40 = MultiplyAdd(xi, d0, g40); g41 = MultiplyAdd(xi, d1, g41);
                    xi = Broadcast(&x[5]); g50 = MultiplyAdd(xi, d0, g50); g51 = MultiplyAdd(xi, d1, g51);
                    x += 64; d += 48;
                }
            }

            // W1 ← update(W1, dW1)
            float* w = &W1[(i * 40) + j];
            Update(in update, w, g00); Update(in update, &w[8], g01);
            Update(in update, &w[40], g10); Update(in update, &w[48], g11);
            Update(in update, &w[80], g20); Update(in update, &w[88], g21);
            Update(in update, &w[120], g30); Update(in update, &w[128], g31);
            Update(in update, &w[160], g40); Update(in update, &w[168], g41);
            Update(in update, &w[200], g50); Update(in update, &w[208], g51);
        }

        if (first <= 32 && 32 < end)
        {
            float* x = &X[i], d = &dZ1[32];
            Vector8<float> g00 = Zero, g10 = Zero, g20 = Zero, g30 = Zero, g40 = Zero, g50 = Zero;
            Vector8<float> d0;
            for (nint n = 0; n < N;)
            {
                nint until = Math.Min(N, n + 32);
                for (; n < until; n++)
                {
                    d0 = Load(d); g00 = MultiplyAdd(Broadcast(x), d0, g00);
                    g10 = MultiplyAdd(Broadcast(&x[1]), d0, g10); g20 = MultiplyAdd(Broadcast(&x[2]), d0, g20);
                    g30 = MultiplyAdd(Broadcast(&x[3]), d0, g30); g40 = MultiplyAdd(Broadcast(&x[4]), d0, g40);
                    g50 = MultiplyAdd(Broadcast(&x[5]), d0, g50);
                    x += 64; d += 48;
                }
            }

            // W1 ← update(W1, dW1)
            float* w = &W1[(i * 40) + 32];
            Update(in update, w, g00); Update(in update, &w[40], g10); Update(in update, &w[80], g20);
            Update(in update, &w[120], g30); Update(in update, &w[160], g40); Update(in update, &w[200], g50);
        }
    }

    {
        for (int j = first; j < Math.Min(end, 32); j += 16)
        {
            float* x = &X[60], d = &dZ1[j];
            Vector8<float> g00 = Zero, g01 = Zero, g10 = Zero, g11 = Zero, g20 = Zero, g21 = Zero, g30 = Zero,
                g31 = Zero;
            Vector8<float> xi, d0, d1;
            for (nint n = 0; n < N;)
            {
                nint until = Math.Min(N, n + 32);
                for (; n < until; n++)
                {
                    d0 = Load(d); d1 = Load(&d[8]);
                    xi = Broadcast(x); g00 = MultiplyAdd(xi, d0, g00); g01 = MultiplyAdd(xi, d1, g01);
                    xi = Broadcast(&x[1]); g10 = MultiplyAdd(xi, d0, g10); g11 = MultiplyAdd(xi, d1, g11);
                    xi = Broadcast(&x[2]); g20 = MultiplyAdd(xi, d0, g20); g21 = MultiplyAdd(xi, d1, g21);
                    xi = Broadcast(&x[3]); g30 = MultiplyAdd(xi, d0, g30); g31 = MultiplyAdd(xi, d1, g31);
                    x += 64; d += 48;
                }
            }

            // W1 ← update(W1, dW1)
            float* w = &W1[j + 2400];
            Update(in update, w, g00); Update(in update, &w[8], g01);
            Update(in update, &w[40], g10); Update(in update, &w[48], g11);
            Update(in update, &w[80], g20); Update(in update, &w[88], g21);
            Update(in update, &w[120], g30); Update(in update, &w[128], g31);
        }

        if (first <= 32 && 32 < end)
        {
            float* x = &X[60], d = &dZ1[32];
            Vector8<float> g00 = Zero, g10 = Zero, g20 = Zero, g30 = Zero;
            Vector8<float> d0;
            for (nint n = 0; n < N;)
            {
                nint until = Math.Min(N, n + 32);
                for (; n < until; n++)
                {
                    d0 = Load(d); g00 = MultiplyAdd(Broadcast(x), d0, g00);
                    g10 = MultiplyAdd(Broadcast(&x[1]), d0, g10); g20 = MultiplyAdd(Broadcast(&x[2]), d0, g20);
                    g30 = MultiplyAdd(Broadcast(&x[3]), d0, g30);
                    x += 64; d += 48;
                }
            }

            // W1 ← update(W1, dW1)
            float* w = &W1[2432];
            Update(in update, w, g00); Update(in update, &w[40], g10); Update(in update, &w[80], g20);
            Update(in update, &w[120], g30);
        }
    }
}
