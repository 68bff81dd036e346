#!/usr/bin/env bash
# Compares each activation and its derivative with double for every float, where tests take one of 4,096. It takes about an
# hour on two cores.
# usage: floats.sh
set -eu
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tests=$root/tests/AotBackprop.Tests
dotnet build -c Release -v quiet -nologo "$tests"
AOTBACKPROP_FLOATS=all dotnet "$tests/bin/Release/net10.0/AotBackprop.Tests.dll" -noColor -showLiveOutput \
    -method AotBackprop.Tests.Numerics.ActivationTests.Every_float_is_as_near_as_promised
