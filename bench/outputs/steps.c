/* A training step of 784-128-10 at a batch of 128 with each output. */
#include "turns.h"
#include <string.h>
#include "huber.h"
#include "linear.h"
#include "sigmoid.h"
#include "softmax.h"

enum { BATCH = 128, INPUTS = 784, OUTPUTS = 10 };

static float X[BATCH * INPUTS], Y[BATCH * OUTPUTS];
static int32_t labels[BATCH];

#define STEP(network, kind, values)                                                                                \
    static void step_##network(void)                                                                               \
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
        outputs_targets targets = {.size = sizeof targets, .kind = values};                                        \
        outputs_options options = {.size = sizeof options, .learning_rate = 1e-4f};                                \
        double loss;                                                                                               \
        if (network##_train_step(parameters, X, &targets, BATCH, &options, NULL, 0, workspace, size, &loss) != 0)  \
            abort();                                                                                               \
    }

STEP(softmax, labels, labels)
STEP(sigmoid, values, Y)
STEP(linear, values, Y)
STEP(huber, values, Y)

int main(void)
{
    srand(1);
    for (int i = 0; i < BATCH * INPUTS; i++)
        X[i] = (float)rand() / (float)RAND_MAX;
    for (int n = 0; n < BATCH; n++) {
        labels[n] = rand() % OUTPUTS;
        Y[n * OUTPUTS + labels[n]] = 1;
    }
    const contestant all[] = {{"softmax", step_softmax}, {"sigmoid", step_sigmoid}, {"linear", step_linear}, {"Huber", step_huber}};
    race(all, 4, 20);
    return 0;
}
