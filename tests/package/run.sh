#!/usr/bin/env bash
# The products of .NET as a user has them: the package in projects of its own, and the single executables, alone.
# usage: run.sh [nuget | programs] (default: both). Ends in a line 'N passed, N failed'.
set -u -o pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# check WHAT COMMAND ...: counts whether the command succeeds; shows its output where it does not.
check() {
    local what=$1
    shift
    if "$@" > "$work/log" 2>&1; then
        passed=$((passed + 1))
        echo "ok      $what"
    else
        failed=$((failed + 1))
        echo "FAILED  $what"
        sed 's/^/        /' "$work/log"
    fi
}

# Shell code as a command, with what it is given as $1, $2, … In it a command that is to fail stands behind 'not': one
# behind '!' ends no code when it succeeds.
try() {
    bash -euo pipefail -c "not() { ! \"\$@\"; }; $1" try "${@:2}"
}

# ends STATUS TEXT COMMAND ...: the command ends with this status, and its output holds the text.
ends() {
    local wanted=$1 text=$2 status=0
    shift 2
    "$@" > "$work/output" 2>&1 || status=$?
    cat "$work/output"
    echo "[status $status; wanted $wanted and '$text']"
    [ "$status" -eq "$wanted" ] && grep -qF -- "$text" "$work/output"
}

level=x86-64-v2
grep -qw avx2 /proc/cpuinfo && level=x86-64-v3

parts=${1:-nuget programs}
[[ " nuget programs nuget programs " == *" $parts "* ]] || { echo "run.sh: wanted nuget or programs, not '$parts'" >&2; exit 2; }
if [[ $parts == *nuget* ]]; then
    . "$here/nupkg.sh"
fi
if [[ $parts == *programs* ]]; then
    . "$here/program.sh"
    . "$here/command.sh"
    . "$here/optimizers.sh"
fi

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
