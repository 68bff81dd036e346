#!/usr/bin/env bash
# Model files under failing system calls, kills and mutations, in C# and in Python. Ends in a line 'N passed, N failed'.
# usage: files.sh [MUTATIONS] (default: 100000)
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$here/checks.sh"
limit=3000
program=$here/AotBackprop.Files/bin/Release/net10.0/AotBackprop.Files
[ -x "$program" ] || dotnet build -c Release -v quiet -nologo "$here/AotBackprop.Files" || exit 1
gcc -std=gnu11 -O1 -Wall -Wextra -Werror -shared -fPIC "$here/files/faults.c" -o "$work/faults.so" || exit 1
# Of the package, what needs no library.
mkdir "$work/files_alone"
cp "$here"/../native/python/{_safetensors,_scaling,_files}.py "$work/files_alone" && touch "$work/files_alone/__init__.py"
tests env PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$here/files/trial.py" "$work/files_alone" "$program" "$work/faults.so" "${1:-100000}"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
