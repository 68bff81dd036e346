/* Times contestants by turns, each turn in another order. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TURNS = 45, MOST = 16 };

typedef struct {
    const char *name;
    void (*run)(void);
} contestant;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Prints each contestant's median in microseconds of a run, and the median of its ratios to the first of the same turn. */
static void race(const contestant *contestants, int count, int runs)
{
    static double times[MOST][TURNS], ratios[MOST][TURNS];
    for (int turn = 0; turn < TURNS; turn++) {
        for (int i = 0; i < count; i++) {
            int next = (turn + i) % count;
            double start = now();
            for (int run = 0; run < runs; run++)
                contestants[next].run();
            times[next][turn] = (now() - start) / runs;
        }
        for (int i = 0; i < count; i++)
            ratios[i][turn] = times[i][turn] / times[0][turn];
    }
    for (int i = 0; i < count; i++) {
        qsort(times[i], TURNS, sizeof(double), compare);
        qsort(ratios[i], TURNS, sizeof(double), compare);
        printf("%-22s %9.4f us  %.3f\n", contestants[i].name, times[i][TURNS / 2], ratios[i][TURNS / 2]);
    }
}
