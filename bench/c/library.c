/* A network over the three products of a library, as an expert writes it: the update is part of a product, passes over
 * the elements are fused and vectorised, nothing is allocated or looked up in a step. PRODUCTS names the header of the
 * library:
 *
 *     multiply      C = A B
 *     multiply_t    C = A Bᵀ
 *     accumulate_t  C ← C + Aᵀ B
 *
 * all row-major, m×n over k. Each gets the place where it stands: `prepare` may have stored a kernel in it. */
#include "contestant.h"
#include "shape.h"
#include "softmax.h"
#include <string.h>

typedef enum { MULTIPLY, MULTIPLY_T, ACCUMULATE_T } operation;

typedef struct {
    int m, n, k;
    void (*kernel)(void);
} product;

#include PRODUCTS

static float A[LAYERS + 1][LARGEST_BATCH * WIDEST], dZ[LAYERS + 1][LARGEST_BATCH * WIDEST];
static product products[LAYERS + 1][3];
static int prepared;

static void prepare_all(int n)
{
    for (int l = 1; l <= LAYERS; l++) {
        products[l][MULTIPLY] = (product){ .m = n, .n = sizes[l], .k = sizes[l - 1] };
        products[l][MULTIPLY_T] = (product){ .m = n, .n = sizes[l - 1], .k = sizes[l] };
        products[l][ACCUMULATE_T] = (product){ .m = sizes[l - 1], .n = sizes[l], .k = n };
        for (int operation = MULTIPLY; operation <= ACCUMULATE_T; operation++)
            prepare(operation, &products[l][operation]);
    }
    prepared = n;
}

static void bias_and_relu(float *restrict Z, const float *restrict b, int n, int columns)
{
    for (int s = 0; s < n; s++)
        for (int j = 0; j < columns; j++) {
            float z = Z[s * columns + j] + b[j];
            Z[s * columns + j] = z > 0 ? z : 0;
        }
}

static void bias(float *restrict Z, const float *restrict b, int n, int columns)
{
    for (int s = 0; s < n; s++)
        for (int j = 0; j < columns; j++)
            Z[s * columns + j] += b[j];
}

static void mask(float *restrict dZ, const float *restrict A, int count)
{
    for (int i = 0; i < count; i++)
        dZ[i] = A[i] > 0 ? dZ[i] : 0;
}

static void forward_all(const float *parameters, const float *X, int n)
{
    if (n != prepared)
        prepare_all(n);
    for (int l = 1; l <= LAYERS; l++) {
        multiply(&products[l][MULTIPLY], l == 1 ? X : A[l - 1], parameters + weights_of(l), A[l]);
        if (l < LAYERS)
            bias_and_relu(A[l], parameters + biases_of(l), n, sizes[l]);
        else
            bias(A[l], parameters + biases_of(l), n, CLASSES);
    }
}

static void forward(const float *parameters, const float *X, int n, float *probabilities)
{
    forward_all(parameters, X, n);
    softmax(A[LAYERS], n, probabilities);
}

static double step(float *parameters, const float *X, const int32_t *labels, int n, float rate)
{
    forward_all(parameters, X, n);
    softmax(A[LAYERS], n, dZ[LAYERS]);
    double loss = cross_entropy(dZ[LAYERS], labels, n, -rate / n);  /* so that each update is a sum */
    for (int l = LAYERS; l >= 1; l--) {
        float *W = parameters + weights_of(l), *b = parameters + biases_of(l);
        if (l > 1) {
            multiply_t(&products[l][MULTIPLY_T], dZ[l], W, dZ[l - 1]);
            mask(dZ[l - 1], A[l - 1], n * sizes[l - 1]);
        }
        accumulate_t(&products[l][ACCUMULATE_T], l == 1 ? X : A[l - 1], dZ[l], W);
        for (int s = 0; s < n; s++)
            bias(b, dZ[l] + s * sizes[l], 1, sizes[l]);
    }
    return loss;
}

const contestant the_contestant = { .create = create, .forward = forward, .step = step };
