/* A training step of a network of a library, step_NETWORK, on a batch of X with the given targets: .labels or .values.
 * BATCH, X and the network's header come before. */
#include <stdlib.h>
#include <string.h>

#define STEP(library, network, kind, given)                                                                        \
    static void step_##network(void)                                                                               \
    {                                                                                                              \
        static network##_parameters *parameters;                                                                   \
        static void *workspace;                                                                                    \
        size_t size = network##_workspace_size(BATCH);                                                             \
        if (parameters == NULL) {                                                                                  \
            parameters = aligned_alloc(64, (sizeof *parameters + 63) / 64 * 64);                                   \
            workspace = aligned_alloc(64, (size + 63) / 64 * 64);                                                  \
            memset(workspace, 0, size);                                                                            \
            network##_initialize(parameters, 1);                                                                   \
        }                                                                                                          \
        library##_targets targets = {.size = sizeof targets, .kind = given};                                       \
        library##_options options = {.size = sizeof options, .learning_rate = 1e-4f};                              \
        double loss;                                                                                               \
        if (network##_train_step(parameters, X, &targets, BATCH, &options, NULL, 0, workspace, size, &loss) != 0)  \
            abort();                                                                                               \
    }
