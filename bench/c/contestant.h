/* What a contestant offers. Each is a shared object for one shape, and holds one `contestant` of this name.
 *
 * All contestants work on the parameters and rows that they are given, in the same memory: where it lies decides
 * nothing. Parameters are dense and row-major: W1, b1, W2, b2, … */
#ifndef CONTESTANT_H
#define CONTESTANT_H

#include <stdint.h>

enum { LARGEST_BATCH = 128, THREADS = 2 };

typedef struct {
    /* Null, or why it cannot run. */
    const char *(*create)(void);

    /* The probabilities of the classes, a sample a row. */
    void (*forward)(const float *parameters, const float *X, int n, float *probabilities);

    /* One step of gradient descent; returns the mean loss before it. */
    double (*step)(float *parameters, const float *X, const int32_t *labels, int n, float rate);

    /* So many of these, in a loop that the compiler sees together with the call. Null where race.c has the loop. */
    void (*forwards)(const float *parameters, const float *X, float *probabilities, long runs);
    void (*steps)(float *parameters, const float *X, const int32_t *labels, float rate, long runs);

    /* The same step by THREADS threads, each of which makes this call at once with a rank of its own. Null where there
     * is none. */
    double (*team_step)(float *parameters, const float *X, const int32_t *labels, int n, float rate, int rank);

    /* One epoch in shuffled batches; returns the mean loss. Null where the rows are to be gathered for step. */
    double (*epoch)(float *parameters, const float *X, const int32_t *labels, int count, int batch, float rate);

    /* One step of Adam with its usual numbers; returns the mean loss before it. Null where there is none. */
    double (*adam_step)(float *parameters, const float *X, const int32_t *labels, int n, float rate);

    /* Adam forgets its steps. */
    void (*forget)(void);

    /* Whether it is a network of another kind, whose numbers cannot be compared. */
    int differs;
} contestant;

extern const contestant the_contestant;

#endif
