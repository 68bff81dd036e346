/* A short host for tools that watch a program: sanitizers and valgrind. A thread trains alone, a team trains together, and
 * what they left is read. The host may have a fault of its own, which the tool has to see:
 *
 *     watched none|race|leak|overflow|undefined [SUFFIX] */
#include "check.h"
#include "digits.h"
#include <pthread.h>

enum { N = 64, THREADS = 3, STEPS = 3 };

static float X[N][DIGITS_INPUTS];
static int32_t labels[N];
static const aotbackprop_targets targets = { sizeof targets, labels, NULL, NULL };
static digits_parameters alone, shared;
static aotbackprop_barrier barrier;
static void *workspace;
static size_t workspace_size;
static int races, ranks[THREADS];

static aotbackprop_options options(void)
{
    aotbackprop_options options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.learning_rate = 0.1f;
    options.clip_norm = 1;
    return options;
}

static void *train_together(void *rank)
{
    aotbackprop_options given = options();
    size_t state_size = digits_optimizer_state_size(&given), r = (size_t)*(int *)rank;
    static float state[DIGITS_PARAMETERS + 64];
    if (races)
        races++;
    CHECK(state_size <= sizeof state);
    for (int step = 0; step < STEPS; step++)
        CHECK(digits_team_train_step(&shared, X[0], &targets, N, &given, state, state_size, r, THREADS, &barrier, workspace,
                                     workspace_size, NULL) == AOTBACKPROP_OK);
    return NULL;
}

static void a_team_is_watched(void)
{
    pthread_t threads[THREADS];
    workspace_size = digits_team_workspace_size(N, THREADS);
    workspace = malloc(workspace_size);
    CHECK(digits_initialize(&shared, 1) == AOTBACKPROP_OK);
    for (int r = 0; r < THREADS; r++) {
        ranks[r] = r;
        CHECK(pthread_create(&threads[r], NULL, train_together, &ranks[r]) == 0);
    }
    for (int r = 0; r < THREADS; r++)
        pthread_join(threads[r], NULL);
    free(workspace);
}

static void *train_alone(void *unused)
{
    aotbackprop_options given = options();
    size_t state_size = digits_optimizer_state_size(&given), size = digits_workspace_size(N);
    void *state = calloc(1, state_size), *memory = malloc(size);
    CHECK(digits_initialize(&alone, 1) == AOTBACKPROP_OK);
    for (int step = 0; step < STEPS; step++)
        CHECK(digits_train_step(&alone, X[0], &targets, N, &given, state, state_size, memory, size, NULL) == AOTBACKPROP_OK);
    CHECK(aotbackprop_self_test() == AOTBACKPROP_OK);
    free(memory);
    free(state);
    return unused;
}

static void a_thread_is_watched(void)
{
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, train_alone, NULL) == 0);
    pthread_join(thread, NULL);
    CHECK(memcmp(&alone, &shared, sizeof alone) == 0);
}

int main(int argc, char **argv)
{
    const char *fault = argc > 1 ? argv[1] : "";
    check_suffix = argc > 2 ? argv[2] : "";
    void *volatile lost;
    volatile int most = INT32_MAX, *memory = (int *)malloc(sizeof(int));
    for (int n = 0; n < N; n++) {
        labels[n] = n % DIGITS_CLASSES;
        for (int i = 0; i < DIGITS_INPUTS; i++)
            X[n][i] = (float)((n * 7 + i * 13) % 17) / 17;
    }
    races = strcmp(fault, "race") == 0;
    if (strcmp(fault, "leak") == 0) {
        lost = malloc(100);
        lost = NULL;
        (void)lost;
    }
    memory[0] = 0;
    if (strcmp(fault, "overflow") == 0)
        memory[1] = 0;
    if (strcmp(fault, "undefined") == 0)
        most = most + 1;
    free((void *)memory);
    RUN(a_team_is_watched);
    RUN(a_thread_is_watched);
    return check_failed;
}
