/* Lets a test be compiled for any network: NETWORK, LIBRARY and both in capitals come from the compiler's command
 * line, which also includes the network's header. */
#ifndef NETWORK_H
#define NETWORK_H

#define JOIN_NOW(a, b) a##_##b
#define JOIN(a, b) JOIN_NOW(a, b)
#define TEXT_NOW(a) #a
#define TEXT(a) TEXT_NOW(a)

#define NET(name) JOIN(NETWORK, name)                 /* digits_forward */
#define LIB(name) JOIN(LIBRARY, name)                 /* aotbackprop_options */
#define OK JOIN(LIBRARY_CAPITALS, OK)

/* What the header calls the number of outputs: CLASSES behind a softmax, else OUTPUTS. */
#ifndef OUTPUT_COUNT
#define OUTPUT_COUNT CLASSES
#endif

enum {
    INPUTS = JOIN(NETWORK_CAPITALS, INPUTS),
    CLASSES = JOIN(NETWORK_CAPITALS, OUTPUT_COUNT)
};

/* Numbers that are the same everywhere: a linear congruential generator's upper bits, in [0, 1). */
static inline float next_unit(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (float)(*state >> 40) / 16777216.0f;
}

/* What a network should say of samples: labels, or rows of probabilities. */
static inline LIB(targets) labels_of(const int32_t *labels)
{
    LIB(targets) targets = { sizeof targets, labels, NULL, NULL };
    return targets;
}

static inline LIB(targets) values_of(const float *Y)
{
    LIB(targets) targets = { sizeof targets, NULL, Y, NULL };
    return targets;
}

/* Inputs, labels, and rows of probabilities that sum to 1. */
static inline void make_samples(size_t count, float *X, int32_t *labels, float *Y)
{
    uint64_t state = 3;
    for (size_t n = 0; n < count; n++) {
        for (int i = 0; i < INPUTS; i++)
            X[n * INPUTS + i] = next_unit(&state);
        labels[n] = (int32_t)(next_unit(&state) * CLASSES);
        float *y = Y + n * CLASSES;
        double sum = 0;
        for (int j = 0; j < CLASSES; j++)
            sum += y[j] = 0.01f + next_unit(&state);
        for (int j = 0; j < CLASSES; j++)
            y[j] = (float)(y[j] / sum);
    }
}

#endif
