#!/usr/bin/env bash
# Measures this library beside its peers, on one core and one thread; docs/performance.md tells how to read it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
work=$root/artifacts/bench
source "$here/prepare.sh"

usage() {
    cat << TEXT
usage: bench/run.sh [--peers LIST] [--shapes LIST] [--operations LIST] [--batches LIST] [--core N] [--json FILE]

  --peers        of $all_peers (default: all)
  --shapes       of $all_shapes
  --operations   of $all_operations
  --batches      of 1,32,128
  --core         the core that all is pinned to (default: the last)
  --json         where the results go (default: artifacts/bench/results.json)

epoch and adam are measured at 784-128-10 with a batch of 128 only, sparse at 10000-64-4 with one of 32, and nothing
else at that shape.
It installs what it compares with (apt, as root) or says what is missing.
TEXT
}

fail() {
    echo "run.sh: $*" >&2
    exit 2
}

# only LIST ALL: fails where something of LIST is not in ALL.
only() {
    local one
    for one in ${1//,/ }; do
        [[ ,$2, == *,$one,* ]] || fail "wanted some of $2, not '$one'"
    done
}

peers=$all_peers shapes=$all_shapes operations=$all_operations batches=1,32,128
core=$(($(nproc --all) - 1)) json=$work/results.json
while [ $# -gt 0 ]; do
    case $1 in
        --peers | --shapes | --operations | --batches | --core | --json)
            declare "${1#--}=${2:?$1 wants a value}"
            shift
            ;;
        --help | -h) usage; exit 0 ;;
        *) usage >&2; fail "unknown option '$1'" ;;
    esac
    shift
done
only "$peers" "$all_peers"
only "$shapes" "$all_shapes"
only "$operations" "$all_operations"
only "$batches" 1,32,128

mkdir -p "$work"
lines=$work/results.jsonl
: > "$lines"
: > "$missing"
install_packages
build_library
build_contestants
[ -z "$(wanted "$python_peers")" ] || build_python
[ -z "$(wanted "$dotnet_peers")" ] || build_dotnet

# Libraries with threads of their own keep to one; an OpenBLAS that does not know the processor yet is told its kind.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
export PYTHONDONTWRITEBYTECODE=1 FASHION_MNIST=/usr/share/datasets/fashion-mnist
export DOTNET_TieredPGO=0 DOTNET_TC_DelaySingleProcMultiplier=1
! has_avx512 || export OPENBLAS_CORETYPE=SkylakeX

# measured OPERATION SHAPE BATCH: whether it makes a row.
measured() {
    case $1-$2-$3 in
        epoch-784-128-10-128 | adam-784-128-10-128 | sparse-10000-64-4-32) return 0 ;;
        epoch-* | adam-* | sparse-* | *-10000-64-4-*) return 1 ;;
    esac
}

# run_races OPERATION SHAPE BATCH: the contestants in C with the core's limits; then those of each other language beside
# the library called from C, in a process of their own.
run_races() {
    local first=${levels%%,*} functions=$objects/reference.so name
    local in_c=$c_peers in_python=$python_peers in_dotnet=dotnet c=() python=() dotnet=()
    case $1 in
        forward) in_dotnet=$dotnet_peers ;;
        epoch) in_c=${c_peers%,fann} ;;     # it would take a minute
        sparse) in_c=${c_peers%,fann} in_dotnet= ;;
        adam) in_c= in_python=python,pytorch in_dotnet= ;;
    esac
    for name in ${levels//,/ } $(wanted "$in_c"); do
        c+=("$name=$objects/$2/$name.so")
    done
    mapfile -t python < <(wanted "$in_python")
    for name in $(wanted "$in_dotnet"); do
        case $name in
            onnxruntime) dotnet+=("$name=$objects/$2/model.onnx") ;;
            *) dotnet+=("$name") ;;
        esac
    done
    run "$objects/race" "$@" "${c[@]}"
    first=$first=$objects/$2/$first.so
    [ ${#python[@]} = 0 ] || run "$work/venv/bin/python" "$here/python/race.py" "$@" "$functions" "$first" "${python[@]}"
    [ ${#dotnet[@]} = 0 ] || run dotnet "$work/dotnet/Race.dll" "$@" "$functions" "$first" "${dotnet[@]}"
}

run() {
    taskset -c "$core" "$@" >> "$lines"
}

# run_start: from the start of a process to the end of its first step, and of the process.
run_start() {
    local programs=() name
    for name in $(wanted "$python_peers"); do
        programs+=("$name=$work/venv/bin/python $here/startup/start.py $name")
    done
    [ -z "$(wanted dotnet)" ] || programs+=("dotnet=dotnet $work/dotnet/Race.dll start")
    INSTALL=$work/linux-x64 LIBRARY=bench OURS=${levels%%,*} PLAIN=gcc run "$here/startup/run.sh" "${programs[@]}"
}

for operation in ${operations//,/ }; do
    if [ "$operation" = start ]; then
        echo start >&2
        run_start
        continue
    fi
    for shape in ${shapes//,/ }; do
        for batch in ${batches//,/ }; do
            measured "$operation" "$shape" "$batch" || continue
            echo "$operation $shape, batch $batch" >&2
            run_races "$operation" "$shape" "$batch"
        done
    done
done

/usr/bin/env python3 "$here/report.py" "$lines" "$missing" "$json"
