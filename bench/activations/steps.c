/* A training step of 784-128-10 at a batch of 128, with each activation by turns, each turn in another order: medians, and
 * the median of the ratios to the ReLU's time of the same turn. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "elu.h"
#include "gelu.h"
#include "gelu_tanh.h"
#include "leaky.h"
#include "relu.h"
#include "sigmoid.h"
#include "silu.h"
#include "softplus.h"
#include "tanh.h"

enum { BATCH = 128, INPUTS = 784, CLASSES = 10, TURNS = 45, STEPS = 20 };

static float X[BATCH * INPUTS];
static int32_t labels[BATCH];

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

/* Microseconds of a step. */
#define STEP(network)                                                                                              \
    static double step_##network(void)                                                                             \
    {                                                                                                              \
        static network##_parameters *parameters;                                                                   \
        static void *workspace;                                                                                    \
        size_t size = network##_workspace_size(BATCH);                                                             \
        if (parameters == NULL) {                                                                                  \
            parameters = aligned_alloc(64, (sizeof *parameters + 63) / 64 * 64);                                   \
            workspace = aligned_alloc(64, (size + 63) / 64 * 64);                                                  \
            memset(workspace, 0, size);                                                                            \
            network##_initialize(parameters, 1);                                                                   \
        }                                                                                                          \
        activated_targets targets = {.size = sizeof targets, .labels = labels};                                    \
        activated_options options = {.size = sizeof options, .learning_rate = 1e-4f};                              \
        double loss, start = now();                                                                                \
        for (int i = 0; i < STEPS; i++)                                                                            \
            if (network##_train_step(parameters, X, &targets, BATCH, &options, NULL, 0, workspace, size, &loss) != 0) \
                abort();                                                                                           \
        return (now() - start) / STEPS;                                                                            \
    }

STEP(relu)
STEP(leaky)
STEP(elu)
STEP(tanh)
STEP(sigmoid)
STEP(softplus)
STEP(silu)
STEP(gelu)
STEP(gelu_tanh)

static const struct {
    const char *name;
    double (*step)(void);
} contestants[] = {
    {"ReLU", step_relu},         {"leaky ReLU", step_leaky}, {"ELU", step_elu},   {"tanh", step_tanh},
    {"sigmoid", step_sigmoid},   {"softplus", step_softplus}, {"SiLU", step_silu}, {"GELU", step_gelu},
    {"GELU by tanh", step_gelu_tanh},
};

enum { COUNT = sizeof contestants / sizeof contestants[0] };

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(void)
{
    static double times[COUNT][TURNS], ratios[COUNT][TURNS];
    srand(1);
    for (int i = 0; i < BATCH * INPUTS; i++)
        X[i] = (float)rand() / (float)RAND_MAX;
    for (int n = 0; n < BATCH; n++)
        labels[n] = rand() % CLASSES;
    for (int turn = 0; turn < TURNS; turn++) {
        for (int i = 0; i < COUNT; i++) {
            int next = (turn + i) % COUNT;
            times[next][turn] = contestants[next].step();
        }
        for (int i = 0; i < COUNT; i++)
            ratios[i][turn] = times[i][turn] / times[0][turn];
    }
    for (int i = 0; i < COUNT; i++) {
        qsort(times[i], TURNS, sizeof(double), compare);
        qsort(ratios[i], TURNS, sizeof(double), compare);
        printf("%-13s %7.1f us  %.2f\n", contestants[i].name, times[i][TURNS / 2], ratios[i][TURNS / 2]);
    }
    return 0;
}
