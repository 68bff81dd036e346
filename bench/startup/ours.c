/* From the start of a process to the end of its first training step: 784-128-10, a batch of 32. */
#include "mnist.h"
#include <stdio.h>

enum { N = 32 };

static mnist_parameters parameters;
static float X[N][MNIST_INPUTS];
static int32_t labels[N];
static char workspace[1 << 18];

int main(void)
{
    for (int n = 0; n < N; n++) {
        labels[n] = n % MNIST_CLASSES;
        for (int i = 0; i < MNIST_INPUTS; i++)
            X[n][i] = (float)((n * 31 + i * 17) % 23) / 23;
    }
    static aotbackprop_targets targets;
    targets.size = sizeof targets;
    targets.labels = labels;
    static aotbackprop_options options;
    options.size = sizeof options;
    options.learning_rate = 0.1f;
    double loss = 0;
    int32_t status = mnist_initialize(&parameters, 1);
    if (status == AOTBACKPROP_OK)
        status = mnist_train_step(&parameters, X[0], &targets, N, &options, NULL, 0, workspace, sizeof workspace, &loss);
    printf("%.3f\n", loss);
    return status != AOTBACKPROP_OK;
}
