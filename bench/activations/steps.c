/* A training step of 784-128-10 at a batch of 128 with each activation. */
#include "../step.h"
#include "../turns.h"
#include "elu.h"
#include "gelu.h"
#include "gelu_tanh.h"
#include "leaky.h"
#include "relu.h"
#include "sigmoid.h"
#include "silu.h"
#include "softplus.h"
#include "tanh.h"

enum { BATCH = 128, INPUTS = 784, CLASSES = 10 };

static float X[BATCH * INPUTS];
static int32_t labels[BATCH];

STEP(activated, relu, labels, labels)
STEP(activated, leaky, labels, labels)
STEP(activated, elu, labels, labels)
STEP(activated, tanh, labels, labels)
STEP(activated, sigmoid, labels, labels)
STEP(activated, softplus, labels, labels)
STEP(activated, silu, labels, labels)
STEP(activated, gelu, labels, labels)
STEP(activated, gelu_tanh, labels, labels)

int main(void)
{
    srand(1);
    for (int i = 0; i < BATCH * INPUTS; i++)
        X[i] = (float)rand() / (float)RAND_MAX;
    for (int n = 0; n < BATCH; n++)
        labels[n] = rand() % CLASSES;
    const contestant all[] = {
        {"ReLU", step_relu},       {"leaky ReLU", step_leaky}, {"ELU", step_elu},   {"tanh", step_tanh},
        {"sigmoid", step_sigmoid}, {"softplus", step_softplus}, {"SiLU", step_silu}, {"GELU", step_gelu},
        {"GELU by tanh", step_gelu_tanh},
    };
    race(all, sizeof all / sizeof all[0], 20);
    return 0;
}
