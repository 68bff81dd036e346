// 20-17-3, vectors of 4 floats.

// A2 = softmax(Z2)
// [N×3], by rows; log Σⱼ exp Zᵢⱼ = Largestᵢ + log Sumsᵢ is kept for the loss.
[MethodImplAttribute(Kernel)]
private static void Softmax(float* Z2, float* A2, float* Largest, float* Sums, nint N)
{
    for (nint n = 0; n < N; n++)
    {
        float* z = &Z2[n * 16], a = &A2[n * 3];
        Vector4<float> z0 = Keep(Load(z), 3, float.NegativeInfinity);

        // The largest of the row is taken off, so that no exponential overflows.
        float m = MaxOf(z0, 3);
        z0 = Exp(z0 - Fill(m));

        float s = Sum(z0, 3);
        Largest[n] = m;
        Sums[n] = s;
        Vector4<float> inverse = Fill(1 / s);
        StorePart(a, 3, z0 * inverse);
    }
}
