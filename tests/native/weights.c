/* What weights of samples do to losses, gradients, steps and epochs.
 *
 *     weights */
#include "check.h"
#include "network.h"
#include <math.h>
#include <pthread.h>

enum { COUNT = 45, BATCH = 7, BATCHES = (COUNT + BATCH - 1) / BATCH, MOST_TIMES = 3, THREADS = 2 };
enum { PARAMETERS = (int)(sizeof(NET(parameters)) / sizeof(float)), KINDS = 2 /* labels, probabilities */ };

static float X[COUNT][INPUTS], Y[COUNT][CLASSES], weights[COUNT];
static int32_t labels[COUNT];
static LIB(targets) targets[KINDS], weighed[KINDS];
static NET(parameters) parameters, other, gradient, other_gradient;
static LIB(options) options, adam;
static void *workspace;
static size_t size;

/* What a step on the first samples says, with the parameters as they were drawn. */
typedef struct {
    double evaluated, differentiated, stepped;
    size_t correct;
    NET(parameters) gradient, parameters;
} outcome;

static void step(const LIB(targets) *of, size_t N, outcome *out)
{
    CHECK(NET(initialize)(&out->parameters, 3) == OK);
    CHECK(NET(evaluate)(&out->parameters, X[0], of, N, workspace, size, &out->evaluated, &out->correct) == OK);
    CHECK(NET(gradient)(&out->parameters, X[0], of, N, &out->gradient, workspace, size, &out->differentiated) == OK);
    CHECK(NET(train_step)(&out->parameters, X[0], of, N, &options, NULL, 0, workspace, size, &out->stepped) == OK);
}

static int near(double a, double b, double within)
{
    return fabs(a - b) <= within * fabs(b);
}

/* 1/N is what w/Σw comes to: only sums of losses are rounded otherwise. */
static void equal_weights_leave_the_bits_of_none(void)
{
    static outcome without, with;
    static const size_t sizes[] = { 1, 2, 15, 16, 17, 32, COUNT };
    static const float equal[] = { 1, 0.3f, 1e-45f, 3e38f };
    for (size_t e = 0; e < sizeof equal / sizeof *equal; e++) {
        for (int n = 0; n < COUNT; n++)
            weights[n] = equal[e];
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            for (int kind = 0; kind < KINDS; kind++) {
                step(&targets[kind], sizes[s], &without);
                step(&weighed[kind], sizes[s], &with);
                CHECK(memcmp(&without.gradient, &with.gradient, sizeof with.gradient) == 0);
                CHECK(memcmp(&without.parameters, &with.parameters, sizeof with.parameters) == 0);
                CHECK(with.stepped == with.differentiated && with.correct == without.correct);
                CHECK(near(with.evaluated, without.evaluated, equal[e] == 1 ? 0 : 1e-14));
                CHECK(near(with.stepped, without.stepped, equal[e] == 1 || sizes[s] == 1 ? 0 : 1e-14));
            }
    }
}

/* w/Σw is 1. What is evaluated is w·L/w, which may be rounded. */
static void the_weight_of_one_sample_changes_nothing(void)
{
    static const float one[] = { 1e-45f, 0.1f, 0.3f, 1, 3, 7e20f, 3.4e38f };
    for (int n = 0; n < COUNT; n++)
        for (int kind = 0; kind < KINDS; kind++)
            for (size_t i = 0; i < sizeof one / sizeof *one; i++) {
                LIB(targets) without = kind == 0 ? labels_of(labels + n) : values_of(Y[n]), with = without;
                with.weights = &one[i];
                double losses[2][3];
                CHECK(NET(initialize)(&parameters, 3) == OK && NET(initialize)(&other, 3) == OK);
                CHECK(NET(evaluate)(&other, X[n], &without, 1, workspace, size, &losses[0][0], NULL) == OK);
                CHECK(NET(evaluate)(&other, X[n], &with, 1, workspace, size, &losses[1][0], NULL) == OK);
                CHECK(NET(gradient)(&other, X[n], &without, 1, &gradient, workspace, size, &losses[0][1]) == OK);
                CHECK(NET(gradient)(&other, X[n], &with, 1, &other_gradient, workspace, size, &losses[1][1]) == OK);
                CHECK(memcmp(&gradient, &other_gradient, sizeof gradient) == 0);
                CHECK(NET(train_step)(&parameters, X[n], &without, 1, &options, NULL, 0, workspace, size, &losses[0][2]) == OK);
                CHECK(NET(train_step)(&other, X[n], &with, 1, &options, NULL, 0, workspace, size, &losses[1][2]) == OK);
                CHECK(memcmp(&parameters, &other, sizeof other) == 0);
                CHECK(near(losses[1][0], losses[0][0], 3e-16));
                CHECK(losses[0][1] == losses[1][1] && losses[0][2] == losses[1][2] && losses[1][1] == losses[1][2]);
            }
}

/* A weight of 3 is a sample that is there three times. */
static void whole_weights_are_samples_repeated(void)
{
    static float repeated_X[COUNT * MOST_TIMES][INPUTS], repeated_Y[COUNT * MOST_TIMES][CLASSES];
    static int32_t repeated_labels[COUNT * MOST_TIMES];
    size_t count = 0;
    for (int n = 0; n < COUNT; n++) {
        int times = (n * 5 + 2) % (MOST_TIMES + 1);
        weights[n] = (float)times;
        for (; times > 0; times--, count++) {
            memcpy(repeated_X[count], X[n], sizeof X[n]);
            memcpy(repeated_Y[count], Y[n], sizeof Y[n]);
            repeated_labels[count] = labels[n];
        }
    }
    LIB(targets) repeated[KINDS] = { labels_of(repeated_labels), values_of(repeated_Y[0]) };
    for (int kind = 0; kind < KINDS; kind++) {
        double loss, other_loss;
        size_t correct, all;
        CHECK(NET(initialize)(&parameters, 3) == OK);
        CHECK(NET(evaluate)(&parameters, X[0], &targets[kind], COUNT, workspace, size, NULL, &all) == OK);
        CHECK(NET(evaluate)(&parameters, X[0], &weighed[kind], COUNT, workspace, size, &loss, &correct) == OK);
        CHECK(NET(evaluate)(&parameters, repeated_X[0], &repeated[kind], count, workspace, size, &other_loss, NULL) == OK);
        CHECK(near(loss, other_loss, 1e-14) && correct == all);
        CHECK(NET(gradient)(&parameters, X[0], &weighed[kind], COUNT, &gradient, workspace, size, &loss) == OK);
        CHECK(NET(gradient)(&parameters, repeated_X[0], &repeated[kind], count, &other_gradient, workspace, size,
                            &other_loss) == OK);
        CHECK(near(loss, other_loss, 1e-14));
        for (int i = 0; i < PARAMETERS; i++)
            CHECK(fabs(((float *)&gradient)[i] - ((float *)&other_gradient)[i]) < 1e-6);
    }
}

static void any_weights(void)
{
    uint64_t state = 5;
    for (int n = 0; n < COUNT; n++)
        weights[n] = n % 5 == 2 ? 0 : 3 * next_unit(&state);
}

static double total(size_t first, size_t count)
{
    double sum = 0;
    for (size_t n = first; n < first + count; n++)
        sum += weights[n];
    return sum;
}

static void a_weight_of_0_leaves_a_sample_out(void)
{
    static outcome first, changed;
    any_weights();
    for (int kind = 0; kind < KINDS; kind++) {
        step(&weighed[kind], COUNT, &first);
        for (int n = 2; n < COUNT; n += 5)
            for (int i = 0; i < INPUTS; i++)
                X[n][i] = 1 - X[n][i];
        step(&weighed[kind], COUNT, &changed);
        CHECK(first.evaluated == changed.evaluated && first.stepped == changed.stepped);
        CHECK(memcmp(&first.parameters, &changed.parameters, sizeof first.parameters) == 0);
    }
    make_samples(COUNT, X[0], labels, Y[0]);
}

/* Of parts that weigh nothing, too. */
static void weighed_losses_added_part_by_part_are_those_of_one_call(void)
{
    any_weights();
    CHECK(NET(initialize)(&parameters, 3) == OK);
    for (size_t part = 1; part <= COUNT; part += part / 2 + 1)
        for (int kind = 0; kind < KINDS; kind++) {
            double loss, sum = 0;
            size_t correct, right = 0;
            CHECK(NET(evaluate)(&parameters, X[0], &weighed[kind], COUNT, workspace, size, &loss, &correct) == OK);
            for (size_t n = 0; n < COUNT; n += part) {
                LIB(targets) some = kind == 0 ? labels_of(labels + n) : values_of(Y[n]);
                some.weights = weights + n;
                size_t N = part < COUNT - n ? part : COUNT - n;
                CHECK(NET(add_losses)(&parameters, X[n], &some, N, workspace, size, &sum, &right) == OK);
            }
            CHECK(sum / total(0, COUNT) == loss && right == correct);
        }
}

/* An epoch of one thread, or of a team. */
typedef struct {
    const LIB(targets) *targets;
    LIB(epoch) epoch;
    size_t rank, threads;
    NET(parameters) *parameters;
    void *state, *workspace;
    LIB(barrier) *barrier;
    int32_t status;
    double loss, loss_sum;
    size_t batches_done;
} run;

static void *take_part(void *argument)
{
    run *r = (run *)argument;
    r->status = NET(team_train_epoch)(
        r->parameters, X[0], r->targets, COUNT, &r->epoch, &adam, r->state, NET(optimizer_state_size)(&adam), r->rank,
        r->threads, r->barrier, r->workspace, NET(team_epoch_workspace_size)(COUNT, BATCH, r->threads), &r->loss,
        &r->batches_done);
    return NULL;
}

/* The batches of a range; the loss of each, times its weights, is added to loss_sum. */
static void train(run *r, size_t first, size_t count)
{
    LIB(epoch) epoch = { sizeof epoch, BATCH, 5, 2, first, count, NULL, &r->loss_sum };
    run members[THREADS];
    pthread_t others[THREADS];
    r->workspace = take(NET(team_epoch_workspace_size)(COUNT, BATCH, r->threads));
    r->epoch = epoch;
    for (size_t rank = 1; rank < r->threads; rank++) {
        members[rank] = *r;
        members[rank].rank = rank;
        CHECK(pthread_create(&others[rank], NULL, take_part, &members[rank]) == 0);
    }
    take_part(r);
    CHECK(r->status == OK);
    for (size_t rank = 1; rank < r->threads; rank++) {
        pthread_join(others[rank], NULL);
        CHECK(members[rank].status == OK && members[rank].loss == r->loss && members[rank].batches_done == r->batches_done);
    }
    free(r->workspace);
}

static run starting(NET(parameters) *from, const LIB(targets) *of, size_t threads)
{
    static LIB(barrier) barrier;
    run r;
    memset(&r, 0, sizeof r);
    r.parameters = from;
    r.targets = of;
    r.threads = threads;
    r.barrier = &barrier;
    size_t state_size = NET(optimizer_state_size)(&adam);
    r.state = take(state_size);
    memset(r.state, 0, state_size);
    CHECK(NET(initialize)(from, 3) == OK);
    return r;
}

/* Of which batch a sample is: the one whose loss is no 0 where only that sample counts. */
static size_t batch_of(int sample)
{
    for (size_t batch = 0; batch < BATCHES; batch++) {
        memset(weights, 0, sizeof weights);
        weights[sample] = 1;
        run r = starting(&other, &weighed[0], 1);
        train(&r, batch, 1);
        free(r.state);
        CHECK(r.batches_done == 1);
        if (r.loss_sum != 0)
            return batch;
    }
    CHECK(!"a batch for each sample");
    return 0;
}

static void an_epoch_leaves_out_a_batch_that_weighs_nothing(void)
{
    enum { EMPTY = 3 };
    size_t state_size = NET(optimizer_state_size)(&adam);
    int is_empty[COUNT], left_out = 0;
    for (int n = 0; n < COUNT; n++)
        left_out += is_empty[n] = batch_of(n) == EMPTY;
    CHECK(left_out == BATCH);
    any_weights();
    for (int n = 0; n < COUNT; n++)
        if (is_empty[n])
            weights[n] = 0;

    for (int kind = 0; kind < KINDS; kind++) {
        run whole = starting(&parameters, &weighed[kind], 1);
        train(&whole, 0, 0);
        CHECK(whole.batches_done == BATCHES);
        CHECK(near(whole.loss, whole.loss_sum / total(0, COUNT), 1e-14));

        /* The batches before and after, and no step between: Adam's count of them would show. */
        run ranges = starting(&other, &weighed[kind], 1);
        train(&ranges, 0, EMPTY);
        train(&ranges, EMPTY + 1, BATCHES - EMPTY - 1);
        CHECK(ranges.batches_done == BATCHES - EMPTY - 1 && ranges.loss_sum == whole.loss_sum);
        CHECK(memcmp(&parameters, &other, sizeof other) == 0 && memcmp(whole.state, ranges.state, state_size) == 0);

        /* It alone is nothing, and no error. */
        train(&ranges, EMPTY, 1);
        CHECK(ranges.batches_done == 1 && ranges.loss == 0 && ranges.loss_sum == whole.loss_sum);
        CHECK(memcmp(&parameters, &other, sizeof other) == 0 && memcmp(whole.state, ranges.state, state_size) == 0);

        run team = starting(&other, &weighed[kind], THREADS);
        train(&team, 0, 0);
        CHECK(team.batches_done == BATCHES && team.loss == whole.loss && team.loss_sum == whole.loss_sum);
        CHECK(memcmp(&parameters, &other, sizeof other) == 0 && memcmp(whole.state, team.state, state_size) == 0);
        free(whole.state);
        free(ranges.state);
        free(team.state);
    }
}

int main(void)
{
    static char suffix[64];
    snprintf(suffix, sizeof suffix, ": %s at %s", TEXT(NETWORK), LIB(instruction_set_level)());
    check_suffix = suffix;
    make_samples(COUNT, X[0], labels, Y[0]);
    for (int kind = 0; kind < KINDS; kind++) {
        targets[kind] = kind == 0 ? labels_of(labels) : values_of(Y[0]);
        weighed[kind] = targets[kind];
        weighed[kind].weights = weights;
    }
    options.size = sizeof options;
    options.learning_rate = 0.05f;
    adam.size = sizeof adam;
    adam.learning_rate = 0.01f;
    adam.optimizer = JOIN(LIBRARY_CAPITALS, ADAM);
    adam.beta1 = 0.9f;
    adam.beta2 = 0.999f;
    adam.epsilon = 1e-8f;
    size = NET(workspace_size)(COUNT * MOST_TIMES);
    workspace = take(size);
    RUN(equal_weights_leave_the_bits_of_none);
    RUN(the_weight_of_one_sample_changes_nothing);
    RUN(whole_weights_are_samples_repeated);
    RUN(a_weight_of_0_leaves_a_sample_out);
    RUN(weighed_losses_added_part_by_part_are_those_of_one_call);
    RUN(an_epoch_leaves_out_a_batch_that_weighs_nothing);
    free(workspace);
    return check_failed != 0;
}
