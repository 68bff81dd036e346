#!/usr/bin/env bash
# The trials that take long, in full; ./test.sh has a hundredth of each, or what fits. Ends in a line 'N passed, N failed'.
# usage: long.sh [PART ...]    of networks abuse shared files large executable data same (default: all); large wants 4 GB of memory
set -u -o pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
work=$root/artifacts/long-tests
mkdir -p "$work"
. "$here/checks.sh"
limit=1200

# compiled PROGRAM NETWORK: one of the C tests, for a network of the library that lies in $work/library.
compiled() {
    gcc -std=c11 -D_GNU_SOURCE -O1 "-DNETWORK=$2" "-DNETWORK_CAPITALS=${2^^}" -DLIBRARY=trials -DLIBRARY_CAPITALS=TRIALS \
        -include "$2.h" "-I$work/library/linux-x64/include" "$here/native/$1.c" -o "$work/$1-$2" \
        "-L$work/library/linux-x64/lib" -Wl,--enable-new-dtags -ltrials -lm -pthread
}

# The levels that this processor has, each of them a folder of libraries.
levels() {
    echo glibc-hwcaps/x86-64-v2
    ! grep -qw avx2 /proc/cpuinfo || echo glibc-hwcaps/x86-64-v3
    ! grep -qw avx512bw /proc/cpuinfo || echo glibc-hwcaps/x86-64-v4
}

library() {
    [ -e "$work/library/linux-x64/lib/libtrials.so" ] || "$root/build-native.sh" --name trials --output "$work/library" \
        tiny=4-8-3 small=64-32-10 sparse=200-40-30 deep=9-33-20-5 large=784-128-10 huge=65536-33-2 || exit 1
}

# Random networks, and those at the edges of vectors and tiles, at each width that this processor has.
networks() {
    dotnet build -c Release -v quiet -nologo "$here/AotBackprop.Tests" || exit 1
    networks_at 128 DOTNET_EnableAVX2=0
    ! grep -qw avx2 /proc/cpuinfo || networks_at 256 DOTNET_EnableAVX512=0
    ! grep -qw avx512f /proc/cpuinfo || networks_at 512 DOTNET_EnableAVX512=1
}

networks_at() {
    tests env AOTBACKPROP_TRIALS=full AOTBACKPROP_EXPECT_WIDTH="$1" "$2" bash -c \
        "dotnet '$here/AotBackprop.Tests/bin/Release/net10.0/AotBackprop.Tests.dll' -noColor && echo 'ok  networks, Vector$1'"
}

abuse() {
    tests "$here/abuse.sh" 60
}

shared() {
    library
    local network level
    for network in tiny small sparse deep large; do
        compiled shared $network || exit 1
        for level in $(levels); do
            tests env "LD_LIBRARY_PATH=$work/library/linux-x64/lib/$level" "$work/shared-$network" 20
        done
    done
}

files() {
    tests "$here/files.sh" 100000
    dotnet build -c Release -v quiet -nologo "$here/AotBackprop.Training.Tests" || exit 1
    tests env AOTBACKPROP_KILLS=500 bash -c "dotnet '$here/AotBackprop.Training.Tests/bin/Release/net10.0/AotBackprop.Training.Tests.dll' \
        -noColor -class AotBackprop.Training.Tests.KillTests && echo 'ok  500 kills of a training'"
}

large() {
    library
    compiled large huge || exit 1
    tests env "LD_LIBRARY_PATH=$work/library/linux-x64/lib" "$work/large-huge" 524416 2
    tests env "LD_LIBRARY_PATH=$work/library/linux-x64/lib" "$work/large-huge" 300000 8
}

# The executable under kills and mutations; its reader of data alone, in a process that runs on.
executable() {
    "$root/build-native.sh" --exe digits=64-32-10 --output "$work/exe" || exit 1
    local digits=$work/exe/linux-x64/bin/digits
    rm -rf "$work/killed" && mkdir "$work/killed"
    zcat "$root/samples/Digits/data/digits.csv.gz" > "$work/digits.csv"
    "$digits" train "$work/digits.csv" --scale 16 --quiet --save "$work/model.safetensors" > /dev/null || exit 1
    tests bash -c "cd '$work/killed' && exec python3 '$here/package/kills.py' '$digits' ../digits.csv 200"
    "$root/build-native.sh" --output "$work/exe" digits=64-32-10 || exit 1
    rm -rf "$work/environment" && /usr/bin/python3 -m venv --system-site-packages "$work/environment" &&
        "$work/environment/bin/python" -m pip install --quiet --no-index --no-deps "$work"/exe/python/aotbackprop-*.whl || exit 1
    tests bash -c "cd '$work/killed' && exec ../environment/bin/python '$here/package/checkpoints.py' '$digits' ../digits.csv 100"
    tests bash -c "cd '$work' && exec python3 '$here/package/mutations.py' '$digits' digits.csv model.safetensors 2000"
}

# Tables and arrays, 100,000 mutations of each format; and random tables in random dialects.
data() {
    dotnet build -c Release -v quiet -nologo "$here/AotBackprop.Data.Tests" || exit 1
    limit=3600 tests env AOTBACKPROP_DATA_MUTATIONS=100000 AOTBACKPROP_DATA_TABLES=40000 \
        bash -c "dotnet '$here/AotBackprop.Data.Tests/bin/Release/net10.0/AotBackprop.Data.Tests.dll' -noColor \
        -class AotBackprop.Data.Tests.MutationTests -class AotBackprop.Data.Tests.RandomTableTests && echo 'ok  mutations of tables'"
}

# The bytes of a build do not depend on where the sources lie, nor does it matter what MSBuild takes for a list.
same() {
    local folder long="$work/another; folder/much/longer"
    for folder in "$work/one" "$long"; do
        mkdir -p "$folder"
        (cd "$root" && git ls-files -z | xargs -0 cp --parents -t "$folder") && "$folder/build-native.sh" tiny=8-4-3 || exit 1
    done
    tests bash -c 'diff -r "$1/linux-x64" "$2/linux-x64" && diff -r "$1/python" "$2/python" &&
        echo "ok  the same bytes from two folders"' same "$work/one/artifacts" "$long/artifacts"
    tests bash -c '"$1/build-native.sh" --exe tiny=8-4-3 && "$1/artifacts/linux-x64/bin/tiny" --help > /dev/null &&
        echo "ok  an executable from a folder with a semicolon"' executable "$long"
}

for part in "${@:-networks abuse shared files large executable data same}"; do
    for one in $part; do
        case $one in
            networks | abuse | shared | files | large | executable | data | same) echo "== $one" && $one ;;
            *) echo "long.sh: wanted networks, abuse, shared, files, large, executable, data or same, not '$one'" >&2 && exit 2 ;;
        esac
    done
done

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
