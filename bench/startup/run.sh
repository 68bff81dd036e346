#!/usr/bin/env bash
# Compares the start of a C program that trains with this library with one in plain C, and with other commands.
# usage: run.sh [NAME=COMMAND ...]    after ./build-native.sh
# INSTALL and LIBRARY name another build than the default; OURS and PLAIN are what the two are called.
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
install=${INSTALL:-$here/../../artifacts/linux-x64}
library=${LIBRARY:-aotbackprop}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

gcc -std=c11 -O2 -I"$install/include" "-Daotbackprop_options=${library}_options" \
    "-Daotbackprop_targets=${library}_targets" "-DAOTBACKPROP_OK=${library^^}_OK" \
    "$here/ours.c" -o "$work/ours" -L"$install/lib" "-l$library" "-Wl,-rpath,$install/lib"
gcc -std=c11 -O3 "$here/plain.c" -o "$work/plain" -lm
gcc -std=gnu11 -O2 -Wall -Wextra "$here/startup.c" -o "$work/startup"
"$work/startup" "${OURS:-AotBackprop}=$work/ours" "${PLAIN:-plain C}=$work/plain" "$@"
