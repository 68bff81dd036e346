# Part of run.sh: what the library does.
data=$work/digits.csv
gzip -dc "$root/samples/Digits/data/digits.csv.gz" > "$data"

# at LEVEL COMMAND ...: tests, with that level's libraries.
at() {
    tests env "LD_LIBRARY_PATH=$work/$1" "${@:2}"
}

# emulated COMMAND ...: tests, on arm64.
emulated() {
    tests qemu-aarch64 -L /usr/aarch64-linux-gnu -E "LD_LIBRARY_PATH=$arm64/lib" "$@"
}

# The same bits: each run leaves its numbers in a folder.
results=$work/results

# same_bits NETWORK FILE ...: whether these files, where there are any, are those of x86-64-v3.
same_bits() {
    local network=$1 other file
    shift
    for other in x86-64-v4 arm64; do
        [ -d "$results/$network-$other" ] && [ -d "$results/$network-x86-64-v3" ] || continue
        for file; do
            [ -e "$results/$network-$other/$file" ] || continue
            check "the same $file to the last bit at x86-64-v3 and $other: $network" \
                cmp "$results/$network-x86-64-v3/$file" "$results/$network-$other/$file"
        done
    done
}

for network in digits mnist "${networks[@]%=*}"; do
    program=$bin/bits
    given=("$data")
    [ $network = digits ] || { program=$bin/bits-$network; given=(); }
    for level in "${levels[@]}"; do
        mkdir -p "$results/$network-$level"
        at $level "$program" "$results/$network-$level" "${given[@]}"
        at $level "${program/bits/optimizers}" "$results/$network-$level"
    done
    if has_cross_tools && [ -e "$work/arm64/bits-$network" ]; then
        mkdir -p "$results/$network-arm64"
        emulated "$work/arm64/bits-$network" "$results/$network-arm64" "${given[@]}"
        [ ! -e "$work/arm64/optimizers-$network" ] || emulated "$work/arm64/optimizers-$network" "$results/$network-arm64"
    fi
    same_bits $network parameters sliced results optimizers
done
mkdir -p "$results/digits-c++"
at $best "$work/clang++/bits" "$results/digits-c++" "$data"
check "the same results under clang as C++: digits" cmp "$results/digits-c++/results" "$results/digits-$best/results"
# Networks without a softmax.
for one in "${other_networks[@]}"; do
    network=${one%%=*}
    for level in "${levels[@]}"; do
        mkdir -p "$results/$network-$level"
        at $level "$bin/outputs-$network" "$results/$network-$level"
    done
    if has_cross_tools; then
        mkdir -p "$results/$network-arm64"
        emulated "$work/arm64/outputs-$network" "$results/$network-arm64"
    fi
    same_bits $network outputs
done
# .NET and Python have these bits too.
for folder in "$results"/digits-*; do
    mode=fused
    [ "$folder" != "$results/digits-x86-64-v2" ] || mode=unfused
    check "the digits' parameters have the bits of every language: ${folder##*/digits-}" try '
        sum=$(sha256sum < "$1")
        grep -x "$2 ${sum%% *}" "$3"' "$folder/parameters" $mode "$root/tests/golden/digits-three-epochs.sha256"
done

for level in "${levels[@]}"; do
    at $level "$bin/statuses" ", gcc"
    check "the folder of $level holds that level" grep -q "at $level," "$work/printed"
done
for compiler in clang g++ clang++; do
    at $best "$work/$compiler/statuses" ", $compiler"
done
for compiler in gcc clang g++ clang++; do
    tests "$work/$compiler/fastmath" ", linked by $compiler"
done
tests "$bin/choice"
tests "$bin/memory"

for level in "${levels[@]}"; do
    for program in "$bin"/guard* "$bin"/parts* "$bin"/weights* "$bin"/shared* "$bin"/team*; do
        at $level "$program"
    done
done

if has_cross_tools; then
    emulated "$work/arm64/statuses-digits" ", gcc"
    emulated "$work/arm64/guard-digits"
    emulated "$work/arm64/parts-digits"
    emulated "$work/arm64/weights-digits"
    emulated "$work/arm64/team-digits"
fi

# valgrind knows no AVX-512.
if [ ${#levels[@]} -gt 1 ]; then
    memcheck=(valgrind -q --fair-sched=yes --error-exitcode=9 --leak-check=full --show-leak-kinds=definite
        --errors-for-leak-kinds=definite)
    mkdir -p "$results/valgrind"
    at x86-64-v3 "${memcheck[@]}" "$bin/statuses" ", under valgrind" -
    at x86-64-v3 "${memcheck[@]}" "$bin/bits" "$results/valgrind" "$data"
    at x86-64-v3 "${memcheck[@]}" "$bin/optimizers" "$results/valgrind"
    at x86-64-v3 "${memcheck[@]}" "$bin/bits-deep" "$results/valgrind"
fi

# A host that is watched: no tool reports anything, and each sees what the host itself does wrong. No suppressions.
# watched TOOL FAULT REPORT COMMAND ...: the tool's words of that fault, as grep -E wants them.
watched() {
    local tool=$1 fault=$2 report=$3
    shift 3
    tests "$@" none ", watched by $tool"
    check "$tool sees ${fault/undefined/what is undefined} in a host" try '
        { timeout 300 "${@:3}" || true; } > "$2" 2>&1
        cat "$2"
        grep -E "$1" "$2"' "$report" "$work/told" "$@" "$fault"
}
for watcher in "address:overflow:ERROR: AddressSanitizer: heap-buffer-overflow" \
    "leak:leak:ERROR: LeakSanitizer: detected memory leaks" "thread:race:WARNING: ThreadSanitizer: data race" \
    "undefined:undefined:runtime error: signed integer overflow"; do
    IFS=: read -r tool fault report <<< "$watcher"
    check "watched.c: $tool" gcc -std=c11 -D_GNU_SOURCE "${warnings[@]}" -g "-fsanitize=$tool" \
        -fno-sanitize-recover=all "${includes[@]}" "$here/watched.c" -o "$bin/watched-$tool" "${links[@]}"
    watched $tool $fault "$report" "$bin/watched-$tool"
done
if [ ${#levels[@]} -gt 1 ]; then
    check "watched.c" gcc -std=c11 -D_GNU_SOURCE "${warnings[@]}" -g "${includes[@]}" "$here/watched.c" \
        -o "$bin/watched" "${links[@]}"
    at_v3=(env "LD_LIBRARY_PATH=$work/x86-64-v3")
    watched memcheck overflow '^==[0-9]+== Invalid write of size 4' "${at_v3[@]}" "${memcheck[@]}" "$bin/watched"
    watch=(--fair-sched=yes --error-exitcode=9)
    watched helgrind race '^==[0-9]+== Possible data race during (read|write)' \
        "${at_v3[@]}" valgrind -q --tool=helgrind "${watch[@]}" "$bin/watched"
    watched drd race '^==[0-9]+== Conflicting (load|store)' \
        "${at_v3[@]}" valgrind -q --tool=drd "${watch[@]}" "$bin/watched"
fi

# Hosts survive.
for part in process seccomp small-stack handlers faults exits forks threads short-threads environment; do
    tests "$bin/hosts" $part
done
at $best "$bin/unload" libaotbackprop.so

# The library of all levels, which is taken by a path: its functions are those of the best level, with the same bits.
tests "$bin/unload" "$install/lib/libaotbackprop.so"
mkdir -p "$results/digits-all"
at all "$bin/bits" "$results/digits-all" "$data"
check "the library of all levels has the bits of the best" cmp "$results/digits-all/results" "$results/digits-$best/results"
at all "$bin/statuses" ", all levels"
check "the library of all levels takes the best" grep -q "at $best," "$work/printed"
at all env LD_BIND_NOW=1 "$bin/statuses" ", all levels, bound before the start"
at all "$bin/two" ": all levels"
for part in process seccomp small-stack handlers faults forks short-threads environment; do
    at all "$bin/hosts" $part
done
tests "$bin/two"
tests bash -c 'ulimit -v 2000000; "$0" ", under ulimit -v 2000000"' "$bin/two"
for function in $(declared "$install/include/digits.h" "$install/include/aotbackprop.h"); do
    function=${function#digits_}
    tests "$bin/first" "${function/#aotbackprop_/library_}"
done
for function in $(declared "$install/include/mnist.h"); do
    tests "$bin/first-mnist" "${function#mnist_}"
done

# A processor without AVX, and one without AVX-512, that choose among the levels of an installation.
if command -v qemu-x86_64 > /dev/null; then
    nehalem=(qemu-x86_64 -cpu Nehalem)
    tests "${nehalem[@]}" "$bin/statuses" ", on a Nehalem"
    check "a Nehalem takes x86-64-v2" grep -q 'at x86-64-v2,' "$work/printed"
    mkdir -p "$results/nehalem"
    tests "${nehalem[@]}" "$bin/bits" "$results/nehalem" "$data"
    check "a Nehalem has the bits of x86-64-v2" cmp "$results/nehalem/results" "$results/digits-x86-64-v2/results"
    tests "${nehalem[@]}" "$bin/two" ": on a Nehalem"
    tests bash -c 'qemu-x86_64 -cpu Haswell "$0" ", on a Haswell" 2> /dev/null' "$bin/statuses"
    check "a Haswell takes x86-64-v3" grep -q 'at x86-64-v3,' "$work/printed"
    # qemu says on the error stream what it can't emulate.
    for cpu in Nehalem:v2 Haswell,-{fma,movbe,f16c,avx,xsave,abm,bmi1,avx2,bmi2}:v2 Haswell,level=6:v2 Haswell:v3; do
        check "in the library of all levels a ${cpu%:*} takes x86-64-${cpu#*:}" try '
            qemu-x86_64 -E "LD_LIBRARY_PATH=$1" -cpu "$2" "$3" | grep -x "x86-64-$4"' \
            "$work/all" ${cpu%:*} "$bin/level" ${cpu#*:}
    done
    for cpu in Nehalem Haswell; do
        tests bash -c 'qemu-x86_64 -E "LD_LIBRARY_PATH=$1" -cpu "$2" "$0" ", all levels on a $2" 2> /dev/null' \
            "$bin/statuses" "$work/all" $cpu
    done
fi
