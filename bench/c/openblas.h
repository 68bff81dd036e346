#include <cblas.h>

static const char *create(void)
{
    openblas_set_num_threads(1);
    return 0;
}

static void prepare(operation operation, product *p)
{
    (void)operation;
    (void)p;
}

/* A single sample is a vector. */
static void multiply(const product *p, const float *A, const float *B, float *C)
{
    if (p->m == 1)
        cblas_sgemv(CblasRowMajor, CblasTrans, p->k, p->n, 1, B, p->n, A, 1, 0, C, 1);
    else
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, p->m, p->n, p->k, 1, A, p->k, B, p->n, 0, C, p->n);
}

static void multiply_t(const product *p, const float *A, const float *B, float *C)
{
    if (p->m == 1)
        cblas_sgemv(CblasRowMajor, CblasNoTrans, p->n, p->k, 1, B, p->k, A, 1, 0, C, 1);
    else
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, p->m, p->n, p->k, 1, A, p->k, B, p->k, 0, C, p->n);
}

static void accumulate_t(const product *p, const float *A, const float *B, float *C)
{
    if (p->k == 1)
        cblas_sger(CblasRowMajor, p->m, p->n, 1, A, 1, B, 1, C, p->n);
    else
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, p->m, p->n, p->k, 1, A, p->m, B, p->n, 1, C, p->n);
}
