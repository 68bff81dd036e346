// 20-17-3, vectors of 16 floats.

// Forward for few samples. Nothing is written, and false returned, where an input is not finite.
[MethodImplAttribute(Kernel)]
public static bool ForwardFew(float* parameters, float* X, nint N, float* workspace, float* A2)
{
    if (!float.IsFinite(Scan.Largest(X, (nuint)N * 20)))
    {
        return false;
    }

    Workspace scratch = new(workspace, N);
    Forward1(X, &parameters[Layout.W1], &parameters[Layout.b1], scratch.A1, N);
    Forward2(scratch.A1, &parameters[Layout.W2], &parameters[Layout.b2], scratch.Z2, N);
    float* Z2 = scratch.Z2;

    // A2 = softmax(Z2)
    if (N >= 4)
    {
        float* Largest = scratch.Largest, Sums = scratch.Sums;
        for (nint n = 0; n < N; n += 4)
        {
            nint first = Math.Min(n, N - 4);
            Vector16<float> z = Blend(
                0b1000100010001000, Fill(float.NegativeInfinity),
                Blend(
                    0b1111000000000000,
                    V.Shuffle(
                        Load(&Z2[(first * 16) + 48]), V.Create(4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3)),
                    Blend(
                        0b0000111100000000,
                        V.Shuffle(
                            Load(&Z2[(first * 16) + 32]),
                            V.Create(8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)),
                        Blend(
                            0b0000000011110000,
                            V.Shuffle(
                                Load(&Z2[(first * 16) + 16]),
                                V.Create(12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)),
                            Load(&Z2[first * 16])))));
            Vector16<float> m = z;
            m = Max(m, V.Shuffle(m, V.Create(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)));
            m = Max(m, V.Shuffle(m, V.Create(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)));
            Vector16<float> e = Exp(z - m);
            Vector16<float> s = e;
            s = s + V.Shuffle(s, V.Create(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
            s = s + V.Shuffle(s, V.Create(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
            StorePart(
                &Largest[first], 4, V.Shuffle(m, V.Create(0, 4, 8, 12, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)));
            StorePart(&Sums[first], 4, V.Shuffle(s, V.Create(0, 4, 8, 12, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)));
            e = e * (Fill(1f) / s);
            StorePart(
                &A2[first * 3], 12, V.Shuffle(e, V.Create(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 12, 13, 14, 15)));
        }
    }
    else
    {
        Softmax(Z2, A2, scratch.Largest, scratch.Sums, N);
    }

    return true;
}

// A step on few samples. No parameter is written, and false returned, where a number is too large to tell at a glance
// that the update is safe: the passes above find out.
[MethodImplAttribute(Kernel)]
public static bool StepFew<TUpdate>(
    float* parameters, float* X, int* labels, nint N, in TUpdate given, float* workspace, out double loss)
    where TUpdate : struct, IUpdate
{
    if (!(Scan.Largest(X, (nuint)N * 20) < 1048576f && Scan.Largest(parameters, 411) < 32768f))
    {
        loss = 0;
        return false;
    }

    Workspace scratch = new(workspace, N);
    Forward1(X, &parameters[Layout.W1], &parameters[Layout.b1], scratch.A1, N);
    Forward2(scratch.A1, &parameters[Layout.W2], &parameters[Layout.b2], scratch.Z2, N);

    // A2 = softmax(Z2), dZ2 = (A2 − Y)/N
    float scale = 1f / N;
    float* Z2 = scratch.Z2, dZ2 = scratch.dZ2;
    if (N >= 4)
    {
        float* Largest = scratch.Largest, Sums = scratch.Sums;
        for (nint n = 0; n < N; n += 4)
        {
            nint first = Math.Min(n, N - 4);
            Vector16<float> z = Blend(
                0b1000100010001000, Fill(float.NegativeInfinity),
                Blend(
                    0b1111000000000000,
                    V.Shuffle(
                        Load(&Z2[(first * 16) + 48]), V.Create(4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3)),
                    Blend(
                        0b0000111100000000,
                        V.Shuffle(
                            Load(&Z2[(first * 16) + 32]),
                            V.Create(8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)),
                        Blend(
                            0b0000000011110000,
                            V.Shuffle(
                                Load(&Z2[(first * 16) + 16]),
                                V.Create(12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)),
                            Load(&Z2[first * 16])))));
            Vector16<float> m = z;
            m = Max(m, V.Shuffle(m, V.Create(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)));
            m = Max(m, V.Shuffle(m, V.Create(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)));
            Vector16<float> e = Exp(z - m);
            Vector16<float> s = e;
            s = s + V.Shuffle(s, V.Create(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
            s = s + V.Shuffle(s, V.Create(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
            StorePart(
                &Largest[first], 4, V.Shuffle(m, V.Create(0, 4, 8, 12, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)));
            StorePart(&Sums[first], 4, V.Shuffle(s, V.Create(0, 4, 8, 12, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)));
            e = e * (Fill(1f) / s);
            int* label = &labels[first];
            Vector16<float> y = ((OneAt(label[0]) + OneAt(label[1] + 4)) + OneAt(label[2] + 8)) + OneAt(label[3] + 12);
            Vector16<float> g = (e - y) * Fill(scale);
            Store(&dZ2[first * 16], Keep(g, 3, 0));
            Store(
                &dZ2[(first * 16) + 16],
                Keep(V.Shuffle(g, V.Create(4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3)), 3, 0));
            Store(
                &dZ2[(first * 16) + 32],
                Keep(V.Shuffle(g, V.Create(8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)), 3, 0));
            Store(
                &dZ2[(first * 16) + 48],
                Keep(V.Shuffle(g, V.Create(12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)), 3, 0));
        }
    }
    else
    {
        Softmax(Z2, scratch.A2, scratch.Largest, scratch.Sums, N);
        OutputGradient(scratch.A2, labels, N, scale, dZ2);
    }

    // dA1 = dZ2 W2ᵀ, dZ1 = dA1 ⊙ ReLU′(Z1)
    float* w = &parameters[Layout.W2], t = scratch.W2T;
    Vector16<float> w0_0 = Load(w), w0_1 = Load(&w[16]), w0_2 = Load(&w[32]);
    Store(
        t,
        V.Shuffle(
            Blend(0b0010010010010010, w0_2, Blend(0b0100100100100100, w0_1, w0_0)),
            V.Create(0, 3, 6, 9, 12, 15, 2, 5, 8, 11, 14, 1, 4, 7, 10, 13)));
    Store(
        &t[32],
        V.Shuffle(
            Blend(0b0100100100100100, w0_2, Blend(0b1001001001001001, w0_1, w0_0)),
            V.Create(1, 4, 7, 10, 13, 0, 3, 6, 9, 12, 15, 2, 5, 8, 11, 14)));
    Store(
        &t[64],
        V.Shuffle(
            Blend(0b1001001001001001, w0_2, Blend(0b0010010010010010, w0_1, w0_0)),
            V.Create(2, 5, 8, 11, 14, 1, 4, 7, 10, 13, 0, 3, 6, 9, 12, 15)));
    Vector16<float> w16_0 = LoadPart(&w[48], 3);
    Store(&t[16], V.Shuffle(w16_0, V.Create(0, 3, 6, 9, 12, 15, 2, 5, 8, 11, 14, 1, 4, 7, 10, 13)));
    Store(&t[48], V.Shuffle(w16_0, V.Create(1, 4, 7, 10, 13, 0, 3, 6, 9, 12, 15, 2, 5, 8, 11, 14)));
    Store(&t[80], V.Shuffle(w16_0, V.Create(2, 5, 8, 11, 14, 1, 4, 7, 10, 13, 0, 3, 6, 9, 12, 15)));
    Backward1(scratch.dZ2, scratch.W2T, scratch.dZ1, scratch.A1, N);

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
