/* Every buffer ends, and in a second run begins, at a page that cannot be touched; what is only read lies in pages
 * that cannot be written. For batches 1 to 70, with a workspace of exactly its size.
 *
 *     guard */
#include "check.h"
#include "network.h"
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MOST = 70, BUFFERS = 19, TARGETS = 3 /* labels, probabilities, probabilities with weights */ };

/* Where a buffer lies between its two guards. In SHIFTED the workspace, which needs no alignment, has none. */
typedef enum { AT_THE_END, AT_THE_BEGINNING, SHIFTED, PLACES } place;
static const char *const place_names[PLACES] = { "ends at a guard", "begins at a guard", "has no alignment" };

typedef struct {
    unsigned char *pages; /* the first guard */
    size_t inside;        /* bytes of the pages between the guards */
} region;

static region regions[BUFFERS];
static size_t region_count;
static size_t page;

static void *guarded(size_t size, place where)
{
    size_t inside = (size + page - 1) / page * page;
    unsigned char *pages = (unsigned char *)mmap(NULL, inside + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED || mprotect(pages + page, inside, PROT_READ | PROT_WRITE) != 0 || region_count == BUFFERS) {
        printf("not ok  memory for guards\n");
        exit(1);
    }
    regions[region_count].pages = pages;
    regions[region_count++].inside = inside;
    memset(pages + page, 0xA5, inside);
    return where == AT_THE_BEGINNING ? pages + page : pages + page + inside - size;
}

static void protect(const void *buffer, int protection)
{
    for (size_t i = 0; i < region_count; i++) {
        unsigned char *inside = regions[i].pages + page;
        if ((const unsigned char *)buffer >= inside && (const unsigned char *)buffer < inside + regions[i].inside)
            mprotect(inside, regions[i].inside, protection);
    }
}

static void release(void)
{
    while (region_count > 0) {
        region_count--;
        munmap(regions[region_count].pages, regions[region_count].inside + 2 * page);
    }
}

/* What the calls leave, to compare the places. */
typedef struct {
    NET(parameters) parameters, gradient;
    float probabilities[MOST][CLASSES];
    int32_t classes[MOST];
    double losses[TARGETS][5];
    size_t counts[TARGETS][2];
} outcome;

static outcome outcomes[PLACES];

/* For the message about a fault. */
static volatile size_t batch_now;
static const char *volatile function_now = "";
static place place_now;

static void at_a_fault(int signal)
{
    char text[256];
    (void)signal;
    int length = snprintf(text, sizeof text, "not ok  %s touches memory beyond a buffer, batch %d, each buffer %s%s\n",
                          function_now, (int)batch_now, place_names[place_now], check_suffix);
    _exit(write(STDOUT_FILENO, text, (size_t)length) == length ? 1 : 2);
}

#define CALL(name, ...) \
    do { \
        function_now = #name; \
        CHECK(NET(name)(__VA_ARGS__) == OK); \
    } while (0)

static void set_targets(LIB(targets) *targets, int kind, const int32_t *labels, const float *Y, const float *weights)
{
    protect(targets, PROT_READ | PROT_WRITE);
    *targets = kind == 0 ? labels_of(labels) : values_of(Y);
    targets->weights = kind == 2 ? weights : NULL;
    protect(targets, PROT_READ);
}

static void all_functions(size_t N, place where, outcome *out)
{
    place at = where == SHIFTED ? AT_THE_END : where;
    size_t shift = where == SHIFTED;
    size_t small = NET(workspace_size)(1), large = NET(workspace_size)(N);
    size_t part = N / 3 + 1, epoch_size = NET(epoch_workspace_size)(N, part);

    NET(parameters) *parameters = (NET(parameters) *)guarded(sizeof *parameters, at);
    NET(parameters) *gradient = (NET(parameters) *)guarded(sizeof *gradient, at);
    float *X = (float *)guarded(N * INPUTS * sizeof *X, at);
    float *Y = (float *)guarded(N * CLASSES * sizeof *Y, at);
    float *probabilities = (float *)guarded(N * CLASSES * sizeof *probabilities, at);
    int32_t *labels = (int32_t *)guarded(N * sizeof *labels, at);
    int32_t *classes = (int32_t *)guarded(N * sizeof *classes, at);
    float *weights = (float *)guarded(N * sizeof *weights, at);
    LIB(targets) *targets = (LIB(targets) *)guarded(sizeof *targets, at);
    LIB(options) *options = (LIB(options) *)guarded(sizeof *options, at);
    LIB(epoch) *epoch = (LIB(epoch) *)guarded(sizeof *epoch, at);
    int32_t *stop = (int32_t *)guarded(sizeof *stop, at);
    double *loss = (double *)guarded(sizeof *loss, at);
    double *sum = (double *)guarded(sizeof *sum, at);
    size_t *number = (size_t *)guarded(sizeof *number, at);
    char *workspace_small = (char *)guarded(small + shift, at);
    char *workspace = (char *)guarded(large + shift, at);
    char *workspace_epoch = (char *)guarded(epoch_size + shift, at);

    make_samples(N, X, labels, Y);
    for (size_t n = 0; n < N; n++)
        weights[n] = (float)(n % 3) + (n == 0);
    memset(options, 0, sizeof *options);
    options->size = sizeof *options;
    options->learning_rate = 0.05f;
    memset(epoch, 0, sizeof *epoch);
    epoch->size = sizeof *epoch;
    epoch->batch_size = part;
    epoch->seed = 5;
    epoch->stop = stop;
    epoch->loss_sum = sum;
    *stop = 0;
    *sum = 0;
    const void *read_only[] = { X, Y, labels, weights, options, epoch, stop };
    for (size_t i = 0; i < sizeof read_only / sizeof *read_only; i++)
        protect(read_only[i], PROT_READ);

    CALL(initialize_with, parameters, 11, 3);
    CALL(initialize, parameters, 11);
    protect(parameters, PROT_READ);
    CALL(forward, parameters, X, N, probabilities, workspace_small, small + shift);
    CALL(forward, parameters, X, N, probabilities, workspace, large + shift);
    memcpy(out->probabilities, probabilities, N * CLASSES * sizeof *probabilities);
    CALL(classify, parameters, X, N, classes, workspace_small, small + shift);
    CALL(classify, parameters, X, N, classes, workspace, large + shift);
    memcpy(out->classes, classes, N * sizeof *classes);
    CHECK(LIB(first_not_finite)(X, N * INPUTS) == N * INPUTS);
    for (int t = 0; t < TARGETS; t++) {
        double *losses = out->losses[t];
        set_targets(targets, t, labels, Y, weights);
        CALL(evaluate, parameters, X, targets, N, workspace_small, small + shift, loss, number);
        CALL(evaluate, parameters, X, targets, N, workspace, large + shift, loss, number);
        losses[0] = *loss;
        out->counts[t][0] = *number;
        *loss = 0;
        *number = 0;
        CALL(add_losses, parameters, X, targets, N, workspace_small, small + shift, loss, number);
        losses[1] = *loss;
        CALL(gradient, parameters, X, targets, N, gradient, workspace, large + shift, loss);
        losses[2] = *loss;
    }
    out->gradient = *gradient;

    protect(parameters, PROT_READ | PROT_WRITE);
    protect(gradient, PROT_READ);
    CALL(apply, parameters, gradient, options, NULL, 0);
    for (int t = 0; t < TARGETS; t++) {
        double *losses = out->losses[t];
        set_targets(targets, t, labels, Y, weights);
        CALL(train_step, parameters, X, targets, N, options, NULL, 0, workspace, large + shift, loss);
        losses[3] = *loss;
        CALL(train_epoch, parameters, X, targets, N, epoch, options, NULL, 0, workspace_epoch, epoch_size + shift, loss,
             number);
        losses[4] = *loss;
        out->counts[t][1] = *number;
    }
    CHECK(NET(optimizer_state_size)(options) == 0);
    out->parameters = *parameters;
    release();
}

static void no_access_outside_a_buffer_and_the_same_bits_wherever_it_lies(void)
{
    for (size_t N = 1; N <= MOST; N++) {
        batch_now = N;
        for (int where = 0; where < PLACES; where++) {
            place_now = (place)where;
            memset(&outcomes[where], 0, sizeof outcomes[where]);
            all_functions(N, place_now, &outcomes[where]);
            CHECK(memcmp(&outcomes[0], &outcomes[where], sizeof outcomes[0]) == 0);
        }
    }
}

int main(void)
{
    static char suffix[64];
    snprintf(suffix, sizeof suffix, ": %s at %s", TEXT(NETWORK), LIB(instruction_set_level)());
    check_suffix = suffix;
    page = (size_t)sysconf(_SC_PAGESIZE);
    /* After the first call: the runtime has set its own handlers. */
    signal(SIGSEGV, at_a_fault);
    signal(SIGBUS, at_a_fault);
    RUN(no_access_outside_a_buffer_and_the_same_bits_wherever_it_lies);
    return check_failed != 0;
}
