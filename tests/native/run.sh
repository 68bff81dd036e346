#!/usr/bin/env bash
# The C library under C hosts, as a user has it. Ends in a line 'N passed, N failed'.
# usage: run.sh [INSTALLATION]    what build-native.sh made of the default networks; built if it is not there
# Libraries of other sizes, and of arm64 where the cross tools are installed, are built once into artifacts/native-tests.
set -u -o pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
install=$(realpath -m "${1:-$root/artifacts/linux-x64}")
others=$root/artifacts/native-tests
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$root/tests/checks.sh"

# check WHAT COMMAND ...: counts whether the command succeeds; shows its output where it does not.
check() {
    local what=$1
    shift
    if "$@" > "$work/log" 2>&1; then
        passed=$((passed + 1))
        echo "ok      $what"
    else
        failed=$((failed + 1))
        echo "not ok  $what"
        sed 's/^/        /' "$work/log"
    fi
}

# Shell code as a command, with what it is given as $1, $2, …
try() {
    bash -euo pipefail -c "$1" try "${@:2}"
}

# has_no GREP-ARGUMENT ...: a file that is there, and nothing in it that grep finds.
has_no() {
    local status=0
    grep "$@" || status=$?
    [ $status -eq 1 ]
}

has_cross_tools() {
    local tool
    for tool in clang ld.lld aarch64-linux-gnu-gcc aarch64-linux-gnu-objcopy qemu-aarch64; do
        command -v $tool > /dev/null || return 1
    done
}

for part in build compile package behaviour; do
    echo "== native: $part"
    . "$here/$part.sh"
done

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
