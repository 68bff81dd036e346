/* FANN, with the network that it has: sigmoids in every layer, and the mean squared error. Its parameters are its own.
 * Samples are not copied: it takes an address for each row. */
#include "contestant.h"
#include "shape.h"
#include <floatfann.h>
#include <string.h>

static struct fann *network;
static float one_hot[CLASSES][CLASSES], *rows[LARGEST_BATCH], *targets[LARGEST_BATCH];
static struct fann_train_data batch = { .num_input = sizes[0], .num_output = CLASSES, .input = rows, .output = targets };

static const char *create(void)
{
    unsigned int layers[LAYERS + 1];
    for (int l = 0; l <= LAYERS; l++)
        layers[l] = (unsigned int)sizes[l];
    network = fann_create_standard_array(LAYERS + 1, layers);
    if (!network)
        return "no network";
    fann_set_activation_function_hidden(network, FANN_SIGMOID);
    fann_set_activation_function_output(network, FANN_SIGMOID);
    fann_set_training_algorithm(network, FANN_TRAIN_BATCH);
    for (int j = 0; j < CLASSES; j++)
        one_hot[j][j] = 1;
    return 0;
}

static void forward(const float *parameters, const float *X, int n, float *outputs)
{
    (void)parameters;
    for (int s = 0; s < n; s++)
        memcpy(outputs + s * CLASSES, fann_run(network, (float *)X + s * sizes[0]), sizeof one_hot[0]);
}

static double step(float *parameters, const float *X, const int32_t *labels, int n, float rate)
{
    (void)parameters;
    fann_set_learning_rate(network, rate);
    batch.num_data = (unsigned int)n;
    for (int s = 0; s < n; s++) {
        rows[s] = (float *)X + s * sizes[0];
        targets[s] = one_hot[labels[s]];
    }
    return fann_train_epoch(network, &batch);
}

const contestant the_contestant = { .create = create, .forward = forward, .step = step, .differs = 1 };
