// 129-33-7, vectors of 16 floats.

// db1 = Σ rows of dZ1, b1 ← update(b1, db1)
// [33].
// Each sum adds the samples ascending, from 0.
[MethodImplAttribute(Kernel)]
private static void BiasDescend1<TUpdate>(float* dZ1, nint N, in TUpdate given, float* b1)
    where TUpdate : struct, IUpdate
{
    TUpdate update = given;

    float* d = dZ1;
    Vector16<float> g0 = Zero, g1 = Zero, g2 = Zero;
    for (nint n = 0; n < N; n++)
    {
        g0 += Load(d); g1 += Load(&d[16]); g2 += Load(&d[32]);
        d += 48;
    }

    Update(in update, b1, g0); Update(in update, &b1[16], g1); UpdatePart(in update, &b1[32], 1, g2);
}
