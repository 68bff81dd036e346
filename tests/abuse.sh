#!/usr/bin/env bash
# Networks that are abused from many threads of a .NET program for some seconds. Ends in a line 'N passed, N failed'.
# usage: abuse.sh [SECONDS]
set -u
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
seconds=${1:-60}
project=AotBackprop.Abuse
[ -x $project/bin/Release/net10.0/$project ] || dotnet build -c Release -v quiet -nologo $project || exit 1
if timeout $((${seconds%.*} + 120)) $project/bin/Release/net10.0/$project "$seconds"; then
    echo "ok      no crash, no hang, no memory beyond what lives"
    echo "1 passed, 0 failed"
else
    echo "not ok  ended with status $?"
    echo "0 passed, 1 failed"
    exit 1
fi
