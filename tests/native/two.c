/* Two libraries of different names in one process.
 *
 *     two [SUFFIX] */
#include "check.h"
#include "deep.h"
#include "digits.h"
#include <pthread.h>

enum { N = 20, STEPS = 50 };

static char workspaces[2][1 << 16];

static int train_digits(digits_parameters *parameters)
{
    aotbackprop_options options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.learning_rate = 0.1f;
    static float X[N * DIGITS_INPUTS];
    static int32_t labels[N];
    static const aotbackprop_targets targets = { sizeof targets, labels, NULL, NULL };
    int good = digits_initialize(parameters, 1) == AOTBACKPROP_OK;
    for (int i = 0; i < STEPS; i++)
        good &= digits_train_step(parameters, X, &targets, N, &options, NULL, 0, workspaces[0], sizeof workspaces[0],
                              NULL) == AOTBACKPROP_OK;
    return good;
}

static int train_deep(deep_parameters *parameters)
{
    shapes_options options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.learning_rate = 0.1f;
    static float X[N * DEEP_INPUTS];
    static int32_t labels[N];
    static const shapes_targets targets = { sizeof targets, labels, NULL, NULL };
    int good = deep_initialize(parameters, 1) == SHAPES_OK;
    for (int i = 0; i < STEPS; i++)
        good &= deep_train_step(parameters, X, &targets, N, &options, NULL, 0, workspaces[1], sizeof workspaces[1],
                            NULL) == SHAPES_OK;
    return good;
}

static digits_parameters digits, digits_again;
static deep_parameters deep, deep_again;

static void *digits_thread(void *good)
{
    *(int *)good = train_digits(&digits);
    return NULL;
}

static void *deep_thread(void *good)
{
    *(int *)good = train_deep(&deep);
    return NULL;
}

static void both_train_at_once_from_the_first_call_on(void)
{
    pthread_t threads[2];
    int good[2] = { 0, 0 };
    CHECK(pthread_create(&threads[0], NULL, digits_thread, &good[0]) == 0);
    CHECK(pthread_create(&threads[1], NULL, deep_thread, &good[1]) == 0);
    for (int i = 0; i < 2; i++)
        CHECK(pthread_join(threads[i], NULL) == 0 && good[i]);
    CHECK(train_digits(&digits_again) && memcmp(&digits, &digits_again, sizeof digits) == 0);
    CHECK(train_deep(&deep_again) && memcmp(&deep, &deep_again, sizeof deep) == 0);
}

static void both_pass_their_self_test(void)
{
    CHECK(aotbackprop_self_test() == AOTBACKPROP_OK);
    CHECK(shapes_self_test() == SHAPES_OK);
    CHECK(strcmp(aotbackprop_instruction_set_level(), shapes_instruction_set_level()) == 0);
}

int main(int arguments, char **argument)
{
    check_suffix = arguments > 1 ? argument[1] : "";
    RUN(both_train_at_once_from_the_first_call_on);
    RUN(both_pass_their_self_test);
    return check_failed != 0;
}
