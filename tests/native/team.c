/* Threads of this program's own train one network together, to the bits of one thread. The workspace and the barrier
 * end, and in a second run begin, at a page that cannot be touched.
 *
 *     team */
#include "check.h"
#include "guarded.h"
#include "network.h"
#include <math.h>
#include <pthread.h>

enum { MOST = 130, MOST_THREADS = 4, STEPS = 3, KINDS = 3 };

static float X[MOST][INPUTS];
static float Y[MOST][CLASSES];
static float weights[MOST];
static int32_t labels[MOST];
static LIB(options) options;

/* What each thread of a team is told, and what it says. */
typedef struct {
    size_t rank, threads, count;
    LIB(targets) targets;
    NET(parameters) *parameters;
    void *state, *workspace;
    size_t state_size, workspace_size;
    LIB(barrier) *barrier;
    const LIB(epoch) *epoch; /* null: a step */
    int32_t status;
    double loss;
    size_t batches_done;
} member;

static void *take_part(void *argument)
{
    member *m = (member *)argument;
#define TEAM m->rank, m->threads, m->barrier, m->workspace, m->workspace_size, &m->loss
#define STATE &options, m->state, m->state_size
    if (m->epoch == NULL)
        m->status = NET(team_train_step)(m->parameters, X[0], &m->targets, m->count, STATE, TEAM);
    else
        m->status = NET(team_train_epoch)(m->parameters, X[0], &m->targets, m->count, m->epoch, STATE, TEAM, &m->batches_done);
    return NULL;
}

/* Runs what the first says on as many threads; all have to say the same. */
static void together(member *first)
{
    member members[MOST_THREADS];
    pthread_t threads[MOST_THREADS];
    for (size_t rank = 0; rank < first->threads; rank++) {
        members[rank] = *first;
        members[rank].rank = rank;
        if (pthread_create(&threads[rank], NULL, take_part, &members[rank]) != 0) {
            printf("not ok  a thread\n");
            exit(1);
        }
    }
    for (size_t rank = 0; rank < first->threads; rank++)
        pthread_join(threads[rank], NULL);
    *first = members[0];
    for (size_t rank = 1; rank < first->threads; rank++) {
        CHECK(members[rank].status == first->status);
        CHECK(memcmp(&members[rank].loss, &first->loss, sizeof first->loss) == 0);
        CHECK(members[rank].batches_done == first->batches_done);
    }
}

static const LIB(epoch) epoch = { sizeof(LIB(epoch)), 48, 5, 2, 0, 0, NULL, NULL };

/* Steps and an epoch, with labels, with probabilities, and with labels and weights. */
static void train(size_t threads, size_t count, int at_the_end, NET(parameters) *parameters, double *losses)
{
    member m;
    memset(&m, 0, sizeof m);
    m.threads = threads;
    m.count = count;
    m.parameters = parameters;
    m.state_size = NET(optimizer_state_size)(&options);
    m.state = guarded(m.state_size + sizeof(float), at_the_end);
    m.barrier = (LIB(barrier) *)guarded(sizeof *m.barrier, at_the_end);
    CHECK(NET(initialize)(parameters, 4) == OK);
    for (int kind = 0; kind < KINDS; kind++) {
        m.targets = kind == 1 ? values_of(Y[0]) : labels_of(labels);
        m.targets.weights = kind == 2 ? weights : NULL;
        m.epoch = NULL;
        m.workspace_size = NET(team_workspace_size)(count, threads);
        m.workspace = guarded(m.workspace_size, at_the_end);
        for (int step = 0; step < STEPS; step++) {
            together(&m);
            CHECK(m.status == OK);
            *losses++ = m.loss;
        }
        m.epoch = &epoch;
        m.workspace_size = NET(team_epoch_workspace_size)(count, epoch.batch_size, threads);
        m.workspace = guarded(m.workspace_size, at_the_end);
        together(&m);
        CHECK(m.status == OK);
        CHECK(m.batches_done == (count + epoch.batch_size - 1) / epoch.batch_size);
        *losses++ = m.loss;
    }
}

static void compare_teams(void)
{
    static const size_t counts[] = { 1, 16, 31, MOST };
    static NET(parameters) alone, shared;
    double losses[KINDS * (STEPS + 1)], others[KINDS * (STEPS + 1)];
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
        train(1, counts[c], 1, &alone, losses);
        for (size_t threads = 2; threads <= MOST_THREADS; threads++) {
            train(threads, counts[c], (int)(threads % 2), &shared, others);
            CHECK(memcmp(&alone, &shared, sizeof alone) == 0);
            CHECK(memcmp(losses, others, sizeof losses) == 0);
        }
    }
}

static void several_threads_leave_the_bits_of_one(void)
{
    options.learning_rate = 0.05f;
    compare_teams();
}

static void so_they_do_with_momentum_decay_and_clipping(void)
{
    options.optimizer = JOIN(LIBRARY_CAPITALS, MOMENTUM);
    options.momentum = 0.9f;
    options.weight_decay = 0.01f;
    options.clip_norm = 0.2f;
    compare_teams();
}

static void so_they_do_with_Adam(void)
{
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.optimizer = JOIN(LIBRARY_CAPITALS, ADAM);
    options.learning_rate = 0.01f;
    options.beta1 = 0.9f;
    options.beta2 = 0.999f;
    options.epsilon = 1e-8f;
    compare_teams();
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.learning_rate = 0.05f;
}

static void so_they_do_where_inputs_are_0(void)
{
    uint64_t state = 9;
    for (size_t i = 0; i < MOST * INPUTS; i++)
        if (next_unit(&state) < (i < MOST * INPUTS / 2 ? 0.98f : 0.6f))
            X[0][i] = 0;
    compare_teams();
}

static void what_is_wrong_in_one_part_stops_all(void)
{
    static NET(parameters) parameters, before;
    static float zeros[MOST];
    member m;
    memset(&m, 0, sizeof m);
    m.threads = 3;
    m.count = MOST;
    m.targets = labels_of(labels);
    m.parameters = &parameters;
    m.barrier = (LIB(barrier) *)guarded(sizeof *m.barrier, 1);
    /* Enough for a step on all samples too. */
    m.workspace_size = NET(team_epoch_workspace_size)(MOST, MOST, 3);
    m.workspace = guarded(m.workspace_size, 1);
    CHECK(NET(initialize)(&parameters, 4) == OK);
    before = parameters;
    for (size_t n = 0; n < MOST; n += 43) {
        int32_t label = labels[n];
        float x = X[n][0];
        for (int whole = 0; whole < 2; whole++) {
            m.epoch = whole ? &epoch : NULL;
            labels[n] = CLASSES;
            together(&m);
            CHECK(m.status == JOIN(LIBRARY_CAPITALS, LABEL_OUT_OF_RANGE));
            X[n][0] = NAN;
            together(&m);
            CHECK(m.status == JOIN(LIBRARY_CAPITALS, LABEL_OUT_OF_RANGE));
            labels[n] = label;
            together(&m);
            CHECK(m.status == JOIN(LIBRARY_CAPITALS, INPUT_NOT_FINITE));
            X[n][0] = x;
            m.targets.weights = weights;
            float weight = weights[n];
            weights[n] = -1;
            together(&m);
            CHECK(m.status == JOIN(LIBRARY_CAPITALS, INVALID_WEIGHTS));
            weights[n] = weight;
            m.targets.weights = zeros;
            together(&m);
            CHECK(m.status == JOIN(LIBRARY_CAPITALS, INVALID_WEIGHTS));
            m.targets.weights = NULL;
        }
    }
    CHECK(memcmp(&parameters, &before, sizeof before) == 0);

    int32_t stop = 1;
    LIB(epoch) stopped = epoch;
    stopped.stop = &stop;
    m.epoch = &stopped;
    together(&m);
    CHECK(m.status == OK && m.batches_done == 0);
    CHECK(memcmp(&parameters, &before, sizeof before) == 0);
    stop = 0;
    together(&m);
    CHECK(m.status == OK && m.batches_done == (MOST + 47) / 48);
    CHECK(memcmp(&parameters, &before, sizeof before) != 0);
}

static void a_team_that_cannot_be_is_refused(void)
{
    static NET(parameters) parameters, before;
    LIB(barrier) barrier;
    memset(&barrier, 0, sizeof barrier);
    size_t size = NET(team_workspace_size)(8, 2);
    void *workspace = guarded(size, 1);
    LIB(targets) targets = labels_of(labels);
    CHECK(NET(initialize)(&parameters, 4) == OK);
    before = parameters;
#define STEP(rank, threads, barrier, size) \
    NET(team_train_step)(&parameters, X[0], &targets, 8, &options, NULL, 0, rank, threads, barrier, workspace, size, NULL)
    CHECK(STEP(0, 0, &barrier, size) == JOIN(LIBRARY_CAPITALS, INVALID_TEAM));
    CHECK(STEP(2, 2, &barrier, size) == JOIN(LIBRARY_CAPITALS, INVALID_RANK));
    CHECK(STEP(0, 1025, &barrier, size) == JOIN(LIBRARY_CAPITALS, INVALID_TEAM));
    CHECK(STEP(0, 2, NULL, size) == JOIN(LIBRARY_CAPITALS, NULL_POINTER));
    CHECK(STEP(0, 2, &barrier, size - 1) == JOIN(LIBRARY_CAPITALS, WORKSPACE_TOO_SMALL));
    CHECK(memcmp(&parameters, &before, sizeof before) == 0);
    CHECK(STEP(0, 1, NULL, NET(workspace_size)(8)) == OK);
    CHECK(NET(team_workspace_size)(8, 1) == NET(workspace_size)(8));
    CHECK(NET(team_workspace_size)((size_t)-1 / 2, 2) == (size_t)-1);
    CHECK(NET(team_epoch_workspace_size)(8, 4, (size_t)-1) == (size_t)-1);
}

int main(int count, char **arguments)
{
    if (count > 1)
        check_suffix = arguments[1];
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    make_samples(MOST, X[0], labels, Y[0]);
    /* The first counts, and of the others every third does not. */
    for (int n = 0; n < MOST; n++)
        weights[n] = n % 3 == 1 ? 0 : 0.25f + (float)(n % 7);
    RUN(several_threads_leave_the_bits_of_one);
    RUN(so_they_do_with_momentum_decay_and_clipping);
    RUN(so_they_do_with_Adam);
    RUN(so_they_do_where_inputs_are_0);
    RUN(what_is_wrong_in_one_part_stops_all);
    RUN(a_team_that_cannot_be_is_refused);
    return check_failed != 0;
}
