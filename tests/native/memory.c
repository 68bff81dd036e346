/* A host that watches malloc: no call takes memory but the self-test, whose statuses of its own are reached here. */
#include "check.h"
#include "digits.h"
#include <sys/mman.h>
#include <unistd.h>

#ifdef __cplusplus
extern "C" {
#endif
void *__libc_malloc(size_t size);
void __libc_free(void *memory);

enum { HONEST, FAILING, LYING };
static int mode = HONEST;
static size_t calls;
static char *lies;
static const size_t lies_size = 1 << 20;

void *malloc(size_t size)
{
    calls++;
    return mode == HONEST ? __libc_malloc(size) : mode == LYING && size <= lies_size ? lies : NULL;
}

void free(void *memory)
{
    if (memory != lies)
        __libc_free(memory);
}
#ifdef __cplusplus
}
#endif

static void no_call_takes_memory(void)
{
    enum { N = 64 };
    static digits_parameters parameters, gradient;
    static float X[N * DIGITS_INPUTS], probabilities[N * DIGITS_CLASSES];
    static int32_t labels[N], classes[N];
    static const aotbackprop_targets targets = { sizeof targets, labels, NULL, NULL };
    static char workspace[1 << 17];
    static aotbackprop_options options;
    static aotbackprop_epoch epoch;
    options.size = sizeof options;
    options.learning_rate = 0.1f;
    epoch.size = sizeof epoch;
    epoch.batch_size = 10;
    size_t correct = 0, size = sizeof workspace;
    double loss = 0;
    calls = 0;
    mode = FAILING;
    for (int i = 0; i < 1000; i++) {
        CHECK(digits_initialize(&parameters, 1) == AOTBACKPROP_OK);
        CHECK(digits_train_epoch(&parameters, X, &targets, N, &epoch, &options, NULL, 0, workspace, size, &loss,
                                 NULL) == AOTBACKPROP_OK);
        CHECK(digits_train_step(&parameters, X, &targets, N, &options, NULL, 0, workspace, size, &loss) == AOTBACKPROP_OK);
        CHECK(digits_gradient(&parameters, X, &targets, N, &gradient, workspace, size, &loss) == AOTBACKPROP_OK);
        CHECK(digits_apply(&parameters, &gradient, &options, NULL, 0) == AOTBACKPROP_OK);
        CHECK(digits_forward(&parameters, X, N, probabilities, workspace, size) == AOTBACKPROP_OK);
        CHECK(digits_classify(&parameters, X, N, classes, workspace, size) == AOTBACKPROP_OK);
        CHECK(digits_evaluate(&parameters, X, &targets, N, workspace, size, &loss, &correct) == AOTBACKPROP_OK);
        CHECK(digits_forward(&parameters, NULL, N, probabilities, workspace, size) == AOTBACKPROP_NULL_POINTER);
    }
    mode = HONEST;
    CHECK(calls == 0);
}

static void the_self_test_passes(void)
{
    CHECK(aotbackprop_self_test() == AOTBACKPROP_OK);
}

static void the_self_test_without_memory_says_so(void)
{
    mode = FAILING;
    CHECK(aotbackprop_self_test() == AOTBACKPROP_OUT_OF_MEMORY);
    mode = HONEST;
    CHECK(aotbackprop_self_test() == AOTBACKPROP_OK);
}

/* The self-test lays its gradient behind its parameters. Memory whose first page, within the parameters, is also a
 * page of the gradient makes it wrong. */
static void the_self_test_finds_a_wrong_gradient(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t same = sizeof(digits_parameters) / page * page + page;
    int file = memfd_create("lies", 0);
    CHECK(file >= 0 && ftruncate(file, (off_t)lies_size) == 0);
    lies = (char *)mmap(NULL, lies_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    CHECK(mmap(lies + same, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) != MAP_FAILED);
    mode = LYING;
    CHECK(aotbackprop_self_test() == AOTBACKPROP_SELF_TEST_FAILED);
    mode = HONEST;
    CHECK(aotbackprop_self_test() == AOTBACKPROP_OK);
}

int main(void)
{
    RUN(no_call_takes_memory);
    RUN(the_self_test_passes);
    RUN(the_self_test_without_memory_says_so);
    RUN(the_self_test_finds_a_wrong_gradient);
    return check_failed != 0;
}
