/* The library that this project builds, opened at one instruction-set level: LIBRARY is its path, NETWORK the prefix
 * of its functions. */
#include "bench.h"
#include "contestant.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t (*workspace_size)(size_t);
static size_t (*epoch_workspace_size)(size_t, size_t);
static size_t (*team_workspace_size)(size_t, size_t);
static size_t (*optimizer_state_size)(const bench_options *);
static int32_t (*run_forward)(const void *, const float *, size_t, float *, void *, size_t);
static int32_t (*train_step)(void *, const float *, const bench_targets *, size_t, const bench_options *, void *, size_t,
                             void *, size_t, double *);
static int32_t (*team_train_step)(void *, const float *, const bench_targets *, size_t, const bench_options *, void *,
                                  size_t, size_t, size_t, bench_barrier *, void *, size_t, double *);
static int32_t (*train_epoch)(void *, const float *, const bench_targets *, size_t, const bench_epoch *,
                              const bench_options *, void *, size_t, void *, size_t, double *, size_t *);
static void *workspace, *team_workspace, *state;
static size_t workspace_bytes, team_workspace_bytes, state_bytes;
static _Alignas(64) bench_barrier barrier;
static bench_options options = { .size = sizeof options };
static bench_options adam = {
    .size = sizeof adam, .optimizer = BENCH_ADAM, .beta1 = 0.9f, .beta2 = 0.999f, .epsilon = 1e-8f,
};

static void check(int32_t status)
{
    if (status != BENCH_OK) {
        fprintf(stderr, "ours: status %d\n", status);
        exit(1);
    }
}

static void forget(void)
{
    memset(state, 0, state_bytes);
}

static const char *create(void)
{
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return dlerror();
    workspace_size = dlsym(library, NETWORK "_workspace_size");
    epoch_workspace_size = dlsym(library, NETWORK "_epoch_workspace_size");
    team_workspace_size = dlsym(library, NETWORK "_team_workspace_size");
    optimizer_state_size = dlsym(library, NETWORK "_optimizer_state_size");
    run_forward = dlsym(library, NETWORK "_forward");
    train_step = dlsym(library, NETWORK "_train_step");
    team_train_step = dlsym(library, NETWORK "_team_train_step");
    train_epoch = dlsym(library, NETWORK "_train_epoch");
    if (!workspace_size || !epoch_workspace_size || !team_workspace_size || !optimizer_state_size || !run_forward
        || !train_step || !team_train_step || !train_epoch)
        return "the library lacks a function";
    workspace_bytes = workspace_size(LARGEST_BATCH);
    workspace = malloc(workspace_bytes);
    team_workspace_bytes = team_workspace_size(LARGEST_BATCH, THREADS);
    team_workspace = malloc(team_workspace_bytes);
    state_bytes = optimizer_state_size(&adam);
    state = aligned_alloc(64, (state_bytes + 63) / 64 * 64);
    if (!workspace || !team_workspace || !state)
        return "no memory";
    forget();
    return NULL;
}

static void forward(const float *parameters, const float *X, int n, float *probabilities)
{
    check(run_forward(parameters, X, (size_t)n, probabilities, workspace, workspace_bytes));
}

static double step(float *parameters, const float *X, const int32_t *labels, int n, float rate)
{
    double loss;
    bench_targets targets = { .size = sizeof targets, .labels = labels };
    options.learning_rate = rate;
    check(train_step(parameters, X, &targets, (size_t)n, &options, NULL, 0, workspace, workspace_bytes, &loss));
    return loss;
}

static double team_step(float *parameters, const float *X, const int32_t *labels, int n, float rate, int rank)
{
    double loss;
    bench_targets targets = { .size = sizeof targets, .labels = labels };
    bench_options own = { .size = sizeof own, .learning_rate = rate };
    check(team_train_step(parameters, X, &targets, (size_t)n, &own, NULL, 0, (size_t)rank, THREADS, &barrier,
                          team_workspace, team_workspace_bytes, &loss));
    return loss;
}

static double adam_step(float *parameters, const float *X, const int32_t *labels, int n, float rate)
{
    double loss;
    bench_targets targets = { .size = sizeof targets, .labels = labels };
    adam.learning_rate = rate;
    check(train_step(parameters, X, &targets, (size_t)n, &adam, state, state_bytes, workspace, workspace_bytes, &loss));
    return loss;
}

static double epoch(float *parameters, const float *X, const int32_t *labels, int count, int batch, float rate)
{
    static void *larger;
    size_t bytes = epoch_workspace_size((size_t)count, (size_t)batch);
    if (!larger && !(larger = malloc(bytes)))
        return 0;
    double loss;
    bench_targets targets = { .size = sizeof targets, .labels = labels };
    bench_epoch what = { .size = sizeof what, .batch_size = (size_t)batch, .seed = 1 };
    options.learning_rate = rate;
    check(train_epoch(parameters, X, &targets, (size_t)count, &what, &options, NULL, 0, larger, bytes, &loss, NULL));
    return loss;
}

const contestant the_contestant = {
    .create = create, .forward = forward, .step = step, .team_step = team_step, .epoch = epoch, .adam_step = adam_step,
    .forget = forget,
};
