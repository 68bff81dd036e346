// 784-512-10, vectors of 16 floats.

// 8 rows × 2 vectors at a time; N is a multiple of 8.
[MethodImplAttribute(Kernel)]
private static float Forward1Rows8(float* X, float* W1, float* b1, float* A1, nint N, int first, int end, float* packed)
{
    Vector256<uint> seen = Vector256<uint>.Zero;

    for (int j = first; j < end; j += 32)
    {
        // The first 8 rows leave the columns of W1 in "packed", row behind row, for the others.
        {
            float* x = X, w = &W1[j], p = packed, s = x;
            Vector16<float> z00 = Load(&b1[j]), z01 = Load(&b1[j + 16]);
            Vector16<float> z10 = z00, z11 = z01;
            Vector16<float> z20 = z00, z21 = z01;
            Vector16<float> z30 = z00, z31 = z01;
            Vector16<float> z40 = z00, z41 = z01;
            Vector16<float> z50 = z00, z51 = z01;
            Vector16<float> z60 = z00, z61 = z01;
            Vector16<float> z70 = z00, z71 = z01;

            Vector16<float> xi, w0, w1;
            for (int i = 0; i < 784; i++)
            {
                w0 = Load(w); w1 = Load(&w[16]);
                xi = Broadcast(x); z00 = MultiplyAdd(xi, w0, z00); z01 = MultiplyAdd(xi, w1, z01);
                xi = Broadcast(&x[784]); z10 = MultiplyAdd(xi, w0, z10); z11 = MultiplyAdd(xi, w1, z11);
                xi = Broadcast(&x[1568]); z20 = MultiplyAdd(xi, w0, z20); z21 = MultiplyAdd(xi, w1, z21);
                xi = Broadcast(&x[2352]); z30 = MultiplyAdd(xi, w0, z30); z31 = MultiplyAdd(xi, w1, z31);
                xi = Broadcast(&x[3136]); z40 = MultiplyAdd(xi, w0, z40); z41 = MultiplyAdd(xi, w1, z41);
                xi = Broadcast(&x[3920]); z50 = MultiplyAdd(xi, w0, z50); z51 = MultiplyAdd(xi, w1, z51);
                xi = Broadcast(&x[4704]); z60 = MultiplyAdd(xi, w0, z60); z61 = MultiplyAdd(xi, w1, z61);
                xi = Broadcast(&x[5488]); z70 = MultiplyAdd(xi, w0, z70); z71 = MultiplyAdd(xi, w1, z71);
                Store(p, w0); Store(&p[16], w1);
                p += 32;
                seen = Scan.Larger(seen, s);
                s += 8; x += 1; w += 512;
            }

            float* z = &A1[j];
            Store(z, Relu(z00)); Store(&z[16], Relu(z01));
            Store(&z[512], Relu(z10)); Store(&z[528], Relu(z11));
            Store(&z[1024], Relu(z20)); Store(&z[1040], Relu(z21));
            Store(&z[1536], Relu(z30)); Store(&z[1552], Relu(z31));
            Store(&z[2048], Relu(z40)); Store(&z[2064], Relu(z41));
            Store(&z[2560], Relu(z50)); Store(&z[2576], Relu(z51));
            Store(&z[3072], Relu(z60)); Store(&z[3088], Relu(z61));
            Store(&z[3584], Relu(z70)); Store(&z[3600], Relu(z71));
        }

        for (nint n = 8; n < N; n += 8)
        {
            float* x = &X[n * 784], w = packed, s = x;
            Vector16<float> z00 = Load(&b1[j]), z01 = Load(&b1[j + 16]);
            Vector16<float> z10 = z00, z11 = z01;
            Vector16<float> z20 = z00, z21 = z01;
            Vector16<float> z30 = z00, z31 = z01;
            Vector16<float> z40 = z00, z41 = z01;
            Vector16<float> z50 = z00, z51 = z01;
            Vector16<float> z60 = z00, z61 = z01;
            Vector16<float> z70 = z00, z71 = z01;

            Vector16<float> xi, w0, w1;
            for (int i = 0; i < 784; i++)
            {
                w0 = Load(w); w1 = Load(&w[16]);
                xi = Broadcast(x); z00 = MultiplyAdd(xi, w0, z00); z01 = MultiplyAdd(xi, w1, z01);
                xi = Broadcast(&x[784]); z10 = MultiplyAdd(xi, w0, z10); z11 = MultiplyAdd(xi, w1, z11);
                xi = Broadcast(&x[1568]); z20 = MultiplyAdd(xi, w0, z20); z21 = MultiplyAdd(xi, w1, z21);
                xi = Broadcast(&x[2352]); z30 = MultiplyAdd(xi, w0, z30); z31 = MultiplyAdd(xi, w1, z31);
                xi = Broadcast(&x[3136]); z40 = MultiplyAdd(xi, w0, z40); z41 = MultiplyAdd(xi, w1, z41);
                xi = Broadcast(&x[3920]); z50 = MultiplyAdd(xi, w0, z50); z51 = MultiplyAdd(xi, w1, z51);
                xi = Broadcast(&x[4704]); z60 = MultiplyAdd(xi, w0, z60); z61 = MultiplyAdd(xi, w1, z61);
                xi = Broadcast(&x[5488]); z70 = MultiplyAdd(xi, w0, z70); z71 = MultiplyAdd(xi, w1, z71);
                seen = Scan.Larger(seen, s);
                s += 8; x += 1; w += 32;
            }

            float* z = &A1[(n * 512) + j];
            Store(z, Relu(z00)); Store(&z[16], Relu(z01));
            Store(&z[512], Relu(z10)); Store(&z[528], Relu(z11));
            Store(&z[1024], Relu(z20)); Store(&z[1040], Relu(z21));
            Store(&z[1536], Relu(z30)); Store(&z[1552], Relu(z31));
            Store(&z[2048], Relu(z40)); Store(&z[2064], Relu(z41));
            Store(&z[2560], Relu(z50)); Store(&z[2576], Relu(z51));
            Store(&z[3072], Relu(z60)); Store(&z[3088], Relu(z61));
            Store(&z[3584], Relu(z70)); Store(&z[3600], Relu(z71));
        }
    }

    return Scan.Largest(seen);
}
