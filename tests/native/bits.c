/* Trains, and writes all that came out to a file, for other levels, machines and languages to agree with to the
 * last bit.
 *
 *     bits FOLDER [DATA]
 *
 * DATA is the digits' CSV; without it the samples are made up. The folder receives
 *     parameters   three epochs: initialised with seed 7, batches of 32, learning rate 0.1, shuffle seed 7
 *     sliced       the same in calls of a few batches each
 *     results      the losses, the probabilities and classes of each sample, and a training on probabilities */
#include "check.h"
#include "network.h"

enum { ROWS = 2000, SYNTHETIC = 203, BATCH = 32, EPOCHS = 3 };

static float X[ROWS][INPUTS];
static int32_t labels[ROWS];
static float Y[ROWS][CLASSES];
static LIB(targets) by_label, by_probability;
static size_t count;

static NET(parameters) parameters;
static LIB(options) options;
static LIB(epoch) epoch;
static void *workspace;
static size_t workspace_size;
static const char *folder;
static FILE *results;

/* The rows whose number mod 5 is 4 are held out. */
static int read_digits(const char *path)
{
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return 0;
    int pixel = 0, read = 1;
    for (size_t row = 0; read == 1 && count < ROWS; row++) {
        for (int i = 0; i < INPUTS && read == 1; i++) {
            read = fscanf(file, "%d,", &pixel);
            X[count][i] = (float)pixel / 16;
        }
        if (read == 1)
            read = fscanf(file, "%d", &labels[count]);
        count += read == 1 && row % 5 != 4;
    }
    fclose(file);
    return count > 0;
}

static FILE *create(const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    return file;
}

static void save_parameters(const char *name)
{
    FILE *file = create(name);
    CHECK(fwrite(&parameters, sizeof parameters, 1, file) == 1);
    CHECK(fclose(file) == 0);
}

static void keep(const void *bytes, size_t size)
{
    CHECK(fwrite(bytes, 1, size, results) == size);
}

static void start(void)
{
    CHECK(NET(initialize)(&parameters, 7) == OK);
    epoch.epoch = epoch.first_batch = epoch.batch_count = 0;
}

static void trains_three_epochs(void)
{
    double loss = 0, before = 0;
    size_t done = 0;
    start();
    for (; epoch.epoch < EPOCHS; epoch.epoch++) {
        CHECK(NET(train_epoch)(&parameters, X[0], &by_label, count, &epoch, &options, NULL, 0, workspace,
                               workspace_size, &loss, &done) == OK);
        CHECK(done == (count + BATCH - 1) / BATCH);
        CHECK(loss > 0 && (epoch.epoch == 0 || loss < before || count == SYNTHETIC)); /* nothing to learn there */
        before = loss;
        keep(&loss, sizeof loss);
    }
    save_parameters("parameters");
}

static void slices_of_epochs_give_the_same_bits(void)
{
    static NET(parameters) whole;
    whole = parameters;
    start();
    size_t batches = (count + BATCH - 1) / BATCH, slice = 1;
    for (; epoch.epoch < EPOCHS; epoch.epoch++)
        for (size_t first = 0; first < batches; first += epoch.batch_count, slice = slice % 7 + 1) {
            size_t done = 0;
            epoch.first_batch = first;
            epoch.batch_count = slice < batches - first ? slice : batches - first;
            CHECK(NET(train_epoch)(&parameters, X[0], &by_label, count, &epoch, &options, NULL, 0, workspace,
                                   workspace_size, NULL, &done) == OK);
            CHECK(done == epoch.batch_count);
        }
    CHECK(memcmp(&whole, &parameters, sizeof whole) == 0);
    save_parameters("sliced");
}

static void infers(void)
{
    static float probabilities[ROWS][CLASSES], alone[CLASSES];
    static int32_t classes[ROWS];
    double loss = 0;
    size_t correct = 0;
    CHECK(NET(forward)(&parameters, X[0], count, probabilities[0], workspace, workspace_size) == OK);
    CHECK(NET(classify)(&parameters, X[0], count, classes, workspace, workspace_size) == OK);
    CHECK(NET(evaluate)(&parameters, X[0], &by_label, count, workspace, workspace_size, &loss, &correct) == OK);
    for (size_t n = 0; n < count; n++) {
        CHECK(NET(forward)(&parameters, X[n], 1, alone, workspace, workspace_size) == OK);
        CHECK(memcmp(alone, probabilities[n], sizeof alone) == 0);
    }
    keep(probabilities, count * sizeof probabilities[0]);
    keep(classes, count * sizeof classes[0]);
    keep(&loss, sizeof loss);
    keep(&correct, sizeof correct);
}

static void a_step_is_a_gradient_and_its_application(void)
{
    static NET(parameters) apart, gradient;
    double loss = 0, loss_apart = 0;
    start();
    apart = parameters;
    size_t sizes[] = { 1, 2, 15, 16, 17, 32, 70 };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (int turn = 0; turn < 4; turn++) {
            LIB(targets) targets = turn % 2 ? values_of(Y[i]) : labels_of(labels + i);
            CHECK(NET(train_step)(&parameters, X[i], &targets, sizes[i], &options, NULL, 0, workspace, workspace_size,
                                  &loss) == OK);
            CHECK(NET(gradient)(&apart, X[i], &targets, sizes[i], &gradient, workspace, workspace_size,
                                &loss_apart) == OK);
            CHECK(NET(apply)(&apart, &gradient, &options, NULL, 0) == OK);
            CHECK(loss == loss_apart && memcmp(&apart, &parameters, sizeof apart) == 0);
        }
    keep(&gradient, sizeof gradient);
    keep(&parameters, sizeof parameters);
}

static void trains_on_probabilities(void)
{
    double loss = 0;
    size_t correct = 0;
    start();
    CHECK(NET(train_epoch)(&parameters, X[0], &by_probability, count, &epoch, &options, NULL, 0, workspace, workspace_size,
                           &loss, NULL) == OK);
    keep(&parameters, sizeof parameters);
    keep(&loss, sizeof loss);
    CHECK(NET(evaluate)(&parameters, X[0], &by_probability, count, workspace, workspace_size, &loss, &correct) == OK);
    keep(&loss, sizeof loss);
    keep(&correct, sizeof correct);
}

int main(int arguments, char **argument)
{
    static char suffix[64];
    if (arguments < 2)
        return 2;
    snprintf(suffix, sizeof suffix, ": %s at %s", TEXT(NETWORK), LIB(instruction_set_level)());
    check_suffix = suffix;
    folder = argument[1];
    results = create("results");

    make_samples(SYNTHETIC, X[0], labels, Y[0]);
    count = SYNTHETIC;
    if (arguments > 2) {
        count = 0;
        if (!read_digits(argument[2]))
            return 2;
    }

    by_label = labels_of(labels);
    by_probability = values_of(Y[0]);
    options.size = sizeof options;
    options.learning_rate = 0.1f;
    epoch.size = sizeof epoch;
    epoch.batch_size = BATCH;
    epoch.seed = 7;
    workspace_size = NET(epoch_workspace_size)(count, BATCH);
    if (workspace_size < NET(workspace_size)(70))
        workspace_size = NET(workspace_size)(70);
    workspace = take(workspace_size);

    RUN(trains_three_epochs);
    RUN(slices_of_epochs_give_the_same_bits);
    RUN(infers);
    RUN(a_step_is_a_gradient_and_its_application);
    if (arguments == 2)
        RUN(trains_on_probabilities);
    free(workspace);
    return fclose(results) != 0 || check_failed != 0;
}
