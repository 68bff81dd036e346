// 129-33-7, vectors of 8 floats.

// Z1 = X W1 + b1, A1 = ReLU(Z1)
// where many inputs are 0.
// 6 rows × 2 vectors at a time, in an order or as they lie; what is 0 in all 6 rows is skipped.
[MethodImplAttribute(Kernel)]
private static void Forward1Listed(
    float* X, float* W1, float* b1, float* A1, nint N, int first, int end, int* order, int* columns)
{
    nint rows = N / 6 * 6;
    for (nint n = 0; n < rows; n += 6)
    {
        nint count = NonZero.ColumnsOf(X, 129, order, n, 6, 129, columns), n0 = NonZero.Row(order, n),
            n1 = NonZero.Row(order, n + 1), n2 = NonZero.Row(order, n + 2), n3 = NonZero.Row(order, n + 3),
            n4 = NonZero.Row(order, n + 4), n5 = NonZero.Row(order, n + 5);
        float* x0 = &X[n0 * 129], x1 = &X[n1 * 129], x2 = &X[n2 * 129], x3 = &X[n3 * 129], x4 = &X[n4 * 129],
            x5 = &X[n5 * 129];

        for (int j = first; j < Math.Min(end, 32); j += 16)
        {
            Vector8<float> z00 = Load(&b1[j]), z01 = Load(&b1[j + 8]);
            Vector8<float> z10 = z00, z11 = z01;
            Vector8<float> z20 = z00, z21 = z01;
            Vector8<float> z30 = z00, z31 = z01;
            Vector8<float> z40 = z00, z41 = z01;
            Vector8<float> z50 = z00, z51 = z01;
            Vector8<float> xi, w0, w1;
            for (nint k = 0; k < count; k++)
            {
                nint i = columns[k];
                float* w = &W1[j + (i * 33)];
                w0 = Load(w); w1 = Load(&w[8]);
                xi = Broadcast(&x0[i]); z00 = MultiplyAdd(xi, w0, z00); z01 = MultiplyAdd(xi, w1, z01);
                xi = Broadcast(&x1[i]); z10 = MultiplyAdd(xi, w0, z10); z11 = MultiplyAdd(xi, w1, z11);
                xi = Broadcast(&x2[i]); z20 = MultiplyAdd(xi, w0, z20); z21 = MultiplyAdd(xi, w1, z21);
                xi = Broadcast(&x3[i]); z30 = MultiplyAdd(xi, w0, z30); z31 = MultiplyAdd(xi, w1, z31);
                xi = Broadcast(&x4[i]); z40 = MultiplyAdd(xi, w0, z40); z41 = MultiplyAdd(xi, w1, z41);
                xi = Broadcast(&x5[i]); z50 = MultiplyAdd(xi, w0, z50); z51 = MultiplyAdd(xi, w1, z51);
            }

            Store(&A1[(n0 * 48) + j], Relu(z00)); Store(&A1[((n0 * 48) + j) + 8], Relu(z01));
            Store(&A1[(n1 * 48) + j], Relu(z10)); Store(&A1[((n1 * 48) + j) + 8], Relu(z11));
            Store(&A1[(n2 * 48) + j], Relu(z20)); Store(&A1[((n2 * 48) + j) + 8], Relu(z21));
            Store(&A1[(n3 * 48) + j], Relu(z30)); Store(&A1[((n3 * 48) + j) + 8], Relu(z31));
            Store(&A1[(n4 * 48) + j], Relu(z40)); Store(&A1[((n4 * 48) + j) + 8], Relu(z41));
            Store(&A1[(n5 * 48) + j], Relu(z50)); Store(&A1[((n5 * 48) + j) + 8], Relu(z51));
        }

        if (first <= 32 && 32 < end)
        {
            Vector8<float> z00 = LoadPart(&b1[32], 1), z10 = z00, z20 = z00, z30 = z00, z40 = z00, z50 = z00;
            Vector8<float> w0;
            for (nint k = 0; k < count; k++)
            {
                nint i = columns[k];
                float* w = &W1[(i * 33) + 32];
                w0 = LoadPart(w, 1); z00 = MultiplyAdd(Broadcast(&x0[i]), w0, z00);
                z10 = MultiplyAdd(Broadcast(&x1[i]), w0, z10); z20 = MultiplyAdd(Broadcast(&x2[i]), w0, z20);
                z30 = MultiplyAdd(Broadcast(&x3[i]), w0, z30); z40 = MultiplyAdd(Broadcast(&x4[i]), w0, z40);
                z50 = MultiplyAdd(Broadcast(&x5[i]), w0, z50);
            }

            Store(&A1[(n0 * 48) + 32], Relu(z00)); Store(&A1[(n1 * 48) + 32], Relu(z10));
            Store(&A1[(n2 * 48) + 32], Relu(z20)); Store(&A1[(n3 * 48) + 32], Relu(z30));
            Store(&A1[(n4 * 48) + 32], Relu(z40)); Store(&A1[(n5 * 48) + 32], Relu(z50));
        }
    }

    for (nint n = 0; n < N; n++)
    {
        float* z = &A1[n * 48];
        Store(&z[40], Zero);
    }

    if (rows < N)
    {
        Forward1(&X[rows * 129], W1, b1, &A1[rows * 48], N - rows, first, end);
    }
}
