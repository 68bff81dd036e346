#!/usr/bin/env bash
# The products of .NET as a user has them: the package in projects of its own, and the single executables, alone.
# usage: run.sh [nuget | programs] (default: both). Ends in a line 'N passed, N failed'.
set -u -o pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$root/tests/checks.sh"

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
    . "$here/streams.sh"
    . "$here/optimizers.sh"
    . "$here/kinds.sh"
fi

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
