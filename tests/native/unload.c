/* A host that loads the library by name and unloads it: nothing of it stays, and signals are the host's.
 *
 *     unload LIBRARY */
#include "check.h"
#include "digits.h"
#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>

static const char *library;
static sigjmp_buf back;
static volatile sig_atomic_t signals;

typedef int32_t initialize_function(digits_parameters *, uint64_t);
typedef int32_t self_test_function(void);

static void on_signal(int signal)
{
    signals++;
    if (signal == SIGSEGV)
        siglongjmp(back, 1);
}

static void *load_call_unload(void *good)
{
    static digits_parameters parameters;
    initialize_function *initialize;
    self_test_function *self_test;
    *(int *)good = 0;
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        printf("        %s\n", dlerror());
        return NULL;
    }
    *(void **)&initialize = dlsym(handle, "digits_initialize");
    *(void **)&self_test = dlsym(handle, "aotbackprop_self_test");
    *(int *)good = initialize != NULL && self_test != NULL && initialize(&parameters, 1) == AOTBACKPROP_OK
        && self_test() == AOTBACKPROP_OK && dlclose(handle) == 0;
    return NULL;
}

static int is_mapped(void)
{
    char line[4096];
    int found = 0;
    FILE *file = fopen("/proc/self/maps", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        found |= strstr(line, library) != NULL;
    if (file != NULL)
        fclose(file);
    return found;
}

static void raise_all(void)
{
    int before = signals;
    volatile int *volatile nowhere = NULL;
    raise(SIGUSR1);
    raise(SIGPIPE);
    raise(SIGRTMIN);
    if (sigsetjmp(back, 1) == 0)
        *nowhere = 1;
    CHECK(signals == before + 4);
}

static void set_all(void)
{
    signal(SIGUSR1, on_signal);
    signal(SIGPIPE, on_signal);
    signal(SIGRTMIN, on_signal);
    signal(SIGSEGV, on_signal);
}

static void dlclose_unloads(void)
{
    int good = 0;
    set_all();
    for (int i = 0; i < 3; i++) {
        load_call_unload(&good);
        CHECK(good && !is_mapped());
        raise_all();
    }
}

static void a_thread_may_load_and_unload(void)
{
    for (int i = 0; i < 10; i++) {
        pthread_t thread;
        int good = 0;
        CHECK(pthread_create(&thread, NULL, load_call_unload, &good) == 0);
        CHECK(pthread_join(thread, NULL) == 0 && good && !is_mapped());
        raise_all();
    }
}

int main(int arguments, char **argument)
{
    if (arguments != 2)
        return 2;
    library = argument[1];
    RUN(dlclose_unloads);
    RUN(a_thread_may_load_and_unload);
    return check_failed != 0;
}
