/* What bounds every contestant on this core. Each runs so many times over its loop. */
#ifndef LIMITS_H
#define LIMITS_H

#include <stddef.h>

/* Single-precision multiply-adds on registers alone, in the widest vectors that the core has and in vectors of 8; and
 * how many operations a run is. */
double fma_flops(void);
double fma256_flops(void);
void run_fma(long runs);
void run_fma256(long runs);

/* Reading an array, and reading and writing it in place; count is a multiple of 256. */
void run_read(const float *array, size_t count, long runs);
void run_update(float *array, size_t count, long runs);

#endif
