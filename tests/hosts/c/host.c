/* A host in C: it learns the digits, recovers from faults of its own while another thread trains, and leaves while threads
 * train. ../run.sh says what is expected. A thread trains where it has done so once; one that has not after half a minute
 * ends the host with status 3.
 *
 *     host DATA [exit | FILE]    FILE receives the parameters */
#include "digits.h"
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 2000, BATCH = 32, EPOCHS = 3, FAULTS = 200 };

typedef struct {
    float X[ROWS][DIGITS_INPUTS];
    int32_t labels[ROWS];
    size_t count;
} samples;

static samples training, test;

static void check(int32_t status)
{
    if (status != AOTBACKPROP_OK) {
        fprintf(stderr, "host: %s\n", aotbackprop_status_message(status));
        _exit(1);
    }
}

/* Every fifth row is held out of training. */
static void read_data(const char *path)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    int number = 0, read = 1;
    for (size_t row = 0; read == 1; row++) {
        samples *set = row % 5 == 4 ? &test : &training;
        for (int i = 0; i < DIGITS_INPUTS && read == 1 && set->count < ROWS; i++) {
            read = fscanf(file, "%d,", &number);
            set->X[set->count][i] = (float)number / 16;
        }
        read = read == 1 && set->count < ROWS ? fscanf(file, "%d", &set->labels[set->count]) : 0;
        set->count += read == 1;
    }
    fclose(file);
}

/* Trains parameters of a thread's own from the same seed on; prints what came out where it is asked to, and saves it. */
static void learn(int aloud, const char *path)
{
    digits_parameters *parameters = malloc(sizeof *parameters);
    size_t size = digits_epoch_workspace_size(training.count, BATCH);
    void *workspace = malloc(size);
    aotbackprop_options options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.learning_rate = 0.1f;
    aotbackprop_targets targets = { .size = sizeof targets, .labels = training.labels };
    aotbackprop_epoch epoch;
    memset(&epoch, 0, sizeof epoch);
    epoch.size = sizeof epoch;
    epoch.batch_size = BATCH;
    epoch.seed = 7;
    check(digits_initialize(parameters, 7));
    for (; epoch.epoch < EPOCHS; epoch.epoch++) {
        double loss = 0;
        check(digits_train_epoch(parameters, training.X[0], &targets, training.count, &epoch, &options, NULL, 0,
                                 workspace, size, &loss, NULL));
        if (aloud)
            printf("epoch %d: loss %.6f\n", (int)epoch.epoch + 1, loss);
    }
    if (aloud) {
        size_t correct = 0;
        targets.labels = test.labels;
        check(digits_evaluate(parameters, test.X[0], &targets, test.count, workspace, size, NULL, &correct));
        uint64_t hash = UINT64_C(0xcbf29ce484222325);
        for (size_t i = 0; i < sizeof *parameters; i++)
            hash = (hash ^ ((unsigned char *)parameters)[i]) * UINT64_C(0x100000001b3);
        printf("right: %zu of %zu\nparameters: %016llx\n", correct, test.count, (unsigned long long)hash);
    }
    FILE *file = path == NULL ? NULL : fopen(path, "wb");
    if (path != NULL && (file == NULL || fwrite(parameters, sizeof *parameters, 1, file) != 1 || fclose(file) != 0)) {
        perror(path);
        _exit(1);
    }
    free(workspace);
    free(parameters);
}

static atomic_int trained; /* threads that have trained once */

static void *learn_without_end(void *unused)
{
    learn(0, NULL);
    atomic_fetch_add(&trained, 1);
    for (;;)
        learn(0, NULL);
    return unused;
}

/* Starts threads; each trains when this returns. */
static void train_beside(int threads)
{
    pthread_t thread;
    for (int i = 0; i < threads; i++)
        if (pthread_create(&thread, NULL, learn_without_end, NULL) != 0) {
            fprintf(stderr, "host: no thread\n");
            _exit(1);
        }
    for (int i = 0; i < 3000 && atomic_load(&trained) < threads; i++)
        usleep(10000);
    if (atomic_load(&trained) < threads) {
        fprintf(stderr, "host: %d of %d threads train\n", atomic_load(&trained), threads);
        _exit(3);
    }
}

static sigjmp_buf back;

static void on_fault(int signal)
{
    siglongjmp(back, signal);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: host DATA [exit | FILE]\n");
        return 2;
    }
    read_data(argv[1]);
    if (argc > 2 && strcmp(argv[2], "exit") == 0) {
        train_beside(3);
        exit(7);
    }

    learn(1, argc > 2 ? argv[2] : NULL);
    train_beside(1);
    signal(SIGSEGV, on_fault);
    int *volatile nowhere = NULL;
    volatile int caught = 0; /* volatile: they live on after a jump */
    for (volatile int i = 0; i < FAULTS; i++)
        if (sigsetjmp(back, 1) == 0)
            *nowhere = 1;
        else
            caught++;
    printf("caught: %d\n", caught);
    learn(1, NULL);
    return 0;
}
