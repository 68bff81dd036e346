/* For LD_PRELOAD: one system call of a save goes wrong.
 *
 * FAULT is open, write, fsync, close, rename or folder (the fsync of the folder), all of them on the file that is not
 * whole yet, whose name ends in .tmp; or list, of the folder. FAULT_HOW is the number of an error; or kill, or stop
 * once, before the call; short, a write of half; interrupt, EINTR once.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int temporary = -1;

/* .NET looks its calls up in the C library, past what was loaded before it. */
void *dlsym(void *handle, const char *name)
{
    static void *(*real)(void *, const char *);
    if (!real)
        real = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
    static const char *ours[] = {"open", "open64", "openat", "openat64", "write", "fsync", "close", "rename", "renameat", "fdopendir"};
    for (size_t i = 0; handle != RTLD_NEXT && i < sizeof ours / sizeof *ours; i++)
        if (!strcmp(name, ours[i]))
            return real(RTLD_DEFAULT, name);
    return real(handle, name);
}

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

/* Whether the call is to return an error. */
static int fails(const char *call)
{
    const char *fault = getenv("FAULT"), *how = getenv("FAULT_HOW");
    static int before;
    if (!fault || !how || strcmp(fault, call))
        return 0;
    if (!strcmp(how, "kill"))
        kill(getpid(), SIGKILL);
    if (!strcmp(how, "stop") && !before++)
        kill(getpid(), SIGSTOP);
    if (!strcmp(how, "interrupt") && !before++)
        return errno = EINTR, 1;
    if (how[0] < '0' || how[0] > '9')
        return 0;
    errno = atoi(how);
    return 1;
}

static int is_temporary(const char *path, int flags)
{
    size_t length = strlen(path);
    return (flags & O_CREAT) && length > 4 && !strcmp(path + length - 4, ".tmp");
}

#define OPENAT(name)                                            \
    int name(int folder, const char *path, int flags, ...)      \
    {                                                           \
        REAL(name);                                             \
        va_list rest;                                           \
        va_start(rest, flags);                                  \
        mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                           \
        if (!is_temporary(path, flags))                         \
            return real(folder, path, flags, mode);             \
        if (fails("open"))                                      \
            return -1;                                          \
        return temporary = real(folder, path, flags, mode);     \
    }

OPENAT(openat)
OPENAT(openat64)

ssize_t write(int file, const void *bytes, size_t count)
{
    REAL(write);
    if (file != temporary || temporary < 0)
        return real(file, bytes, count);
    if (fails("write"))
        return -1;
    const char *how = getenv("FAULT_HOW");
    return real(file, bytes, how && !strcmp(how, "short") ? (count + 1) / 2 : count);
}

int fsync(int file)
{
    REAL(fsync);
    struct stat status;
    int is_folder = !fstat(file, &status) && S_ISDIR(status.st_mode);
    return (file == temporary && fails("fsync")) || (is_folder && fails("folder")) ? -1 : real(file);
}

int close(int file)
{
    REAL(close);
    if (file != temporary || temporary < 0)
        return real(file);
    if (fails("close")) {
        int error = errno;
        real(file);
        temporary = -1;
        errno = error;
        return -1;
    }
    temporary = -1;
    return real(file);
}

int rename(const char *from, const char *to)
{
    REAL(rename);
    return fails("rename") ? -1 : real(from, to);
}

int renameat(int old, const char *from, int folder, const char *to)
{
    REAL(renameat);
    return fails("rename") ? -1 : real(old, from, folder, to);
}

DIR *fdopendir(int folder)
{
    REAL(fdopendir);
    return fails("list") ? NULL : real(folder);
}
