/* What is taken in parts has the bits of one call; what is not finite is never silent.
 *
 *     parts */
#include "check.h"
#include "network.h"
#include <math.h>

enum { COUNT = 67, MOST = 40, PARAMETERS = (int)(sizeof(NET(parameters)) / sizeof(float)) };

#define STATUS(name) JOIN(LIBRARY_CAPITALS, name)

static float *X, *Y, *probabilities;
static int32_t *labels;
static LIB(targets) by_label, by_probability;
static NET(parameters) *parameters, *kept;
static void *workspace;
static size_t size;

static void start(void)
{
    size = NET(epoch_workspace_size)(COUNT, MOST);
    X = (float *)take(COUNT * INPUTS * sizeof *X);
    Y = (float *)take(COUNT * CLASSES * sizeof *Y);
    probabilities = (float *)take(COUNT * CLASSES * sizeof *probabilities);
    labels = (int32_t *)take(COUNT * sizeof *labels);
    parameters = (NET(parameters) *)take(sizeof *parameters);
    kept = (NET(parameters) *)take(sizeof *kept);
    workspace = take(size);
    make_samples(COUNT, X, labels, Y);
    by_label = labels_of(labels);
    by_probability = values_of(Y);
    CHECK(NET(initialize)(parameters, 5) == OK);
}

static void losses_added_part_by_part_are_those_of_one_call(void)
{
    double loss, sum, loss_Y, sum_Y;
    size_t correct, right, correct_Y, right_Y;
    CHECK(NET(evaluate)(parameters, X, &by_label, COUNT, workspace, size, &loss, &correct) == OK);
    CHECK(NET(evaluate)(parameters, X, &by_probability, COUNT, workspace, size, &loss_Y, &correct_Y) == OK);
    for (size_t part = 1; part <= COUNT; part += part / 3 + 1) {
        sum = sum_Y = 0;
        right = right_Y = 0;
        for (size_t n = 0; n < COUNT; n += part) {
            size_t N = part < COUNT - n ? part : COUNT - n;
            LIB(targets) some = labels_of(labels + n), some_Y = values_of(Y + n * CLASSES);
            CHECK(NET(add_losses)(parameters, X + n * INPUTS, &some, N, workspace, size, &sum, &right) == OK);
            CHECK(NET(add_losses)(parameters, X + n * INPUTS, &some_Y, N, workspace, size, &sum_Y, &right_Y) == OK);
        }
        CHECK(sum / COUNT == loss && right == correct);
        CHECK(sum_Y / COUNT == loss_Y && right_Y == correct_Y);
    }
    CHECK(NET(add_losses)(parameters, X, &by_label, COUNT, workspace, size, NULL, NULL) == OK);

    /* On an error nothing is added. */
    sum = 3;
    right = 4;
    labels[COUNT - 1] += CLASSES;
    CHECK(NET(add_losses)(parameters, X, &by_label, COUNT, workspace, NET(workspace_size)(1), &sum, &right) ==
          STATUS(LABEL_OUT_OF_RANGE));
    labels[COUNT - 1] -= CLASSES;
    X[COUNT * INPUTS - 1] += INFINITY;
    CHECK(NET(add_losses)(parameters, X, &by_label, COUNT, workspace, NET(workspace_size)(1), &sum, &right) ==
          STATUS(INPUT_NOT_FINITE));
    CHECK(sum == 3 && right == 4);
    make_samples(COUNT, X, labels, Y);
}

static void an_epoch_in_ranges_sums_the_losses_of_one_call(void)
{
    for (size_t batch = 1; batch <= COUNT; batch += batch / 2 + 1) {
        size_t batches = (COUNT - 1) / batch + 1;
        LIB(options) options;
        memset(&options, 0, sizeof options);
        options.size = sizeof options;
        options.learning_rate = 0.05f;
        LIB(epoch) epoch;
        memset(&epoch, 0, sizeof epoch);
        epoch.size = sizeof epoch;
        epoch.batch_size = batch;
        epoch.seed = 5;
        size_t needed = NET(epoch_workspace_size)(COUNT, batch);
        void *scratch = take(needed);
        double loss, sum = 0, whole = 0;
        CHECK(NET(initialize)(parameters, 5) == OK);
        epoch.loss_sum = &whole;
        CHECK(NET(train_epoch)(parameters, X, &by_label, COUNT, &epoch, &options, NULL, 0, scratch, needed, &loss, NULL) == OK);
        CHECK(whole / COUNT == loss);
        *kept = *parameters;
        CHECK(NET(initialize)(parameters, 5) == OK);
        epoch.loss_sum = &sum;
        for (size_t first = 0, step = 1; first < batches; first += step++) {
            epoch.first_batch = first;
            epoch.batch_count = step < batches - first ? step : batches - first;
            CHECK(NET(train_epoch)(parameters, X, &by_label, COUNT, &epoch, &options, NULL, 0, scratch, needed, NULL, NULL) == OK);
        }
        CHECK(sum == whole);
        CHECK(memcmp(kept, parameters, sizeof *kept) == 0);

        /* A struct that ends with the stop flag, as the first headers had it. */
        CHECK(NET(initialize)(parameters, 5) == OK);
        epoch.size = offsetof(LIB(epoch), loss_sum);
        epoch.first_batch = epoch.batch_count = 0;
        double not_read = -7;
        epoch.loss_sum = &not_read;
        CHECK(NET(train_epoch)(parameters, X, &by_label, COUNT, &epoch, &options, NULL, 0, scratch, needed, &loss, NULL) == OK);
        CHECK(whole / COUNT == loss && not_read == -7);
        free(scratch);
    }
    CHECK(NET(initialize)(parameters, 5) == OK);
}

enum { INITIALIZATIONS = JOIN(LIBRARY_CAPITALS, GLOROT_SIGMOID) + 1 };

static void each_initialization_draws_and_no_other_number_does(void)
{
    NET(parameters) *others = (NET(parameters) *)take(INITIALIZATIONS * sizeof *others);
    for (int32_t i = 0; i < INITIALIZATIONS; i++) {
        CHECK(NET(initialize_with)(&others[i], 9, i) == OK);
        for (int32_t j = 0; j < i; j++)
            CHECK(memcmp(&others[i], &others[j], sizeof *others) != 0);
    }
    *kept = others[0];
    CHECK(NET(initialize_with)(kept, 9, INITIALIZATIONS) == STATUS(UNKNOWN_INITIALIZATION));
    CHECK(NET(initialize_with)(kept, 9, -1) == STATUS(UNKNOWN_INITIALIZATION));
    CHECK(NET(initialize_with)(NULL, 9, 0) == STATUS(NULL_POINTER));
    CHECK(memcmp(kept, &others[0], sizeof *kept) == 0);
    CHECK(NET(initialize)(kept, 9) == OK);
    int found = 0;
    for (int32_t i = 0; i < INITIALIZATIONS; i++)
        found += memcmp(kept, &others[i], sizeof *kept) == 0;
    CHECK(found == 1);
    free(others);
}

static void the_first_number_that_is_not_finite_is_found(void)
{
    enum { NUMBERS = 20000 };
    static float numbers[NUMBERS];
    const float wrong[] = { NAN, -NAN, INFINITY, -INFINITY };
    for (size_t count = 0; count < NUMBERS; count = count * 3 / 2 + 1)
        CHECK(LIB(first_not_finite)(numbers, count) == count);
    for (size_t at = 0; at < NUMBERS; at = at * 4 / 3 + 1) {
        numbers[at] = wrong[at % 4];
        CHECK(LIB(first_not_finite)(numbers, NUMBERS) == at);
        numbers[NUMBERS - 1] = NAN;
        CHECK(LIB(first_not_finite)(numbers, NUMBERS) == at);
        CHECK(LIB(first_not_finite)(numbers, at) == at);
        numbers[at] = numbers[NUMBERS - 1] = 3e38f;
    }
    CHECK(LIB(first_not_finite)(NULL, 0) == 0);
}

/* A parameter that is not a number, or sums that are not, must not become a unit that is off. */
static void never_silent(size_t N)
{
    LIB(options) options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.learning_rate = 0.05f;
    double loss = -1;
    size_t correct = 99;
    *kept = *parameters;
    CHECK(NET(forward)(parameters, X, N, probabilities, workspace, size) == OK);
    for (size_t i = 0; i < N * CLASSES; i++)
        CHECK(isnan(probabilities[i]));
    CHECK(NET(evaluate)(parameters, X, &by_label, N, workspace, size, &loss, &correct) == STATUS(NOT_FINITE));
    CHECK(NET(gradient)(parameters, X, &by_label, N, kept, workspace, size, &loss) == STATUS(NOT_FINITE));
    CHECK(NET(train_step)(parameters, X, &by_label, N, &options, NULL, 0, workspace, size, &loss) == STATUS(NOT_FINITE));
    CHECK(NET(train_step)(parameters, X, &by_probability, N, &options, NULL, 0, workspace, size, &loss) == STATUS(NOT_FINITE));
    CHECK(memcmp(kept, parameters, sizeof *kept) == 0);
    CHECK(loss == -1 && correct == 99);
}

static void a_parameter_that_is_not_a_number_is_never_silent(void)
{
    static const size_t batches[] = { 1, 2, 7, 16, 19, MOST };
    for (size_t b = 0; b < sizeof batches / sizeof *batches; b++) {
        int stride = PARAMETERS < 40 ? 1 : PARAMETERS / 40;
        for (int i = 0; i < PARAMETERS; i += stride) {
            CHECK(NET(initialize)(parameters, 5) == OK);
            ((float *)parameters)[i] = i % 2 == 0 ? NAN : -NAN;
            never_silent(batches[b]);
        }
    }
    CHECK(NET(initialize)(parameters, 5) == OK);
}

/* Where a network has a hidden layer: infinity minus infinity in its first sums. */
/* An activation with a limit on both sides takes a Z that is infinite for one that is large: there it takes an infinite
 * weight to have ∞ − ∞ in a sum at every level. */
#ifdef SATURATES
#define TOO_LARGE INFINITY
#else
#define TOO_LARGE 3e38f
#endif

static void infinity_minus_infinity_is_never_silent(void)
{
    float *W1 = (float *)parameters;
    if (INPUTS < 2 || offsetof(NET(parameters), b1) + sizeof parameters->b1 == sizeof *parameters)
        return;
    for (size_t N = 1; N <= MOST; N += N / 2 + 1) {
        CHECK(NET(initialize)(parameters, 5) == OK);
        size_t H = sizeof parameters->b1 / sizeof(float);
        for (size_t j = 0; j < H; j++) {
            W1[j] = TOO_LARGE;
            W1[H + j] = -TOO_LARGE;
        }
        for (size_t n = 0; n < N; n++)
            X[n * INPUTS] = X[n * INPUTS + 1] = 5;
        *kept = *parameters;
        double loss = -1;
        CHECK(NET(evaluate)(parameters, X, &by_label, N, workspace, size, &loss, NULL) == STATUS(NOT_FINITE));
        CHECK(NET(forward)(parameters, X, N, probabilities, workspace, size) == OK);
        CHECK(!isfinite(probabilities[0]));
    }
    CHECK(NET(initialize)(parameters, 5) == OK);
    make_samples(COUNT, X, labels, Y);
}

int main(void)
{
    static char suffix[64];
    snprintf(suffix, sizeof suffix, ": %s at %s", TEXT(NETWORK), LIB(instruction_set_level)());
    check_suffix = suffix;
    start();
    RUN(losses_added_part_by_part_are_those_of_one_call);
    RUN(an_epoch_in_ranges_sums_the_losses_of_one_call);
    RUN(each_initialization_draws_and_no_other_number_does);
    RUN(the_first_number_that_is_not_finite_is_found);
    RUN(a_parameter_that_is_not_a_number_is_never_silent);
    RUN(infinity_minus_infinity_is_never_silent);
    return check_failed != 0;
}
