#include "limits.h"
#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f")))
#define AVX2 __attribute__((target("avx2,fma")))

enum { CHAINS = 12, LOOPS = 1000 };   /* chains for a latency of up to six cycles at two multiply-adds a cycle */

static volatile float sink;

static int has_avx512(void)
{
    return __builtin_cpu_supports("avx512f");
}

/* One text for both widths: V is the type, P the prefix of its intrinsics. */
#define BODIES(TARGET, NAME, V, LANES, P)                                                         \
    TARGET static void NAME##_fma(long runs)                                                     \
    {                                                                                            \
        V a = P##_set1_ps(0.999f), b = P##_set1_ps(1e-6f), c[CHAINS];                            \
        for (int i = 0; i < CHAINS; i++)                                                         \
            c[i] = b;                                                                            \
        for (long r = 0; r < runs * LOOPS; r++) {                                                \
            _Pragma("GCC unroll 12") for (int i = 0; i < CHAINS; i++)                            \
                c[i] = P##_fmadd_ps(a, c[i], b);                                                 \
        }                                                                                        \
        for (int i = 1; i < CHAINS; i++)                                                         \
            c[0] = P##_add_ps(c[0], c[i]);                                                       \
        sink = c[0][0];                                                                          \
    }                                                                                            \
                                                                                                 \
    TARGET static void NAME##_read(const float *array, size_t count, long runs)                  \
    {                                                                                            \
        V c[8];                                                                                  \
        for (int i = 0; i < 8; i++)                                                              \
            c[i] = P##_setzero_ps();                                                             \
        for (long r = 0; r < runs; r++)                                                          \
            for (size_t at = 0; at < count; at += 8 * LANES) {                                   \
                _Pragma("GCC unroll 8") for (int i = 0; i < 8; i++)                              \
                    c[i] = P##_add_ps(c[i], P##_load_ps(array + at + i * LANES));                \
            }                                                                                    \
        for (int i = 1; i < 8; i++)                                                              \
            c[0] = P##_add_ps(c[0], c[i]);                                                       \
        sink = c[0][0];                                                                          \
    }                                                                                            \
                                                                                                 \
    TARGET static void NAME##_update(float *array, size_t count, long runs)                      \
    {                                                                                            \
        V a = P##_set1_ps(0.999f), b = P##_set1_ps(1e-6f);                                       \
        for (long r = 0; r < runs; r++)                                                          \
            for (size_t at = 0; at < count; at += 8 * LANES) {                                   \
                _Pragma("GCC unroll 8") for (int i = 0; i < 8; i++) {                            \
                    float *w = array + at + i * LANES;                                           \
                    P##_store_ps(w, P##_fmadd_ps(a, P##_load_ps(w), b));                         \
                }                                                                                \
            }                                                                                    \
    }

BODIES(AVX512, wide, __m512, 16, _mm512)
BODIES(AVX2, narrow, __m256, 8, _mm256)

double fma_flops(void)
{
    return 2.0 * CHAINS * LOOPS * (has_avx512() ? 16 : 8);
}

double fma256_flops(void)
{
    return 2.0 * CHAINS * LOOPS * 8;
}

void run_fma256(long runs)
{
    narrow_fma(runs);
}

void run_fma(long runs)
{
    has_avx512() ? wide_fma(runs) : narrow_fma(runs);
}

void run_read(const float *array, size_t count, long runs)
{
    has_avx512() ? wide_read(array, count, runs) : narrow_read(array, count, runs);
}

void run_update(float *array, size_t count, long runs)
{
    has_avx512() ? wide_update(array, count, runs) : narrow_update(array, count, runs);
}
