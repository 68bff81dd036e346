/* A host that loads the library by name and unloads it: its code stays, and no signal finds it gone.
 *
 *     unload LIBRARY */
#include "check.h"
#include "digits.h"
#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <unistd.h>

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

static void raise_all(void)
{
    int before = signals;
    volatile int *volatile nowhere = NULL;
    raise(SIGUSR1);
    raise(SIGPIPE);
    raise(SIGRTMIN); /* the runtime's own */
    if (sigsetjmp(back, 1) == 0)
        *nowhere = 1;
    CHECK(signals == before + 2);
}

static void a_signal_after_dlclose_harms_nobody(void)
{
    int good = 0;
    signal(SIGUSR1, on_signal);
    signal(SIGSEGV, on_signal);
    for (int i = 0; i < 3; i++) {
        load_call_unload(&good);
        CHECK(good);
        usleep(10000);
        raise_all();
    }
}

static void a_thread_may_load_and_unload(void)
{
    for (int i = 0; i < 10; i++) {
        pthread_t thread;
        int good = 0;
        CHECK(pthread_create(&thread, NULL, load_call_unload, &good) == 0);
        CHECK(pthread_join(thread, NULL) == 0 && good);
        raise_all();
    }
}

int main(int arguments, char **argument)
{
    if (arguments != 2)
        return 2;
    library = argument[1];
    RUN(a_signal_after_dlclose_harms_nobody);
    RUN(a_thread_may_load_and_unload);
    return check_failed != 0;
}
