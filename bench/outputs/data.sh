#!/usr/bin/env bash
# Trains each kind of network on real data, beside scikit-learn's of the same sizes: data.py tells how.
# usage: data.sh [--seeds N]
# Needs Debian's python3-venv, python3-numpy and python3-sklearn.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/artifacts/bench/kinds
mkdir -p "$work"
networks=()
for activation in relu tanh; do
    networks+=("diabetes_$activation=10-16-1:$activation,linear" "friedman_$activation=10-32-1:$activation,linear"
        "cancer_$activation=30-16-1:$activation,sigmoid" "digits_$activation=64-32-10:$activation,sigmoid"
        "wine_$activation=13-16-3:$activation,softmax" "iris_$activation=4-16-3:$activation,softmax")
done
"$root/build-native.sh" --name kinds --output "$work" "${networks[@]}" > "$work/log"
rm -rf "$work/venv"
/usr/bin/python3 -m venv --system-site-packages "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps "$work"/python/*.whl
# A process has one core; NumPy is not to start threads beside.
OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1 "$work/venv/bin/python" "$here/data.py" "$@"
