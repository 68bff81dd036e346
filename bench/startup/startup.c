/* Runs two programs by turns, and compares the medians of their wall times and their largest resident sizes.
 *
 *     startup RUNS OURS PLAIN */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* Milliseconds from before the process is there to after it has ended; its largest size in kB. */
static double run(char *program, long *resident)
{
    char *arguments[] = { program, NULL };
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    struct rusage usage;
    pid_t child;
    int status;
    double start = now();
    if (posix_spawn(&child, program, &quiet, NULL, arguments, environ) != 0
        || wait4(child, &status, 0, &usage) != child || status != 0) {
        fprintf(stderr, "startup: %s failed\n", program);
        exit(1);
    }
    double time = now() - start;
    posix_spawn_file_actions_destroy(&quiet);
    if (usage.ru_maxrss > *resident)
        *resident = usage.ru_maxrss;
    return time;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int arguments, char **argument)
{
    static double times[2][10000];
    static const char *const names[] = { "AotBackprop", "plain C" };
    double median[2];
    long resident[2] = { 0, 0 };
    int runs = arguments == 4 ? atoi(argument[1]) : 0;
    if (runs < 1 || runs > 10000)
        return 2;
    for (int i = -3; i < runs; i++) /* the first ones only warm up */
        for (int p = 0; p < 2; p++) {
            double time = run(argument[2 + p], &resident[p]);
            if (i >= 0)
                times[p][i] = time;
        }
    printf("From a process's start to its end after one training step, 784-128-10, batch 32; %d runs by turns:\n", runs);
    for (int p = 0; p < 2; p++) {
        qsort(times[p], (size_t)runs, sizeof times[p][0], ascending);
        median[p] = times[p][runs / 2];
        printf("  %-12s median %.2f ms (quartiles %.2f to %.2f), at most %.1f MB resident\n", names[p], median[p],
               times[p][runs / 4], times[p][runs * 3 / 4], (double)resident[p] / 1024);
    }
    printf("  %.2f times plain C\n", median[0] / median[1]);
    return 0;
}
