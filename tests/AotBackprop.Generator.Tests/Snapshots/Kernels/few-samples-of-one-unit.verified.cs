// 40-1-10, vectors of 16 floats.

// A step on few samples. No parameter is written, and false returned, where a number is too large to tell at a glance
// that the update is safe: the passes above find out.
[MethodImplAttribute(Kernel)]
public static bool StepFew<TUpdate>(
    float* parameters, float* X, int* labels, nint N, in TUpdate given, float* workspace, out double loss)
    where TUpdate : struct, IUpdate
{
    if (!(Scan.Largest(X, (nuint)N * 40) < 1048576f && Scan.Largest(parameters, 61) < 32768f))
    {
        loss = 0;
        return false;
    }

    Workspace scratch = new(workspace, N);
    Forward1(X, &parameters[Layout.W1], &parameters[Layout.b1], scratch.A1, N);
    Forward2(scratch.A1, &parameters[Layout.W2], &parameters[Layout.b2], scratch.Z2, N);

    // A2 = softmax(Z2), dZ2 = (A2 − Y)/N
    {
        float scale = 1f / N;
        float* Z2 = scratch.Z2, dZ2 = scratch.dZ2, Largest = scratch.Largest, Sums = scratch.Sums;
        for (nint n = 0; n < N; n++)
        {
            Vector16<float> z = Blend(0b1111110000000000, Fill(float.NegativeInfinity), Load(&Z2[n * 16]));
            Vector16<float> m = z;
            m = Max(m, V.Shuffle(m, V.Create(8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)));
            m = Max(m, V.Shuffle(m, V.Create(4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11)));
            m = Max(m, V.Shuffle(m, V.Create(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)));
            m = Max(m, V.Shuffle(m, V.Create(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)));
            Vector16<float> e = Exp(z - m);
            Vector16<float> s = e;
            s = s + V.Shuffle(s, V.Create(8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
            s = s + V.Shuffle(s, V.Create(4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
            s = s + V.Shuffle(s, V.Create(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
            s = s + V.Shuffle(s, V.Create(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
            StorePart(&Largest[n], 1, m);
            StorePart(&Sums[n], 1, s);
            Store(&dZ2[n * 16], e);
        }

        for (nint n = 0; n < N; n++)
        {
            Vector16<float> e = Load(&dZ2[n * 16]);
            e = e * Fill(1 / Sums[n]);
            int* label = &labels[n];
            Vector16<float> y = OneAt(label[0]);
            Vector16<float> g = (e - y) * Fill(scale);
            Store(&dZ2[n * 16], Keep(g, 10, 0));
        }
    }

    // dA1 = dZ2 W2ᵀ, dZ1 = dA1 ⊙ ReLU′(Z1)
    {
        float* dZ2 = scratch.dZ2, dZ1 = scratch.dZ1, A1 = scratch.A1, W2 = &parameters[Layout.W2];
        Vector16<float> w0 = LoadPart(W2, 1), w1 = LoadPart(&W2[1], 1), w2 = LoadPart(&W2[2], 1),
            w3 = LoadPart(&W2[3], 1), w4 = LoadPart(&W2[4], 1), w5 = LoadPart(&W2[5], 1), w6 = LoadPart(&W2[6], 1),
            w7 = LoadPart(&W2[7], 1), w8 = LoadPart(&W2[8], 1), w9 = LoadPart(&W2[9], 1);
        for (nint n = 0; n < N; n++)
        {
            Vector16<float> a = Zero;
            a = MultiplyAdd(Broadcast(dZ2), w0, a);
            a = MultiplyAdd(Broadcast(&dZ2[1]), w1, a);
            a = MultiplyAdd(Broadcast(&dZ2[2]), w2, a);
            a = MultiplyAdd(Broadcast(&dZ2[3]), w3, a);
            a = MultiplyAdd(Broadcast(&dZ2[4]), w4, a);
            a = MultiplyAdd(Broadcast(&dZ2[5]), w5, a);
            a = MultiplyAdd(Broadcast(&dZ2[6]), w6, a);
            a = MultiplyAdd(Broadcast(&dZ2[7]), w7, a);
            a = MultiplyAdd(Broadcast(&dZ2[8]), w8, a);
            a = MultiplyAdd(Broadcast(&dZ2[9]), w9, a);
            Store(dZ1, Mask(a, Load(A1)));
            dZ2 += 16; dZ1 += 16; A1 += 16;
        }
    }

    // log Σⱼ exp Z2ᵢⱼ = Largestᵢ + log Sumsᵢ: while others are waited for.
    Logarithm.Add(scratch.Largest, scratch.Sums, N, scratch.Losses);

    Descend2(scratch.A1, scratch.dZ2, N, in given, &parameters[Layout.W2]);
    BiasDescend2(scratch.dZ2, N, in given, &parameters[Layout.b2]);
    Descend1(X, scratch.dZ1, N, in given, &parameters[Layout.W1]);
    BiasDescend1(scratch.dZ1, N, in given, &parameters[Layout.b1]);

    // Last, because nothing waits for it.
    loss = CrossEntropy.MeanOfRows(labels, N, scratch.Z2, 16, scratch.Losses);
    return true;
}
