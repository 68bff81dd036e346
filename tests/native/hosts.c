/* What the library does to the process that it lives in. Each part starts in a process of its own:
 *
 *     hosts process | seccomp | small-stack | handlers | faults | exits | forks | threads | short-threads | environment */
#include "check.h"
#include "digits.h"
#include <dirent.h>
#include <fenv.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { N = 40, SIGNALS = 64 };

static float X[N][DIGITS_INPUTS];
static int32_t labels[N];
static const aotbackprop_targets targets = { sizeof targets, labels, NULL, NULL };

static void make_data(void)
{
    for (int n = 0; n < N; n++) {
        labels[n] = n % DIGITS_CLASSES;
        for (int i = 0; i < DIGITS_INPUTS; i++)
            X[n][i] = (float)((n * 7 + i * 13) % 17) / 17;
    }
}

/* Trains parameters of its own from a seed on; whether all went well. */
static int train(digits_parameters *parameters, uint64_t seed, int steps)
{
    aotbackprop_options options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.learning_rate = 0.1f;
    char workspace[1 << 15];
    int good = digits_workspace_size(N) <= sizeof workspace && digits_initialize(parameters, seed) == AOTBACKPROP_OK;
    for (int i = 0; i < steps && good; i++)
        good = digits_train_step(parameters, X[0], &targets, N, &options, NULL, 0, workspace, sizeof workspace,
                                 NULL) == AOTBACKPROP_OK;
    return good;
}

/* What a process has */

static void on_signal(int signal)
{
    (void)signal;
}

static long entries(const char *folder)
{
    long count = 0;
    DIR *files = opendir(folder);
    while (files != NULL && readdir(files) != NULL)
        count++;
    if (files != NULL)
        closedir(files);
    return count;
}

static long pages(int of)
{
    long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file != NULL) {
        CHECK(fscanf(file, "%ld %ld", &size, &resident) == 2);
        fclose(file);
    }
    return of == 0 ? size : resident;
}

static void *train_in_a_team(void *rank);

static struct process {
    struct {
        void (*handler)(int);
        int flags;
        char mask[SIGNALS + 1];
    } actions[SIGNALS + 1];
    struct rlimit limits[RLIM_NLIMITS];
    char mask[SIGNALS + 1];
    stack_t stack;
    char folder[4096];
    char **environment, *variables[4096];
    long threads, descriptors, size;
} was, is;

static void look(struct process *process)
{
    memset(process, 0, sizeof *process);
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    for (int s = 1; s <= SIGNALS; s++) {
        struct sigaction action;
        process->mask[s] = (char)sigismember(&mask, s);
        if (sigaction(s, NULL, &action) != 0)
            continue; /* the C library's own */
        process->actions[s].handler = action.sa_handler;
        process->actions[s].flags = action.sa_flags;
        for (int other = 1; other <= SIGNALS; other++)
            process->actions[s].mask[other] = (char)sigismember(&action.sa_mask, other);
    }
    for (int r = 0; r < RLIM_NLIMITS; r++)
        getrlimit((__rlimit_resource_t)r, &process->limits[r]);
    sigaltstack(NULL, &process->stack);
    CHECK(getcwd(process->folder, sizeof process->folder) != NULL);
    process->environment = environ;
    for (int i = 0; environ[i] != NULL && i < 4096; i++)
        process->variables[i] = environ[i];
    process->threads = entries("/proc/self/task");
    process->descriptors = entries("/proc/self/fd");
    process->size = pages(0);
}

static void no_call_changes_the_process(void)
{
    static digits_parameters parameters;
    /* What a first look takes itself is there. */
    look(&was);
    look(&was);
    CHECK(train(&parameters, 1, 3));
    CHECK(aotbackprop_self_test() == AOTBACKPROP_OK);
    look(&is);
    CHECK(is.threads == was.threads && is.descriptors == was.descriptors && is.size == was.size);
    CHECK(memcmp(&is, &was, sizeof is) == 0);
}

static void a_team_changes_no_more_than_its_own_threads(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) /* the C library keeps their stacks */
        CHECK(pthread_create(&threads[i], NULL, train_in_a_team, (void *)(intptr_t)i) == 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    look(&was);
    for (int i = 0; i < 2; i++)
        CHECK(pthread_create(&threads[i], NULL, train_in_a_team, (void *)(intptr_t)i) == 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    look(&is);
    CHECK(memcmp(is.actions, was.actions, sizeof is.actions) == 0 && is.threads == was.threads && is.descriptors == was.descriptors);
}

static void handlers_of_the_host_stay(void)
{
    static digits_parameters parameters;
    struct sigaction now;
    for (int s = 1; s <= SIGNALS; s++)
        if (s != SIGKILL && s != SIGSTOP)
            signal(s, on_signal);
    CHECK(train(&parameters, 2, 3));
    CHECK(aotbackprop_self_test() == AOTBACKPROP_OK);
    for (int s = 1; s <= SIGNALS; s++)
        CHECK(s == SIGKILL || s == SIGSTOP || sigaction(s, NULL, &now) != 0 || now.sa_handler == on_signal);
}

/* Without any system call but those that end a thread. */
static void a_process_that_may_only_end_trains(void)
{
    static digits_parameters parameters;
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        long good;
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
        good = train(&parameters, 1, 3);
        syscall(SYS_exit, good ? 7 : 8);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

static void *first_call_on_a_small_stack(void *good)
{
    static digits_parameters parameters;
    static char workspace[1 << 15];
    aotbackprop_options options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.learning_rate = 0.1f;
    *(int *)good = digits_initialize(&parameters, 1) == AOTBACKPROP_OK
        && digits_train_step(&parameters, X[0], &targets, N, &options, NULL, 0, workspace, sizeof workspace, NULL) == AOTBACKPROP_OK;
    return NULL;
}

static void a_stack_of_16_KB_is_enough_for_the_first_call(void)
{
    pthread_attr_t small;
    pthread_t thread;
    int good = 0;
    pthread_attr_init(&small);
    CHECK(pthread_attr_setstacksize(&small, 16384) == 0);
    CHECK(pthread_create(&thread, &small, first_call_on_a_small_stack, &good) == 0);
    CHECK(pthread_join(thread, NULL) == 0 && good);
}

/* Calls from within a handler, and threads that are cancelled */

static volatile sig_atomic_t answers;

static void infer(int signal)
{
    static char workspace[1 << 15];
    static digits_parameters parameters;
    static float probabilities[N * DIGITS_CLASSES];
    (void)signal;
    if (digits_initialize(&parameters, 5) == AOTBACKPROP_OK
        && digits_forward(&parameters, X[0], N, probabilities, workspace, sizeof workspace) == AOTBACKPROP_OK
        && aotbackprop_status_message(AOTBACKPROP_NOT_FINITE) != NULL)
        answers++;
}

static void a_handler_may_infer_while_its_thread_trains(void)
{
    static digits_parameters interrupted, parameters;
    struct itimerval soon = { { 0, 500 }, { 0, 500 } }, never = { { 0, 0 }, { 0, 0 } };
    CHECK(train(&parameters, 1, 2000));
    signal(SIGALRM, infer);
    CHECK(setitimer(ITIMER_REAL, &soon, NULL) == 0);
    CHECK(train(&interrupted, 1, 2000));
    setitimer(ITIMER_REAL, &never, NULL);
    CHECK(answers > 0);
    CHECK(memcmp(&interrupted, &parameters, sizeof parameters) == 0);
}

static int ended_whole;

static void *train_and_be_cancelled(void *unused)
{
    static digits_parameters parameters;
    ended_whole = train(&parameters, 1, 500);
    for (;;)
        pthread_testcancel();
    return unused;
}

static void no_call_is_a_point_of_cancellation(void)
{
    for (int i = 0; i < 20; i++) {
        pthread_t thread;
        void *result = NULL;
        ended_whole = 0;
        CHECK(pthread_create(&thread, NULL, train_and_be_cancelled, NULL) == 0);
        CHECK(pthread_cancel(thread) == 0 && pthread_join(thread, &result) == 0);
        CHECK(result == PTHREAD_CANCELED && ended_whole);
    }
}

/* Faults */

static sigjmp_buf back;
static volatile sig_atomic_t faults;

static void at_a_fault(int signal)
{
    (void)signal;
    faults++;
    siglongjmp(back, 1);
}

static void a_fault_of_the_hosts_own_goes_to_its_handler_set_before_or_after_the_first_call(void)
{
    static digits_parameters parameters;
    struct sigaction action, is;
    memset(&action, 0, sizeof action);
    action.sa_handler = at_a_fault;
    sigaction(SIGSEGV, &action, NULL);
    signal(SIGPIPE, on_signal);
    CHECK(train(&parameters, 1, 3));
    sigaction(SIGPIPE, NULL, &is);
    CHECK(is.sa_handler == on_signal);

    volatile int *volatile nowhere = NULL;
    for (int i = 0; i < 2; i++) {
        if (sigsetjmp(back, 1) == 0)
            *nowhere = 1;
        CHECK(faults == i + 1);
        CHECK(train(&parameters, 2, 3));
        sigaction(SIGSEGV, &action, NULL);
    }
}

static void a_fault_without_a_handler_ends_the_process_as_ever(void)
{
    static const int faults_of[] = { SIGSEGV, SIGFPE, SIGABRT };
    for (int i = 0; i < 3; i++) {
        int status = 0;
        pid_t child = fork();
        if (child == 0) {
            static digits_parameters parameters;
            volatile int *volatile nowhere = NULL;
            volatile int zero = 0;
            train(&parameters, 1, 3);
            if (faults_of[i] == SIGSEGV)
                *nowhere = 1;
            if (faults_of[i] == SIGFPE)
                zero = 7 / zero;
            abort();
        }
        CHECK(child > 0 && waitpid(child, &status, 0) == child);
        CHECK(WIFSIGNALED(status) && WTERMSIG(status) == faults_of[i]);
    }
}

/* Exit */

static digits_parameters exiting_parameters[2];

static void *train_for_ever(void *parameters)
{
    while (train((digits_parameters *)parameters, 1, 100))
        ;
    abort();
}

static void *leave(void *unused)
{
    (void)unused;
    exit(0);
}

/* Ends while others train, or while the first call is under way. */
static int exiting(int number)
{
    pthread_t thread;
    make_data();
    alarm(60); /* a hang is a failure */
    if (number % 3 != 0)
        train(&exiting_parameters[0], 1, 1);
    for (int i = 0; i < 2; i++)
        pthread_create(&thread, NULL, train_for_ever, &exiting_parameters[i]);
    usleep((useconds_t)(number * 37 % 3000));
    if (number % 3 == 1) {
        pthread_create(&thread, NULL, leave, NULL);
        pause();
    }
    return 0;
}

static void two_hundred_processes_exit_while_threads_train(void)
{
    char name[] = "hosts", number[16];
    char *arguments[] = { name, number, NULL };
    for (int i = 0; i < 200; i++) {
        pid_t child;
        int status = -1;
        snprintf(number, sizeof number, "%d", i);
        CHECK(posix_spawn(&child, "/proc/self/exe", NULL, NULL, arguments, environ) == 0);
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
}

/* Fork */

static digits_parameters alone;

static void *train_as_alone(void *good)
{
    digits_parameters parameters;
    *(int *)good = train(&parameters, 3, 50) && memcmp(&parameters, &alone, sizeof alone) == 0;
    return NULL;
}

static int trains_in_a_new_thread(void)
{
    pthread_t thread;
    int good = 0;
    return pthread_create(&thread, NULL, train_as_alone, &good) == 0 && pthread_join(thread, NULL) == 0 && good;
}

static void wait_for(pid_t child)
{
    int status = -1;
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void a_child_forked_before_the_first_call_trains(void)
{
    pid_t child = fork();
    if (child == 0) {
        alarm(60);
        exit(train(&alone, 3, 50) && trains_in_a_new_thread() ? 0 : 1);
    }
    CHECK(train(&alone, 3, 50));
    wait_for(child);
}

static void a_child_of_a_parent_that_trains_trains(void)
{
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, train_for_ever, &exiting_parameters[0]) == 0);
    for (int i = 0; i < 50; i++) {
        pid_t child = fork();
        if (child == 0) {
            int good = 0;
            alarm(60);
            train_as_alone(&good);
            exit(good && trains_in_a_new_thread() && aotbackprop_self_test() == AOTBACKPROP_OK ? 0 : 1);
        }
        wait_for(child);
    }
}

/* Threads */

enum { THREADS = 8 };
static digits_parameters together[THREADS];
static int went_well[THREADS];
static pthread_barrier_t barrier;

static void *train_one(void *number)
{
    int i = (int)(intptr_t)number;
    pthread_barrier_wait(&barrier);
    went_well[i] = train(&together[i], (uint64_t)i, 300);
    return NULL;
}

/* The first calls come together, too. */
static void threads_that_train_together_get_the_bits_of_one_alone(void)
{
    pthread_t threads[THREADS];
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (intptr_t i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, train_one, (void *)i) == 0);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    for (int i = 0; i < THREADS; i++) {
        CHECK(went_well[i] && train(&alone, (uint64_t)i, 300));
        CHECK(memcmp(&alone, &together[i], sizeof alone) == 0);
    }
}

static float expected[N][DIGITS_CLASSES];

static void *read_shared(void *good)
{
    char workspace[1 << 15];
    float probabilities[N][DIGITS_CLASSES];
    *(int *)good = 1;
    for (int i = 0; i < 300; i++) {
        int32_t status = digits_forward(&alone, X[0], N, probabilities[0], workspace, sizeof workspace);
        if (status != AOTBACKPROP_OK || memcmp(probabilities, expected, sizeof expected) != 0)
            *(int *)good = 0;
    }
    return NULL;
}

static void *train_in_a_team(void *rank)
{
    static digits_parameters parameters;
    static aotbackprop_barrier meeting;
    static char workspace[1 << 17];
    aotbackprop_options options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    if (digits_team_workspace_size(N, 2) > sizeof workspace)
        abort();
    for (int i = 0; i < 20; i++)
        if (digits_team_train_step(&parameters, X[0], &targets, N, &options, NULL, 0, (size_t)(intptr_t)rank, 2, &meeting,
                                   workspace, sizeof workspace, NULL) != AOTBACKPROP_OK)
            abort();
    return NULL;
}

static void threads_may_read_the_same_parameters(void)
{
    pthread_t threads[THREADS];
    char workspace[1 << 15];
    CHECK(digits_forward(&alone, X[0], N, expected[0], workspace, sizeof workspace) == AOTBACKPROP_OK);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, read_shared, &went_well[i]) == 0);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0 && went_well[i]);
}

static void *one_call(void *good)
{
    digits_parameters parameters;
    *(int *)good = train(&parameters, 1, 1);
    return NULL;
}

static void threads_leave_nothing_behind_on_a_small_stack(void)
{
    pthread_attr_t small;
    pthread_attr_init(&small);
    CHECK(pthread_attr_setstacksize(&small, 96 * 1024) == 0);
    long before = 0;
    for (int i = 0; i < 4000; i++) {
        pthread_t thread;
        int good = 0;
        CHECK(pthread_create(&thread, &small, one_call, &good) == 0);
        CHECK(pthread_join(thread, NULL) == 0 && good);
        if (i == 1000)
            before = pages(1);
    }
    CHECK(pages(1) - before < 100);
}

/* What belongs to a thread */

static void a_threads_signal_mask_and_signal_stack_stay_as_they_were(void)
{
    static char memory[1 << 16];
    static digits_parameters parameters;
    stack_t stack, is;
    sigset_t mask, mask_is;
    memset(&stack, 0, sizeof stack);
    stack.ss_sp = memory;
    stack.ss_size = sizeof memory;
    CHECK(sigaltstack(&stack, NULL) == 0);
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    CHECK(train(&parameters, 1, 3));
    CHECK(sigaltstack(NULL, &is) == 0 && is.ss_sp == memory && is.ss_size == sizeof memory);
    sigprocmask(SIG_SETMASK, NULL, &mask_is);
    for (int s = 1; s <= SIGNALS; s++)
        CHECK(sigismember(&mask, s) == sigismember(&mask_is, s));
}

static void the_floating_point_environment_stays_as_it_was(void)
{
    static digits_parameters parameters;
    fenv_t was, is;
    fegetenv(&was);
    CHECK(train(&parameters, 1, 30));
    fegetenv(&is);
    CHECK(fegetround() == FE_TONEAREST);
#if defined __x86_64__
    CHECK((was.__mxcsr & ~0x3Fu) == (is.__mxcsr & ~0x3Fu)); /* but for the flags of exceptions */
    CHECK(was.__control_word == is.__control_word);
#endif
}

int main(int arguments, char **argument)
{
    const char *part = arguments > 1 ? argument[1] : "";
    if (part[0] >= '0' && part[0] <= '9')
        return exiting(atoi(part));
    make_data();
    if (strcmp(part, "process") == 0) {
        RUN(no_call_changes_the_process);
        RUN(a_team_changes_no_more_than_its_own_threads);
        RUN(handlers_of_the_host_stay);
    } else if (strcmp(part, "seccomp") == 0) {
        RUN(a_process_that_may_only_end_trains);
    } else if (strcmp(part, "small-stack") == 0) {
        RUN(a_stack_of_16_KB_is_enough_for_the_first_call);
    } else if (strcmp(part, "handlers") == 0) {
        RUN(a_handler_may_infer_while_its_thread_trains);
        RUN(no_call_is_a_point_of_cancellation);
    } else if (strcmp(part, "faults") == 0) {
#if defined __x86_64__ /* elsewhere a division by zero is no fault */
        RUN(a_fault_without_a_handler_ends_the_process_as_ever);
#endif
        RUN(a_fault_of_the_hosts_own_goes_to_its_handler_set_before_or_after_the_first_call);
    } else if (strcmp(part, "exits") == 0) {
        RUN(two_hundred_processes_exit_while_threads_train);
    } else if (strcmp(part, "forks") == 0) {
        RUN(a_child_forked_before_the_first_call_trains);
        RUN(a_child_of_a_parent_that_trains_trains);
    } else if (strcmp(part, "threads") == 0) {
        RUN(threads_that_train_together_get_the_bits_of_one_alone);
        RUN(threads_may_read_the_same_parameters);
    } else if (strcmp(part, "short-threads") == 0) {
        RUN(threads_leave_nothing_behind_on_a_small_stack);
    } else if (strcmp(part, "environment") == 0) {
        RUN(a_threads_signal_mask_and_signal_stack_stay_as_they_were);
        RUN(the_floating_point_environment_stays_as_it_was);
    } else {
        fprintf(stderr, "hosts: no part '%s'\n", part);
        return 2;
    }
    return check_failed != 0;
}
