/* Learns handwritten digits, and says how many held-out ones it reads. Valid as C11 and as C++17.
 *
 *     gzip -dc ../Digits/data/digits.csv.gz | ./train_digits
 *
 * A line of the data is 64 pixels, 0 to 16, and the digit. */
#include "digits.h"
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 2000, EPOCHS = 30, BATCH = 32 };

typedef struct {
    float X[ROWS][DIGITS_INPUTS];
    int32_t labels[ROWS];
    size_t count;
} samples;

static samples training, test;

/* Reads a row to the end of a set; every fifth row is held out of training. */
static int read_row(size_t row)
{
    samples *set = row % 5 == 4 ? &test : &training;
    float *x = set->X[set->count];
    int pixel, digit;
    for (int i = 0; i < DIGITS_INPUTS; i++) {
        if (scanf("%d,", &pixel) != 1)
            return 0;
        x[i] = (float)pixel / 16;
    }
    if (set->count == ROWS || scanf("%d", &digit) != 1)
        return 0;
    set->labels[set->count++] = digit;
    return 1;
}

static void check(int32_t status)
{
    if (status != AOTBACKPROP_OK) {
        fprintf(stderr, "train_digits: %s\n", aotbackprop_status_message(status));
        exit(1);
    }
}

int main(void)
{
    for (size_t row = 0; read_row(row); row++)
        ;
    if (test.count == 0) {
        fprintf(stderr, "train_digits: wanted rows of 64 pixels and a digit on the standard input\n");
        return 1;
    }

    static digits_parameters parameters;
    size_t size = digits_epoch_workspace_size(training.count, BATCH);
    void *workspace = malloc(size);
    if (workspace == NULL)
        return 1;

    static aotbackprop_options options;     /* static: what a later version adds is zero, too */
    options.size = sizeof options;
    options.learning_rate = 0.1f;
    static aotbackprop_targets known, held_out;
    known.size = held_out.size = sizeof known;
    known.labels = training.labels;
    held_out.labels = test.labels;
    static aotbackprop_epoch epoch;
    epoch.size = sizeof epoch;
    epoch.batch_size = BATCH;
    epoch.seed = 1;

    double loss = 0;
    check(digits_initialize(&parameters, 1));
    for (; epoch.epoch < EPOCHS; epoch.epoch++) {
        check(digits_train_epoch(&parameters, training.X[0], &known, training.count, &epoch, &options,
                                 NULL, 0, workspace, size, &loss, NULL));
        if (epoch.epoch % 5 == 4)
            printf("epoch %2d   loss %.4f\n", (int)epoch.epoch + 1, loss);
    }

    size_t correct = 0;
    check(digits_evaluate(&parameters, test.X[0], &held_out, test.count, workspace, size, &loss, &correct));
    printf("right: %zu of %zu held-out digits, %.1f %%; their loss is %.3f\n",
           correct, test.count, 100.0 * (double)correct / (double)test.count, loss);
    free(workspace);
    return 0;
}
