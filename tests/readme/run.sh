#!/usr/bin/env bash
# The front page's C example, as it stands there: extracted, compiled without a warning, run at each level.
# usage: run.sh INSTALLATION (the linux-x64 folder that build-native.sh writes)
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
install=${1:-$root/artifacts/linux-x64}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

check() {
    local title=$1
    shift
    if "$@" > "$work/log" 2>&1; then
        echo "ok      $title"
        passed=$((passed + 1))
    else
        echo "not ok  $title"
        sed 's/^/        /' "$work/log"
        failed=$((failed + 1))
    fi
}

sed -n '/^```c$/,/^```$/p' "$root/README.md" | sed '1d;$d' > "$work/stripes.c"
export PKG_CONFIG_PATH=$install/lib/pkgconfig
flags=$(pkg-config --cflags --libs aotbackprop)
for compiler in gcc clang; do
    # shellcheck disable=SC2086
    check "compiles with $compiler" "$compiler" -std=c11 -Wall -Wextra -Werror -pedantic "$work/stripes.c" \
        -o "$work/stripes-$compiler" $flags "-Wl,-rpath,$install/lib"
    check "learns, built with $compiler" sh -c "'$work/stripes-$compiler' | grep -E '^no error, loss 0\.[0-2]'"
done
for level in x86-64-v3 x86-64-v4; do
    grep -qw "$([ $level = x86-64-v4 ] && echo avx512f || echo avx2)" /proc/cpuinfo || continue
    check "learns at $level" env "LD_LIBRARY_PATH=$install/lib/glibc-hwcaps/$level" \
        sh -c "'$work/stripes-gcc' | grep -E '^no error, loss 0\.[0-2]'"
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
