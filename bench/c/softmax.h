/* Softmax and cross-entropy for the peers in C. Whole arrays at a time, so that exp and log come from the compiler's
 * vector library. */
#ifndef SOFTMAX_H
#define SOFTMAX_H

#include "contestant.h"
#include <math.h>

static float sums[LARGEST_BATCH];

/* Rows of sums become rows of probabilities, which may lie in the same place. */
static inline void softmax(const float *Z, int n, float *probabilities)
{
    for (int s = 0; s < n; s++) {
        const float *z = Z + s * CLASSES;
        float most = z[0];
        for (int j = 1; j < CLASSES; j++)
            most = z[j] > most ? z[j] : most;
        for (int j = 0; j < CLASSES; j++)
            probabilities[s * CLASSES + j] = z[j] - most;
    }
    for (int i = 0; i < n * CLASSES; i++)
        probabilities[i] = expf(probabilities[i]);
    for (int s = 0; s < n; s++) {
        float *p = probabilities + s * CLASSES;
        float sum = 0;
        for (int j = 0; j < CLASSES; j++)
            sum += p[j];
        for (int j = 0; j < CLASSES; j++)
            p[j] /= sum;
    }
}

/* Probabilities become scale (A - Y); returns the mean loss. */
static inline double cross_entropy(float *A, const int32_t *labels, int n, float scale)
{
    for (int s = 0; s < n; s++) {
        float *a = A + s * CLASSES;
        sums[s] = a[labels[s]];
        a[labels[s]] -= 1;
        for (int j = 0; j < CLASSES; j++)
            a[j] *= scale;
    }
    float loss = 0;
    for (int s = 0; s < n; s++)
        loss -= logf(sums[s]);
    return loss / n;
}

#endif
