/* Plain loops with every size known to the compiler, as one writes C for one network. With -DBATCH=N the number of
 * samples is known too, and the call is compiled into the loop around it. */
#include "contestant.h"
#include "shape.h"
#include "softmax.h"

#define INLINE static inline __attribute__((always_inline)) void

static float A[LAYERS + 1][LARGEST_BATCH * WIDEST], dZ[LAYERS + 1][LARGEST_BATCH * WIDEST];

/* A = X W + b, and the ReLU of it. */
INLINE forward_layer(const float *restrict X, const float *restrict W, const float *restrict b, float *restrict A,
                     int n, int in, int out, int relu)
{
    for (int s = 0; s < n; s++) {
        float z[WIDEST];
        for (int j = 0; j < out; j++)
            z[j] = b[j];
        for (int i = 0; i < in; i++)
            for (int j = 0; j < out; j++)
                z[j] += X[s * in + i] * W[i * out + j];
        for (int j = 0; j < out; j++)
            A[s * out + j] = relu && z[j] < 0 ? 0 : z[j];
    }
}

/* dA = dZ Wᵀ, and 0 where A is. */
INLINE backward_layer(const float *restrict dZ, const float *restrict W, const float *restrict A, float *restrict dA,
                      int n, int in, int out)
{
    for (int s = 0; s < n; s++)
        for (int i = 0; i < in; i++) {
            float sum = 0;
            for (int j = 0; j < out; j++)
                sum += dZ[s * out + j] * W[i * out + j];
            dA[s * in + i] = A[s * in + i] > 0 ? sum : 0;
        }
}

/* W ← W + Aᵀ dZ, b ← b + Σ rows of dZ: dZ is already multiplied by the rate. */
INLINE update_layer(const float *restrict A, const float *restrict dZ, float *restrict W, float *restrict b,
                    int n, int in, int out)
{
    for (int i = 0; i < in; i++) {
        float g[WIDEST];
        for (int j = 0; j < out; j++)
            g[j] = W[i * out + j];
        for (int s = 0; s < n; s++)
            for (int j = 0; j < out; j++)
                g[j] += A[s * in + i] * dZ[s * out + j];
        for (int j = 0; j < out; j++)
            W[i * out + j] = g[j];
    }
    for (int s = 0; s < n; s++)
        for (int j = 0; j < out; j++)
            b[j] += dZ[s * out + j];
}

/* The loops over layers are written out, so that each layer's sizes are constants. */
#define OF(l) (l <= LAYERS ? l : 0)

INLINE forward_all(const float *parameters, const float *X, int n)
{
#define FORWARD(l) \
    if (l <= LAYERS) \
        forward_layer(l == 1 ? X : A[l - 1], parameters + weights_of(l), parameters + biases_of(l), A[OF(l)], n, \
                      sizes[l - 1], sizes[OF(l)], l < LAYERS)
    FORWARD(1);
    FORWARD(2);
    FORWARD(3);
}

INLINE forward_inline(const float *parameters, const float *X, int n, float *probabilities)
{
    forward_all(parameters, X, n);
    softmax(A[LAYERS], n, probabilities);
}

static inline __attribute__((always_inline)) double step_inline(float *parameters, const float *X,
                                                                const int32_t *labels, int n, float rate)
{
    forward_all(parameters, X, n);
    softmax(A[LAYERS], n, dZ[LAYERS]);
    double loss = cross_entropy(dZ[LAYERS], labels, n, -rate / n);
#define BACKWARD(l) \
    if (l <= LAYERS) { \
        if (l > 1) \
            backward_layer(dZ[OF(l)], parameters + weights_of(l), A[l - 1], dZ[l - 1], n, sizes[l - 1], sizes[OF(l)]); \
        update_layer(l == 1 ? X : A[l - 1], dZ[OF(l)], parameters + weights_of(l), parameters + biases_of(l), n, \
                     sizes[l - 1], sizes[OF(l)]); \
    }
    BACKWARD(3)
    BACKWARD(2)
    BACKWARD(1)
    return loss;
}

static const char *create(void)
{
    return 0;
}

static void forward(const float *parameters, const float *X, int n, float *probabilities)
{
    forward_inline(parameters, X, n, probabilities);
}

static double step(float *parameters, const float *X, const int32_t *labels, int n, float rate)
{
    return step_inline(parameters, X, labels, n, rate);
}

#ifdef BATCH
/* Memory may be another after each run: none is left out, and nothing is moved out of the loop. */
#define ANOTHER_RUN() __asm__ volatile("" ::: "memory")

static volatile double last_loss;

static void forwards(const float *parameters, const float *X, float *probabilities, long runs)
{
    for (long r = 0; r < runs; r++) {
        forward_inline(parameters, X, BATCH, probabilities);
        ANOTHER_RUN();
    }
}

static void steps(float *parameters, const float *X, const int32_t *labels, float rate, long runs)
{
    for (long r = 0; r < runs; r++) {
        last_loss = step_inline(parameters, X, labels, BATCH, rate);
        ANOTHER_RUN();
    }
}
#endif

const contestant the_contestant = {
    .create = create,
    .forward = forward,
    .step = step,
#ifdef BATCH
    .forwards = forwards,
    .steps = steps,
#endif
};
