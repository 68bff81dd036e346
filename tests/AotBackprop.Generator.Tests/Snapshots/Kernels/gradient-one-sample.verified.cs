// 200-40-10, vectors of 8 floats.

// Of one sample: row by row, so that W is read and written in the order in which it lies.
[MethodImplAttribute(Kernel)]
private static void Descend1One<TUpdate>(float* X, float* dZ1, in TUpdate given, float* W1, int first, int end)
    where TUpdate : struct, IUpdate
{
    TUpdate update = given;

    if (first == 0 && end > 0)
    {
        Vector8<float> d0 = Load(dZ1), d1 = Load(&dZ1[8]), d2 = Load(&dZ1[16]), d3 = Load(&dZ1[24]),
            d4 = Load(&dZ1[32]);
        for (int i = 0; i < 200; i++)
        {
            if (TUpdate.LeavesWhereGradientIsZero && X[i] == 0)
            {
                continue;
            }

            Vector8<float> xi = Broadcast(&X[i]);
            float* row = &W1[i * 40], w = row;
            Update(in update, w, MultiplyAdd(xi, d0, Zero)); Update(in update, &w[8], MultiplyAdd(xi, d1, Zero));
            Update(in update, &w[16], MultiplyAdd(xi, d2, Zero)); Update(in update, &w[24], MultiplyAdd(xi, d3, Zero));
            Update(in update, &w[32], MultiplyAdd(xi, d4, Zero));
        }
    }
}
