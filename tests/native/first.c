/* The first call of a process, made to one function.
 *
 *     first FUNCTION (its name without the network's prefix, or 'library_…' for one of the library) */
#include "check.h"
#include "network.h"

enum { N = 3 };

static NET(parameters) parameters, gradient;
static float X[N * INPUTS], Y[N * CLASSES], probabilities[N * CLASSES];
static int32_t labels[N], classes[N];
static LIB(targets) targets;
static LIB(options) options;
static LIB(epoch) epoch;
static LIB(barrier) barrier;
static char workspace[1 << 17];
static const size_t size = sizeof workspace;

#define IS(text) (strcmp(name, text) == 0)

/* 0, if the function did what it should. */
static int call(const char *name)
{
    double loss;
    size_t correct;
    if (IS("initialize"))
        return NET(initialize)(&parameters, 1);
    if (IS("initialize_with"))
        return NET(initialize_with)(&parameters, 1, 3);
    if (IS("fingerprint"))
        return NET(fingerprint)() != JOIN(NETWORK_CAPITALS, FINGERPRINT);
    if (IS("workspace_size"))
        return NET(workspace_size)(N) == 0;
    if (IS("epoch_workspace_size"))
        return NET(epoch_workspace_size)(N, 1) == 0;
    if (IS("team_workspace_size"))
        return NET(team_workspace_size)(N, 2) == 0;
    if (IS("team_epoch_workspace_size"))
        return NET(team_epoch_workspace_size)(N, 1, 2) == 0;
    if (IS("optimizer_state_size"))
        return NET(optimizer_state_size)(&options) != 0;
    if (IS("forward"))
        return NET(forward)(&parameters, X, N, probabilities, workspace, size);
    if (IS("classify"))
        return NET(classify)(&parameters, X, N, classes, workspace, size);
    if (IS("evaluate"))
        return NET(evaluate)(&parameters, X, &targets, N, workspace, size, &loss, &correct);
    if (IS("add_losses"))
        return NET(add_losses)(&parameters, X, &targets, N, workspace, size, &loss, &correct);
    if (IS("gradient"))
        return NET(gradient)(&parameters, X, &targets, N, &gradient, workspace, size, &loss);
    if (IS("apply"))
        return NET(apply)(&parameters, &gradient, &options, NULL, 0);
    if (IS("train_step"))
        return NET(train_step)(&parameters, X, &targets, N, &options, NULL, 0, workspace, size, &loss);
    if (IS("train_epoch"))
        return NET(train_epoch)(&parameters, X, &targets, N, &epoch, &options, NULL, 0, workspace, size, &loss, NULL);
    if (IS("team_train_step"))
        return NET(team_train_step)(&parameters, X, &targets, N, &options, NULL, 0, 0, 1, &barrier, workspace, size, &loss);
    if (IS("team_train_epoch"))
        return NET(team_train_epoch)(
            &parameters, X, &targets, N, &epoch, &options, NULL, 0, 0, 1, &barrier, workspace, size, &loss, NULL);
    if (IS("library_version"))
        return LIB(version)()[0] == '\0';
    if (IS("library_abi_version"))
        return LIB(abi_version)() < 1;
    if (IS("library_instruction_set_level"))
        return LIB(instruction_set_level)()[0] == '\0';
    if (IS("library_status_message"))
        return LIB(status_message)(0)[0] == '\0';
    if (IS("library_describe_options")) {
        char text[128];
        return LIB(describe_options)(&options, text, sizeof text);
    }
    if (IS("library_first_not_finite"))
        return LIB(first_not_finite)(X, 3) != 3;
    if (IS("library_self_test"))
        return LIB(self_test)();
    printf("        first.c does not know '%s'\n", name);
    return 1;
}

static const char *function;

static void first_call(void)
{
    CHECK(call(function) == 0);
    CHECK(call("train_step") == 0);
}

int main(int arguments, char **argument)
{
    if (arguments != 2)
        return 2;
    function = argument[1];
    make_samples(N, X, labels, Y);
    targets = labels_of(labels);
    options.size = sizeof options;
    options.learning_rate = 0.1f;
    epoch.size = sizeof epoch;
    epoch.batch_size = 2;
    static char suffix[128];
    snprintf(suffix, sizeof suffix, ": %s, %s", TEXT(NETWORK), function);
    check_suffix = suffix;
    RUN(first_call);
    return check_failed != 0;
}
