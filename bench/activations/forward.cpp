// One sample forward through 13-32-3 with tanh, beside C++ with Eigen's matrices of fixed size and its tanh: medians.
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
extern "C" {
#include "small.h"
}

namespace {

constexpr int Turns = 41, Samples = 64, Calls = 20000;
Eigen::Matrix<float, 32, 13> W1;
Eigen::Matrix<float, 32, 1> b1;
Eigen::Matrix<float, 3, 32> W2;
Eigen::Matrix<float, 3, 1> b2;
float X[Samples * 13];

double now()
{
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

__attribute__((noinline)) void forward(const float *x, float *probabilities)
{
    Eigen::Map<const Eigen::Matrix<float, 13, 1>> input(x);
    Eigen::Matrix<float, 32, 1> hidden = (W1 * input + b1).array().tanh();
    Eigen::Matrix<float, 3, 1> z = W2 * hidden + b2;
    z = (z.array() - z.maxCoeff()).exp();
    Eigen::Map<Eigen::Matrix<float, 3, 1>> output(probabilities);
    output = z / z.sum();
}

template <typename F> double time_of(F call)
{
    double start = now();
    for (int i = 0; i < Calls; i++)
        call(X + 13 * (i % Samples));
    return (now() - start) / Calls;
}

} // namespace

int main()
{
    auto *parameters = static_cast<small_parameters *>(aligned_alloc(64, (sizeof(small_parameters) + 63) / 64 * 64));
    small_initialize(parameters, 1);
    size_t size = small_workspace_size(1);
    void *workspace = aligned_alloc(64, (size + 63) / 64 * 64);
    for (float &x : X)
        x = static_cast<float>(std::rand()) / static_cast<float>(RAND_MAX) - 0.5f;
    for (int h = 0; h < 32; h++) {
        for (int d = 0; d < 13; d++)
            W1(h, d) = parameters->W1[d][h];
        for (int c = 0; c < 3; c++)
            W2(c, h) = parameters->W2[h][c];
        b1(h) = parameters->b1[h];
    }
    for (int c = 0; c < 3; c++)
        b2(c) = parameters->b2[c];

    float ours[3], theirs[3];
    double own[Turns], other[Turns];
    for (int turn = 0; turn < Turns; turn++) {
        own[turn] = time_of([&](const float *x) { small_forward(parameters, x, 1, ours, workspace, size); });
        other[turn] = time_of([&](const float *x) { forward(x, theirs); });
    }
    for (int c = 0; c < 3; c++)
        if (!(std::fabs(ours[c] - theirs[c]) < 1e-6f))
            std::abort();
    std::sort(own, own + Turns);
    std::sort(other, other + Turns);
    std::printf("13-32-3, tanh, one sample: %.1f ns, Eigen %.1f ns, ratio %.2f\n", own[Turns / 2], other[Turns / 2],
                own[Turns / 2] / other[Turns / 2]);
    return 0;
}
