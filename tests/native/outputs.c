/* Networks without a softmax, of one hidden layer: what they say, lose and learn, held against the equations in double.
 * All memory ends at a page that cannot be touched.
 *
 *     outputs FOLDER
 *
 * Compiled with REGRESSOR, BINARY or MULTI_LABEL, and with HIDDEN_TANH where the hidden layer is not a ReLU. FOLDER
 * receives what came out, for other levels to agree with to the last bit. */
#include "guarded.h"
#include "network.h"
#include <float.h>
#include <math.h>
#include <pthread.h>

enum { COUNT = 53, BATCH = 8, THREADS = 2 };
enum {
    C = CLASSES,
    HIDDEN = (int)(sizeof((NET(parameters) *)0)->b1 / sizeof(float)),
    PARAMETERS = (int)(sizeof(NET(parameters)) / sizeof(float))
};

#define STATUS(name) JOIN(LIBRARY_CAPITALS, name)

static const size_t sizes[] = { 1, 2, 15, 16, 17, 32, COUNT };
enum { SIZES = sizeof sizes / sizeof *sizes };

static float *X, *Y, *weights, *outputs;
static int32_t *labels, *decided;
static NET(parameters) *parameters, *other, *gradient;
static LIB(targets) by_value, by_label, weighed;
static LIB(options) options;
static LIB(epoch) epoch;
static void *workspace, *smallest, *teams;
static size_t size, smallest_size, teams_size;
static FILE *results;

/* What an evaluation says. */
typedef struct {
    double loss;
#ifdef REGRESSOR
    double error, r2;
#else
    size_t correct[C];
#endif
} figures;

#ifdef REGRESSOR
#define EVALUATE(x, t, n, work, bytes, f) NET(evaluate)(parameters, x, t, n, work, bytes, &(f)->loss, &(f)->error, &(f)->r2)
#define ADD_LOSSES(x, t, n, f) NET(add_losses)(parameters, x, t, n, workspace, size, &(f)->loss)
#else
#define EVALUATE(x, t, n, work, bytes, f) NET(evaluate)(parameters, x, t, n, work, bytes, &(f)->loss, (f)->correct)
#define ADD_LOSSES(x, t, n, f) NET(add_losses)(parameters, x, t, n, workspace, size, &(f)->loss, (f)->correct)
#endif
#define FORWARD(x, n, to) NET(forward)(parameters, x, n, to, workspace, size)
#define GRADIENT(p, t, n, loss) NET(gradient)(p, X, t, n, gradient, workspace, size, loss)
#define STEP(p, t, n, loss) NET(train_step)(p, X, t, n, &options, NULL, 0, workspace, size, loss)
#define EPOCH(p, t, n, loss, done) NET(train_epoch)(p, X, t, n, &epoch, &options, NULL, 0, workspace, size, loss, done)

/* Whether the output is a probability. */
static int is_sigmoid(void)
{
#ifdef REGRESSOR
    return 0;
#else
    return 1;
#endif
}

static void keep(const void *bytes, size_t count)
{
    CHECK(fwrite(bytes, 1, count, results) == count);
}

/* The activation, and its derivative as a function of what it gives. */
static double hidden(double z)
{
#ifdef HIDDEN_TANH
    return tanh(z);
#else
    return z > 0 ? z : 0;
#endif
}

static double slope(double a)
{
#ifdef HIDDEN_TANH
    return 1 - a * a;
#else
    return a > 0;
#endif
}

/* A1 and A2 of a sample. */
static void equations(const float *x, double *A1, double *A2)
{
    for (int h = 0; h < HIDDEN; h++) {
        double z = parameters->b1[h];
        for (int i = 0; i < INPUTS; i++)
            z += (double)x[i] * parameters->W1[i][h];
        A1[h] = hidden(z);
    }
    for (int j = 0; j < C; j++) {
        double z = parameters->b2[j];
        for (int h = 0; h < HIDDEN; h++)
            z += A1[h] * parameters->W2[h][j];
        A2[j] = is_sigmoid() ? 1 / (1 + exp(-z)) : z;
    }
}

/* Of r = A2 - Y the loss of a regressor, and its derivative. */
static double loss_of_error(double r)
{
#ifdef HUBER
    if (fabs(r) > HUBER)
        return HUBER * (fabs(r) - (double)HUBER / 2);
#endif
    return r * r / 2;
}

static double derivative(double r)
{
#ifdef HUBER
    return fmax(-(double)HUBER, fmin(HUBER, r));
#else
    return r;
#endif
}

static double loss_of(const double *A2, const float *y)
{
    double loss = 0;
    for (int j = 0; j < C; j++)
        loss += is_sigmoid() ? -y[j] * log(A2[j]) - (1 - (double)y[j]) * log(1 - A2[j]) : loss_of_error(A2[j] - y[j]);
    return loss;
}

static int near(double a, double b, double within)
{
    return fabs(a - b) <= within * (1 + fabs(b));
}

/* Something that can be learned: of each output the sign, or a value, of a weighted sum of the inputs. */
static void start(void)
{
    uint64_t state = 3, of_sum = 17;
    double direction[C][INPUTS];
    for (int j = 0; j < C; j++)
        for (int i = 0; i < INPUTS; i++)
            direction[j][i] = next_unit(&of_sum) - 0.5;
    for (int n = 0; n < COUNT; n++) {
        weights[n] = n % 5 == 2 ? 0 : 3 * next_unit(&state);
        for (int i = 0; i < INPUTS; i++)
            X[n * INPUTS + i] = 2 * next_unit(&state) - 1;
        for (int j = 0; j < C; j++) {
            double sum = 0;
            for (int i = 0; i < INPUTS; i++)
                sum += direction[j][i] * X[n * INPUTS + i];
            Y[n * C + j] = is_sigmoid() ? sum > 0 : (float)sum;
        }
        labels[n] = Y[n * C] > 0;
    }
    CHECK(NET(initialize)(parameters, 7) == OK);
}

static void forward_is_that_of_the_equations(void)
{
    double A1[HIDDEN], A2[C];
    float alone[C];
    start();
    CHECK(FORWARD(X, COUNT, outputs) == OK);
    for (int n = 0; n < COUNT; n++) {
        equations(X + n * INPUTS, A1, A2);
        for (int j = 0; j < C; j++)
            CHECK(near(outputs[n * C + j], A2[j], 1e-6));
        CHECK(FORWARD(X + n * INPUTS, 1, alone) == OK);
        CHECK(memcmp(alone, outputs + n * C, sizeof alone) == 0);
    }
    keep(outputs, COUNT * C * sizeof *outputs);
#ifdef BINARY
#define DECIDE NET(classify)
#elif defined MULTI_LABEL
#define DECIDE NET(predict)
#endif
#ifdef DECIDE
    CHECK(DECIDE(parameters, X, COUNT, decided, workspace, size) == OK);
    for (int i = 0; i < COUNT * C; i++)
        CHECK(decided[i] == (outputs[i] > 0.5f));
    memset(decided, 0x5A, COUNT * C * sizeof *decided);
    CHECK(DECIDE(parameters, X, COUNT, decided, smallest, smallest_size) == OK);
    CHECK(DECIDE(parameters, X + INPUTS, 1, decided, smallest, smallest_size) == OK);
    for (int i = 0; i < COUNT * C; i++)
        CHECK(decided[i] == (outputs[i < C ? C + i : i] > 0.5f));
    CHECK(DECIDE(parameters, X, COUNT, NULL, workspace, size) == STATUS(NULL_POINTER));
#endif
}

/* Weights count in the loss alone. */
static void an_evaluation_is_that_of_the_equations(void)
{
    double A1[HIDDEN], A2[C];
    start();
    for (int s = 0; s < SIZES; s++)
        for (int with = 0; with < 2; with++) {
            size_t N = sizes[s];
            const LIB(targets) *targets = with ? &weighed : &by_value;
            figures all, parts;
            CHECK(FORWARD(X, N, outputs) == OK);
            CHECK(EVALUATE(X, targets, N, workspace, size, &all) == OK);
            CHECK(EVALUATE(X, targets, N, smallest, smallest_size, &parts) == OK);
            CHECK(memcmp(&all, &parts, sizeof all) == 0);
            double loss = 0, total = 0;
            for (size_t n = 0; n < N; n++) {
                double w = with ? weights[n] : 1;
                equations(X + n * INPUTS, A1, A2);
                loss += w * loss_of(A2, Y + n * C);
                total += w;
            }
            CHECK(near(all.loss, loss / total, 1e-6));
            keep(&all, sizeof all);
#ifdef REGRESSOR
            double error = 0, r2 = 0;
            for (int j = 0; j < C; j++) {
                double mean = 0, squares = 0, errors = 0;
                for (size_t n = 0; n < N; n++)
                    mean += Y[n * C + j] / (double)N;
                for (size_t n = 0; n < N; n++) {
                    double e = (double)outputs[n * C + j] - Y[n * C + j], d = Y[n * C + j] - mean;
                    error += fabs(e) / (double)(N * C);
                    errors += e * e;
                    squares += d * d;
                }
                r2 += N == 1 ? 0 : (1 - errors / squares) / C;
            }
            CHECK(near(all.error, error, 1e-12) && near(all.r2, r2, 1e-9));
#else
            for (int j = 0; j < C; j++) {
                size_t correct = 0;
                for (size_t n = 0; n < N; n++)
                    correct += (outputs[n * C + j] > 0.5f) == (Y[n * C + j] > 0.5f);
                CHECK(all.correct[j] == correct);
            }
#endif
        }
#ifdef REGRESSOR
    /* Of targets that are all the same R² is 1 where they are said exactly, else 0. */
    figures exact;
    CHECK(FORWARD(X, 1, Y) == OK);
    CHECK(EVALUATE(X, &by_value, 1, workspace, size, &exact) == OK && exact.loss == 0 && exact.error == 0 && exact.r2 == 1);
    CHECK(NET(evaluate)(parameters, X, &by_value, COUNT, workspace, size, NULL, NULL, NULL) == OK);
#else
    CHECK(NET(evaluate)(parameters, X, &by_value, COUNT, workspace, size, NULL, NULL) == OK);
#endif
}

static void losses_added_part_by_part_are_those_of_one_call(void)
{
    start();
    for (int with = 0; with < 2; with++)
        for (size_t part = 1; part <= COUNT; part += part / 2 + 1) {
            figures all, sum;
            memset(&sum, 0, sizeof sum);
            CHECK(EVALUATE(X, with ? &weighed : &by_value, COUNT, workspace, size, &all) == OK);
            double total = 0;
            for (size_t n = 0; n < COUNT; n += part) {
                LIB(targets) some = values_of(Y + n * C);
                some.weights = with ? weights + n : NULL;
                CHECK(ADD_LOSSES(X + n * INPUTS, &some, part < COUNT - n ? part : COUNT - n, &sum) == OK);
            }
            for (int n = 0; n < COUNT; n++)
                total += with ? weights[n] : 1;
            CHECK(sum.loss / total == all.loss);
#ifndef REGRESSOR
            CHECK(memcmp(sum.correct, all.correct, sizeof sum.correct) == 0);
#endif
        }
}

static void a_gradient_is_that_of_the_equations(void)
{
    static double A1[HIDDEN], A2[C];
    static union {
        double numbers[PARAMETERS];
        struct { double W1[INPUTS][HIDDEN], b1[HIDDEN], W2[HIDDEN][C], b2[C]; } d;
    } wanted;
    start();
    for (int s = 0; s < SIZES; s++)
        for (int with = 0; with < 2; with++) {
            size_t N = sizes[s];
            double total = 0, loss;
            for (size_t n = 0; n < N; n++)
                total += with ? weights[n] : 1;
            memset(&wanted, 0, sizeof wanted);
            for (size_t n = 0; n < N; n++) {
                const float *x = X + n * INPUTS;
                double share = (with ? weights[n] : 1) / total, dZ2[C];
                equations(x, A1, A2);
                for (int j = 0; j < C; j++)
                    wanted.d.b2[j] += dZ2[j] = share * derivative(A2[j] - Y[n * C + j]);
                for (int h = 0; h < HIDDEN; h++) {
                    double dA1 = 0;
                    for (int j = 0; j < C; j++) {
                        wanted.d.W2[h][j] += A1[h] * dZ2[j];
                        dA1 += dZ2[j] * parameters->W2[h][j];
                    }
                    double dZ1 = dA1 * slope(A1[h]);
                    wanted.d.b1[h] += dZ1;
                    for (int i = 0; i < INPUTS; i++)
                        wanted.d.W1[i][h] += x[i] * dZ1;
                }
            }
            CHECK(GRADIENT(parameters, with ? &weighed : &by_value, N, &loss) == OK);
            for (int i = 0; i < PARAMETERS; i++)
                CHECK(near(((float *)gradient)[i], wanted.numbers[i], 1e-5));
        }
}

static void a_step_is_a_gradient_and_its_application(void)
{
    start();
    *other = *parameters;
    for (int s = 0; s < SIZES; s++)
        for (int with = 0; with < 2; with++) {
            const LIB(targets) *targets = with ? &weighed : &by_value;
            double loss, loss_apart;
            CHECK(STEP(parameters, targets, sizes[s], &loss) == OK);
            CHECK(GRADIENT(other, targets, sizes[s], &loss_apart) == OK);
            CHECK(NET(apply)(other, gradient, &options, NULL, 0) == OK);
            CHECK(loss == loss_apart && memcmp(parameters, other, sizeof *other) == 0);
        }
    keep(parameters, sizeof *parameters);
#ifdef BINARY
    /* A label is the value 0 or 1. */
    for (int s = 0; s < SIZES; s++) {
        double loss, loss_of_labels;
        CHECK(STEP(parameters, &by_value, sizes[s], &loss) == OK);
        CHECK(STEP(other, &by_label, sizes[s], &loss_of_labels) == OK);
        CHECK(loss == loss_of_labels && memcmp(parameters, other, sizeof *other) == 0);
        figures of_values, of_labels;
        CHECK(EVALUATE(X, &by_value, sizes[s], workspace, size, &of_values) == OK);
        CHECK(EVALUATE(X, &by_label, sizes[s], workspace, size, &of_labels) == OK);
        CHECK(memcmp(&of_values, &of_labels, sizeof of_values) == 0);
        CHECK(EVALUATE(X, &by_label, sizes[s], smallest, smallest_size, &of_labels) == OK);
        CHECK(memcmp(&of_values, &of_labels, sizeof of_values) == 0);
    }
    CHECK(EPOCH(parameters, &by_value, COUNT, NULL, NULL) == OK);
    CHECK(EPOCH(other, &by_label, COUNT, NULL, NULL) == OK);
    CHECK(memcmp(parameters, other, sizeof *other) == 0);
#endif
}

static void epochs_lower_the_loss(void)
{
    start();
    for (int with = 0; with < 2; with++) {
        const LIB(targets) *targets = with ? &weighed : &by_value;
        double loss, first = 0;
        size_t done;
        CHECK(NET(initialize)(parameters, 7) == OK);
        for (epoch.epoch = 0; epoch.epoch < 60; epoch.epoch++) {
            CHECK(EPOCH(parameters, targets, COUNT, &loss, &done) == OK);
            CHECK(done == (COUNT + BATCH - 1) / BATCH);
            first = epoch.epoch == 0 ? loss : first;
        }
        CHECK(loss < first / 3);
        keep(parameters, sizeof *parameters);
    }
    epoch.epoch = 0;
}

/* A thread of a team: a step, then an epoch. */
typedef struct {
    size_t rank;
    const LIB(targets) *targets;
    LIB(barrier) *barrier;
    double losses[2];
} member;

static void *take_part(void *argument)
{
    member *m = (member *)argument;
    CHECK(NET(team_train_step)(other, X, m->targets, COUNT, &options, NULL, 0, m->rank, THREADS, m->barrier, teams, teams_size,
                               &m->losses[0]) == OK);
    CHECK(NET(team_train_epoch)(other, X, m->targets, COUNT, &epoch, &options, NULL, 0, m->rank, THREADS, m->barrier, teams,
                                teams_size, &m->losses[1], NULL) == OK);
    return NULL;
}

static void a_team_leaves_the_bits_of_one_thread(void)
{
    LIB(barrier) barrier;
    memset(&barrier, 0, sizeof barrier);
    start();
    *other = *parameters;
    for (int with = 0; with < 2; with++) {
        const LIB(targets) *targets = with ? &weighed : &by_value;
        double step, whole;
        CHECK(STEP(parameters, targets, COUNT, &step) == OK);
        CHECK(EPOCH(parameters, targets, COUNT, &whole, NULL) == OK);
        member first = { 0, targets, &barrier, { 0, 0 } }, second = { 1, targets, &barrier, { 0, 0 } };
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, take_part, &second) == 0);
        take_part(&first);
        pthread_join(thread, NULL);
        CHECK(memcmp(parameters, other, sizeof *other) == 0);
        CHECK(first.losses[0] == step && first.losses[1] == whole);
        CHECK(second.losses[0] == step && second.losses[1] == whole);
    }
}

/* By every call that takes targets, and nothing changes. */
static void refused(int32_t status, const LIB(targets) *targets, size_t N)
{
    figures none, left;
    double loss = -1;
    size_t done = 99;
    memset(&none, 0x5A, sizeof none);
    left = none;
    *other = *parameters;
    NET(parameters) gradient_left = *gradient;
    CHECK(EVALUATE(X, targets, N, workspace, size, &left) == status);
    CHECK(ADD_LOSSES(X, targets, N, &left) == status);
    CHECK(GRADIENT(parameters, targets, N, &loss) == status);
    CHECK(STEP(parameters, targets, N, &loss) == status);
    CHECK(EPOCH(parameters, targets, N, &loss, &done) == status);
    CHECK(NET(team_train_step)(parameters, X, targets, N, &options, NULL, 0, 0, 1, NULL, workspace, size, &loss) == status);
    CHECK(NET(team_train_epoch)(parameters, X, targets, N, &epoch, &options, NULL, 0, 0, 1, NULL, workspace, size, &loss,
                                &done) == status);
    CHECK(memcmp(parameters, other, sizeof *other) == 0 && memcmp(gradient, &gradient_left, sizeof gradient_left) == 0);
    CHECK(memcmp(&none, &left, sizeof left) == 0 && loss == -1 && done == 99);
}

static void targets_of_another_kind_are_refused(void)
{
    start();
    LIB(targets) both = by_value, neither = by_value;
    both.labels = labels;
    neither.values = NULL;
    for (int s = 0; s < SIZES; s++) {
        refused(STATUS(UNSUPPORTED_TARGETS), &both, sizes[s]);
        refused(STATUS(NULL_POINTER), &neither, sizes[s]);
#ifndef BINARY
        refused(STATUS(UNSUPPORTED_TARGETS), &by_label, sizes[s]);
#endif
    }
#ifdef BINARY
    static const int32_t no_labels[] = { -1, 2, INT32_MIN, INT32_MAX };
    for (int n = 0; n < COUNT; n++) {
        int32_t label = labels[n];
        labels[n] = no_labels[n % 4];
        refused(STATUS(LABEL_OUT_OF_RANGE), &by_label, COUNT);
        labels[n] = label;
    }
    labels[0] = 2;
    refused(STATUS(LABEL_OUT_OF_RANGE), &by_label, 1);
#endif
}

static void values_out_of_their_range_are_refused(void)
{
    const float never[] = { NAN, -NAN, INFINITY, -INFINITY }, no_probability[] = { -1e-45f, 1.0000001f, -1, FLT_MAX };
    start();
    for (int i = 0; i < COUNT * C; i++) {
        float value = Y[i];
        Y[i] = never[i % 4];
        refused(STATUS(TARGET_OUT_OF_RANGE), &by_value, COUNT);
        refused(STATUS(TARGET_OUT_OF_RANGE), &weighed, COUNT); /* of samples that do not count, too */
        if (i < C)
            refused(STATUS(TARGET_OUT_OF_RANGE), &by_value, 1);
        Y[i] = no_probability[i % 4];
        if (is_sigmoid())
            refused(STATUS(TARGET_OUT_OF_RANGE), &by_value, COUNT);
        Y[i] = value;
    }
    figures any;
    Y[0] = is_sigmoid() ? 0.25f : -12345;
    Y[C] = -0.0f;
    CHECK(EVALUATE(X, &by_value, COUNT, workspace, size, &any) == OK && isfinite(any.loss));
}

static void weights_are_validated(void)
{
    start();
    for (int n = 0; n < COUNT; n++) {
        float weight = weights[n];
        weights[n] = n % 2 ? -1 : NAN;
        refused(STATUS(INVALID_WEIGHTS), &weighed, COUNT);
        weights[n] = weight;
    }
    memset(weights, 0, COUNT * sizeof *weights);
    CHECK(STEP(parameters, &weighed, COUNT, NULL) == STATUS(INVALID_WEIGHTS));
    CHECK(STEP(parameters, &weighed, 1, NULL) == STATUS(INVALID_WEIGHTS));
}

static void the_self_test_passes(void)
{
    CHECK(LIB(self_test)() == OK);
}

int main(int arguments, char **argument)
{
    static char suffix[64], path[1024];
    if (arguments < 2)
        return 2;
    snprintf(suffix, sizeof suffix, ": %s at %s", TEXT(NETWORK), LIB(instruction_set_level)());
    check_suffix = suffix;
    snprintf(path, sizeof path, "%s/outputs", argument[1]);
    results = fopen(path, "wb");
    if (results == NULL) {
        perror(path);
        return 1;
    }
    options.size = sizeof options;
    options.learning_rate = 0.1f;
    epoch.size = sizeof epoch;
    epoch.batch_size = BATCH;
    epoch.seed = 5;
    smallest_size = NET(workspace_size)(1);
    size = NET(workspace_size)(COUNT);
    if (size < NET(epoch_workspace_size)(COUNT, BATCH))
        size = NET(epoch_workspace_size)(COUNT, BATCH);
    teams_size = NET(team_epoch_workspace_size)(COUNT, COUNT, THREADS);
    X = (float *)guarded(COUNT * INPUTS * sizeof *X, 1);
    Y = (float *)guarded(COUNT * C * sizeof *Y, 1);
    weights = (float *)guarded(COUNT * sizeof *weights, 1);
    outputs = (float *)guarded(COUNT * C * sizeof *outputs, 1);
    labels = (int32_t *)guarded(COUNT * sizeof *labels, 1);
    decided = (int32_t *)guarded(COUNT * C * sizeof *decided, 1);
    parameters = (NET(parameters) *)guarded(sizeof *parameters, 1);
    other = (NET(parameters) *)guarded(sizeof *other, 1);
    gradient = (NET(parameters) *)guarded(sizeof *gradient, 1);
    workspace = guarded(size, 1);
    smallest = guarded(smallest_size, 1);
    teams = guarded(teams_size, 1);
    by_value = values_of(Y);
    by_label = labels_of(labels);
    weighed = by_value;
    weighed.weights = weights;
    RUN(forward_is_that_of_the_equations);
    RUN(an_evaluation_is_that_of_the_equations);
    RUN(losses_added_part_by_part_are_those_of_one_call);
    RUN(a_gradient_is_that_of_the_equations);
    RUN(a_step_is_a_gradient_and_its_application);
    RUN(epochs_lower_the_loss);
    RUN(a_team_leaves_the_bits_of_one_thread);
    RUN(targets_of_another_kind_are_refused);
    RUN(values_out_of_their_range_are_refused);
    RUN(weights_are_validated);
    RUN(the_self_test_passes);
    return fclose(results) != 0 || check_failed != 0;
}
