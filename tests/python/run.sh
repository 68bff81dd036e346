#!/usr/bin/env bash
# The Python package, installed from a wheel into fresh environments: with scikit-learn and tqdm, and with neither.
# usage: run.sh [--but-interrupt | --only-interrupt | --only-kinds] [WHEEL] (default: the one that build-native.sh wrote to
# artifacts/python). Networks without a softmax are in the package shapes of tests/native. The tests of Ctrl-C measure how soon it ends a training: they want a machine of their own, and
# they show no progress, so that one environment will do.
# Needs Debian's python3-venv, python3-numpy, python3-pytest, python3-sklearn and python3-tqdm, and no network.
set -u -o pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
python=/usr/bin/python3
tests=()
only=
case ${1:-} in
    --but-interrupt) tests=(--ignore=test_interrupt.py --ignore=test_kinds.py); shift ;;
    --only-interrupt) tests=(test_interrupt.py) only=Ctrl-C; shift ;;
    --only-kinds) tests=(test_kinds.py) only="Networks without a softmax"; shift ;;
esac
wheels=("${1:-}")
[ -n "${wheels[0]}" ] || wheels=("$root"/artifacts/python/aotbackprop-*_"$(uname -m)".whl)
[ -f "${wheels[0]}" ] || { echo "run.sh: wanted a wheel: run ./build-native.sh first" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1
unset AOTBACKPROP_LIBRARY PYTHONPATH
status=0

# install ENVIRONMENT: the wheel, and nothing else.
install() {
    "$work/$1/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps "${wheels[0]}"
}

# isolated ENVIRONMENT MODULE ...: an environment that sees these of the distribution's modules alone. What is not
# linked into it is not there, for child processes either. A module with a question mark may be missing.
isolated() {
    local environment=$1 site
    shift
    "$python" -m venv "$work/$environment" || return
    site=$("$work/$environment/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    "$python" - "$site" "$@" << 'PYTHON' || return
import importlib.util
import os
import sys

for module in sys.argv[2:]:
    spec = importlib.util.find_spec(module.rstrip("?"))
    if spec is None and module.endswith("?"):
        continue
    if spec is None:
        sys.exit(f"run.sh: wanted the distribution's module '{module}'")
    path = os.path.dirname(spec.origin) if spec.submodule_search_locations else spec.origin
    os.symlink(path, os.path.join(sys.argv[1], os.path.basename(path)))
PYTHON
    install "$environment"
}

# run ENVIRONMENT TITLE
run() {
    printf -- '-- %s\n' "$2"
    (cd "$here" && "$work/$1/bin/python" -m pytest -q -p no:cacheprovider --color=no "${tests[@]}") || status=1
}

pytest=(numpy pytest _pytest pluggy iniconfig packaging attr? py?)
{ "$python" -m venv --system-site-packages "$work/all" && install all; } || exit 1
if [ "${tests[*]}" = test_kinds.py ]; then
    export KINDS=$work/kinds
    "$python" -m zipfile -e "$root"/artifacts/native-tests/python/shapes-*_"$(uname -m)".whl "$KINDS" || exit 1
fi
if [ -n "$only" ]; then
    run all "$only"
    exit "$status"
fi
isolated numpy "${pytest[@]}" || exit 1

printf 'The digits, three epochs: '
"$work/all/bin/python" "$here/digits.py" || status=1
run all "NumPy, tqdm and scikit-learn"
run numpy "NumPy alone"
exit "$status"
