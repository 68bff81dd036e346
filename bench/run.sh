#!/usr/bin/env bash
# Measures this library beside its peers, on one core and one thread, and two threads of it on two cores;
# docs/performance.md tells how to read it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
work=$root/artifacts/bench
source "$here/prepare.sh"

usage() {
    cat << TEXT
usage: bench/run.sh [--peers LIST] [--shapes LIST] [--operations LIST] [--batches LIST] [--core N]
                    [--second-core N] [--before CHECKOUT] [--json FILE]

  --peers        of $all_peers (default: all)
  --shapes       of $all_shapes
  --operations   of $all_operations
  --batches      of 1,32,128
  --core         the core that all is pinned to (default: the last)
  --second-core  that of the second thread of threads (default: the last other one)
  --before       another checkout of this project, whose library called from C is one more contestant
  --json         where the results go (default: artifacts/bench/results.json)

epoch and adam are measured at 784-128-10 with a batch of 128 only, threads there and at 784-512-10, sparse at
10000-64-4 with one of 32, and nothing else at that shape.
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

# another CORE: one for a second thread: of two that the system knows as one core's, the other only where there is no
# choice; nothing where CORE is alone.
another() {
    local cpu
    for cpu in $(lscpu -p=CPU,CORE | awk -F, -v own="$1" '
        !/^#/ { core[$1] = $2; cpus[n++] = $1 }
        END {
            for (same = 0; same < 2; same++)
                for (i = n; i-- > 0;)
                    if (cpus[i] != own && (core[cpus[i]] == core[own]) == same)
                        print cpus[i]
        }'); do
        if taskset -c "$cpu" true 2> /dev/null; then
            echo "$cpu"
            return
        fi
    done
}

peers=$all_peers shapes=$all_shapes operations=$all_operations batches=1,32,128
core=$(($(nproc --all) - 1)) second_core= before= json=$work/results.json
while [ $# -gt 0 ]; do
    case $1 in
        --peers | --shapes | --operations | --batches | --core | --second-core | --before | --json)
            option=${1#--}
            declare "${option//-/_}=${2:?$1 wants a value}"
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
second_core=${second_core:-$(another "$core")}
[ -z "$before" ] || [ -x "$before/build-native.sh" ] || fail "wanted a checkout with a build-native.sh, not '$before'"
[ "$second_core" != "$core" ] || fail "wanted another core than $core for the second thread"

mkdir -p "$work"
lines=$work/results.jsonl
: > "$lines"
: > "$missing"
[[ ,$operations, != *,threads,* ]] || [ -n "$second_core" ] \
    || leave_out threads "two threads want a processor each, and there is one"
install_packages
build_library
build_before
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
        threads-784-128-10-128 | threads-784-512-10-128) return 0 ;;
        epoch-* | adam-* | sparse-* | threads-* | *-10000-64-4-*) return 1 ;;
    esac
}

# run_races OPERATION SHAPE BATCH: the contestants in C with the core's limits; then those of each other language beside
# the library called from C, in a process of their own.
run_races() {
    local first=${levels%%,*} functions=$objects/reference.so name
    local in_c=$c_peers in_python=$python_peers in_dotnet=dotnet c=() python=() dotnet=()
    case $1 in
        forward) in_dotnet=$dotnet_peers ;;
        epoch) in_c=${c_peers%,fann} in_c=${in_c/gcc-inline,/} ;;     # FANN would take a minute
        sparse) in_c=${c_peers%,fann} in_c=${in_c/gcc-inline,/} in_dotnet= ;;
        adam) in_c= in_python=python,pytorch in_dotnet= ;;
    esac
    for name in ${levels//,/ } ${before:+before} $(wanted "$in_c"); do
        c+=("$name=$(object_of "$2" "$3" "$name")")
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

# run_threads SHAPE BATCH: one thread and two of the library called from C.
run_threads() {
    local first=${levels%%,*}
    taskset -c "$core,$second_core" "$objects/race" threads "$@" "$first=$(object_of "$@" "$first")" >> "$lines"
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
            if [ "$operation" = threads ]; then
                run_threads "$shape" "$batch"
            else
                run_races "$operation" "$shape" "$batch"
            fi
        done
    done
done

/usr/bin/env python3 "$here/report.py" "$lines" "$missing" "$json"
