/* Data that another thread changes while a call reads it: results may be of any state of it, and so may the status, but
 * nothing outside the buffers is touched, and no call hangs. Every buffer ends at a page that cannot be touched.
 *
 *     shared [SECONDS]    each of the calls runs for a share of so many seconds; 0.2 where none are given */
#include "guarded.h"
#include "network.h"
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

enum { COUNT = 83, BATCH = 37, THREADS = 2, KINDS = 4, CALLS = 6 * KINDS };

static float *X, *Y, *weights, *probabilities;
static int32_t *labels, *classes, *stop;
static NET(parameters) *parameters, *gradient;
static LIB(targets) *targets[KINDS];
static LIB(options) *options;
static LIB(epoch) *epoch;
static LIB(barrier) barrier;
static char *workspace;
static size_t size;
static double seconds = 0.2;
static atomic_int done;
static const char *volatile call_now = "";

static void at_a_fault(int signal)
{
    char text[256];
    (void)signal;
    int length = snprintf(text, sizeof text, "not ok  %s touches memory beyond a buffer%s\n", call_now, check_suffix);
    _exit(write(STDOUT_FILENO, text, (size_t)length) == length ? 1 : 2);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* Labels and probabilities, without weights and with. */
static LIB(targets) targets_of(int kind)
{
    LIB(targets) of = kind % 2 == 0 ? labels_of(labels) : values_of(Y);
    of.weights = kind < 2 ? NULL : weights;
    return of;
}

/* Labels in and out of range, rows whose largest probability moves, weights that are nearly always 0, inputs that are 0 and
 * are not, sizes in and out of range, targets that are there and are not. What the threads of a team have to agree on, the
 * structs, stays. */
static void *change(void *argument)
{
    uint64_t state = 11;
    static const int32_t wrong[] = { -1, CLASSES, INT32_MAX, INT32_MIN, 1 << 20, -(1 << 20) };
    static const float of_one[] = { 0, 1, 3e38f, NAN, -1, INFINITY };
    (void)argument;
    while (!atomic_load(&done)) {
        volatile int32_t *label = labels + (size_t)(next_unit(&state) * COUNT);
        int32_t right = (int32_t)(next_unit(&state) * CLASSES);
        *label = wrong[(size_t)(next_unit(&state) * 6)];
        volatile float *row = Y + (size_t)(next_unit(&state) * COUNT) * CLASSES;
        float first = row[0], last = row[CLASSES - 1];
        row[0] = last;
        row[CLASSES - 1] = first;
        volatile float *x = X + (size_t)(next_unit(&state) * COUNT * INPUTS);
        *x = next_unit(&state) < 0.8f ? 0 : next_unit(&state);
        volatile size_t *batch = &epoch->batch_size;
        *batch = (size_t)(next_unit(&state) * 4) * 20;
        volatile float *weight = weights + (size_t)(next_unit(&state) * COUNT);
        *weight = of_one[(size_t)(next_unit(&state) * 6)];
        LIB(targets) *of = targets[(size_t)(next_unit(&state) * KINDS)], as_it_was = *of;
        *(const float *volatile *)&of->weights = next_unit(&state) < 0.5f ? NULL : weights;
        *(const float *volatile *)&of->values = NULL;
        *(const int32_t *volatile *)&of->labels = NULL;
        *of = as_it_was;
        *weight = 0;
        *(volatile float *)weights = next_unit(&state) < 0.5f ? 0 : 1;
        *label = right;
        *batch = BATCH;
    }
    return NULL;
}

static void *team_calls(void *argument)
{
    static double loss[THREADS];
    static const LIB(epoch) whole = { sizeof whole, BATCH, 5, 2, 0, 0, NULL, NULL };
    size_t rank = (size_t)argument;
    for (int kind = 0; kind < KINDS; kind++) {
        LIB(targets) of = targets_of(kind);
        NET(team_train_step)(parameters, X, &of, COUNT, options, NULL, 0, rank, THREADS, &barrier, workspace, size, &loss[rank]);
        NET(team_train_epoch)(parameters, X, &of, COUNT, &whole, options, NULL, 0, rank, THREADS, &barrier, workspace, size,
                              &loss[rank], NULL);
    }
    return NULL;
}

static void call(int number)
{
    double loss;
    size_t n;
    const LIB(targets) *of = targets[number % KINDS];
    switch (number / KINDS) {
    case 0:
        call_now = "evaluate";
        NET(evaluate)(parameters, X, of, COUNT, workspace, size, &loss, &n);
        NET(evaluate)(parameters, X, of, COUNT, workspace, NET(workspace_size)(5), &loss, &n);
        break;
    case 1:
        call_now = "gradient";
        for (size_t N = 1; N <= COUNT; N += 9)
            NET(gradient)(parameters, X, of, N, gradient, workspace, size, &loss);
        break;
    case 2:
        call_now = "train_step";
        for (size_t N = 1; N <= COUNT; N += 9)
            NET(train_step)(parameters, X, of, N, options, NULL, 0, workspace, size, &loss);
        break;
    case 3:
        call_now = "train_epoch";
        NET(train_epoch)(parameters, X, of, COUNT, epoch, options, NULL, 0, workspace, size, &loss, &n);
        break;
    case 4:
        call_now = "forward";
        NET(forward)(parameters, X, COUNT, probabilities, workspace, size);
        NET(classify)(parameters, X, COUNT, classes, workspace, NET(workspace_size)(3));
        break;
    default:
        call_now = "team_train_step and team_train_epoch";
        pthread_t other;
        CHECK(pthread_create(&other, NULL, team_calls, (void *)1) == 0);
        team_calls((void *)0);
        pthread_join(other, NULL);
        break;
    }
}

static void data_that_changes_leads_nowhere(void)
{
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, change, NULL) == 0);
    for (int number = 0; number < CALLS; number++) {
        CHECK(NET(initialize)(parameters, 3) == OK);
        for (double end = now() + seconds / CALLS; now() < end;)
            call(number);
    }
    atomic_store(&done, 1);
    pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
    static char suffix[64];
    snprintf(suffix, sizeof suffix, ": %s at %s", TEXT(NETWORK), LIB(instruction_set_level)());
    check_suffix = suffix;
    if (argc > 1)
        seconds = atof(argv[1]);

    /* The batch size that an epoch finds may be any of those that it is changed to. */
    size = NET(team_epoch_workspace_size)(COUNT, COUNT, THREADS);
    for (size_t batch = 1; batch <= COUNT; batch++)
        if (NET(epoch_workspace_size)(COUNT, batch) > size)
            size = NET(epoch_workspace_size)(COUNT, batch);
    X = (float *)guarded(COUNT * INPUTS * sizeof *X, 1);
    Y = (float *)guarded(COUNT * CLASSES * sizeof *Y, 1);
    probabilities = (float *)guarded(COUNT * CLASSES * sizeof *probabilities, 1);
    weights = (float *)guarded(COUNT * sizeof *weights, 1);
    labels = (int32_t *)guarded(COUNT * sizeof *labels, 1);
    classes = (int32_t *)guarded(COUNT * sizeof *classes, 1);
    stop = (int32_t *)guarded(sizeof *stop, 1);
    parameters = (NET(parameters) *)guarded(sizeof *parameters, 1);
    gradient = (NET(parameters) *)guarded(sizeof *gradient, 1);
    options = (LIB(options) *)guarded(sizeof *options, 1);
    epoch = (LIB(epoch) *)guarded(sizeof *epoch, 1);
    workspace = (char *)guarded(size, 1);
    make_samples(COUNT, X, labels, Y);
    for (int kind = 0; kind < KINDS; kind++) {
        targets[kind] = (LIB(targets) *)guarded(sizeof **targets, 1);
        *targets[kind] = targets_of(kind);
    }
    options->size = sizeof *options;
    options->learning_rate = 0.01f;
    epoch->size = sizeof *epoch;
    epoch->batch_size = BATCH;
    epoch->stop = stop;
    CHECK(NET(initialize)(parameters, 3) == OK);
    signal(SIGSEGV, at_a_fault);
    signal(SIGBUS, at_a_fault);
    RUN(data_that_changes_leads_nowhere);
    return check_failed != 0;
}
