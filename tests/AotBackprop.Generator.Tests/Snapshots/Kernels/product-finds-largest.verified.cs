// 200-130-10, vectors of 16 floats.

// Z1 = X W1 + b1, A1 = ReLU(Z1)
// [N×130] = [N×200] [200×130] + [130].
// Tiles. Each sum starts from b1 and adds i = 0 to 199 ascending.
private static float Forward1(float* X, float* W1, float* b1, float* A1, nint N, int first, int end)
{
    float largest = 0;
    nint rows = N / 8 * 8;
    if (rows > 0)
    {
        largest = Forward1Rows8(X, W1, b1, A1, rows, first, end);
    }

    nint n = rows;
    if (n < N)
    {
        largest = Math.Max(largest, Scan.Largest(&X[n * 200], (nuint)(N - n) * 200));
    }

    rows = (N - n) / 2 * 2;
    if (rows > 0)
    {
        Forward1Rows2(&X[n * 200], W1, b1, &A1[n * 144], rows, first, end);
    }

    n += rows;
    if (n < N)
    {
        Forward1Rows1(&X[n * 200], W1, b1, &A1[n * 144], N - n, first, end);
    }

    return largest;
}

// 8 rows × 2 vectors at a time; N is a multiple of 8.
[MethodImplAttribute(Kernel)]
private static float Forward1Rows8(float* X, float* W1, float* b1, float* A1, nint N, int first, int end)
{
    Vector256<uint> seen = Vector256<uint>.Zero;

    for (int j = first; j < Math.Min(end, 128); j += 32)
    {
        for (nint n = 0; n < N; n += 8)
        {
            float* x = &X[n * 200], w = &W1[j], s = x;
            Vector16<float> z00 = Load(&b1[j]), z01 = Load(&b1[j + 16]);
            Vector16<float> z10 = z00, z11 = z01;
            Vector16<float> z20 = z00, z21 = z01;
            Vector16<float> z30 = z00, z31 = z01;
            Vector16<float> z40 = z00, z41 = z01;
            Vector16<float> z50 = z00, z51 = z01;
            Vector16<float> z60 = z00, z61 = z01;
            Vector16<float> z70 = z00, z71 = z01;

            Vector16<float> xi, w0, w1;
            for (int i = 0; i < 200; i++)
            {
                w0 = Load(w); w1 = Load(&w[16]);
                xi = Broadcast(x); z00 = MultiplyAdd(xi, w0, z00); z01 = MultiplyAdd(xi, w1, z01);
                xi = Broadcast(&x[200]); z10 = MultiplyAdd(xi, w0, z10); z11 = MultiplyAdd(xi, w1, z11);
                xi = Broadcast(&x[400]); z20 = MultiplyAdd(xi, w0, z20); z21 = MultiplyAdd(xi, w1, z21);
                xi = Broadcast(&x[600]); z30 = MultiplyAdd(xi, w0, z30); z31 = MultiplyAdd(xi, w1, z31);
                xi = Broadcast(&x[800]); z40 = MultiplyAdd(xi, w0, z40); z41 = MultiplyAdd(xi, w1, z41);
                xi = Broadcast(&x[1000]); z50 = MultiplyAdd(xi, w0, z50); z51 = MultiplyAdd(xi, w1, z51);
                xi = Broadcast(&x[1200]); z60 = MultiplyAdd(xi, w0, z60); z61 = MultiplyAdd(xi, w1, z61);
                xi = Broadcast(&x[1400]); z70 = MultiplyAdd(xi, w0, z70); z71 = MultiplyAdd(xi, w1, z71);
                seen = Scan.Larger(seen, s);
                s += 8; x += 1; w += 130;
            }

            float* z = &A1[(n * 144) + j];
            Store(z, Relu(z00)); Store(&z[16], Relu(z01));
            Store(&z[144], Relu(z10)); Store(&z[160], Relu(z11));
            Store(&z[288], Relu(z20)); Store(&z[304], Relu(z21));
            Store(&z[432], Relu(z30)); Store(&z[448], Relu(z31));
            Store(&z[576], Relu(z40)); Store(&z[592], Relu(z41));
            Store(&z[720], Relu(z50)); Store(&z[736], Relu(z51));
            Store(&z[864], Relu(z60)); Store(&z[880], Relu(z61));
            Store(&z[1008], Relu(z70)); Store(&z[1024], Relu(z71));
        }
    }

    if (first <= 128 && 128 < end)
    {
        for (nint n = 0; n < N; n += 8)
        {
            float* x = &X[n * 200], w = &W1[128], s = x;
            Vector16<float> z00 = LoadPart(&b1[128], 2), z10 = z00, z20 = z00, z30 = z00, z40 = z00, z50 = z00,
                z60 = z00, z70 = z00;

            Vector16<float> w0;
            for (int i = 0; i < 200; i++)
            {
                w0 = LoadPart(w, 2); z00 = MultiplyAdd(Broadcast(x), w0, z00);
                z10 = MultiplyAdd(Broadcast(&x[200]), w0, z10); z20 = MultiplyAdd(Broadcast(&x[400]), w0, z20);
                z30 = MultiplyAdd(Broadcast(&x[600]), w0, z30); z40 = MultiplyAdd(Broadcast(&x[800]), w0, z40);
                z50 = MultiplyAdd(Broadcast(&x[1000]), w0, z50); z60 = MultiplyAdd(Broadcast(&x[1200]), w0, z60);
                z70 = MultiplyAdd(Broadcast(&x[1400]), w0, z70);
                seen = Scan.Larger(seen, s);
                s += 8; x += 1; w += 130;
            }

            float* z = &A1[(n * 144) + 128];
            Store(z, Relu(z00)); Store(&z[144], Relu(z10)); Store(&z[288], Relu(z20)); Store(&z[432], Relu(z30));
            Store(&z[576], Relu(z40)); Store(&z[720], Relu(z50)); Store(&z[864], Relu(z60));
            Store(&z[1008], Relu(z70));
        }
    }

    return Scan.Largest(seen);
}
