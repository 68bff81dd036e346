#!/usr/bin/env bash
# Times a training step of 784-128-10 with each of several activations by turns, and one sample forward of 13-32-3 with tanh
# beside C++ with Eigen. Pins to a core; prints medians. Needs libeigen3-dev.
# usage: run.sh [CORE]    (default: 1)
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/artifacts/bench/activations
mkdir -p "$work"
[ -d /usr/include/eigen3 ] || { echo "run.sh: wanted Eigen: install libeigen3-dev" >&2; exit 2; }

"$root/build-native.sh" --name activated --output "$work" relu=784-128-10 leaky=784-128-10,leaky_relu elu=784-128-10,elu \
    tanh=784-128-10,tanh sigmoid=784-128-10,sigmoid softplus=784-128-10,softplus silu=784-128-10,silu gelu=784-128-10,gelu \
    gelu_tanh=784-128-10,gelu_tanh small=13-32-3,tanh > "$work/log"
for program in steps.c forward.cpp; do
    compiler=gcc
    [ "${program##*.}" = c ] || compiler=g++
    $compiler -O3 -march=x86-64-v3 -D_GNU_SOURCE -I"$work/linux-x64/include" -I/usr/include/eigen3 "$here/$program" \
        -o "$work/${program%.*}" -L"$work/linux-x64/lib" -lactivated "-Wl,-rpath,$work/linux-x64/lib"
    taskset -c "${1:-1}" "$work/${program%.*}"
done
