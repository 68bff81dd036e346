#!/usr/bin/env bash
# Compares the ABI with its snapshot, abi/VERSION.txt: what the headers declare, without comments, and where fields lie.
# A line of the snapshot that is gone or has changed needs a higher version (NativeAbi.Version); new lines do not, but
# are accepted by hand, after a look at the difference:
#
#     ACCEPT_ABI=1 tests/native/abi.sh [INSTALLATION]
set -u -o pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
install=${1:-$here/../../artifacts/linux-x64}
snapshots=${2:-$here/abi}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

{
    for header in aotbackprop digits; do
        echo "== $header.h"
        perl "$here/declarations.pl" "$install/include/$header.h" || exit 1
    done
    echo "== layout"
    ${CC:-cc} -std=c11 -I"$install/include" "$here/layout.c" -o "$work/layout" && "$work/layout" || exit 1
} > "$work/now"
version=$(sed -n 's/^#define AOTBACKPROP_ABI_VERSION //p' "$work/now")
snapshot=$snapshots/$version.txt

gone=
[ ! -e "$snapshot" ] || gone=$(grep -vxFf "$work/now" "$snapshot")
if [ -n "$gone" ]; then
    echo "abi.sh: changed without raising the ABI version $version:"
    diff "$snapshot" "$work/now"
    exit 1
fi
cmp -s "$snapshot" "$work/now" && exit
if [ -n "${ACCEPT_ABI:-}" ]; then
    cp "$work/now" "$snapshot" && echo "abi.sh: wrote $snapshot"
else
    echo "abi.sh: new in the ABI, version $version; ACCEPT_ABI=1 tests/native/abi.sh accepts it:"
    diff -N "$snapshot" "$work/now"
    exit 1
fi
