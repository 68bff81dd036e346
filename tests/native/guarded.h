/* Memory whose one end lies at a page that cannot be touched. */
#ifndef GUARDED_H
#define GUARDED_H

#include "check.h"
#include <sys/mman.h>
#include <unistd.h>

/* Zeroed memory between two guards; never given back. */
static inline void *guarded(size_t size, int at_the_end)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), inside = (size + page - 1) / page * page + page;
    char *pages = (char *)mmap(NULL, inside + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == (char *)MAP_FAILED || mprotect(pages + page, inside, PROT_READ | PROT_WRITE) != 0) {
        printf("not ok  memory for guards\n");
        exit(1);
    }
    return at_the_end ? pages + page + inside - size : pages + page;
}

#endif
