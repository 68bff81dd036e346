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
