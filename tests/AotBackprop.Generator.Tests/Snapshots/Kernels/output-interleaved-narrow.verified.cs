// 20-17-3, vectors of 4 floats.

// A2 = softmax(Z2), dZ2 = (A2 − Y)/N
// with a sample in each lane; Y is given as class numbers.
[MethodImplAttribute(Kernel)]
private static void OutputGradientAcross(
    float* Z2, int* labels, nint N, float scale, float* Largest, float* Sums, float* dZ2)
{
    for (nint n = 0; n < N; n += 16)
    {
        for (int q = 0; q < 16; q += 4)
        {
            int* label = &labels[n + q];
            float* d = &dZ2[(n * 16) + q], z = &Z2[(n * 16) + q];
            Vector4<float> z0 = Load(z), z1 = Load(&z[16]), z2 = Load(&z[32]);

            Vector4<float> m = Max(Max(z0, z1), z2);
            z0 = Exp(z0 - m); z1 = Exp(z1 - m); z2 = Exp(z2 - m);

            Vector4<float> s = (z0 + z2) + z1;
            Store(&Largest[n + q], m);
            Store(&Sums[n + q], s);
            Vector4<float> inverse = Fill(1) / s;
            Store(d, ((z0 * inverse) - OneWhere(label, 0)) * Fill(scale));
            Store(&d[16], ((z1 * inverse) - OneWhere(label, 1)) * Fill(scale));
            Store(&d[32], ((z2 * inverse) - OneWhere(label, 2)) * Fill(scale));
            Store(&d[48], Zero); Store(&d[64], Zero); Store(&d[80], Zero); Store(&d[96], Zero); Store(&d[112], Zero);
            Store(&d[128], Zero); Store(&d[144], Zero); Store(&d[160], Zero); Store(&d[176], Zero);
            Store(&d[192], Zero); Store(&d[208], Zero); Store(&d[224], Zero); Store(&d[240], Zero);
        }
    }

    SampleLanes.Transpose(dZ2, 16, N, 16, dZ2);
}
