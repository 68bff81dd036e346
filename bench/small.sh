#!/usr/bin/env bash
# Measures small networks, a sample or a few at a time, beside plain C of fixed sizes that is compiled into its caller.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")

usage() {
    cat << TEXT
usage: bench/small.sh [--seed N] [--batches LIST] [--operations LIST] [--peers LIST] [--core N] [--before CHECKOUT]

  --seed        draws 20 networks of 1 to 3 layers, sizes from 1 to 128, up to 8,000 weights (default: five chosen ones)
  --batches     samples, up to 128 (default: 1)
  --operations  of step,forward (default: both)
  --peers       of gcc-inline,gcc (default: gcc-inline)
  --core        the core that all is pinned to (default: the last)
  --before      another checkout of this project, whose library is one more contestant

Times are those of the library called from C, and a contestant's in times of them. The median and the largest of a
column are of the library's time in times of gcc-inline's.
TEXT
}

fail() {
    echo "small.sh: $*" >&2
    exit 2
}

seed= batches=1 operations=step,forward peers=gcc-inline core=$(($(nproc --all) - 1)) before=
while [ $# -gt 0 ]; do
    case $1 in
        --seed | --batches | --operations | --peers | --core | --before)
            declare "${1#--}=${2:?$1 wants a value}"
            shift
            ;;
        --help | -h) usage; exit 0 ;;
        *) usage >&2; fail "unknown option '$1'" ;;
    esac
    shift
done
[[ $seed =~ ^[0-9]*$ ]] || fail "wanted a number for --seed, not '$seed'"
[ -z "$before" ] || [ -x "$before/build-native.sh" ] || fail "wanted a checkout with a build-native.sh, not '$before'"

work=$root/artifacts/bench/small${seed:+-$seed}
mkdir -p "$work"
source "$here/prepare.sh"
all_shapes=4-8-3,13-32-3,100-1-10,64-32-10,30-17-5
[ -z "$seed" ] || all_shapes=$(python3 "$here/small.py" draw "$seed")
shapes=$all_shapes
network=()
for shape in ${all_shapes//,/ }; do
    network[$shape]=n${shape//-/_}
done
: > "$missing"
build_library
build_before
build_contestants

lines=$work/results.jsonl
: > "$lines"
for operation in ${operations//,/ }; do
    for shape in ${shapes//,/ }; do
        for batch in ${batches//,/ }; do
            contestants=()
            for name in ${levels//,/ } ${before:+before} ${peers//,/ }; do
                contestants+=("$name=$(object_of "$shape" "$batch" "$name")")
            done
            taskset -c "$core" "$objects/race" "$operation" "$shape" "$batch" "${contestants[@]}" >> "$lines"
        done
    done
done
python3 "$here/small.py" table "$lines"
