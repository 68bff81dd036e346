/* What ours.c does, in plain loops: the weights from a generator of the same family, one step of gradient descent. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>

enum { N = 32, D = 784, H = 128, C = 10 };

static float W1[D][H], b1[H], W2[H][C], b2[C];
static float X[N][D], A1[N][H], A2[N][C], dA1[N][H];
static int labels[N];
static uint64_t state = 1;

static float draw(float bound)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return ((float)(state >> 40) / 8388608.0f - 1) * bound;
}

int main(void)
{
    for (int n = 0; n < N; n++) {
        labels[n] = n % C;
        for (int i = 0; i < D; i++)
            X[n][i] = (float)((n * 31 + i * 17) % 23) / 23;
    }
    for (int i = 0; i < D; i++)
        for (int h = 0; h < H; h++)
            W1[i][h] = draw(sqrtf(6.0f / D));
    for (int h = 0; h < H; h++)
        for (int j = 0; j < C; j++)
            W2[h][j] = draw(sqrtf(6.0f / H));

    /* A1 = ReLU(X W1 + b1), A2 = softmax(A1 W2 + b2) */
    double loss = 0;
    for (int n = 0; n < N; n++) {
        for (int h = 0; h < H; h++)
            A1[n][h] = b1[h];
        for (int i = 0; i < D; i++)
            for (int h = 0; h < H; h++)
                A1[n][h] += X[n][i] * W1[i][h];
        for (int j = 0; j < C; j++)
            A2[n][j] = b2[j];
        for (int h = 0; h < H; h++) {
            A1[n][h] = A1[n][h] > 0 ? A1[n][h] : 0;
            for (int j = 0; j < C; j++)
                A2[n][j] += A1[n][h] * W2[h][j];
        }
        float most = A2[n][0], sum = 0;
        for (int j = 1; j < C; j++)
            most = A2[n][j] > most ? A2[n][j] : most;
        for (int j = 0; j < C; j++)
            sum += A2[n][j] = expf(A2[n][j] - most);
        for (int j = 0; j < C; j++)
            A2[n][j] /= sum;
        loss -= log(A2[n][labels[n]]) / N;
    }

    /* dZ2 = (A2 - Y)/N, in the place of A2; dZ1 = dZ2 W2' where A1 is not 0 */
    const float rate = 0.1f;
    for (int n = 0; n < N; n++) {
        for (int j = 0; j < C; j++)
            A2[n][j] = (A2[n][j] - (labels[n] == j)) / N;
        for (int h = 0; h < H; h++)
            for (int j = 0; j < C; j++)
                dA1[n][h] += A1[n][h] > 0 ? A2[n][j] * W2[h][j] : 0;
    }
    for (int h = 0; h < H; h++) {
        float dW[C] = {0};
        for (int n = 0; n < N; n++)
            for (int j = 0; j < C; j++)
                dW[j] += A1[n][h] * A2[n][j];
        for (int j = 0; j < C; j++)
            W2[h][j] -= rate * dW[j];
    }
    for (int i = 0; i < D; i++) {
        float dW[H] = {0};
        for (int n = 0; n < N; n++)
            for (int h = 0; h < H; h++)
                dW[h] += X[n][i] * dA1[n][h];
        for (int h = 0; h < H; h++)
            W1[i][h] -= rate * dW[h];
    }
    for (int n = 0; n < N; n++) {
        for (int j = 0; j < C; j++)
            b2[j] -= rate * A2[n][j];
        for (int h = 0; h < H; h++)
            b1[h] -= rate * dA1[n][h];
    }
    printf("%.3f\n", loss);
    return 0;
}
