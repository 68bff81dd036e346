#!/usr/bin/env bash
# Runs every test and ends in a line 'N passed, N failed'. Exits with 1 on a failure, or where no test ran.
set -u -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# Tests run most of their code a few times: to count how often costs a fifth of their time.
export DOTNET_TieredPGO=0
# Random networks are the same at each vector width, so that they are compiled once.
export AOTBACKPROP_DRAW=${AOTBACKPROP_DRAW:-$$}
passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# title TEXT: heads a suite, with the seconds since the start.
title() {
    printf '\n== %s (at %d s)\n' "$1" "$SECONDS"
}

finish() {
    printf '%d passed, %d failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
}

command -v dotnet > /dev/null || { echo "test.sh: wanted the .NET 10 SDK: 'dotnet' is not on the path" >&2; failed=1; finish; }

# dotnet_tests TITLE PROJECT [NAME=VALUE ...]: runs a built test project in that environment and adds up its counts.
dotnet_tests() {
    local title=$1 project=$2
    shift 2
    title "$title"
    env "$@" dotnet test --project "tests/$project/$project.csproj" -c Release --no-build 2>&1 | tee "$work/log"
    local status=$?
    local succeeded lost skipped
    succeeded=$(sed -n 's/^ *succeeded: \([0-9]*\).*/\1/p' "$work/log" | tail -n 1)
    lost=$(sed -n 's/^ *failed: \([0-9]*\).*/\1/p' "$work/log" | tail -n 1)
    skipped=$(sed -n 's/^ *skipped: \([0-9]*\).*/\1/p' "$work/log" | tail -n 1)
    passed=$((passed + ${succeeded:-0}))
    failed=$((failed + ${lost:-0}))
    [ "${skipped:-0}" -eq 0 ] || echo "test.sh: $skipped skipped in '$title'"
    if [ "$status" -ne 0 ] && [ "${lost:-0}" -eq 0 ]; then
        echo "test.sh: '$title' ended with status $status" >&2
        failed=$((failed + 1))
    fi
}

# count TITLE STATUS LOG: adds up what a suite of another language printed. It ends each part of its own in a line that
# counts: 'N passed, N failed', or pytest's closing line.
count() {
    local title=$1 status=$2 closing succeeded lost
    closing=$(grep -aE '^(=+ )?[0-9]+ (passed|failed)' "$3")
    succeeded=$(grep -oE '[0-9]+ passed' <<< "$closing" | awk '{ n += $1 } END { print n + 0 }')
    lost=$(grep -oE '[0-9]+ (failed|error)' <<< "$closing" | awk '{ n += $1 } END { print n + 0 }')
    passed=$((passed + succeeded))
    failed=$((failed + lost))
    if { [ "$status" -ne 0 ] && [ "$lost" -eq 0 ]; } || [ "$succeeded" -eq 0 ]; then
        echo "test.sh: '$title' ended with status $status, $succeeded passed" >&2
        failed=$((failed + 1))
    fi
}

# shell_tests TITLE COMMAND [ARGUMENT ...]: runs a suite and counts it.
shell_tests() {
    local title=$1 status
    shift
    title "$title"
    "$@" 2>&1 | tee "$work/log"
    status=$?
    count "$title" $status "$work/log"
}

# begin NAME COMMAND [ARGUMENT ...]: starts a suite beside what follows; end NAME TITLE waits for it, shows what it
# printed, and counts it.
declare -A begun
begin() {
    "${@:2}" > "$work/$1.log" 2>&1 &
    begun[$1]=$!
}

end() {
    local status=0
    wait "${begun[$1]}" || status=$?
    title "$2"
    cat "$work/$1.log"
    count "$2" $status "$work/$1.log"
}

# What the tests need, and the Debian package that brings it: commands, modules of the distribution's Python, files.
needs=(
    gcc:gcc g++:g++ clang:clang ld.lld:lld make:make cmake:cmake pkg-config:pkg-config perl:perl readelf:binutils
    unzip:unzip valgrind:valgrind zsh:zsh fish:fish
    /usr/bin/python3:python3 ensurepip:python3-venv numpy:python3-numpy sklearn:python3-sklearn pandas:python3-pandas
    pytest:python3-pytest tqdm:python3-tqdm mypy:mypy
)
# Other processors: emulated, and compiled for.
[ "$(uname -m)" != x86_64 ] || needs+=(
    qemu-x86_64:qemu-user qemu-aarch64:qemu-user aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu
    aarch64-linux-gnu-objcopy:binutils-aarch64-linux-gnu /usr/aarch64-linux-gnu/lib/libc.so.6:libc6-dev-arm64-cross
)

is_there() {
    case $2 in
        python3-*) /usr/bin/python3 -c "import $1" 2> /dev/null ;;
        *) [ -e "$1" ] || command -v "$1" > /dev/null ;;
    esac
}

missing=()
for need in "${needs[@]}"; do
    is_there "${need%%:*}" "${need##*:}" || missing+=("${need##*:}")
done
if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" -eq 0 ] && command -v apt-get > /dev/null; then
        echo "== Installing ${missing[*]}"
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" > /dev/null || { failed=1; finish; }
    else
        echo "test.sh: the tests need these Debian packages: ${missing[*]}" >&2
        failed=1
        finish
    fi
fi

echo "== Build"
if ! dotnet build AotBackprop.sln -c Release -v quiet -nologo; then
    failed=1
    finish
fi

# The C library under C hosts, and the NuGet package: beside the tests of .NET and the rest, for no suite keeps two cores
# busy.
libraries() {
    local status=0
    if ./build-native.sh; then
        touch "$work/built"
        tests/native/run.sh || status=1
        tests/python/run.sh --only-kinds || status=1
    else
        status=1
    fi
    tests/package/run.sh nuget || status=1
    return $status
}

begin libraries libraries

width=128
grep -qw avx2 /proc/cpuinfo && width=256
grep -qw avx512f /proc/cpuinfo && width=512

dotnet_tests "The oracle" AotBackprop.Oracle.Tests
dotnet_tests "Training" AotBackprop.Training.Tests
dotnet_tests "The generator" AotBackprop.Generator.Tests
dotnet_tests "Tables" AotBackprop.Data.Tests
dotnet_tests "Generated networks, Vector$width" AotBackprop.Tests AOTBACKPROP_EXPECT_WIDTH=$width
if [ $width -gt 256 ]; then
    dotnet_tests "Generated networks, Vector256" AotBackprop.Tests AOTBACKPROP_EXPECT_WIDTH=256 DOTNET_EnableAVX512=0
fi
if [ $width -gt 128 ]; then
    dotnet_tests "Generated networks, Vector128" AotBackprop.Tests AOTBACKPROP_EXPECT_WIDTH=128 DOTNET_EnableAVX2=0
fi

# What an earlier build has left is not for the tests of this one.
while [ ! -e "$work/built" ] && kill -0 "${begun[libraries]}" 2> /dev/null; do
    sleep 1
done
[ ! -e "$work/built" ] || begin python env --default-signal tests/python/run.sh --but-interrupt
[ ! -e "$work/built" ] || shell_tests "The C library under other languages" tests/hosts/run.sh
shell_tests "Networks that are abused from many threads" tests/abuse.sh 3
shell_tests "Model files under faults, kills and mutations" tests/files.sh 1000
shell_tests "The single executables" tests/package/run.sh programs
if [ -e "$work/built" ]; then
    end python Python
    shell_tests "The front page's examples" tests/readme/run.sh
    shell_tests "The guides" tests/guide/run.sh
fi
end libraries "The C library under C hosts, and the NuGet package"

# Alone: it measures how soon Ctrl-C ends a training.
[ ! -e "$work/built" ] || shell_tests "Ctrl-C in Python" tests/python/run.sh --only-interrupt

echo
finish
