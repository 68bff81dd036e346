#!/usr/bin/env bash
# The front page's examples, as they stand there: that for C compiled without a warning and run at each level, those
# for Python run with the wheel in a fresh environment.
# usage: run.sh [ARTIFACTS] (the folder that build-native.sh writes)
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
artifacts=${1:-$root/artifacts}
install=$artifacts/linux-x64
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$root/tests/checks.sh"

# blocks LANGUAGE FILE: each block of that language, to FILE with a number from 1 in place of its %.
blocks() {
    awk -v "start=\`\`\`$1" -v "name=$2" '
        $0 == "```" { file = "" }
        file { print > file }
        $0 == start { file = name; sub("%", ++n, file) }' "$root/README.md"
}

blocks c "$work/stripes%.c"
mv "$work/stripes1.c" "$work/stripes.c"
export PKG_CONFIG_PATH=$install/lib/pkgconfig
flags=$(pkg-config --cflags --libs aotbackprop)
for compiler in gcc clang; do
    # shellcheck disable=SC2086
    check "compiles with $compiler" "$compiler" -std=c11 -Wall -Wextra -Werror -pedantic "$work/stripes.c" \
        -o "$work/stripes-$compiler" $flags "-Wl,-rpath,$install/lib"
    check "learns, built with $compiler" sh -c "'$work/stripes-$compiler' | grep -E '^no error, loss 0\.[0-2]'"
done
for level in x86-64-v3 x86-64-v4; do
    grep -qw "$([ $level = x86-64-v4 ] && echo avx512f || echo avx2)" /proc/cpuinfo || continue
    check "learns at $level" env "LD_LIBRARY_PATH=$install/lib/glibc-hwcaps/$level" \
        sh -c "'$work/stripes-gcc' | grep -E '^no error, loss 0\.[0-2]'"
done

# They name files from the root, and write to it.
blocks python "$work/example%.py"
mkdir "$work/tree"
ln -s "$root/samples" "$work/tree/samples"
python=$work/venv/bin/python
check "a fresh environment takes the wheel" sh -c "/usr/bin/python3 -m venv --system-site-packages '$work/venv' &&
    '$python' -m pip install --quiet --disable-pip-version-check --no-index --no-deps '$artifacts'/python/*.whl"
check "the NumPy example runs" sh -c "cd '$work/tree' && '$python' ../example1.py > ../said"
check "it reads more than nine in ten digits" grep -qxE '0\.9[0-9]+' "$work/said"
check "it saves its network" test -s "$work/tree/digits.safetensors"
check "the scikit-learn example reads 85 % and more in every fold" sh -c "cd '$work/tree' && '$python' ../example2.py | tee ../folds |
    grep -xE '\[(0\.(9|8[5-9])[0-9]* *){5}\]' || { cat ../folds; exit 1; }"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
