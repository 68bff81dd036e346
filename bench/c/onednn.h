#include <dnnl.h>

static const char *create(void)
{
    return 0;
}

static void prepare(operation operation, product *p)
{
    (void)operation;
    (void)p;
}

static void multiply(const product *p, const float *A, const float *B, float *C)
{
    dnnl_sgemm('N', 'N', p->m, p->n, p->k, 1, A, p->k, B, p->n, 0, C, p->n);
}

static void multiply_t(const product *p, const float *A, const float *B, float *C)
{
    dnnl_sgemm('N', 'T', p->m, p->n, p->k, 1, A, p->k, B, p->k, 0, C, p->n);
}

static void accumulate_t(const product *p, const float *A, const float *B, float *C)
{
    dnnl_sgemm('T', 'N', p->m, p->n, p->k, 1, A, p->m, B, p->n, 1, C, p->n);
}
