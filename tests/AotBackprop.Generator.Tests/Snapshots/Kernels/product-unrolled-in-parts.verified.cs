// 128-40-11 Full, vectors of 16 floats.

// Z1 = X W1 + b1, A1 = ReLU(Z1)
// [N×40] = [N×128] [128×40] + [40].
// Straight line. Each sum starts from b1 and adds i = 0 to 127 ascending.
// 1 row × 3 vectors at a time.
[MethodImplAttribute(Kernel)]
private static void Forward1(float* X, float* W1, float* b1, float* A1, nint N)
{
    for (nint n = 0; n < N; n++)
    {
        float* x = &X[n * 128], w = W1;
        Vector16<float> z00 = Load(b1), z01 = Load(&b1[16]), z02 = LoadPart(&b1[32], 8);

        Forward1Rows1Columns0Part1(x, w, ref z00, ref z01, ref z02);
        Forward1Rows1Columns0Part2(x, w, ref z00, ref z01, ref z02);
        Forward1Rows1Columns0Part3(x, w, ref z00, ref z01, ref z02);

        float* z = &A1[n * 48];
        Store(z, Relu(z00)); Store(&z[16], Relu(z01)); Store(&z[32], Relu(z02));
    }
}
