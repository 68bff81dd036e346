#!/usr/bin/env bash
# Trains networks from each of the library's first weights, to choose which are the default; docs/initialization.md
# tells how, and publish.py writes its tables.
# usage: run.sh [SET ...] [--processes N]       what run.py takes; without, seven minutes of processor time
# Needs Debian's python3-venv, python3-numpy, python3-sklearn and dataset-fashion-mnist.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/artifacts/bench/initialization
source "$here/../prepare.sh"

for name in python3-venv python3-numpy python3-sklearn dataset-fashion-mnist; do
    installed "$name" || { echo "run.sh: the package $name is not installed" >&2; exit 2; }
done
mkdir -p "$work"
if changed library src generator native build-native.sh Directory.Build.props Directory.Packages.props \
    bench/initialization/run.sh; then
    "$root/build-native.sh" --name initialization --output "$work" iris=4-16-3 wine=13-16-3 cancer=30-16-2 \
        digits=64-32-10 deep=64-32-32-32-32-32-32-10 fashion=784-128-10 >&2
    built library
fi
build_python

# A process has one core; NumPy and scikit-learn are not to start threads beside.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1
nice "$work/venv/bin/python" "$here/run.py" "$@" > "$work/runs.csv"
echo "$work/runs.csv" >&2
