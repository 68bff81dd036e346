// A host in C++, with exceptions and threads of the standard library; otherwise as ../c/host.c.
//
//     host DATA [exit]
#include "digits.h"
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr std::size_t Batch = 32;
constexpr std::uint64_t Epochs = 3;

struct Samples {
    std::vector<float> X;
    std::vector<std::int32_t> labels;
};

Samples training, test;

void check(std::int32_t status)
{
    if (status != AOTBACKPROP_OK)
        throw std::runtime_error(aotbackprop_status_message(status));
}

// Every fifth row is held out of training.
void read_data(const char *path)
{
    std::ifstream file(path);
    if (!file)
        throw std::runtime_error(std::string("no file ") + path);
    int number;
    char comma;
    for (std::size_t row = 0; file >> number; row++) {
        Samples &set = row % 5 == 4 ? test : training;
        set.X.push_back(static_cast<float>(number) / 16);
        for (int i = 1; i < DIGITS_INPUTS; i++) {
            file >> comma >> number;
            set.X.push_back(static_cast<float>(number) / 16);
        }
        file >> comma >> number;
        set.labels.push_back(number);
    }
}

void learn(bool aloud)
{
    auto parameters = std::make_unique<digits_parameters>();
    std::vector<unsigned char> workspace(digits_epoch_workspace_size(training.labels.size(), Batch));
    aotbackprop_options options{};
    options.size = sizeof options;
    options.learning_rate = 0.1f;
    aotbackprop_targets targets{};
    targets.size = sizeof targets;
    targets.labels = training.labels.data();
    aotbackprop_epoch epoch{};
    epoch.size = sizeof epoch;
    epoch.batch_size = Batch;
    epoch.seed = 7;
    check(digits_initialize(parameters.get(), 7));
    for (; epoch.epoch < Epochs; epoch.epoch++) {
        double loss = 0;
        check(digits_train_epoch(parameters.get(), training.X.data(), &targets, training.labels.size(), &epoch, &options,
                                 nullptr, 0, workspace.data(), workspace.size(), &loss, nullptr));
        if (aloud)
            std::printf("epoch %d: loss %.6f\n", static_cast<int>(epoch.epoch) + 1, loss);
    }
    if (!aloud)
        return;
    std::size_t correct = 0;
    targets.labels = test.labels.data();
    check(digits_evaluate(parameters.get(), test.X.data(), &targets, test.labels.size(), workspace.data(), workspace.size(),
                          nullptr, &correct));
    std::uint64_t hash = 0xcbf29ce484222325;
    const auto *bytes = reinterpret_cast<const unsigned char *>(parameters.get());
    for (std::size_t i = 0; i < sizeof *parameters; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3;
    std::printf("right: %zu of %zu\nparameters: %016llx\n", correct, test.labels.size(), static_cast<unsigned long long>(hash));
}

std::atomic<int> trained{0}; // threads that have trained once

[[noreturn]] void learn_without_end()
{
    learn(false);
    trained++;
    for (;;)
        learn(false);
}

// Starts threads; each trains when this returns.
void train_beside(int threads)
{
    for (int i = 0; i < threads; i++)
        std::thread(learn_without_end).detach();
    for (int i = 0; i < 3000 && trained < threads; i++)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    if (trained < threads) {
        std::cerr << "host: " << trained << " of " << threads << " threads train\n";
        std::quick_exit(3);
    }
}

// Faults of the host's own: a status that it throws for, and one of the standard library's.
void fail(int i)
{
    if (i % 2 == 0)
        check(digits_initialize(nullptr, 7));
    else
        training.labels.at(training.labels.size());
}

int run(int argc, char **argv)
{
    if (argc < 2)
        throw std::invalid_argument("usage: host DATA [exit]");
    read_data(argv[1]);
    if (argc > 2) {
        train_beside(3);
        std::quick_exit(7);
    }

    learn(true);
    train_beside(1);
    int caught = 0;
    for (int i = 0; i < 200; i++)
        try {
            fail(i);
        } catch (const std::exception &) {
            caught++;
        }
    std::printf("caught: %d\n", caught);
    learn(true);
    std::fflush(stdout);
    std::quick_exit(0); // the thread still uses the samples
}

} // namespace

int main(int argc, char **argv)
{
    try {
        return run(argc, argv);
    } catch (const std::exception &e) {
        std::cerr << "host: " << e.what() << '\n';
        return 1;
    }
}
