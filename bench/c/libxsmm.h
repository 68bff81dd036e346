/* libxsmm is column-major: the operands change places. Kernels are compiled once, before the first step. */
#include <libxsmm.h>

static const char *create(void)
{
    libxsmm_init();
    return 0;
}

static void prepare(operation operation, product *p)
{
    const float one = 1, beta = operation == ACCUMULATE_T;
    const int flags = operation == ACCUMULATE_T ? LIBXSMM_GEMM_FLAG_TRANS_B : LIBXSMM_GEMM_FLAG_NONE;
    const int ldb = operation == ACCUMULATE_T ? p->m : p->k;
    p->kernel = (void (*)(void))libxsmm_smmdispatch(p->n, p->m, p->k, &p->n, &ldb, &p->n, &one, &beta, &flags, 0);
    if (!p->kernel) {
        fprintf(stderr, "libxsmm: no kernel for %d×%d×%d\n", p->m, p->n, p->k);
        exit(1);
    }
}

static void multiply(const product *p, const float *A, const float *B, float *C)
{
    ((libxsmm_smmfunction)p->kernel)(B, A, C);
}

/* There are no kernels for Bᵀ: it is written out first. */
static void multiply_t(const product *p, const float *A, const float *B, float *C)
{
    static float T[WIDEST * WIDEST];
    for (int i = 0; i < p->n; i++)
        for (int j = 0; j < p->k; j++)
            T[j * p->n + i] = B[i * p->k + j];
    ((libxsmm_smmfunction)p->kernel)(T, A, C);
}

static void accumulate_t(const product *p, const float *A, const float *B, float *C)
{
    ((libxsmm_smmfunction)p->kernel)(B, A, C);
}
