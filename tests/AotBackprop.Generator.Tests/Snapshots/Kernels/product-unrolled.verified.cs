// 5-17-3, vectors of 16 floats.

// 2 rows × 2 vectors at a time; N is a multiple of 2.
[MethodImplAttribute(Kernel)]
private static void Forward1Rows2(float* X, float* W1, float* b1, float* A1, nint N)
{
    for (nint n = 0; n < N; n += 2)
    {
        float* x = &X[n * 5], w = W1;
        Vector16<float> z00 = Load(b1), z01 = LoadPart(&b1[16], 1);
        Vector16<float> z10 = z00, z11 = z01;

        Vector16<float> xi, w0, w1;
        w0 = Load(w); w1 = LoadPart(&w[16], 1);
        xi = Broadcast(x); z00 = MultiplyAdd(xi, w0, z00); z01 = MultiplyAdd(xi, w1, z01);
        xi = Broadcast(&x[5]); z10 = MultiplyAdd(xi, w0, z10); z11 = MultiplyAdd(xi, w1, z11);
        w0 = Load(&w[17]); w1 = LoadPart(&w[33], 1);
        xi = Broadcast(&x[1]); z00 = MultiplyAdd(xi, w0, z00); z01 = MultiplyAdd(xi, w1, z01);
        xi = Broadcast(&x[6]); z10 = MultiplyAdd(xi, w0, z10); z11 = MultiplyAdd(xi, w1, z11);
        w0 = Load(&w[34]); w1 = LoadPart(&w[50], 1);
        xi = Broadcast(&x[2]); z00 = MultiplyAdd(xi, w0, z00); z01 = MultiplyAdd(xi, w1, z01);
        xi = Broadcast(&x[7]); z10 = MultiplyAdd(xi, w0, z10); z11 = MultiplyAdd(xi, w1, z11);
        w0 = Load(&w[51]); w1 = LoadPart(&w[67], 1);
        xi = Broadcast(&x[3]); z00 = MultiplyAdd(xi, w0, z00); z01 = MultiplyAdd(xi, w1, z01);
        xi = Broadcast(&x[8]); z10 = MultiplyAdd(xi, w0, z10); z11 = MultiplyAdd(xi, w1, z11);
        w0 = Load(&w[68]); w1 = LoadPart(&w[84], 1);
        xi = Broadcast(&x[4]); z00 = MultiplyAdd(xi, w0, z00); z01 = MultiplyAdd(xi, w1, z01);
        xi = Broadcast(&x[9]); z10 = MultiplyAdd(xi, w0, z10); z11 = MultiplyAdd(xi, w1, z11);

        float* z = &A1[n * 32];
        Store(z, Relu(z00)); Store(&z[16], Relu(z01));
        Store(&z[32], Relu(z10)); Store(&z[48], Relu(z11));
    }
}

// 1 row × 2 vectors at a time.
[MethodImplAttribute(Kernel)]
private static void Forward1Rows1(float* X, float* W1, float* b1, float* A1, nint N)
{
    for (nint n = 0; n < N; n++)
    {
        float* x = &X[n * 5], w = W1;
        Vector16<float> z00 = Load(b1), z01 = LoadPart(&b1[16], 1);

        Vector16<float> xi;
        xi = Broadcast(x); z00 = MultiplyAdd(xi, Load(w), z00); z01 = MultiplyAdd(xi, LoadPart(&w[16], 1), z01);
        xi = Broadcast(&x[1]); z00 = MultiplyAdd(xi, Load(&w[17]), z00);
        z01 = MultiplyAdd(xi, LoadPart(&w[33], 1), z01);
        xi = Broadcast(&x[2]); z00 = MultiplyAdd(xi, Load(&w[34]), z00);
        z01 = MultiplyAdd(xi, LoadPart(&w[50], 1), z01);
        xi = Broadcast(&x[3]); z00 = MultiplyAdd(xi, Load(&w[51]), z00);
        z01 = MultiplyAdd(xi, LoadPart(&w[67], 1), z01);
        xi = Broadcast(&x[4]); z00 = MultiplyAdd(xi, Load(&w[68]), z00);
        z01 = MultiplyAdd(xi, LoadPart(&w[84], 1), z01);

        float* z = &A1[n * 32];
        Store(z, Relu(z00)); Store(&z[16], Relu(z01));
    }
}
