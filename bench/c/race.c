/* Times contestants on one operation, by turns, and prints one line of JSON.
 *
 *     race OPERATION SIZES BATCH NAME=OBJECT ...      OPERATION: step, forward, epoch, sparse, adam, threads
 *
 * The first contestant is the reference: what the others compute is compared with it before any is timed. A block is
 * as many runs as take about 2 ms; the contestants' blocks, and those of the core's limits, follow each other, so that
 * a change of the clock meets all alike. The time of the first is the median of its blocks; that of another is as many
 * times as long as it was in the median round. Time is the process's own: what else the core does does not count.
 *
 * threads is a step of the first contestant by two threads, by turns with one, and the multiply-adds of the core's
 * limits likewise. Each thread has one of the first two processors that the process may run on. */
#define _GNU_SOURCE
#include "contestant.h"
#include "limits.h"
#include <dlfcn.h>
#include <immintrin.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ENTRIES = 32, BLOCKS = 41, EPOCH_BLOCKS = 7, SAMPLES = 60000, PIXELS = 784, LAYERS = 8,
       SPARSENESS = 100, ADAM_STEPS = 5, TEAM_STEPS = 20 };

/* Of threads it is longer: a block begins with all of the weights in one core's cache. */
static double block_seconds = 2e-3;
static const double team_block_seconds = 50e-3;
static const double tolerance = 1e-4, epoch_tolerance = 0.03, rounding = 2e-6;
static const float check_rate = 0.5f, timed_rate = 1e-4f, epoch_rate = 0.1f, adam_rate = 1e-3f;

typedef enum { STEP, FORWARD, EPOCH, ADAM, FMA, FMA256, READ, UPDATE } action;

typedef struct {
    const char *name;
    action action;
    const contestant *contestant;
    int threads;
    float rate;
    long runs;
    double loss, times[BLOCKS], seconds;
} entry;

static const struct {
    const char *name;
    action action;
    int sparse, threads;
} operations[] = {
    { "step", STEP, 0, 1 }, { "forward", FORWARD, 0, 1 }, { "epoch", EPOCH, 0, 1 }, { "sparse", STEP, 1, 1 },
    { "adam", ADAM, 0, 1 }, { "threads", STEP, 0, THREADS },
};

static entry entries[ENTRIES];
static int entry_count, contestant_count;
static int sizes[LAYERS], layers, batch;
static size_t parameter_count, array_count;   /* the array that limits are measured on is as large */
static float *parameters, *initial, *X, *probabilities, *array, *gathered;
static int32_t *labels, gathered_labels[LARGEST_BATCH];
static int sample_count;
static clockid_t timer = CLOCK_PROCESS_CPUTIME_ID;
static cpu_set_t processors[THREADS];   /* one in each */

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "race: %s: %s\n", name, what);
    exit(1);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(timer, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static float *floats(size_t count)
{
    void *memory = aligned_alloc(64, (count * sizeof(float) + 1023) / 1024 * 1024);
    if (!memory)
        fail("no memory", "data");
    return memset(memory, 0, (count * sizeof(float) + 1023) / 1024 * 1024);
}

static uint32_t draw(void)
{
    static uint64_t state = 1;
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(state >> 32);
}

/* In (0, 1]. */
static float draw_unit(void)
{
    return (float)((draw() >> 8) + 1) / 16777216.0f;
}

static void draw_parameters(void)
{
    float *p = initial;
    for (int l = 1; l < layers; l++) {
        float bound = sqrtf(6.0f / (float)sizes[l - 1]);
        for (int i = 0; i < sizes[l - 1] * sizes[l]; i++)
            *p++ = (2 * draw_unit() - 1) * bound;
        for (int i = 0; i < sizes[l]; i++)
            *p++ = (2 * draw_unit() - 1) * 0.1f;
    }
}

/* A row without a zero: a contestant that skips zeros gains nothing. */
static void draw_row(float *x)
{
    for (int i = 0; i < sizes[0]; i++)
        x[i] = draw_unit();
}

/* A bag of words: one input in SPARSENESS is not zero, and is the logarithm of a word's count. */
static void draw_words(float *x)
{
    for (int words = sizes[0] / SPARSENESS; words > 0;) {
        int word = (int)(draw() % (uint32_t)sizes[0]), count = 1;
        if (x[word] != 0)
            continue;
        while (draw_unit() > 0.5f)
            count++;
        x[word] = log1pf((float)count);
        words--;
    }
}

static void draw_samples(int sparse)
{
    X = floats((size_t)batch * (size_t)sizes[0]);
    labels = malloc(sizeof *labels * (size_t)batch);
    for (int s = 0; s < batch; s++)
        (sparse ? draw_words : draw_row)(X + s * sizes[0]);
    for (int s = 0; s < batch; s++)
        labels[s] = (int32_t)(draw() % (uint32_t)sizes[layers - 1]);
}

static unsigned char *inflate_file(const char *name, size_t header, size_t count)
{
    char command[1024];
    snprintf(command, sizeof command, "gzip -dc '%s/%s'", getenv("FASHION_MNIST"), name);
    unsigned char *bytes = malloc(header + count);
    FILE *pipe = popen(command, "r");
    if (!bytes || !pipe || fread(bytes, 1, header + count, pipe) != header + count)
        fail("could not be read", name);
    pclose(pipe);
    return bytes + header;
}

static void read_samples(void)
{
    unsigned char *pixels = inflate_file("train-images-idx3-ubyte.gz", 16, (size_t)SAMPLES * PIXELS);
    unsigned char *classes = inflate_file("train-labels-idx1-ubyte.gz", 8, SAMPLES);
    X = floats((size_t)SAMPLES * PIXELS);
    labels = malloc(sizeof *labels * SAMPLES);
    for (size_t i = 0; i < (size_t)SAMPLES * PIXELS; i++)
        X[i] = (float)pixels[i] / 255;
    for (int s = 0; s < SAMPLES; s++)
        labels[s] = classes[s];
    sample_count = SAMPLES;
}

/* An epoch for those that only have a step: a shuffle, and rows gathered into a batch. */
static double run_epoch(const contestant *c)
{
    static int order[SAMPLES];
    for (int s = 0; s < sample_count; s++)
        order[s] = s;
    for (int s = sample_count - 1; s > 0; s--) {
        int other = (int)(((uint64_t)draw() * (uint64_t)(s + 1)) >> 32), swapped = order[s];
        order[s] = order[other];
        order[other] = swapped;
    }
    double sum = 0;
    for (int first = 0; first < sample_count; first += batch) {
        int n = sample_count - first < batch ? sample_count - first : batch;
        for (int s = 0; s < n; s++) {
            memcpy(gathered + s * PIXELS, X + (size_t)order[first + s] * PIXELS, PIXELS * sizeof(float));
            gathered_labels[s] = labels[order[first + s]];
        }
        sum += n * c->step(parameters, gathered, gathered_labels, n, epoch_rate);
    }
    return sum / sample_count;
}

/* What each of the entry's threads does, rank being its number. */
static void run(entry *e, long runs, int rank)
{
    const contestant *c = e->contestant;
    switch (e->action) {
    case STEP:
        if (e->threads == 1 && c->steps) {
            c->steps(parameters, X, labels, e->rate, runs);
            break;
        }
        for (long r = 0; r < runs && e->threads == 1; r++)
            c->step(parameters, X, labels, batch, e->rate);
        for (long r = 0; r < runs && e->threads > 1; r++)
            c->team_step(parameters, X, labels, batch, e->rate, rank);
        break;
    case FORWARD:
        if (c->forwards) {
            c->forwards(parameters, X, probabilities, runs);
            break;
        }
        for (long r = 0; r < runs; r++)
            c->forward(parameters, X, batch, probabilities);
        break;
    case EPOCH:
        for (long r = 0; r < runs; r++)
            e->loss = c->epoch ? c->epoch(parameters, X, labels, sample_count, batch, epoch_rate) : run_epoch(c);
        break;
    case ADAM:
        for (long r = 0; r < runs; r++)
            c->adam_step(parameters, X, labels, batch, e->rate);
        break;
    case FMA:
        run_fma(runs);
        break;
    case FMA256:
        run_fma256(runs);
        break;
    case READ:
        run_read(array, array_count, runs);
        break;
    case UPDATE:
        run_update(array, array_count, runs);
        break;
    }
}

/* Returns when all threads of an entry are here. None sleeps: waking one may take a good part of a block. */
static void meet(int threads)
{
    static atomic_int arrived;
    if (threads == 1)
        return;
    int all = (atomic_fetch_add(&arrived, 1) / threads + 1) * threads;
    while (atomic_load(&arrived) < all)
        _mm_pause();
}

static double time_part(entry *e, int rank)
{
    if (e->action != EPOCH)
        run(e, 1 + e->runs / 8, rank);  /* brings code and data into the caches */
    meet(e->threads);
    double start = now();
    run(e, e->runs, rank);
    meet(e->threads);
    return (now() - start) / (double)e->runs;
}

static void *time_second(void *e)
{
    time_part(e, 1);
    return NULL;
}

/* A second thread lives for its block: while one is timed alone, no other is there. */
static double time_block(entry *e)
{
    pthread_t second;
    pthread_attr_t there;
    memcpy(parameters, initial, parameter_count * sizeof(float));
    if (e->action == ADAM)
        e->contestant->forget();
    if (e->threads == 1)
        return time_part(e, 0);
    pthread_attr_init(&there);
    if (pthread_attr_setaffinity_np(&there, sizeof processors[1], &processors[1]) != 0
        || pthread_create(&second, &there, time_second, e) != 0)
        fail("no second thread", e->name);
    double time = time_part(e, 0);
    pthread_join(second, NULL);
    pthread_attr_destroy(&there);
    return time;
}

static void find_runs(entry *e)
{
    for (e->runs = 1; e->action != EPOCH; e->runs *= 2) {
        double time = time_block(e);
        if (time * (double)e->runs > block_seconds / 4) {
            e->runs = (long)(block_seconds / time) + 1;
            return;
        }
    }
}

/* The distance of two arrays, as a part of the length of the second; less what
 * rounding may make of entries of that size, and of sums that nearly cancel. */
static double distance(const float *a, const float *b, const float *origin, size_t count)
{
    double difference = 0, length = 0, size = 0;
    for (size_t i = 0; i < count; i++) {
        double x = origin ? origin[i] : 0;
        difference += (a[i] - (double)b[i]) * (a[i] - (double)b[i]);
        length += (b[i] - x) * (b[i] - x);
        size += b[i] * (double)b[i];
    }
    double beyond = sqrt(difference) - rounding * sqrt(size);
    return beyond <= 0 ? 0 : length > 0 ? beyond / sqrt(length) : beyond;
}

/* The loss before a step. Of Adam several are taken: what it keeps counts from the second on. */
static double take_step(const entry *e)
{
    const contestant *c = e->contestant;
    if (e->action != ADAM)
        return c->step(parameters, X, labels, batch, check_rate);
    c->forget();
    double loss = c->adam_step(parameters, X, labels, batch, adam_rate);
    for (int step = 1; step < ADAM_STEPS; step++)
        c->adam_step(parameters, X, labels, batch, adam_rate);
    return loss;
}

/* Loss, probabilities, and how far a step carries each array of the parameters, against the first contestant. */
static void compare(entry *e)
{
    static float *step_reference, *forward_reference;
    static double loss_reference;
    int n = batch, first = step_reference == NULL;
    size_t outputs = (size_t)n * (size_t)sizes[layers - 1];
    memcpy(parameters, initial, parameter_count * sizeof(float));
    e->contestant->forward(parameters, X, n, probabilities);
    double loss = take_step(e);
    if (first) {
        step_reference = floats(parameter_count);
        forward_reference = floats(outputs);
        memcpy(step_reference, parameters, parameter_count * sizeof(float));
        memcpy(forward_reference, probabilities, outputs * sizeof(float));
        loss_reference = loss;
        return;
    }
    if (!(fabs(loss - loss_reference) <= tolerance * loss_reference))
        fail("another loss than the reference", e->name);
    if (!(distance(probabilities, forward_reference, NULL, outputs) <= tolerance))
        fail("other probabilities than the reference", e->name);
    size_t at = 0;
    for (int l = 1; l < layers; l++)
        for (int biases = 0; biases < 2; biases++) {
            size_t count = (size_t)sizes[l] * (biases ? 1 : (size_t)sizes[l - 1]);
            if (!(distance(parameters + at, step_reference + at, initial + at, count) <= tolerance))
                fail("other parameters after a step than the reference", e->name);
            at += count;
        }
}

/* The parameters after some steps, bit for bit. */
static void compare_team(entry alone, entry team)
{
    float *expected = floats(parameter_count);
    alone.runs = team.runs = TEAM_STEPS;
    alone.rate = team.rate = check_rate;
    time_block(&alone);
    memcpy(expected, parameters, parameter_count * sizeof(float));
    time_block(&team);
    if (memcmp(parameters, expected, parameter_count * sizeof(float)) != 0)
        fail("other parameters than those of one thread", alone.name);
    free(expected);
}

/* Leaves the calling thread on the first of them. */
static void choose_processors(void)
{
    cpu_set_t allowed;
    int found = 0;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        fail("not known", "processors");
    for (int cpu = 0; cpu < CPU_SETSIZE && found < THREADS; cpu++)
        if (CPU_ISSET(cpu, &allowed))
            CPU_SET(cpu, &processors[found++]);
    if (found < THREADS)
        fail("wanted one for each thread", "processors");
    if (pthread_setaffinity_np(pthread_self(), sizeof processors[0], &processors[0]) != 0)
        fail("cannot be chosen", "processors");
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void add(const char *name, action action, const contestant *c, int threads)
{
    if (entry_count == ENTRIES)
        fail("too many contestants", name);
    entries[entry_count++] = (entry){
        .name = name, .action = action, .contestant = c, .threads = threads, .rate = timed_rate,
    };
}

static void open_contestant(char *argument, action action)
{
    char *path = strchr(argument, '=');
    if (!path)
        fail("wanted NAME=OBJECT", argument);
    *path++ = '\0';
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const contestant *c = object ? dlsym(object, "the_contestant") : NULL;
    const char *why = c ? c->create() : dlerror();
    if (why)
        fail(why, argument);
    if (action == ADAM && !c->adam_step)
        fail("has no Adam", argument);
    add(argument, action, c, 1);
}

/* Whoever learns from all samples in an order of its own comes to about the same mean loss. */
static void compare_epochs(void)
{
    for (int i = 1; i < contestant_count; i++)
        if (!entries[i].contestant->differs
            && !(fabs(entries[i].loss - entries[0].loss) <= epoch_tolerance * entries[0].loss))
            fail("another mean loss of the epoch than the reference", entries[i].name);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, ascending);
    return values[count / 2];
}

/* The times become the entries' seconds. */
static void summarize(int blocks)
{
    for (int i = entry_count - 1; i >= 0; i--) {
        for (int block = 0; i > 0 && block < blocks; block++)
            entries[i].times[block] /= entries[0].times[block];
        entries[i].seconds = median(entries[i].times, blocks);
    }
    for (int i = 1; i < entry_count; i++)
        entries[i].seconds *= entries[0].seconds;
}

int main(int count, char **arguments)
{
    const int all = sizeof operations / sizeof operations[0];
    int operation = 0;
    while (count > 4 && operation < all && strcmp(arguments[1], operations[operation].name) != 0)
        operation++;
    if (count <= 4 || operation == all) {
        fprintf(stderr, "usage: race step|forward|epoch|sparse|adam|threads SIZES BATCH NAME=OBJECT ...\n");
        return 2;
    }
    action action = operations[operation].action;
    int threads = operations[operation].threads;
    if (threads > 1) {
        choose_processors();
        block_seconds = team_block_seconds;
        timer = CLOCK_MONOTONIC;    /* the process's own adds up what its threads take */
    }
    for (char *size = arguments[2]; *size && layers < LAYERS; size += *size == '-')
        sizes[layers++] = (int)strtol(size, &size, 10);
    batch = atoi(arguments[3]);
    if (batch < 1 || batch > LARGEST_BATCH)
        fail("wanted a batch from 1 to 128", arguments[3]);
    for (int l = 1; l < layers; l++)
        parameter_count += (size_t)(sizes[l - 1] + 1) * (size_t)sizes[l];
    parameters = floats(parameter_count);
    initial = floats(parameter_count);
    array_count = (parameter_count + 255) / 256 * 256;
    array = floats(array_count);
    gathered = floats(LARGEST_BATCH * PIXELS);
    probabilities = floats(LARGEST_BATCH * (size_t)sizes[layers - 1]);
    draw_parameters();
    if (action == EPOCH)
        read_samples();
    else
        draw_samples(operations[operation].sparse);

    for (int i = 4; i < count; i++)
        open_contestant(arguments[i], action);
    contestant_count = entry_count;
    for (int i = 0; i < contestant_count; i++)
        if (!entries[i].contestant->differs)
            compare(&entries[i]);
    add("fma", FMA, NULL, 1);
    if (threads == 1) {
        add("fma256", FMA256, NULL, 1);
        add("read", READ, NULL, 1);
        add("update", UPDATE, NULL, 1);
    } else {
        if (!entries[0].contestant->team_step)
            fail("has no step for threads", entries[0].name);
        add("fma", FMA, NULL, threads);
        add("team", STEP, entries[0].contestant, threads);
        compare_team(entries[0], entries[entry_count - 1]);
    }
    if (action == ADAM)
        add("sgd", STEP, entries[0].contestant, 1);
    for (int i = 0; i < entry_count; i++)
        find_runs(&entries[i]);
    int blocks = action == EPOCH ? EPOCH_BLOCKS : BLOCKS;
    for (int block = 0; block < blocks; block++)
        for (int i = 0; i < entry_count; i++) {
            entry *e = &entries[(i + block) % entry_count];
            e->times[block] = time_block(e);
        }
    if (action == EPOCH)
        compare_epochs();
    summarize(blocks);

    printf("{\"operation\": \"%s\", \"shape\": \"%s\", \"batch\": %d, \"seconds\": {", arguments[1], arguments[2],
           batch);
    for (int i = 0; i < contestant_count; i++)
        printf("%s\"%s\": %.6g", i ? ", " : "", entries[i].name, entries[i].seconds);
    double bytes = (double)(array_count * sizeof(float));
    entry *limit = entries + contestant_count;
    if (threads > 1)
        printf("}, \"two_threads\": {\"seconds\": %.6g, \"fma\": %.5g}, \"one_thread\": {\"fma\": %.5g}",
               limit[2].seconds, threads * fma_flops() / limit[1].seconds, fma_flops() / limit[0].seconds);
    else
        printf("}, \"limits\": {\"fma\": %.5g, \"fma256\": %.5g, \"read\": %.5g, \"update\": %.5g}",
               fma_flops() / limit[0].seconds, fma256_flops() / limit[1].seconds, bytes / limit[2].seconds,
               bytes / limit[3].seconds);
    if (operations[operation].sparse)
        printf(", \"nonzero\": %g", 1.0 / SPARSENESS);
    if (action == ADAM)
        printf(", \"sgd\": %.6g", limit[4].seconds);
    printf("}\n");
    return 0;
}
