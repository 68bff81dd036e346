/* Steps of a regressor of 13-32-1 at some batches, beside plain loops with every size known to the compiler. */
#include "../turns.h"
#include <string.h>
#include "price.h"

enum { D = PRICE_INPUTS, H = 32, LARGEST = 128 };

static float X[LARGEST * D], Y[LARGEST];
static _Alignas(64) price_parameters ours, plain;
static void *workspace;
static size_t workspace_size;
static volatile double last_loss;

/* Memory may be another after each run: nothing is moved out of the loop. */
#define ANOTHER_RUN() __asm__ volatile("" ::: "memory")

static inline __attribute__((always_inline)) double step(price_parameters *p, int n, float rate)
{
    static float A1[LARGEST * H], dZ1[LARGEST * H], dZ2[LARGEST];
    double loss = 0;
    for (int s = 0; s < n; s++) {
        float z[H], out = p->b2[0];
        for (int j = 0; j < H; j++)
            z[j] = p->b1[j];
        for (int i = 0; i < D; i++)
            for (int j = 0; j < H; j++)
                z[j] += X[s * D + i] * p->W1[i][j];
        for (int j = 0; j < H; j++)
            out += (A1[s * H + j] = z[j] < 0 ? 0 : z[j]) * p->W2[j][0];
        float r = out - Y[s];
        loss += 0.5 * r * r;
        dZ2[s] = r * (-rate / n);
        for (int j = 0; j < H; j++)
            dZ1[s * H + j] = A1[s * H + j] > 0 ? dZ2[s] * p->W2[j][0] : 0;
    }
    for (int j = 0; j < H; j++)
        for (int s = 0; s < n; s++)
            p->W2[j][0] += A1[s * H + j] * dZ2[s];
    for (int s = 0; s < n; s++)
        p->b2[0] += dZ2[s];
    for (int i = 0; i < D; i++) {
        float g[H];
        for (int j = 0; j < H; j++)
            g[j] = p->W1[i][j];
        for (int s = 0; s < n; s++)
            for (int j = 0; j < H; j++)
                g[j] += X[s * D + i] * dZ1[s * H + j];
        for (int j = 0; j < H; j++)
            p->W1[i][j] = g[j];
    }
    for (int s = 0; s < n; s++)
        for (int j = 0; j < H; j++)
            p->b1[j] += dZ1[s * H + j];
    return loss / n;
}

#define OF_BATCH(N)                                                                                                   \
    static void plain_##N(void)                                                                                       \
    {                                                                                                                 \
        ANOTHER_RUN();                                                                                                \
        last_loss = step(&plain, N, 1e-5f);                                                                           \
    }                                                                                                                 \
    static void ours_##N(void)                                                                                        \
    {                                                                                                                 \
        outputs_targets targets = {.size = sizeof targets, .values = Y};                                              \
        outputs_options options = {.size = sizeof options, .learning_rate = 1e-5f};                                   \
        double loss;                                                                                                  \
        if (price_train_step(&ours, X, &targets, N, &options, NULL, 0, workspace, workspace_size, &loss) != 0)        \
            abort();                                                                                                  \
        last_loss = loss;                                                                                             \
    }

OF_BATCH(1)
OF_BATCH(32)
OF_BATCH(128)

int main(void)
{
    srand(1);
    for (int i = 0; i < LARGEST * D; i++)
        X[i] = (float)rand() / (float)RAND_MAX;
    for (int n = 0; n < LARGEST; n++)
        Y[n] = X[n * D] - X[n * D + 1];
    workspace_size = price_workspace_size(LARGEST);
    workspace = aligned_alloc(64, (workspace_size + 63) / 64 * 64);
    memset(workspace, 0, workspace_size);
    price_initialize(&ours, 1);
    price_initialize(&plain, 1);
    const contestant one[] = {{"plain C, batch 1", plain_1}, {"13-32-1, batch 1", ours_1}};
    const contestant some[] = {{"plain C, batch 32", plain_32}, {"13-32-1, batch 32", ours_32}};
    const contestant many[] = {{"plain C, batch 128", plain_128}, {"13-32-1, batch 128", ours_128}};
    race(one, 2, 20000);
    race(some, 2, 1000);
    race(many, 2, 300);
    return 0;
}
