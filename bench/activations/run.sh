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

networks=(relu=784-128-10 leaky=784-128-10:leaky_relu,softmax small=13-32-3:tanh,softmax)
for name in elu tanh sigmoid softplus silu gelu gelu_tanh; do
    networks+=($name=784-128-10:$name,softmax)
done
"$root/build-native.sh" --name activated --output "$work" "${networks[@]}" > "$work/log"
for program in steps.c forward.cpp; do
    compiler=gcc
    [ "${program##*.}" = c ] || compiler=g++
    $compiler -O3 -march=x86-64-v3 -D_GNU_SOURCE -I"$work/linux-x64/include" -I/usr/include/eigen3 "$here/$program" \
        -o "$work/${program%.*}" -L"$work/linux-x64/lib" -lactivated "-Wl,-rpath,$work/linux-x64/lib"
    taskset -c "${1:-1}" "$work/${program%.*}"
done
