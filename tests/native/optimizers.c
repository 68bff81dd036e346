/* Every optimizer with its state, which ends, and in a second run begins, at a page that cannot be touched.
 *
 *     optimizers FOLDER
 *
 * The folder receives the parameters and states of each, for other levels to agree with to the last bit. */
#include "check.h"
#include "guarded.h"
#include "network.h"
#include <math.h>

enum { MOST = 70, BATCH = 16 };

static float X[MOST][INPUTS];
static float Y[MOST][CLASSES];
static int32_t labels[MOST];
static LIB(targets) by_label, by_probability;
static NET(parameters) parameters, other, gradient;
static void *workspace;
static size_t workspace_size;
static FILE *results;

typedef struct {
    const char *name;
    int32_t optimizer;
    float learning_rate, momentum, beta1, beta2, epsilon, weight_decay, clip_norm;
} kind;

#define NUMBER(name) JOIN(LIBRARY_CAPITALS, name)
static const kind kinds[] = {
    { "sgd", NUMBER(SGD), 0.1f, 0, 0, 0, 0, 0, 0 },
    { "decaying sgd", NUMBER(SGD), 0.1f, 0, 0, 0, 0, 0.01f, 0 },
    { "clipped sgd", NUMBER(SGD), 0.1f, 0, 0, 0, 0, 0, 0.2f },
    { "momentum", NUMBER(MOMENTUM), 0.02f, 0.9f, 0, 0, 0, 0, 0 },
    { "clipped, decaying momentum", NUMBER(MOMENTUM), 0.02f, 0.9f, 0, 0, 0, 0.01f, 0.2f },
    { "nesterov", NUMBER(NESTEROV), 0.02f, 0.9f, 0, 0, 0, 0.01f, 0 },
    { "adam", NUMBER(ADAM), 0.01f, 0, 0.9f, 0.999f, 1e-8f, 0, 0 },
    { "decaying adam", NUMBER(ADAM), 0.01f, 0, 0.9f, 0.999f, 1e-8f, 0.01f, 0 },
    { "clipped adam", NUMBER(ADAM), 0.01f, 0, 0.8f, 0.99f, 1e-6f, 0, 0.2f },
    { "adamw", NUMBER(ADAMW), 0.01f, 0, 0.9f, 0.999f, 1e-8f, 0.05f, 0 },
    { "clipped adamw", NUMBER(ADAMW), 0.01f, 0, 0.9f, 0.999f, 1e-8f, 0.05f, 0.2f },
    { "lion", NUMBER(LION), 0.001f, 0, 0.9f, 0.99f, 0, 0, 0 },
    { "clipped, decaying lion", NUMBER(LION), 0.001f, 0, 0.8f, 0.95f, 0, 0.5f, 0.2f },
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static LIB(options) options_of(const kind *k)
{
    LIB(options) options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.learning_rate = k->learning_rate;
    options.optimizer = k->optimizer;
    options.momentum = k->momentum;
    options.beta1 = k->beta1;
    options.beta2 = k->beta2;
    options.epsilon = k->epsilon;
    options.weight_decay = k->weight_decay;
    options.clip_norm = k->clip_norm;
    return options;
}

static void keep(const void *bytes, size_t size)
{
    CHECK(size == 0 || fwrite(bytes, 1, size, results) == size);
}

static size_t moments(const kind *k)
{
    return k->optimizer == NUMBER(SGD) ? 0 : k->optimizer == NUMBER(ADAM) || k->optimizer == NUMBER(ADAMW) ? 2 : 1;
}

/* The state without the room for the gradient, which a call may leave as it likes. */
static size_t kept_size(const kind *k)
{
    kind unclipped = *k;
    unclipped.clip_norm = 0;
    LIB(options) options = options_of(&unclipped);
    return NET(optimizer_state_size)(&options);
}

static void a_state_holds_what_is_kept_of_each_parameter(void)
{
    for (size_t i = 0; i < KINDS; i++) {
        LIB(options) options = options_of(&kinds[i]);
        size_t arrays = moments(&kinds[i]) + (kinds[i].clip_norm > 0), size = NET(optimizer_state_size)(&options);
        CHECK(arrays == 0 ? size == 0 : size >= arrays * sizeof parameters && size <= arrays * (sizeof parameters + 64) + 64);
    }
}

static void a_step_is_a_gradient_and_its_application(void)
{
    const size_t sizes[] = { 1, 2, 15, 16, 17, 32, 70 };
    for (size_t i = 0; i < KINDS; i++)
        for (int at_the_end = 0; at_the_end < 2; at_the_end++) {
            LIB(options) options = options_of(&kinds[i]);
            size_t size = NET(optimizer_state_size)(&options), kept = kept_size(&kinds[i]);
            void *state = guarded(size, at_the_end), *state_apart = guarded(size, 1 - at_the_end);
            double loss = 0, loss_apart = 0;
            CHECK(NET(initialize)(&parameters, 7) == OK);
            other = parameters;
            for (size_t s = 0; s < 2 * sizeof sizes / sizeof sizes[0]; s++) {
                const LIB(targets) *targets = s % 2 ? &by_probability : &by_label;
                size_t N = sizes[s / 2];
                CHECK(NET(train_step)(&parameters, X[0], targets, N, &options, state, size, workspace, workspace_size,
                                      &loss) == OK);
                CHECK(NET(gradient)(&other, X[0], targets, N, &gradient, workspace, workspace_size, &loss_apart) == OK);
                CHECK(NET(apply)(&other, &gradient, &options, state_apart, size) == OK);
                CHECK(loss == loss_apart && memcmp(&other, &parameters, sizeof other) == 0);
                CHECK(memcmp(state, state_apart, kept) == 0);
            }
            keep(&parameters, sizeof parameters);
            keep(state, kept);
        }
}

static void slices_of_epochs_give_the_same_bits(void)
{
    const size_t batches = (MOST + BATCH - 1) / BATCH;
    for (size_t i = 0; i < KINDS; i++) {
        LIB(options) options = options_of(&kinds[i]);
        size_t size = NET(optimizer_state_size)(&options), kept = kept_size(&kinds[i]);
        void *state = guarded(size, 1), *state_sliced = guarded(size, 1);
        LIB(epoch) epoch;
        double loss = 0, first_loss = 0;
        memset(&epoch, 0, sizeof epoch);
        epoch.size = sizeof epoch;
        epoch.batch_size = BATCH;
        epoch.seed = 5;
        CHECK(NET(initialize)(&parameters, 7) == OK);
        other = parameters;
        for (; epoch.epoch < 6; epoch.epoch++) {
            size_t done = 0;
            epoch.first_batch = epoch.batch_count = 0;
            CHECK(NET(train_epoch)(&parameters, X[0], &by_label, MOST, &epoch, &options, state, size, workspace,
                                   workspace_size, &loss, &done) == OK);
            CHECK(done == batches);
            if (epoch.epoch == 0)
                first_loss = loss;
            for (size_t first = 0; first < batches; first += epoch.batch_count) {
                epoch.first_batch = first;
                epoch.batch_count = first % 2 + 1 < batches - first ? first % 2 + 1 : batches - first;
                CHECK(NET(train_epoch)(&other, X[0], &by_label, MOST, &epoch, &options, state_sliced, size, workspace,
                                       workspace_size, NULL, NULL) == OK);
            }
            CHECK(memcmp(&other, &parameters, sizeof other) == 0 && memcmp(state, state_sliced, kept) == 0);
        }
        CHECK(loss < first_loss);
        keep(&parameters, sizeof parameters);
    }
}

/* A few numbers by hand: what apply makes of the last bias of the network, in double. */
static void updates_are_those_of_the_equations(void)
{
    float *theta = (float *)&parameters + sizeof parameters / sizeof(float) - 1;
    float *g = (float *)&gradient + sizeof parameters / sizeof(float) - 1;
    for (size_t i = 0; i < KINDS; i++) {
        const kind *k = &kinds[i];
        LIB(options) options = options_of(k);
        size_t size = NET(optimizer_state_size)(&options);
        void *state = guarded(size, 1);
        double w = 0.5, m = 0, v = 0;
        memset(&parameters, 0, sizeof parameters);
        memset(&gradient, 0, sizeof gradient);
        *theta = 0.5f;
        for (int t = 1; t <= 5; t++) {
            double d = *g = (float)(t % 3) - 0.75f;
            CHECK(NET(apply)(&parameters, &gradient, &options, state, size) == OK);
            if (k->clip_norm > 0 && k->clip_norm / (fabs(d) + 1e-6) < 1)
                d *= k->clip_norm / (fabs(d) + 1e-6);
            if (k->optimizer != NUMBER(ADAMW) && k->optimizer != NUMBER(LION))
                d += k->weight_decay * w;
            if (moments(k) == 0)
                w -= k->learning_rate * d;
            if (k->optimizer == NUMBER(LION)) {
                double c = k->beta1 * m + (1 - (double)k->beta1) * d;
                w -= k->learning_rate * ((c > 0) - (c < 0) + k->weight_decay * w);
                m = k->beta2 * m + (1 - (double)k->beta2) * d;
            } else if (moments(k) == 1) {
                m = k->momentum * m + d;
                w -= k->learning_rate * (k->optimizer == NUMBER(NESTEROV) ? d + k->momentum * m : m);
            }
            if (moments(k) == 2) {
                m = k->beta1 * m + (1 - (double)k->beta1) * d;
                v = k->beta2 * v + (1 - (double)k->beta2) * d * d;
                if (k->optimizer == NUMBER(ADAMW))
                    w *= 1 - (double)k->learning_rate * k->weight_decay;
                w -= k->learning_rate / (1 - pow(k->beta1, t)) * m / (sqrt(v) / sqrt(1 - pow(k->beta2, t)) + k->epsilon);
            }
            CHECK(fabs(*theta - w) < 2e-6);
        }
    }
}

int main(int arguments, char **argument)
{
    static char suffix[64], path[1024];
    if (arguments < 2)
        return 2;
    snprintf(suffix, sizeof suffix, ": %s at %s", TEXT(NETWORK), LIB(instruction_set_level)());
    check_suffix = suffix;
    snprintf(path, sizeof path, "%s/optimizers", argument[1]);
    results = fopen(path, "wb");
    if (results == NULL) {
        perror(path);
        return 1;
    }
    make_samples(MOST, X[0], labels, Y[0]);
    by_label = labels_of(labels);
    by_probability = values_of(Y[0]);
    workspace_size = NET(epoch_workspace_size)(MOST, MOST);
    workspace = take(workspace_size);
    RUN(a_state_holds_what_is_kept_of_each_parameter);
    RUN(a_step_is_a_gradient_and_its_application);
    RUN(slices_of_epochs_give_the_same_bits);
    RUN(updates_are_those_of_the_equations);
    free(workspace);
    return fclose(results) != 0 || check_failed != 0;
}
