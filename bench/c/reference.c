/* The library called from C, for programs in other languages that race against it: one contestant a process, and so
 * many runs of it in a call that the call itself does not count. */
#include "contestant.h"
#include <dlfcn.h>
#include <stddef.h>

static const contestant *reference;

const char *reference_open(const char *path)
{
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    reference = object ? dlsym(object, "the_contestant") : NULL;
    return reference ? reference->create() : dlerror();
}

void reference_forward(const float *parameters, const float *X, int n, float *probabilities, long runs)
{
    for (long r = 0; r < runs; r++)
        reference->forward(parameters, X, n, probabilities);
}

double reference_step(float *parameters, const float *X, const int32_t *labels, int n, float rate, long runs)
{
    double loss = 0;
    for (long r = 0; r < runs; r++)
        loss = reference->step(parameters, X, labels, n, rate);
    return loss;
}

double reference_adam_step(float *parameters, const float *X, const int32_t *labels, int n, float rate, long runs)
{
    double loss = 0;
    for (long r = 0; r < runs; r++)
        loss = reference->adam_step(parameters, X, labels, n, rate);
    return loss;
}

void reference_forget(void)
{
    reference->forget();
}

double reference_epoch(float *parameters, const float *X, const int32_t *labels, int count, int batch, float rate)
{
    return reference->epoch(parameters, X, labels, count, batch, rate);
}
