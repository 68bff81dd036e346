/*
 * Runs before .NET's runtime does, and tells in words what the runtime would end for with none: a processor that lacks
 * the program's instructions, no room for its stack, its memory or its threads. LEVEL is the program's level, as
 * `build-native.sh --level` takes it. Exits with 1, as the program does where something cannot be done. It also keeps
 * from the runtime what would end it without a word: a name that is none, and settings of other programs.
 */
#define _GNU_SOURCE
#ifdef LEVEL
#include "../AotBackprop.Packaging/ProcessorLevel.h"
#endif
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Measured, with some to spare. */
static const rlim_t least_stack = 64 << 10;
static const rlim_t least_memory = 80 << 20;
static const rlim_t least_data = 20 << 20;
static const rlim_t least_files = 8;

/* With no more of the stack than it must: there may be little. */
static void say(const char *text)
{
    if (write(STDERR_FILENO, text, strlen(text)) < 0)
        _exit(1);
}

static char program[256];

static void fail(const char *message)
{
    say(program);
    say(": ");
    say(message);
    say("\n");
    _exit(1);
}

#ifdef LEVEL
static int has_level(void)
{
    static const char level[] = LEVEL;
    return level_of_processor() >= level[sizeof level - 2] - '0';
}
#endif

/* A closed stream's number would be given to the next file opened: what is meant for a log would end in a model. */
static void fill_streams(void)
{
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++) {
        if (fcntl(stream, F_GETFD) >= 0)
            continue;
        /* For the direction that is not used, so that using it stays the error that it is. */
        if (open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
            (void)!open("/", O_RDONLY | O_DIRECTORY);
    }
}

/*
 * The name is the caller's, and stands in messages: nothing in it is for a terminal to obey. .NET takes what stands before
 * the last point and is no space, and starts no program of which nothing is left.
 */
static void name_program(int argc, char **argv)
{
    const char *given = argc > 0 && argv[0] ? argv[0] : "";
    const char *slash = strrchr(given, '/');
    size_t length = 0;
    for (const char *c = slash ? slash + 1 : given; *c && length < sizeof program - 1; c++)
        program[length++] = *c >= ' ' && *c < 0x7f ? *c : '?';
    const char *point = strrchr(program, '.');
    if (strspn(program, " ") >= (point ? (size_t)(point - program) : length))
        strcpy(program, "program");
    if (argc > 0)
        argv[0] = program;
}

/* What the environment tells .NET is meant for other programs; some of it ends a program before its first line. */
static void forget_settings(void)
{
    char **kept = environ;
    for (char **variable = environ; variable && *variable; variable++)
        if (strncmp(*variable, "DOTNET_", 7) && strncmp(*variable, "COMPlus_", 8))
            *kept++ = *variable;
    if (kept)
        *kept = NULL;
}

static rlim_t limit_of(int resource)
{
    struct rlimit limit;
    return getrlimit(resource, &limit) == 0 ? limit.rlim_cur : RLIM_INFINITY;
}

static void *nothing(void *argument)
{
    return argument;
}

/* A thread as the runtime makes its first. */
static int can_start_thread(void)
{
    pthread_t thread;
    return pthread_create(&thread, NULL, nothing, NULL) == 0 && pthread_join(thread, NULL) == 0;
}

__attribute__((constructor)) static void start(int argc, char **argv)
{
    name_program(argc, argv);
    forget_settings();
    fill_streams();
#ifdef LEVEL
    if (!has_level())
        fail("This program is built for " LEVEL ", which this processor lacks; "
             "wanted one built by `build-native.sh --exe NAME=SIZES --level` with a lower level, such as x86-64-v2.");
#endif
    if (limit_of(RLIMIT_STACK) < least_stack)
        fail("The limit of the stack (ulimit -s) is too low; wanted 64 KB or more.");
    if (limit_of(RLIMIT_AS) < least_memory)
        fail("The limit of memory (ulimit -v) is too low; wanted 80 MB or more.");
    /* The C library reserves 64 MB or 128 MB of addresses for each thread that takes memory, the collector half of what the
     * limit leaves: which of them comes first is chance, and the runtime ends without a word where it comes too late. */
    if (limit_of(RLIMIT_AS) != RLIM_INFINITY)
        mallopt(M_ARENA_MAX, 1);
    if (limit_of(RLIMIT_DATA) < least_data)
        fail("The limit of data (ulimit -d) is too low; wanted 20 MB or more.");
    if (limit_of(RLIMIT_NOFILE) < least_files)
        fail("The limit of open files (ulimit -n) is too low; wanted 8 or more.");
    if (!can_start_thread())
        fail("No thread can be started; wanted a higher limit of processes (ulimit -u) or of memory.");
}
