#!/usr/bin/env bash
# The Python package, installed from a wheel into fresh environments: with scikit-learn and tqdm, and with neither.
# usage: run.sh [--but-interrupt | --only-interrupt] [WHEEL] (default: the one that build-native.sh wrote to
# artifacts/python). Networks of other kinds are a package of their own, built once into artifacts/kinds. The tests of Ctrl-C measure how soon it ends a training: they want a machine of their own, and
# they show no progress, so that one environment will do.
# Needs Debian's python3-venv, python3-numpy, python3-pytest, python3-sklearn and python3-tqdm, and no network.
set -u -o pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
python=/usr/bin/python3
tests=()
only_interrupt=
case ${1:-} in
    --but-interrupt) tests=(--ignore=test_interrupt.py); shift ;;
    --only-interrupt) tests=(test_interrupt.py) only_interrupt=yes; shift ;;
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

# The networks of test_kinds.py, beside what is tested else.
kinds=$root/artifacts/kinds
[ -n "$only_interrupt" ] || [ -d "$kinds/python" ] ||
    "$root/build-native.sh" --name kinds --output "$kinds" price=13-32-1:linear pair=6-9-2:linear number=4-8-1:linear \
        event=4-8-1:sigmoid spam=57-16-1:tanh,sigmoid tags=20-16-5:sigmoid || exit 1
if [ -z "$only_interrupt" ]; then
    export KINDS=$work/kinds
    "$python" -m zipfile -e "$kinds"/python/kinds-*_"$(uname -m)".whl "$KINDS" || exit 1
fi

pytest=(numpy pytest _pytest pluggy iniconfig packaging attr? py?)
{ "$python" -m venv --system-site-packages "$work/all" && install all; } || exit 1
if [ -n "$only_interrupt" ]; then
    run all "Ctrl-C"
    exit "$status"
fi
isolated numpy "${pytest[@]}" || exit 1

printf 'The digits, three epochs: '
"$work/all/bin/python" "$here/digits.py" || status=1
run all "NumPy, tqdm and scikit-learn"
run numpy "NumPy alone"
exit "$status"
