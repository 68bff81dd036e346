/* Every status of the header, with what a refused call leaves as it was: everything, but where the header says
 * otherwise.
 *
 *     statuses [SUFFIX [-]]
 *
 * A second argument leaves the rounding modes out, for a machine that does not have them: valgrind's. */
#include "check.h"
#include "digits.h"
#include <fenv.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <time.h>
#if defined __x86_64__
#include <xmmintrin.h>
#endif

enum { N = 8, D = DIGITS_INPUTS, C = DIGITS_CLASSES };

/* All that a call could change. */
static struct {
    digits_parameters parameters, gradient;
    float X[N][D];
    float Y[N][C];
    int32_t labels[N];
    float weights[N];
    aotbackprop_targets targets[2]; /* T, of labels, and TY, of probabilities */
    float probabilities[N][C];
    int32_t classes[N];
    double loss;
    size_t correct, batches;
    aotbackprop_options options;
    aotbackprop_epoch epoch;
} w, before;

static char workspace[1 << 18];
static size_t step_size, epoch_size;

/* Statuses that some call has returned. */
static int reached[64];

#define LAST_STATUS AOTBACKPROP_UNKNOWN_TARGET_OPTION

static int32_t note(int32_t status)
{
    if (status <= 0 && status > -(int32_t)(sizeof reached / sizeof reached[0]))
        reached[-status]++;
    return status;
}

static int unchanged(void)
{
    return memcmp(&before, &w, sizeof w) == 0;
}

#define GIVES_NUMBER(status, call) (before = w, note(call) == (status))
#define GIVES(status, call) GIVES_NUMBER(AOTBACKPROP_##status, call)
#define ACCEPTED(call) CHECK(GIVES(OK, call))
#define REFUSED_BY_NUMBER(status, call) \
    do { \
        CHECK(GIVES_NUMBER(status, call)); \
        CHECK(unchanged()); \
    } while (0)
#define REFUSED(status, call) REFUSED_BY_NUMBER(AOTBACKPROP_##status, call)

#define T (&w.targets[0])
#define TY (&w.targets[1])

static void start(void)
{
    memset(&w, 0, sizeof w);
    for (int n = 0; n < N; n++) {
        for (int i = 0; i < D; i++)
            w.X[n][i] = (float)((n * 31 + i * 17) % 23) / 23;
        w.labels[n] = n;
        w.weights[n] = 1;
        for (int j = 0; j < C; j++)
            w.Y[n][j] = j == n ? 0.75f : j == n + 1 ? 0.25f : 0;
    }
    T->size = TY->size = sizeof *T;
    T->labels = w.labels;
    TY->values = w.Y[0];
    w.loss = -1;
    w.correct = w.batches = 99;
    w.options.size = sizeof w.options;
    w.options.learning_rate = 0.1f;
    w.epoch.size = sizeof w.epoch;
    w.epoch.batch_size = 3;
    step_size = digits_workspace_size(N);
    epoch_size = digits_epoch_workspace_size(N, 3);
    CHECK(step_size <= sizeof workspace && epoch_size <= sizeof workspace);
    ACCEPTED(digits_initialize(&w.parameters, 7));
}

/* The arguments that a test does not vary. */
#define P (&w.parameters)
#define G (&w.gradient)
#define O (&w.options)
#define E (&w.epoch)
#define S workspace, step_size
#define SE workspace, epoch_size
#define FORWARD(...) digits_forward(__VA_ARGS__)
#define CLASSIFY(...) digits_classify(__VA_ARGS__)
#define EVALUATE(...) digits_evaluate(__VA_ARGS__, &w.loss, &w.correct)
#define GRADIENT(...) digits_gradient(__VA_ARGS__, &w.loss)
#define STEP(p, x, t, n, o, ...) digits_train_step(p, x, t, n, o, NULL, 0, __VA_ARGS__, &w.loss)
#define EPOCH(p, x, t, n, e, o, ...) digits_train_epoch(p, x, t, n, e, o, NULL, 0, __VA_ARGS__, &w.loss, &w.batches)

static void a_null_pointer_that_is_needed_is_refused(void)
{
    start();
    REFUSED(NULL_POINTER, digits_initialize(NULL, 1));
    REFUSED(NULL_POINTER, FORWARD(NULL, w.X[0], N, w.probabilities[0], S));
    REFUSED(NULL_POINTER, FORWARD(P, NULL, N, w.probabilities[0], S));
    REFUSED(NULL_POINTER, FORWARD(P, w.X[0], N, NULL, S));
    REFUSED(NULL_POINTER, FORWARD(P, w.X[0], N, w.probabilities[0], NULL, step_size));
    REFUSED(NULL_POINTER, CLASSIFY(NULL, w.X[0], N, w.classes, S));
    REFUSED(NULL_POINTER, CLASSIFY(P, NULL, N, w.classes, S));
    REFUSED(NULL_POINTER, CLASSIFY(P, w.X[0], N, NULL, S));
    REFUSED(NULL_POINTER, CLASSIFY(P, w.X[0], N, w.classes, NULL, step_size));
    REFUSED(NULL_POINTER, EVALUATE(NULL, w.X[0], T, N, S));
    REFUSED(NULL_POINTER, EVALUATE(P, NULL, T, N, S));
    REFUSED(NULL_POINTER, EVALUATE(P, w.X[0], NULL, N, S));
    REFUSED(NULL_POINTER, EVALUATE(P, w.X[0], T, N, NULL, step_size));
    REFUSED(NULL_POINTER, GRADIENT(NULL, w.X[0], T, N, G, S));
    REFUSED(NULL_POINTER, GRADIENT(P, NULL, T, N, G, S));
    REFUSED(NULL_POINTER, GRADIENT(P, w.X[0], NULL, N, G, S));
    REFUSED(NULL_POINTER, GRADIENT(P, w.X[0], T, N, NULL, S));
    REFUSED(NULL_POINTER, GRADIENT(P, w.X[0], T, N, G, NULL, step_size));
    REFUSED(NULL_POINTER, digits_apply(NULL, G, O, NULL, 0));
    REFUSED(NULL_POINTER, digits_apply(P, NULL, O, NULL, 0));
    REFUSED(NULL_POINTER, digits_apply(P, G, NULL, NULL, 0));
    REFUSED(NULL_POINTER, STEP(NULL, w.X[0], T, N, O, S));
    REFUSED(NULL_POINTER, STEP(P, NULL, T, N, O, S));
    REFUSED(NULL_POINTER, STEP(P, w.X[0], NULL, N, O, S));
    REFUSED(NULL_POINTER, STEP(P, w.X[0], T, N, NULL, S));
    REFUSED(NULL_POINTER, STEP(P, w.X[0], T, N, O, NULL, step_size));
    REFUSED(NULL_POINTER, EPOCH(NULL, w.X[0], T, N, E, O, SE));
    REFUSED(NULL_POINTER, EPOCH(P, NULL, T, N, E, O, SE));
    REFUSED(NULL_POINTER, EPOCH(P, w.X[0], NULL, N, E, O, SE));
    REFUSED(NULL_POINTER, EPOCH(P, w.X[0], T, N, NULL, O, SE));
    REFUSED(NULL_POINTER, EPOCH(P, w.X[0], T, N, E, NULL, SE));
    REFUSED(NULL_POINTER, EPOCH(P, w.X[0], T, N, E, O, NULL, epoch_size));
    CHECK(digits_optimizer_state_size(NULL) == SIZE_MAX);
}

static void results_may_be_declined_with_null(void)
{
    start();
    digits_parameters other = w.parameters;
    double loss = 0;
    size_t number = 0;
    ACCEPTED(digits_evaluate(P, w.X[0], T, N, S, NULL, NULL));
    ACCEPTED(digits_evaluate(P, w.X[0], T, N, S, &loss, NULL));
    ACCEPTED(digits_evaluate(P, w.X[0], T, N, S, NULL, &number));
    ACCEPTED(digits_evaluate(P, w.X[0], TY, N, S, NULL, NULL));
    CHECK(unchanged());
    ACCEPTED(digits_gradient(P, w.X[0], T, N, G, S, NULL));
    ACCEPTED(digits_gradient(P, w.X[0], TY, N, G, S, NULL));

    ACCEPTED(STEP(P, w.X[0], T, N, O, S));
    ACCEPTED(digits_train_step(&other, w.X[0], T, N, O, NULL, 0, S, NULL));
    CHECK(memcmp(&other, P, sizeof other) == 0);
    ACCEPTED(STEP(P, w.X[0], TY, N, O, S));
    ACCEPTED(digits_train_step(&other, w.X[0], TY, N, O, NULL, 0, S, NULL));
    CHECK(memcmp(&other, P, sizeof other) == 0);
    ACCEPTED(EPOCH(P, w.X[0], T, N, E, O, SE));
    CHECK(w.batches == 3);
    ACCEPTED(digits_train_epoch(&other, w.X[0], T, N, E, O, NULL, 0, SE, NULL, NULL));
    CHECK(memcmp(&other, P, sizeof other) == 0);
    ACCEPTED(EPOCH(P, w.X[0], TY, N, E, O, SE));
    ACCEPTED(digits_train_epoch(&other, w.X[0], TY, N, E, O, NULL, 0, SE, NULL, NULL));
    CHECK(memcmp(&other, P, sizeof other) == 0);
}

static void a_count_of_zero_or_beyond_memory_is_refused(void)
{
    start();
    const size_t counts[] = {
        0, SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / sizeof(float) / D + 1, (size_t)PTRDIFF_MAX / sizeof(float) / D + 1,
    };
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        size_t n = counts[i];
        REFUSED(INVALID_COUNT, FORWARD(P, w.X[0], n, w.probabilities[0], workspace, SIZE_MAX));
        REFUSED(INVALID_COUNT, CLASSIFY(P, w.X[0], n, w.classes, workspace, SIZE_MAX));
        REFUSED(INVALID_COUNT, EVALUATE(P, w.X[0], T, n, workspace, SIZE_MAX));
        REFUSED(INVALID_COUNT, GRADIENT(P, w.X[0], T, n, G, workspace, SIZE_MAX));
        REFUSED(INVALID_COUNT, STEP(P, w.X[0], T, n, O, workspace, SIZE_MAX));
        REFUSED(INVALID_COUNT, EPOCH(P, w.X[0], T, n, E, O, workspace, SIZE_MAX));
    }
    REFUSED(INVALID_COUNT, EPOCH(P, w.X[0], T, (size_t)INT32_MAX + 1, E, O, workspace, SIZE_MAX));
    CHECK(digits_workspace_size(SIZE_MAX) == SIZE_MAX);
    CHECK(digits_epoch_workspace_size(SIZE_MAX, 1) == SIZE_MAX);
    CHECK(digits_epoch_workspace_size(SIZE_MAX, SIZE_MAX) == SIZE_MAX);
}

static void a_workspace_below_its_size_is_refused(void)
{
    start();
    const size_t sizes[] = { 0, 1, digits_workspace_size(N) - 1 };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t size = sizes[i];
        REFUSED(WORKSPACE_TOO_SMALL, GRADIENT(P, w.X[0], T, N, G, workspace, size));
        REFUSED(WORKSPACE_TOO_SMALL, STEP(P, w.X[0], T, N, O, workspace, size));
    }
    for (size_t size = 0; size <= 64; size += 64) {
        REFUSED(WORKSPACE_TOO_SMALL, FORWARD(P, w.X[0], N, w.probabilities[0], workspace, size));
        REFUSED(WORKSPACE_TOO_SMALL, CLASSIFY(P, w.X[0], N, w.classes, workspace, size));
        REFUSED(WORKSPACE_TOO_SMALL, EVALUATE(P, w.X[0], T, N, workspace, size));
    }
    REFUSED(WORKSPACE_TOO_SMALL, EPOCH(P, w.X[0], T, N, E, O, workspace, epoch_size - 1));
    ACCEPTED(FORWARD(P, w.X[0], N, w.probabilities[0], workspace, digits_workspace_size(1)));
}

/* By every call that takes targets. */
static void training_refused(int32_t status, const aotbackprop_targets *t, size_t count)
{
    REFUSED_BY_NUMBER(status, EVALUATE(P, w.X[0], t, count, S));
    REFUSED_BY_NUMBER(status, GRADIENT(P, w.X[0], t, count, G, S));
    REFUSED_BY_NUMBER(status, STEP(P, w.X[0], t, count, O, S));
    REFUSED_BY_NUMBER(status, EPOCH(P, w.X[0], t, count, E, O, SE));
    REFUSED_BY_NUMBER(status, digits_team_train_step(P, w.X[0], t, count, O, NULL, 0, 0, 1, NULL, S, &w.loss));
    REFUSED_BY_NUMBER(
        status, digits_team_train_epoch(P, w.X[0], t, count, E, O, NULL, 0, 0, 1, NULL, SE, &w.loss, &w.batches));
}

static void targets_refused(int32_t status, const aotbackprop_targets *t)
{
    for (size_t count = 1; count <= N; count += N - 1) {
        training_refused(status, t, count);
        REFUSED_BY_NUMBER(status, digits_add_losses(P, w.X[0], t, count, S, &w.loss, &w.correct));
    }
}

#define TARGETS_REFUSED(status, t) targets_refused(AOTBACKPROP_##status, t)

static void a_label_that_is_no_class_is_refused(void)
{
    const int32_t wrong[] = { -1, C, INT32_MIN, INT32_MAX };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        for (int n = 0; n < N; n++) {
            start();
            w.labels[n] = wrong[i];
            training_refused(AOTBACKPROP_LABEL_OUT_OF_RANGE, T, N);
            REFUSED(LABEL_OUT_OF_RANGE, digits_add_losses(P, w.X[0], T, N, S, &w.loss, &w.correct));
            if (n == 0)
                TARGETS_REFUSED(LABEL_OUT_OF_RANGE, T);
        }
}

static void rows_that_are_no_probabilities_are_refused(void)
{
    const float wrong[] = { -0.25f, NAN, INFINITY, -INFINITY, 0.25f + 2e-4f, 0.25f - 2e-4f, FLT_MAX, 0 };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        for (int n = 0; n < N; n++) {
            start();
            w.Y[n][n + 1] = wrong[i];
            training_refused(AOTBACKPROP_INVALID_PROBABILITIES, TY, N);
            REFUSED(INVALID_PROBABILITIES, digits_add_losses(P, w.X[0], TY, N, S, &w.loss, &w.correct));
            if (n == 0)
                TARGETS_REFUSED(INVALID_PROBABILITIES, TY);
        }
    start();
    w.Y[3][4] += 5e-5f;
    w.Y[2][0] = -0.0f;
    ACCEPTED(STEP(P, w.X[0], TY, N, O, S));
}

static void targets_are_labels_or_values(void)
{
    start();
    TARGETS_REFUSED(NULL_POINTER, NULL);
    T->labels = NULL;
    TARGETS_REFUSED(NULL_POINTER, T);
    T->weights = w.weights;
    TARGETS_REFUSED(NULL_POINTER, T);
    start();
    T->values = w.Y[0];
    TARGETS_REFUSED(UNSUPPORTED_TARGETS, T);
    T->weights = w.weights;
    TARGETS_REFUSED(UNSUPPORTED_TARGETS, T);
    T->values = NULL;
    ACCEPTED(STEP(P, w.X[0], T, N, O, S));
}

static void targets_grow(void)
{
    union {
        aotbackprop_targets now;
        char later[8192];
    } targets;
    start();
    memset(&targets, 0, sizeof targets);
    targets.now = *T;

    const size_t taken[] = { sizeof targets.now, sizeof targets.now + 1, sizeof targets.now + 16, 4096 };
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        targets.now.size = taken[i];
        for (size_t count = 1; count <= N; count += N - 1) {
            digits_parameters other = w.parameters;
            ACCEPTED(digits_train_step(&other, w.X[0], T, count, O, NULL, 0, S, NULL));
            ACCEPTED(STEP(P, w.X[0], &targets.now, count, O, S));
            CHECK(memcmp(&other, P, sizeof other) == 0);
        }
        ACCEPTED(EPOCH(P, w.X[0], &targets.now, N, E, O, SE));
        ACCEPTED(EVALUATE(P, w.X[0], &targets.now, N, S));
    }

    const size_t refused[] = {
        0, 1, 8, 16, 24, sizeof targets.now - 1, 4097, sizeof targets, SIZE_MAX, (size_t)1 << 32 | sizeof targets.now,
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        targets.now.size = refused[i];
        TARGETS_REFUSED(INVALID_TARGETS, &targets.now);
    }

    /* What this version does not know must be zero, to the last byte. */
    targets.now.size = sizeof targets.now + 16;
    for (size_t i = sizeof targets.now; i < targets.now.size; i++) {
        targets.later[i] = 1;
        TARGETS_REFUSED(UNKNOWN_TARGET_OPTION, &targets.now);
        targets.later[i] = 0;
    }
    targets.later[targets.now.size] = 1; /* beyond its size: not looked at */
    ACCEPTED(STEP(P, w.X[0], &targets.now, N, O, S));
}

static void weights_must_be_finite_and_not_negative(void)
{
    const float wrong[] = { -1, -FLT_MIN, -1e-45f, NAN, -NAN, INFINITY, -INFINITY };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        for (int n = 0; n < N; n++)
            for (int t = 0; t < 2; t++) {
                start();
                w.targets[t].weights = w.weights;
                w.weights[n] = wrong[i];
                training_refused(AOTBACKPROP_INVALID_WEIGHTS, &w.targets[t], N);
                REFUSED(INVALID_WEIGHTS, digits_add_losses(P, w.X[0], &w.targets[t], N, S, &w.loss, &w.correct));
                if (n == 0)
                    TARGETS_REFUSED(INVALID_WEIGHTS, &w.targets[t]);
            }
    start();
    T->weights = w.weights;
    w.weights[0] = FLT_MAX;
    w.weights[1] = FLT_MAX;
    w.weights[2] = -0.0f;
    w.weights[3] = 1e-45f;
    ACCEPTED(STEP(P, w.X[0], T, N, O, S));
    ACCEPTED(EPOCH(P, w.X[0], T, N, E, O, SE));
}

/* Of losses that are added up, a part may weigh nothing. */
static void one_weight_must_be_above_0(void)
{
    start();
    for (int t = 0; t < 2; t++) {
        w.targets[t].weights = w.weights;
        memset(w.weights, 0, sizeof w.weights);
        training_refused(AOTBACKPROP_INVALID_WEIGHTS, &w.targets[t], N);
        training_refused(AOTBACKPROP_INVALID_WEIGHTS, &w.targets[t], 1);
        w.correct = 0;
        ACCEPTED(digits_add_losses(P, w.X[0], &w.targets[t], N, S, &w.loss, &w.correct));
        CHECK(w.loss == before.loss && w.correct <= N);
        w.weights[N - 1] = 1e-45f;
        ACCEPTED(EVALUATE(P, w.X[0], &w.targets[t], N, S));
        ACCEPTED(STEP(P, w.X[0], &w.targets[t], N, O, S));
        w.loss = -1;
    }
}

static void an_input_that_is_not_finite_is_refused_wherever_it_lies(void)
{
    const float wrong[] = { NAN, -NAN, INFINITY, -INFINITY };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        for (int place = 0; place < N * D; place += i == 0 ? 1 : N * D - 1) {
            start();
            w.X[place / D][place % D] = wrong[i];
            REFUSED(INPUT_NOT_FINITE, FORWARD(P, w.X[0], N, w.probabilities[0], S));
            REFUSED(INPUT_NOT_FINITE, CLASSIFY(P, w.X[0], N, w.classes, S));
            REFUSED(INPUT_NOT_FINITE, EVALUATE(P, w.X[0], T, N, S));
            REFUSED(INPUT_NOT_FINITE, EVALUATE(P, w.X[0], TY, N, S));
            REFUSED(INPUT_NOT_FINITE, GRADIENT(P, w.X[0], T, N, G, S));
            REFUSED(INPUT_NOT_FINITE, GRADIENT(P, w.X[0], TY, N, G, S));
            REFUSED(INPUT_NOT_FINITE, STEP(P, w.X[0], T, N, O, S));
            REFUSED(INPUT_NOT_FINITE, STEP(P, w.X[0], TY, N, O, S));
            REFUSED(INPUT_NOT_FINITE, EPOCH(P, w.X[0], T, N, E, O, SE));
            REFUSED(INPUT_NOT_FINITE, EPOCH(P, w.X[0], TY, N, E, O, SE));
        }
}

static void a_learning_rate_must_be_finite_and_not_negative(void)
{
    start();
    ACCEPTED(GRADIENT(P, w.X[0], T, N, G, S));
    const float wrong[] = { -0.1f, -FLT_MIN, NAN, INFINITY, -INFINITY };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        w.options.learning_rate = wrong[i];
        REFUSED(INVALID_LEARNING_RATE, digits_apply(P, G, O, NULL, 0));
        REFUSED(INVALID_LEARNING_RATE, STEP(P, w.X[0], T, N, O, S));
        REFUSED(INVALID_LEARNING_RATE, EPOCH(P, w.X[0], T, N, E, O, SE));
    }
    w.options.learning_rate = 0;
    w.loss = -1;
    ACCEPTED(STEP(P, w.X[0], T, N, O, S));
    CHECK(memcmp(&before.parameters, &w.parameters, sizeof w.parameters) == 0 && w.loss > 0);
}

static void what_is_not_finite_never_reaches_the_parameters(void)
{
    /* Inputs whose products overflow. */
    start();
    for (int i = 0; i < D; i++)
        w.X[2][i] = FLT_MAX;
    REFUSED(NOT_FINITE, EVALUATE(P, w.X[0], T, N, S));
    REFUSED(NOT_FINITE, EVALUATE(P, w.X[0], TY, N, S));
    REFUSED(NOT_FINITE, GRADIENT(P, w.X[0], T, N, G, S));
    REFUSED(NOT_FINITE, GRADIENT(P, w.X[0], TY, N, G, S));
    REFUSED(NOT_FINITE, STEP(P, w.X[0], T, N, O, S));
    REFUSED(NOT_FINITE, STEP(P, w.X[0], TY, N, O, S));
    T->weights = w.weights; /* that of the sample may be 0 */
    w.weights[2] = 0;
    REFUSED(NOT_FINITE, EVALUATE(P, w.X[0], T, N, S));
    REFUSED(NOT_FINITE, GRADIENT(P, w.X[0], T, N, G, S));
    REFUSED(NOT_FINITE, STEP(P, w.X[0], T, N, O, S));

    /* Parameters that are not finite, and finite ones whose products overflow. */
    const float wrong[] = { NAN, INFINITY, -INFINITY, FLT_MAX };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        start();
        for (int h = 0; h < 32; h++)
            w.parameters.W2[h][4] = wrong[i];
        REFUSED(NOT_FINITE, EVALUATE(P, w.X[0], T, N, S));
        REFUSED(NOT_FINITE, GRADIENT(P, w.X[0], T, N, G, S));
        REFUSED(NOT_FINITE, STEP(P, w.X[0], T, N, O, S));
        REFUSED(NOT_FINITE, STEP(P, w.X[0], TY, N, O, S));
    }

    /* The loss is stable: the largest finite Z2 is none of these. */
    start();
    w.parameters.b2[0] = -FLT_MAX;
    w.parameters.b2[9] = FLT_MAX;
    ACCEPTED(STEP(P, w.X[0], T, N, O, S));
    CHECK(w.loss > 1e38 && isfinite(w.loss));
    for (size_t i = 0; i < sizeof w.parameters / sizeof(float); i++)
        CHECK(isfinite(((const float *)P)[i]));

    /* A step that would carry parameters out of the finite numbers. */
    start();
    w.options.learning_rate = FLT_MAX;
    REFUSED(NOT_FINITE, STEP(P, w.X[0], T, N, O, S));
    w.options.learning_rate = 0.1f;
    const float steep[] = { NAN, INFINITY, -INFINITY };
    for (size_t i = 0; i < sizeof steep / sizeof steep[0]; i++) {
        w.gradient.b2[C - 1] = steep[i];
        REFUSED(NOT_FINITE, digits_apply(P, G, O, NULL, 0));
    }
    w.gradient.b2[C - 1] = FLT_MAX;
    w.options.learning_rate = 2;
    REFUSED(NOT_FINITE, digits_apply(P, G, O, NULL, 0));
}

static void an_epoch_keeps_the_batches_before_one_that_is_not_finite(void)
{
    for (int poisoned = 0; poisoned < N; poisoned++) {
        start();
        w.epoch.batch_size = 2;
        for (int i = 0; i < D; i++)
            w.X[poisoned][i] = FLT_MAX;
        CHECK(GIVES(NOT_FINITE, EPOCH(P, w.X[0], T, N, E, O, SE)));
        size_t k = w.batches;
        double loss = w.loss;
        CHECK(k < N / 2 && (k > 0 || loss == 0));

        digits_parameters stopped = w.parameters;
        w.parameters = before.parameters;
        if (k > 0) {
            w.epoch.batch_count = k;
            ACCEPTED(EPOCH(P, w.X[0], T, N, E, O, SE));
            CHECK(w.batches == k && w.loss == loss);
        }
        CHECK(memcmp(&stopped, P, sizeof stopped) == 0);

        /* The batch itself changes nothing. */
        w.epoch.first_batch = k;
        w.epoch.batch_count = 1;
        w.parameters = stopped;
        CHECK(GIVES(NOT_FINITE, EPOCH(P, w.X[0], T, N, E, O, SE)));
        CHECK(w.batches == 0 && memcmp(&stopped, P, sizeof stopped) == 0);
    }
}

static void a_range_of_batches_must_lie_in_the_epoch(void)
{
    start();
    const struct { size_t batch, first, count; } wrong[] = {
        { 0, 0, 0 }, { 3, 4, 0 }, { 3, 3, 1 }, { 3, 0, 4 }, { 3, 2, 2 }, { 3, 1, SIZE_MAX }, { 3, SIZE_MAX, 1 },
        { 3, SIZE_MAX, SIZE_MAX }, { SIZE_MAX, 1, 1 }, { SIZE_MAX, 2, 0 },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        w.epoch.batch_size = wrong[i].batch;
        w.epoch.first_batch = wrong[i].first;
        w.epoch.batch_count = wrong[i].count;
        int32_t status = wrong[i].batch == 0 ? AOTBACKPROP_INVALID_BATCH : AOTBACKPROP_INVALID_BATCH_RANGE;
        REFUSED_BY_NUMBER(status, EPOCH(P, w.X[0], T, N, E, O, workspace, sizeof workspace));
    }

    /* A batch larger than the epoch is the whole of it; a range from the end on is empty. */
    start();
    w.epoch.batch_size = SIZE_MAX;
    epoch_size = digits_epoch_workspace_size(N, SIZE_MAX);
    ACCEPTED(EPOCH(P, w.X[0], T, N, E, O, SE));
    CHECK(w.batches == 1);
    start();
    w.epoch.first_batch = 3;
    ACCEPTED(EPOCH(P, w.X[0], T, N, E, O, SE));
    CHECK(w.batches == 0 && w.loss == 0 && memcmp(&before.parameters, P, sizeof w.parameters) == 0);
}

static void options_grow(void)
{
    union {
        aotbackprop_options now;
        char later[8192];
    } options;
    start();
    memset(&options, 0, sizeof options);
    options.now = w.options;

    const size_t taken[] = { sizeof options.now, sizeof options.now + 1, sizeof options.now + 16, 4096 };
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        options.now.size = taken[i];
        CHECK(digits_optimizer_state_size(&options.now) == 0);
        ACCEPTED(STEP(P, w.X[0], T, N, &options.now, S));
        ACCEPTED(EPOCH(P, w.X[0], T, N, E, &options.now, SE));
    }

    const size_t refused[] = { 0, 1, sizeof options.now - 1, 4097, sizeof options, SIZE_MAX };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        options.now.size = refused[i];
        CHECK(digits_optimizer_state_size(&options.now) == SIZE_MAX);
        REFUSED(INVALID_OPTIONS, digits_apply(P, G, &options.now, NULL, 0));
        REFUSED(INVALID_OPTIONS, STEP(P, w.X[0], T, N, &options.now, S));
        REFUSED(INVALID_OPTIONS, EPOCH(P, w.X[0], T, N, E, &options.now, SE));
    }

    /* The first version's struct ended with the optimizer: what lies behind it is not looked at. */
    options.now.size = 16;
    memset(options.later + 16, 0x5A, sizeof options.now - 16);
    CHECK(digits_optimizer_state_size(&options.now) == 0);
    ACCEPTED(STEP(P, w.X[0], T, N, &options.now, S));
    memset(options.later + 16, 0, sizeof options.now - 16);

    /* What this version does not know must be zero, to the last byte. */
    options.now.size = sizeof options.now + 16;
    for (size_t i = sizeof options.now; i < options.now.size; i++) {
        options.later[i] = 1;
        CHECK(digits_optimizer_state_size(&options.now) == SIZE_MAX);
        REFUSED(UNKNOWN_OPTION, STEP(P, w.X[0], T, N, &options.now, S));
        options.later[i] = 0;
    }
    options.later[options.now.size] = 1; /* beyond its size: not looked at */
    ACCEPTED(STEP(P, w.X[0], T, N, &options.now, S));

    const int32_t optimizers[] = { AOTBACKPROP_LION + 1, -1, INT32_MAX };
    for (size_t i = 0; i < sizeof optimizers / sizeof optimizers[0]; i++) {
        start();
        w.options.optimizer = optimizers[i];
        CHECK(digits_optimizer_state_size(O) == SIZE_MAX);
        REFUSED(UNKNOWN_OPTIMIZER, digits_apply(P, G, O, NULL, 0));
        REFUSED(UNKNOWN_OPTIMIZER, STEP(P, w.X[0], T, N, O, S));
    }
    start();
    w.epoch.size = sizeof w.epoch - 1;
    REFUSED(INVALID_EPOCH, EPOCH(P, w.X[0], T, N, E, O, SE));
    w.epoch.size = 0;
    REFUSED(INVALID_EPOCH, EPOCH(P, w.X[0], T, N, E, O, SE));

    start();
    struct {
        aotbackprop_epoch now;
        char later[16];
    } epoch;
    memset(&epoch, 0, sizeof epoch);
    epoch.now = w.epoch;
    epoch.now.size = sizeof epoch;
    ACCEPTED(EPOCH(P, w.X[0], T, N, &epoch.now, O, SE));
    epoch.later[15] = 1;
    REFUSED(UNKNOWN_EPOCH_OPTION, EPOCH(P, w.X[0], T, N, &epoch.now, O, SE));
}

/* Gradient descent keeps no state: a buffer is neither needed, read nor written. */
static void gradient_descent_takes_any_optimizer_state(void)
{
    start();
    char state[16];
    memset(state, 0x5A, sizeof state);
    ACCEPTED(digits_train_step(P, w.X[0], T, N, O, state, sizeof state, S, &w.loss));
    ACCEPTED(digits_train_step(P, w.X[0], T, N, O, NULL, 0, S, &w.loss));
    for (size_t i = 0; i < sizeof state; i++)
        CHECK(state[i] == 0x5A);
}

static char state[1 << 16];
static size_t state_size;

static void start_with(int32_t optimizer)
{
    start();
    w.options.optimizer = optimizer;
    if (optimizer == AOTBACKPROP_MOMENTUM || optimizer == AOTBACKPROP_NESTEROV)
        w.options.momentum = 0.9f;
    if (optimizer == AOTBACKPROP_ADAM || optimizer == AOTBACKPROP_ADAMW) {
        w.options.beta1 = 0.9f;
        w.options.beta2 = 0.999f;
        w.options.epsilon = 1e-8f;
    }
    if (optimizer == AOTBACKPROP_LION) {
        w.options.beta1 = 0.9f;
        w.options.beta2 = 0.99f;
    }
    memset(state, 0, sizeof state);
    state_size = digits_optimizer_state_size(O);
    CHECK(state_size <= sizeof state);
}

#define STATE_STEP digits_train_step(P, w.X[0], T, N, O, state, state_size, S, &w.loss)
#define STATE_EPOCH digits_train_epoch(P, w.X[0], T, N, E, O, state, state_size, SE, &w.loss, &w.batches)
#define STATE_APPLY digits_apply(P, G, O, state, state_size)

/* With the state, which has to stay as it is as well. */
static void steps_refused(int32_t status)
{
    static char kept[sizeof state];
    memcpy(kept, state, sizeof state);
    REFUSED_BY_NUMBER(status, STATE_STEP);
    REFUSED_BY_NUMBER(status, STATE_APPLY);
    CHECK(memcmp(kept, state, sizeof state) == 0);
}

static void all_refused(int32_t status)
{
    steps_refused(status);
    REFUSED_BY_NUMBER(status, STATE_EPOCH);
}

/* By every call that has options, and described with the value that is wrong. */
static void options_refused(int32_t status, const char *value)
{
    char text[128], wanted[128];
    all_refused(status);
    snprintf(wanted, sizeof wanted, "%s; it is %s", aotbackprop_status_message(status), value);
    REFUSED_BY_NUMBER(status, aotbackprop_describe_options(O, text, sizeof text));
    if (strcmp(text, wanted) != 0)
        fprintf(stderr, "described as '%s', wanted '%s'\n", text, wanted);
    CHECK(strcmp(text, wanted) == 0);
}

#define STEPS_REFUSED(status) steps_refused(AOTBACKPROP_##status)
#define ALL_REFUSED(status) all_refused(AOTBACKPROP_##status)

static void a_team_of_none_and_a_rank_beyond_it_are_refused(void)
{
    aotbackprop_barrier barrier;
    memset(&barrier, 0, sizeof barrier);
    start();
    REFUSED(INVALID_TEAM, digits_team_train_step(P, w.X[0], T, N, O, NULL, 0, 0, 0, &barrier, S, &w.loss));
    REFUSED(INVALID_RANK, digits_team_train_step(P, w.X[0], T, N, O, NULL, 0, 2, 2, &barrier, S, &w.loss));
    REFUSED(NULL_POINTER, digits_team_train_step(P, w.X[0], T, N, O, NULL, 0, 0, 2, NULL, S, &w.loss));
}

static void an_optimizer_state_below_its_size_is_refused(void)
{
    for (int32_t optimizer = AOTBACKPROP_MOMENTUM; optimizer <= AOTBACKPROP_LION; optimizer++) {
        start_with(optimizer);
        size_t needed = state_size;
        const size_t sizes[] = { 0, 1, needed - 1 };
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            state_size = sizes[i];
            ALL_REFUSED(OPTIMIZER_STATE_TOO_SMALL);
        }
        w.options.clip_norm = 1;
        CHECK(digits_optimizer_state_size(O) > needed);
        state_size = needed;
        ALL_REFUSED(OPTIMIZER_STATE_TOO_SMALL);
        REFUSED(NULL_POINTER, digits_apply(P, G, O, NULL, SIZE_MAX));
        REFUSED(NULL_POINTER, digits_train_step(P, w.X[0], T, N, O, NULL, SIZE_MAX, S, &w.loss));
    }
    start();
    w.options.clip_norm = 1;
    state_size = digits_optimizer_state_size(O) - 1;
    ALL_REFUSED(OPTIMIZER_STATE_TOO_SMALL);
}

static void a_state_of_another_optimizer_or_of_none_is_refused(void)
{
    static char momentum[sizeof state];
    start_with(AOTBACKPROP_MOMENTUM);
    ACCEPTED(STATE_STEP);
    w.options.optimizer = AOTBACKPROP_NESTEROV; /* the same m */
    ACCEPTED(STATE_STEP);
    memcpy(momentum, state, sizeof state);

    start_with(AOTBACKPROP_ADAM);
    memcpy(state, momentum, sizeof state);
    ALL_REFUSED(INVALID_OPTIMIZER_STATE);
    memset(state, 0x5A, sizeof state);
    ALL_REFUSED(INVALID_OPTIMIZER_STATE);

    start_with(AOTBACKPROP_LION); /* as large as momentum's, and a mean */
    memcpy(state, momentum, sizeof state);
    ALL_REFUSED(INVALID_OPTIMIZER_STATE);
}

static void targets_that_are_refused_leave_an_optimizer_state(void)
{
    static char kept[sizeof state];
    for (int32_t optimizer = AOTBACKPROP_MOMENTUM; optimizer <= AOTBACKPROP_LION; optimizer++) {
        start_with(optimizer);
        ACCEPTED(STATE_STEP);
        memcpy(kept, state, sizeof state);
        T->weights = w.weights;
        w.weights[N - 1] = -1;
        REFUSED(INVALID_WEIGHTS, STATE_STEP);
        REFUSED(INVALID_WEIGHTS, STATE_EPOCH);
        memset(w.weights, 0, sizeof w.weights);
        REFUSED(INVALID_WEIGHTS, STATE_STEP);
        REFUSED(INVALID_WEIGHTS, STATE_EPOCH);
        T->values = w.Y[0];
        T->weights = NULL;
        REFUSED(UNSUPPORTED_TARGETS, STATE_STEP);
        REFUSED(UNSUPPORTED_TARGETS, STATE_EPOCH);
        CHECK(memcmp(kept, state, sizeof state) == 0);
    }
}

/* The options from momentum on, each with what is said of a number out of its range, and of one without a use. */
static const int32_t invalid[] = {
    AOTBACKPROP_INVALID_MOMENTUM, AOTBACKPROP_INVALID_BETA1,        AOTBACKPROP_INVALID_BETA2,
    AOTBACKPROP_INVALID_EPSILON,  AOTBACKPROP_INVALID_WEIGHT_DECAY, AOTBACKPROP_INVALID_CLIP_NORM,
};
static const int32_t unused[] = {
    AOTBACKPROP_UNUSED_MOMENTUM, AOTBACKPROP_UNUSED_BETA1, AOTBACKPROP_UNUSED_BETA2, AOTBACKPROP_UNUSED_EPSILON,
};

static void options_that_no_optimizer_has_are_refused(void)
{
    static const struct {
        float number;
        const char *text;
    } wrong[] = { { -0.1f, "-0.1" }, { -FLT_MIN, "-1.1754944e-38" }, { NAN, "nan" }, { INFINITY, "inf" }, { -INFINITY, "-inf" } };
    for (int32_t optimizer = AOTBACKPROP_SGD; optimizer <= AOTBACKPROP_LION; optimizer++) {
        int is_lion = optimizer == AOTBACKPROP_LION;
        int moments = optimizer == AOTBACKPROP_SGD ? 0 : optimizer <= AOTBACKPROP_NESTEROV ? 1 : 2;
        for (size_t field = 0; field < 6; field++) {
            int has = field == 0 ? moments == 1 : field < 4 ? moments == 2 && !(is_lion && field == 3) : 1;
            for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
                start_with(optimizer);
                (&w.options.momentum)[field] = wrong[i].number;
                CHECK(digits_optimizer_state_size(O) == SIZE_MAX);
                options_refused(has ? invalid[field] : unused[field], wrong[i].text);
            }
            /* A memory that never fades, one of another optimizer, an epsilon that is as good as 0. */
            if (field < 4) {
                start_with(optimizer);
                (&w.options.momentum)[field] = !has ? 0.5f : field == 3 ? 1e-21f : 1;
                options_refused(has ? invalid[field] : unused[field], !has ? "0.5" : field == 3 ? "1e-21" : "1");
            }
        }
        start_with(optimizer);
        w.options.learning_rate = -1;
        options_refused(AOTBACKPROP_INVALID_LEARNING_RATE, "-1");
    }
    start();
    w.options.optimizer = 7;
    options_refused(AOTBACKPROP_UNKNOWN_OPTIMIZER, "7");
    w.options.optimizer = INT32_MIN;
    options_refused(AOTBACKPROP_UNKNOWN_OPTIMIZER, "-2147483648");
    w.options.optimizer = 16777217;
    options_refused(AOTBACKPROP_UNKNOWN_OPTIMIZER, "16777217");
    start();
    w.options.size = 0;
    options_refused(AOTBACKPROP_INVALID_OPTIONS, "0");
    w.options.size = sizeof w.options - 1;
    options_refused(AOTBACKPROP_INVALID_OPTIONS, "39");
    w.options.size = (size_t)1 << 32 | 40;
    options_refused(AOTBACKPROP_INVALID_OPTIONS, "4294967336");
    w.options.size = SIZE_MAX;
    options_refused(AOTBACKPROP_INVALID_OPTIONS, "18446744073709551615");
}

/* Numbers that are each in their range, and together allow no step: told before the first one, too. */
static void options_that_allow_no_step_are_refused(void)
{
    static const struct {
        int32_t optimizer;
        float rate, beta1, epsilon, decay;
        int32_t status;
        const char *value;
    } cases[] = {
        { AOTBACKPROP_MOMENTUM, 2.1e12f, 0, 0, 0, AOTBACKPROP_OK, "" },
        { AOTBACKPROP_MOMENTUM, 2.2e12f, 0, 0, 0, AOTBACKPROP_LEARNING_RATE_TOO_LARGE, "2.2e+12" },
        { AOTBACKPROP_NESTEROV, 2.2e12f, 0, 0, 0, AOTBACKPROP_LEARNING_RATE_TOO_LARGE, "2.2e+12" },
        { AOTBACKPROP_ADAM, 1e-3f, 0.9f, 1e-20f, 0, AOTBACKPROP_OK, "" },
        { AOTBACKPROP_ADAM, 1e-2f, 0.9f, 1e-20f, 0, AOTBACKPROP_ADAM_RATE_TOO_LARGE, "1e+19" },
        { AOTBACKPROP_ADAM, 1e-5f, 0.999f, 1e-20f, 0, AOTBACKPROP_OK, "" },
        { AOTBACKPROP_ADAM, 1e-3f, 0.9999f, 1e-20f, 0, AOTBACKPROP_ADAM_RATE_TOO_LARGE, "9.99834e+20" },
        { AOTBACKPROP_ADAM, 3e38f, 0.9f, 3e38f, 0, AOTBACKPROP_ADAM_RATE_NOT_FINITE, "3e+39" },
        { AOTBACKPROP_ADAMW, 1, 0.9f, 1e-8f, 2, AOTBACKPROP_OK, "" },
        { AOTBACKPROP_ADAMW, 1, 0.9f, 1e-8f, 2.1f, AOTBACKPROP_DECAY_TOO_LARGE, "2.1" },
        { AOTBACKPROP_ADAM, 1, 0.9f, 1e-8f, 3, AOTBACKPROP_OK, "" },
        { AOTBACKPROP_LION, 1, 0.9f, 0, 2, AOTBACKPROP_OK, "" },
        { AOTBACKPROP_LION, 1, 0.9f, 0, 2.1f, AOTBACKPROP_DECAY_TOO_LARGE, "2.1" },
        { AOTBACKPROP_LION, 2.2e12f, 0.9f, 0, 0, AOTBACKPROP_LEARNING_RATE_TOO_LARGE, "2.2e+12" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        start_with(cases[i].optimizer);
        w.options.learning_rate = cases[i].rate;
        w.options.beta1 = cases[i].beta1;
        w.options.epsilon = cases[i].epsilon;
        w.options.weight_decay = cases[i].decay;
        size_t size = digits_optimizer_state_size(O);
        CHECK((size == SIZE_MAX) == (cases[i].status != AOTBACKPROP_OK));
        if (cases[i].status == AOTBACKPROP_OK)
            ACCEPTED(STATE_STEP);
        else
            options_refused(cases[i].status, cases[i].value);
    }
}

/* Whatever the room for it, the text ends within it, and is the beginning of the whole. */
static void a_description_is_cut_to_its_buffer(void)
{
    char whole[128], text[129];
    start();
    CHECK(GIVES(OK, aotbackprop_describe_options(O, whole, sizeof whole)));
    CHECK(strcmp(whole, aotbackprop_status_message(AOTBACKPROP_OK)) == 0);
    REFUSED(NULL_POINTER, aotbackprop_describe_options(NULL, whole, sizeof whole));
    CHECK(strcmp(whole, aotbackprop_status_message(AOTBACKPROP_NULL_POINTER)) == 0);
    w.options.clip_norm = -0.12345678f;
    REFUSED(INVALID_CLIP_NORM, aotbackprop_describe_options(O, NULL, 0));
    REFUSED(INVALID_CLIP_NORM, aotbackprop_describe_options(O, NULL, SIZE_MAX));
    REFUSED(INVALID_CLIP_NORM, aotbackprop_describe_options(O, whole, sizeof whole));
    CHECK(strcmp(whole + strlen(whole) - 11, "-0.12345678") == 0);
    for (size_t size = 0; size <= sizeof whole; size++) {
        memset(text, 'x', sizeof text);
        REFUSED(INVALID_CLIP_NORM, aotbackprop_describe_options(O, text, size));
        CHECK(text[size] == 'x');
        CHECK(size == 0 || (strlen(text) == (strlen(whole) < size ? strlen(whole) : size - 1)));
        CHECK(size == 0 || strncmp(text, whole, strlen(text)) == 0);
    }
    /* The longest sentences with the longest number fit. */
    for (int32_t status = LAST_STATUS; status <= 0; status++)
        CHECK(strlen(aotbackprop_status_message(status)) + strlen("; it is -1.12345678e-45") < sizeof whole);
}

/* A number is written with the fewest digits that give it back. */
static void a_number_is_written_so_that_it_can_be_read_again(void)
{
    uint32_t bits = 1;
    start();
    for (int i = 0; i < 20000; i++) {
        char text[128], other[32];
        float number, again;
        bits = bits * 1664525u + 1013904223u;
        uint32_t negative = (i < 2048 ? (uint32_t)i : bits) | 0x80000000u;
        memcpy(&number, &negative, sizeof number);
        if (number == 0)
            continue;
        w.options.clip_norm = number;
        CHECK(aotbackprop_describe_options(O, text, sizeof text) == AOTBACKPROP_INVALID_CLIP_NORM);
        const char *written = strstr(text, "; it is ") + 8;
        if (isnan(number)) {
            CHECK(strcmp(written, "nan") == 0);
            continue;
        }
        again = strtof(written, NULL);
        size_t digits = 0, fewest = 0;
        for (const char *c = written; *c != 0 && *c != 'e'; c++)
            digits += *c >= '0' && *c <= '9' && (digits > 0 || *c != '0');
        do
            snprintf(other, sizeof other, "%.*e", (int)fewest++, number);
        while (strtof(other, NULL) != number);
        CHECK(again == number && (fabsf(number) >= 1 || digits <= fewest));
    }
}

static void what_is_not_finite_never_reaches_parameters_or_state(void)
{
    for (int32_t optimizer = AOTBACKPROP_SGD; optimizer <= AOTBACKPROP_LION; optimizer++)
        for (int clipped = 0; clipped < 2; clipped++) {
            start_with(optimizer);
            w.options.clip_norm = clipped ? 1 : 0;
            w.options.weight_decay = 0.01f;
            state_size = digits_optimizer_state_size(O);
            ACCEPTED(STATE_STEP);

            w.gradient.b2[0] = 1;
            w.options.learning_rate = FLT_MAX;
            if (optimizer == AOTBACKPROP_SGD) {
                STEPS_REFUSED(NOT_FINITE);
                CHECK(GIVES(NOT_FINITE, STATE_EPOCH) && w.batches == 0);
                CHECK(memcmp(&before.parameters, P, sizeof w.parameters) == 0);
            } else {
                int32_t status = optimizer < AOTBACKPROP_ADAM    ? AOTBACKPROP_LEARNING_RATE_TOO_LARGE
                                 : optimizer == AOTBACKPROP_ADAM ? AOTBACKPROP_ADAM_RATE_NOT_FINITE
                                                                 : AOTBACKPROP_DECAY_TOO_LARGE;
                steps_refused(status);
                REFUSED_BY_NUMBER(status, STATE_EPOCH);
            }
            w.options.learning_rate = 0.1f;

            const float steep[] = { NAN, INFINITY, -INFINITY };
            for (size_t i = 0; i < sizeof steep / sizeof steep[0]; i++) {
                w.gradient.b2[C - 1] = steep[i];
                REFUSED(NOT_FINITE, STATE_APPLY);
            }

            /* The largest gradients that are taken, with either sign, for a thousand steps. */
            const float large = clipped || optimizer == AOTBACKPROP_SGD ? 1e30f : 1e12f;
            if (!clipped && optimizer != AOTBACKPROP_SGD) {
                w.gradient.b2[C - 1] = 2e12f;
                REFUSED(NOT_FINITE, STATE_APPLY);
            }
            w.options.weight_decay = 0;
            for (int t = 0; t < 1000; t++) {
                for (size_t i = 0; i < sizeof w.gradient / sizeof(float); i++)
                    ((float *)G)[i] = (i + (size_t)t) % 3 == 0 ? -large : large;
                ACCEPTED(STATE_APPLY);
            }
            for (size_t i = 0; i < sizeof w.parameters / sizeof(float); i++)
                CHECK(isfinite(((const float *)P)[i]));
            for (size_t i = 64; i < state_size; i += sizeof(float)) {
                float kept;
                memcpy(&kept, state + i, sizeof kept);
                CHECK(isfinite(kept));
            }
        }
}

enum { MANY = 20000 };
static float many_X[MANY][D];
static int32_t many_labels[MANY];
static const aotbackprop_targets many = { sizeof many, many_labels, NULL, NULL };
static int32_t stop;

static void *set_stop(void *unused)
{
    struct timespec wait = { 0, 3000000 };
    (void)unused;
    nanosleep(&wait, NULL);
    __atomic_store_n(&stop, -5, __ATOMIC_RELAXED);
    return NULL;
}

static void another_thread_stops_an_epoch_between_two_batches(void)
{
    start();
    for (size_t n = 0; n < MANY; n++) {
        memcpy(many_X[n], w.X[n % N], sizeof many_X[n]);
        many_labels[n] = w.labels[n % N];
    }
    w.epoch.batch_size = 1;
    w.epoch.stop = &stop;
    epoch_size = digits_epoch_workspace_size(MANY, 1);
    CHECK(epoch_size <= sizeof workspace);

    /* Set before the first batch. */
    stop = 1;
    ACCEPTED(EPOCH(P, many_X[0], &many, MANY, E, O, SE));
    CHECK(w.batches == 0 && w.loss == 0 && memcmp(&before.parameters, P, sizeof w.parameters) == 0);

    stop = 0;
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, set_stop, NULL) == 0);
    size_t epochs = 0;
    digits_parameters started;
    do { /* until it falls within an epoch: a fast machine ends one sooner */
        started = w.parameters;
        w.epoch.epoch = epochs++;
        ACCEPTED(EPOCH(P, many_X[0], &many, MANY, E, O, SE));
    } while (w.batches == MANY);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(w.batches < MANY);

    digits_parameters stopped = w.parameters;
    double loss = w.loss;
    w.parameters = started;
    w.epoch.stop = NULL;
    w.epoch.batch_count = w.batches;
    if (w.batches > 0)
        ACCEPTED(EPOCH(P, many_X[0], &many, MANY, E, O, SE));
    CHECK(w.loss == loss && memcmp(&stopped, P, sizeof stopped) == 0);
}

static void a_floating_point_environment_of_another_kind_is_told(void)
{
    start();
    const int modes[] = { FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO };
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        fesetround(modes[i]);
        REFUSED(FLOATING_POINT_ENVIRONMENT, digits_initialize(P, 8));
        REFUSED(FLOATING_POINT_ENVIRONMENT, aotbackprop_self_test());
        CHECK(fegetround() == modes[i]);
    }
    fesetround(FE_TONEAREST);
#if defined __x86_64__
    const unsigned kept = _mm_getcsr(), flags[] = { 0x8000 /* flush to zero */, 0x0040 /* denormals are zero */ };
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        _mm_setcsr(kept | flags[i]);
        REFUSED(FLOATING_POINT_ENVIRONMENT, digits_initialize(P, 8));
        REFUSED(FLOATING_POINT_ENVIRONMENT, aotbackprop_self_test());
    }
    _mm_setcsr(kept);
#endif
    ACCEPTED(digits_initialize(P, 8));
    CHECK(memcmp(&before.parameters, P, sizeof w.parameters) != 0);
    ACCEPTED(aotbackprop_self_test());
}

static void initialize_draws_within_its_bounds(void)
{
    start();
    const double bound = sqrt(6.0 / D);
    double sum = 0;
    for (int i = 0; i < D; i++)
        for (int j = 0; j < 32; j++) {
            CHECK(fabs(w.parameters.W1[i][j]) <= bound);
            sum += w.parameters.W1[i][j];
        }
    CHECK(fabs(sum / (D * 32)) < 0.02);
    for (int j = 0; j < C; j++)
        CHECK(w.parameters.b2[j] == 0);
    digits_parameters first = w.parameters;
    ACCEPTED(digits_initialize(P, 8));
    CHECK(memcmp(&first, P, sizeof first) != 0);
    REFUSED(UNKNOWN_INITIALIZATION, digits_initialize_with(P, 8, AOTBACKPROP_GLOROT_SIGMOID + 1));
    REFUSED(UNKNOWN_INITIALIZATION, digits_initialize_with(P, 8, -1));
    ACCEPTED(digits_initialize(P, 7));
    CHECK(memcmp(&first, P, sizeof first) == 0);
}

static void each_status_has_a_sentence(void)
{
    const char *unknown = aotbackprop_status_message(1);
    CHECK(strcmp(unknown, aotbackprop_status_message(INT32_MIN)) == 0);
    CHECK(strcmp(unknown, aotbackprop_status_message(LAST_STATUS - 1)) == 0);
    for (int32_t status = LAST_STATUS; status <= 0; status++) {
        CHECK(strlen(aotbackprop_status_message(status)) >= 8);
        CHECK(strcmp(aotbackprop_status_message(status), unknown) != 0);
        for (int32_t other = LAST_STATUS; other < status; other++)
            CHECK(strcmp(aotbackprop_status_message(status), aotbackprop_status_message(other)) != 0);
    }
    CHECK(aotbackprop_abi_version() == AOTBACKPROP_ABI_VERSION);
    CHECK(strlen(aotbackprop_version()) >= 5);
}

/* Inference trusts the parameters, and says nothing of those that it cannot compute with. */
static void inference_with_parameters_that_are_not_finite_gives_nan(void)
{
    start();
    w.parameters.b2[3] = NAN;
    ACCEPTED(digits_forward(P, w.X[0], N, w.probabilities[0], S));
    ACCEPTED(digits_classify(P, w.X[0], N, w.classes, S));
    for (int n = 0; n < N; n++) {
        CHECK(isnan(w.probabilities[n][3]));
        CHECK(w.classes[n] >= 0 && w.classes[n] < C);
    }
}

/* The self-test's own two are not for this program to reach, nor is that of values that are no probabilities of classes. */
static void every_status_was_reached(void)
{
    for (int32_t status = LAST_STATUS; status <= 0; status++)
        if (status != AOTBACKPROP_SELF_TEST_FAILED && status != AOTBACKPROP_OUT_OF_MEMORY &&
            status != AOTBACKPROP_TARGET_OUT_OF_RANGE)
            CHECK(reached[-status] > 0);
}

int main(int arguments, char **argument)
{
    static char suffix[128];
    snprintf(suffix, sizeof suffix, ": at %s%s", aotbackprop_instruction_set_level(), arguments > 1 ? argument[1] : "");
    check_suffix = suffix;
    RUN(a_null_pointer_that_is_needed_is_refused);
    RUN(results_may_be_declined_with_null);
    RUN(a_count_of_zero_or_beyond_memory_is_refused);
    RUN(a_workspace_below_its_size_is_refused);
    RUN(a_label_that_is_no_class_is_refused);
    RUN(rows_that_are_no_probabilities_are_refused);
    RUN(targets_are_labels_or_values);
    RUN(targets_grow);
    RUN(weights_must_be_finite_and_not_negative);
    RUN(one_weight_must_be_above_0);
    RUN(an_input_that_is_not_finite_is_refused_wherever_it_lies);
    RUN(a_learning_rate_must_be_finite_and_not_negative);
    RUN(what_is_not_finite_never_reaches_the_parameters);
    RUN(inference_with_parameters_that_are_not_finite_gives_nan);
    RUN(an_epoch_keeps_the_batches_before_one_that_is_not_finite);
    RUN(a_range_of_batches_must_lie_in_the_epoch);
    RUN(options_grow);
    RUN(gradient_descent_takes_any_optimizer_state);
    RUN(a_team_of_none_and_a_rank_beyond_it_are_refused);
    RUN(an_optimizer_state_below_its_size_is_refused);
    RUN(a_state_of_another_optimizer_or_of_none_is_refused);
    RUN(targets_that_are_refused_leave_an_optimizer_state);
    RUN(options_that_no_optimizer_has_are_refused);
    RUN(options_that_allow_no_step_are_refused);
    RUN(a_description_is_cut_to_its_buffer);
    RUN(a_number_is_written_so_that_it_can_be_read_again);
    RUN(what_is_not_finite_never_reaches_parameters_or_state);
    RUN(another_thread_stops_an_epoch_between_two_batches);
    if (arguments < 3)
        RUN(a_floating_point_environment_of_another_kind_is_told);
    else
        reached[-AOTBACKPROP_FLOATING_POINT_ENVIRONMENT]++;
    RUN(initialize_draws_within_its_bounds);
    RUN(each_status_has_a_sentence);
    RUN(every_status_was_reached);
    return check_failed != 0;
}
