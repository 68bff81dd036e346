#!/usr/bin/env bash
# Times a training step of 784-128-10 with each output by turns, and steps of a regressor of 13-32-1 beside plain C of fixed
# sizes that is compiled into its caller. Pins to a core; prints medians, and medians of the ratios of a turn.
# usage: run.sh [CORE]    (default: 1)
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/artifacts/bench/outputs
mkdir -p "$work"
"$root/build-native.sh" --name outputs --output "$work" softmax=784-128-10 sigmoid=784-128-10:sigmoid \
    linear=784-128-10:linear huber=784-128-10:huber price=13-32-1:linear > "$work/log"
for program in steps regression; do
    gcc -O3 -march=native -ffast-math -fno-trapping-math -D_GNU_SOURCE -I"$work/linux-x64/include" -c "$here/$program.c" \
        -o "$work/$program.o"
    # Linked without -ffast-math, which would have the processor flush denormals.
    gcc "$work/$program.o" -o "$work/$program" -L"$work/linux-x64/lib" -loutputs "-Wl,-rpath,$work/linux-x64/lib" -lm
    taskset -c "${1:-1}" "$work/$program"
done
