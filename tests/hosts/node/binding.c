/* The digits for Node.js, by Node-API: functions over typed arrays. */
#include "digits.h"
#include <node_api.h>
#include <stdbool.h>
#include <stdlib.h>

/* The memory of a typed array, or null where it is none; its length in elements. */
static void *array(napi_env env, napi_value value, size_t *length)
{
    bool is = false;
    void *data = NULL;
    if (napi_is_typedarray(env, value, &is) != napi_ok || !is ||
        napi_get_typedarray_info(env, value, NULL, length, &data, NULL, NULL) != napi_ok)
        return NULL;
    return data;
}

/* The arguments of a call; those that are missing are undefined. */
enum { MOST = 6 };

static void arguments(napi_env env, napi_callback_info info, napi_value *values)
{
    size_t count = MOST;
    napi_get_cb_info(env, info, &count, values, NULL, NULL);
}

static napi_value number(napi_env env, double value)
{
    napi_value result = NULL;
    napi_create_double(env, value, &result);
    return result;
}

/* Throws what a status says; null is undefined to JavaScript. */
static napi_value result(napi_env env, int32_t status, double value)
{
    if (status == AOTBACKPROP_OK)
        return number(env, value);
    napi_throw_error(env, NULL, aotbackprop_status_message(status));
    return NULL;
}

/* A digits_parameters' memory, or null where the array is of another length. */
static digits_parameters *parameters_of(napi_env env, napi_value value)
{
    size_t length = 0;
    void *data = array(env, value, &length);
    return length == DIGITS_PARAMETERS ? data : NULL;
}

/* What samples with these labels are; *count says how many. */
static aotbackprop_targets targets_of(napi_env env, napi_value labels, size_t *count)
{
    aotbackprop_targets targets = { .size = sizeof targets, .labels = array(env, labels, count) };
    return targets;
}

/* initialize(parameters, seed) */
static napi_value initialize(napi_env env, napi_callback_info info)
{
    napi_value given[MOST];
    double seed = 0;
    arguments(env, info, given);
    napi_get_value_double(env, given[1], &seed);
    return result(env, digits_initialize(parameters_of(env, given[0]), (uint64_t)seed), 0);
}

/* trainEpoch(parameters, X, labels, batchSize, seed, epoch) gives the loss */
static napi_value train_epoch(napi_env env, napi_callback_info info)
{
    napi_value given[MOST];
    arguments(env, info, given);
    size_t inputs = 0, count = 0;
    const float *X = array(env, given[1], &inputs);
    aotbackprop_targets targets = targets_of(env, given[2], &count);
    double numbers[3] = { 0, 0, 0 };
    for (int i = 0; i < 3; i++)
        napi_get_value_double(env, given[3 + i], &numbers[i]);
    aotbackprop_epoch epoch = { .size = sizeof epoch, .batch_size = (size_t)numbers[0], .seed = (uint64_t)numbers[1],
                                .epoch = (uint64_t)numbers[2] };
    aotbackprop_options options = { .size = sizeof options, .learning_rate = 0.1f };
    size_t size = digits_epoch_workspace_size(count, epoch.batch_size);
    void *workspace = malloc(size);
    double loss = 0;
    int32_t status = inputs != count * DIGITS_INPUTS ? AOTBACKPROP_INVALID_COUNT :
        digits_train_epoch(parameters_of(env, given[0]), X, &targets, count, &epoch, &options, NULL, 0, workspace, size, &loss, NULL);
    free(workspace);
    return result(env, status, loss);
}

/* evaluate(parameters, X, labels) gives how many are right */
static napi_value evaluate(napi_env env, napi_callback_info info)
{
    napi_value given[MOST];
    arguments(env, info, given);
    size_t inputs = 0, count = 0, correct = 0, size = digits_workspace_size(64);
    const float *X = array(env, given[1], &inputs);
    aotbackprop_targets targets = targets_of(env, given[2], &count);
    void *workspace = malloc(size);
    int32_t status = inputs != count * DIGITS_INPUTS ? AOTBACKPROP_INVALID_COUNT :
        digits_evaluate(parameters_of(env, given[0]), X, &targets, count, workspace, size, NULL, &correct);
    free(workspace);
    return result(env, status, (double)correct);
}

static void define(napi_env env, napi_value exports, const char *name, napi_callback callback)
{
    napi_value function = NULL;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, NULL, &function);
    napi_set_named_property(env, exports, name, function);
}

NAPI_MODULE_INIT()
{
    define(env, exports, "initialize", initialize);
    define(env, exports, "trainEpoch", train_epoch);
    define(env, exports, "evaluate", evaluate);
    napi_set_named_property(env, exports, "parameters", number(env, DIGITS_PARAMETERS));
    napi_set_named_property(env, exports, "inputs", number(env, DIGITS_INPUTS));
    return exports;
}
