/* Runs programs by turns, and tells the medians of the times that they had the core, and their largest resident sizes; on
 * the standard output, the medians as a line of JSON.
 *
 *     startup NAME=COMMAND ...      a command is words with spaces between them */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PROGRAMS = 16, WORDS = 15, ROUNDS = 200, FEWEST = 11 };

static const double LONGEST = 60e3;

extern char **environ;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static double milliseconds(struct timeval time)
{
    return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

/* Milliseconds of the core's from when the process is there to its end; its largest size in kB. */
static double run(char **command, long *resident)
{
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    struct rusage usage;
    pid_t child;
    int status;
    if (posix_spawnp(&child, command[0], &quiet, NULL, command, environ) != 0
        || wait4(child, &status, 0, &usage) != child || status != 0) {
        fprintf(stderr, "startup: %s failed\n", command[0]);
        exit(1);
    }
    posix_spawn_file_actions_destroy(&quiet);
    if (usage.ru_maxrss > *resident)
        *resident = usage.ru_maxrss;
    return milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void split(char *command, char **arguments)
{
    int count = 0;
    for (char *word = strtok(command, " "); word && count < WORDS; word = strtok(NULL, " "))
        arguments[count++] = word;
    arguments[count] = NULL;
}

int main(int count, char **arguments)
{
    static double times[PROGRAMS][ROUNDS];
    static char *commands[PROGRAMS][WORDS + 1];
    long resident[PROGRAMS] = { 0 };
    int programs = count - 1, rounds = 0;
    if (programs < 1 || programs > PROGRAMS)
        return 2;
    for (int p = 0; p < programs; p++) {
        char *command = strchr(arguments[1 + p], '=');
        if (!command)
            return 2;
        *command++ = '\0';
        split(command, commands[p]);
        run(commands[p], &resident[p]);     /* brings files into memory */
    }
    double end = now() + LONGEST;
    for (; rounds < ROUNDS && (rounds < FEWEST || now() < end); rounds++)
        for (int p = 0; p < programs; p++)
            times[p][rounds] = run(commands[p], &resident[p]);

    fprintf(stderr, "From a process's start to its end after one training step, 784-128-10, batch 32; %d runs by turns:\n",
            rounds);
    printf("{\"operation\": \"start\", \"shape\": \"784-128-10\", \"batch\": 32, \"seconds\": {");
    for (int p = 0; p < programs; p++) {
        double *t = times[p];
        qsort(t, (size_t)rounds, sizeof *t, ascending);
        fprintf(stderr, "  %-14s median %.2f ms (quartiles %.2f to %.2f), at most %.1f MB resident\n", arguments[1 + p],
                t[rounds / 2], t[rounds / 4], t[rounds * 3 / 4], (double)resident[p] / 1024);
        printf("%s\"%s\": %.6g", p ? ", " : "", arguments[1 + p], t[rounds / 2] / 1e3);
    }
    printf("}}\n");
    return 0;
}
