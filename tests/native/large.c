/* A batch whose inputs, nearly all 0, have room for more than 2^31 entries, in a team: numbers of entries do not fit 31
 * bits. Inputs and workspace are pages that are read as zeros and never written, so that little memory is needed: X is
 * 128 GB of address space for 65536 inputs.
 *
 *     large SAMPLES THREADS */
#include "check.h"
#include "network.h"
#include <math.h>
#include <pthread.h>
#include <sys/mman.h>

enum { MOST_THREADS = 8, ENTRIES = 9, FIRST = 5, APART = 100 };

static const float RATE = 1000, INPUT = 1.5f;
static size_t samples, threads, size;
static float *X;
static int32_t *labels;
static NET(parameters) *parameters, *before;
static void *workspace;
static LIB(barrier) barrier;
static int32_t statuses[MOST_THREADS];
static double losses[MOST_THREADS];

static void *pages(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        printf("not ok  %zu bytes of address space\n", bytes);
        exit(1);
    }
    /* So that one fault maps 2 MB of zeros: with 4 KB the faults alone would take minutes. */
    madvise(memory, bytes, MADV_HUGEPAGE);
    return memory;
}

static void *step(void *argument)
{
    size_t rank = (size_t)argument;
    LIB(options) options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.learning_rate = RATE;
    LIB(targets) targets = labels_of(labels);
    statuses[rank] = NET(team_train_step)(parameters, X, &targets, samples, &options, NULL, 0, rank, threads, &barrier, workspace,
                                          size, &losses[rank]);
    return NULL;
}

/* The last sample alone has inputs, so that its derivatives alone move the rows of W1 that it meets. */
static void a_team_lists_more_entries_than_31_bits_count(void)
{
    enum { HIDDEN = sizeof parameters->b1 / sizeof(float) };
    float *last = X + (samples - 1) * INPUTS;
    for (int e = 0; e < ENTRIES; e++)
        last[FIRST + e * APART] = INPUT;
    labels[samples - 1] = 1;
    CHECK(NET(initialize)(parameters, 1) == OK);
    *before = *parameters;
    pthread_t others[MOST_THREADS];
    for (size_t rank = 1; rank < threads; rank++)
        CHECK(pthread_create(&others[rank], NULL, step, (void *)rank) == 0);
    step((void *)0);
    for (size_t rank = 1; rank < threads; rank++)
        pthread_join(others[rank], NULL);
    for (size_t rank = 0; rank < threads; rank++)
        CHECK(statuses[rank] == OK && losses[rank] == losses[0]);
    CHECK(fabs(losses[0] - log(CLASSES)) < 1e-3);

    double A1[HIDDEN], Z2[CLASSES], sum = 0;
    for (int h = 0; h < HIDDEN; h++) {
        double z = before->b1[h];
        for (int e = 0; e < ENTRIES; e++)
            z += INPUT * before->W1[FIRST + e * APART][h];
        A1[h] = z > 0 ? z : 0;
    }
    for (int c = 0; c < CLASSES; c++) {
        Z2[c] = before->b2[c];
        for (int h = 0; h < HIDDEN; h++)
            Z2[c] += A1[h] * before->W2[h][c];
        sum += exp(Z2[c]);
    }
    for (int h = 0; h < HIDDEN; h++) {
        double dZ1 = 0;
        for (int c = 0; c < CLASSES; c++)
            dZ1 += (exp(Z2[c]) / sum - (c == 1)) / (double)samples * before->W2[h][c];
        double moved = A1[h] > 0 ? -RATE * INPUT * dZ1 : 0;
        for (int e = 0; e < ENTRIES; e++) {
            double came = (double)parameters->W1[FIRST + e * APART][h] - before->W1[FIRST + e * APART][h];
            CHECK(fabs(came - moved) < 1e-8 + 1e-3 * fabs(moved));
        }
        CHECK(parameters->W1[FIRST + 1][h] == before->W1[FIRST + 1][h]);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    samples = strtoull(argv[1], NULL, 0);
    threads = strtoull(argv[2], NULL, 0);
    if (threads > MOST_THREADS)
        return 2;
    static char suffix[96];
    snprintf(suffix, sizeof suffix, ": %zu samples, %zu threads, at %s", samples, threads, LIB(instruction_set_level)());
    check_suffix = suffix;
    size = NET(team_workspace_size)(samples, threads);
    X = (float *)pages(samples * INPUTS * sizeof *X);
    labels = (int32_t *)pages(samples * sizeof *labels);
    parameters = (NET(parameters) *)pages(sizeof *parameters);
    before = (NET(parameters) *)pages(sizeof *before);
    workspace = pages(size);
    RUN(a_team_lists_more_entries_than_31_bits_count);
    return check_failed != 0;
}
