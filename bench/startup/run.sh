#!/usr/bin/env bash
# Compares the start of a C program that trains with this library with one in plain C.
# usage: run.sh [RUNS]    after ./build-native.sh
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
install=${INSTALL:-$here/../../artifacts/linux-x64}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

gcc -std=c11 -O2 -I"$install/include" "$here/ours.c" -o "$work/ours" -L"$install/lib" -laotbackprop "-Wl,-rpath,$install/lib"
gcc -std=c11 -O3 "$here/plain.c" -o "$work/plain" -lm
gcc -std=gnu11 -O2 "$here/startup.c" -o "$work/startup"
"$work/startup" "${1:-200}" "$work/ours" "$work/plain"
