/* A training step of 784-128-10 at a batch of 128 with each output. */
#include "../step.h"
#include "../turns.h"
#include "huber.h"
#include "linear.h"
#include "sigmoid.h"
#include "softmax.h"

enum { BATCH = 128, INPUTS = 784, OUTPUTS = 10 };

static float X[BATCH * INPUTS], Y[BATCH * OUTPUTS];
static int32_t labels[BATCH];

STEP(outputs, softmax, labels, labels)
STEP(outputs, sigmoid, values, Y)
STEP(outputs, linear, values, Y)
STEP(outputs, huber, values, Y)

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
