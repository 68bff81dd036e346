/* A harness of one page: each test prints a line, 'ok' or 'not ok', and run.sh counts them. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *check_suffix = "";  /* what tells this run from others: compiler, language, level */
static int check_failures;             /* of the test that runs */
static int check_failed;               /* tests that failed */

#define CHECK(condition) \
    do { \
        if (!(condition) && ++check_failures <= 10) \
            printf("        %s:%d: %s\n", __FILE__, __LINE__, #condition); \
    } while (0)

#define RUN(test) check_run(#test, test)

static void check_run(const char *name, void (*test)(void))
{
    check_failures = 0;
    test();
    printf("%s  ", check_failures == 0 ? "ok    " : "not ok");
    for (; *name != '\0'; name++)
        putchar(*name == '_' ? ' ' : *name);
    printf("%s\n", check_suffix);
    fflush(stdout);
    check_failed += check_failures != 0;
}

/* Memory that is there, or the end. */
static inline void *take(size_t size)
{
    void *memory = malloc(size);
    if (memory == NULL) {
        printf("not ok  malloc of %zu bytes\n", size);
        exit(1);
    }
    return memory;
}

#endif
