/* For LD_PRELOAD: one system call of a save goes wrong.
 *
 * FAULT is open, write, fsync, close, rename or folder (the fsync of the folder), all of them on the file that is not
 * whole yet, whose name ends in .tmp; or list, of the folder; or unlock, the close of its second descriptor; or leave,
 * the close of the folder; or look, the close of a model.st that was opened to be read. FAULT_HOW is the number of an
 * error; or kill, or stop once, before the call; short, a write of half; interrupt, EINTR once.
 *
 * Or FAULT is signal, and FAULT_HOW the number of the call, of all of these, within which SIGINT comes. They are counted
 * from 1 each time that the number changes.
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

static int temporary = -1, held = -1;

/* .NET looks its calls up in the C library, past what was loaded before it. */
void *dlsym(void *handle, const char *name)
{
    static void *(*real)(void *, const char *);
    if (!real)
        real = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
    static const char *ours[] = {"open", "open64", "openat", "openat64", "write", "fsync", "close", "rename", "renameat", "fdopendir", "fcntl", "fcntl64"};
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

/* Within any call, whose result is another. */
static void signals(void)
{
    const char *fault = getenv("FAULT"), *how = getenv("FAULT_HOW");
    static int which, count;
    if (!fault || !how || strcmp(fault, "signal"))
        return;
    if (which != atoi(how))
        which = atoi(how), count = 0;
    if (++count == which)
        raise(SIGINT);
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
        signals();                                              \
        if (!is_temporary(path, flags))                         \
            return real(folder, path, flags, mode);             \
        if (fails("open"))                                      \
            return -1;                                          \
        return temporary = real(folder, path, flags, mode);     \
    }

OPENAT(openat)
OPENAT(openat64)

#define OPEN(name)                                              \
    int name(const char *path, int flags, ...)                  \
    {                                                           \
        REAL(name);                                             \
        va_list rest;                                           \
        va_start(rest, flags);                                  \
        mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                           \
        signals();                                              \
        return real(path, flags, mode);                         \
    }

OPEN(open)
OPEN(open64)

ssize_t write(int file, const void *bytes, size_t count)
{
    REAL(write);
    signals();
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
    signals();
    struct stat status;
    int is_folder = !fstat(file, &status) && S_ISDIR(status.st_mode);
    return (file == temporary && fails("fsync")) || (is_folder && fails("folder")) ? -1 : real(file);
}

#define FCNTL(name)                                             \
    int name(int file, int what, ...)                           \
    {                                                           \
        REAL(name);                                             \
        va_list rest;                                           \
        va_start(rest, what);                                   \
        void *more = va_arg(rest, void *);                      \
        va_end(rest);                                           \
        if (what != F_DUPFD_CLOEXEC || file != temporary || temporary < 0) \
            return real(file, what, more);                      \
        signals();                                              \
        return held = real(file, what, more);                   \
    }

FCNTL(fcntl)
FCNTL(fcntl64)

static int is_looked_at(int file)
{
    char link[64], name[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, name, sizeof name);
    return length > 9 && !strncmp(name + length - 9, "/model.st", 9) && (fcntl(file, F_GETFL) & O_ACCMODE) == O_RDONLY;
}

/* The descriptor is gone, whatever is said of it. */
static int closed(int failure, int result)
{
    if (!failure)
        return result;
    errno = failure;
    return -1;
}

int close(int file)
{
    REAL(close);
    struct stat status;
    int is_folder = !fstat(file, &status) && S_ISDIR(status.st_mode);
    const char *call = file < 0 ? "" : file == temporary ? "close" : file == held ? "unlock" : is_folder ? "leave" : is_looked_at(file) ? "look" : "";
    if (file == temporary)
        temporary = -1;
    if (file == held)
        held = -1;
    signals();
    int failure = *call && fails(call) ? errno : 0;
    return closed(failure, real(file));
}

int rename(const char *from, const char *to)
{
    REAL(rename);
    signals();
    return fails("rename") ? -1 : real(from, to);
}

int renameat(int old, const char *from, int folder, const char *to)
{
    REAL(renameat);
    signals();
    return fails("rename") ? -1 : real(old, from, folder, to);
}

DIR *fdopendir(int folder)
{
    REAL(fdopendir);
    signals();
    return fails("list") ? NULL : real(folder);
}
