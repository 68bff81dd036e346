// 64-32-10, vectors of 16 floats.

// Z1 = X W1 + b1, A1 = ReLU(Z1)
// [N×32] = [N×64] [64×32] + [32].
// Tiles. Each sum is 2 sums over i ≡ 0 to 1 (mod 2), the first from b1, then joined in order.
private static void Forward1(float* X, float* W1, float* b1, float* A1, nint N)
{
    nint rows = N / 4 * 4;
    if (rows > 0)
    {
        Forward1Rows4(X, W1, b1, A1, rows);
    }

    nint n = rows;
    rows = (N - n) / 2 * 2;
    if (rows > 0)
    {
        Forward1Rows2(&X[n * 64], W1, b1, &A1[n * 32], rows);
    }

    n += rows;
    if (n < N)
    {
        Forward1Rows1(&X[n * 64], W1, b1, &A1[n * 32], N - n);
    }
}
