// 129-33-7, vectors of 8 floats.

// Z1 = X W1 + b1, A1 = ReLU(Z1)
// where nearly all inputs are 0.
// 1 row × 5 vectors at a time, of the entries of X that are not 0.
[MethodImplAttribute(Kernel)]
private static void Forward1Scattered(in Entries entries, float* W1, float* b1, float* A1, nint N)
{
    int* columns = entries.Columns;
    float* values = entries.Values;
    for (nint n = 0; n < N; n++)
    {
        nint first = entries.Starts[n], end = entries.Ends[n];

        Vector8<float> z00 = Load(b1), z01 = Load(&b1[8]), z02 = Load(&b1[16]), z03 = Load(&b1[24]),
            z04 = LoadPart(&b1[32], 1);
        Vector8<float> xi;
        for (nint e = first; e < end; e++)
        {
            float* x = &values[e], w = &W1[(nint)columns[e] * 33];
            xi = Broadcast(x); z00 = MultiplyAdd(xi, Load(w), z00); z01 = MultiplyAdd(xi, Load(&w[8]), z01);
            z02 = MultiplyAdd(xi, Load(&w[16]), z02); z03 = MultiplyAdd(xi, Load(&w[24]), z03);
            z04 = MultiplyAdd(xi, LoadPart(&w[32], 1), z04);
        }

        Store(&A1[n * 48], Relu(z00)); Store(&A1[(n * 48) + 8], Relu(z01)); Store(&A1[(n * 48) + 16], Relu(z02));
        Store(&A1[(n * 48) + 24], Relu(z03)); Store(&A1[(n * 48) + 32], Relu(z04));
    }

    for (nint n = 0; n < N; n++)
    {
        float* z = &A1[n * 48];
        Store(&z[40], Zero);
    }
}
