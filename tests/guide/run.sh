#!/usr/bin/env bash
# The guides of docs/guide, each run from its first line to its last in an empty folder: every block of code is run,
# compiled or compared. Output is compared exactly, but for … , which stands for any text, and in a line of its own for
# any lines; guide.py has the rules. Then the models that the guides have trained are compared: of the same fit, the
# parameters have the same bits in C#, Python and the command.
# usage: run.sh [GUIDE ...] (default: all)
# Beside the folders stands what a newcomer has: a copy of the sources. What their build-native.sh builds is kept in
# artifacts/guide, and built again where the sources are others.
# Needs Debian's python3-venv and python3-numpy, a processor with fused multiply-adds, whose numbers the guides show, and no
# network.
set -u -o pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
guides=("$@")
[ $# -gt 0 ] || mapfile -t guides < <(cd "$root/docs/guide" && printf '%s\n' *.md | sed 's/\.md$//')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$root/tests/checks.sh"

# The distribution's Python, which sees its NumPy.
export PATH=/usr/bin:$PATH PIP_NO_INDEX=1 PIP_DISABLE_PIP_VERSION_CHECK=1 LC_ALL=C.UTF-8 TERM=dumb
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# Nothing stays behind that would keep the sources, which are looked at elsewhere.
export UseSharedCompilation=false MSBUILDDISABLENODEREUSE=1 RunAnalyzers=false
unset AOTBACKPROP_LIBRARY PYTHONPATH

mkdir "$work/AotBackprop"
tar -C "$root" -c --exclude=bin --exclude=obj global.json .editorconfig Directory.Build.props Directory.Packages.props README.md \
    LICENSE build-native.sh src generator native docs | tar -C "$work/AotBackprop" -x

# The build from there would be that of the repository: it is done in the repository, once for the same sources.
stamp=$(cd "$root" && find native src generator Directory.* build-native.sh -type f -not -path '*/obj/*' -not -path '*/bin/*' -print0 |
    sort -z | xargs -0 sha256sum | sha256sum)
cat > "$work/AotBackprop/build-native.sh" << SH
#!/usr/bin/env bash
set -euo pipefail
arguments=() output=
while [ \$# -gt 0 ]; do
    case \$1 in
        --output) output=\$2; shift ;;
        *) arguments+=("\$1") ;;
    esac
    shift
done
kept=$root/artifacts/guide/\$(sha256sum <<< "\${arguments[*]}" | cut -c 1-16)
if [ "\$(cat "\$kept/stamp" 2> /dev/null)" != "$stamp" ]; then
    rm -rf "\$kept"
    mkdir -p "\$kept"
    RunAnalyzers= "$root/build-native.sh" --output "\$kept/built" "\${arguments[@]}" > "\$kept/told"
    echo "$stamp" > "\$kept/stamp"
fi
mkdir -p "\$output"
cp -R "\$kept/built/." "\$output"
cat "\$kept/told"
SH

# counted GUIDE: that so many blocks were run as it has fences.
counted() {
    local fences
    fences=$(grep -cE '^ *(```|~~~)' "$root/docs/guide/$1.md")
    echo "fences: $fences; blocks that were run: $(cat "$work/$1.count")"
    [ "$fences" -gt 0 ] && [ "$fences" -eq $((2 * $(cat "$work/$1.count"))) ]
}

# refused TEXT GUIDE: that a guide of these lines fails, with these words.
refused() {
    rm -rf "$work/trial" "$work/trial-scratch"
    mkdir "$work/trial"
    printf '%b' "$2" > "$work/trial.md"
    /usr/bin/python3 "$here/guide.py" "$work/trial.md" "$work/trial" "$work/trial.count" > "$work/output" 2>&1
    cat "$work/output"
    grep -q '^not ok ' "$work/output" && grep -qF -- "$1" "$work/output"
}

echo "-- What a guide must not have"
check "a block that nothing runs" refused "nothing can run 'bash'" '```bash\necho 1\n```\n'
check "code without a file, which no command could use" refused "nothing can run 'c'" 'Some code:\n```c\nint x;\n```\n'
check "a file that nothing uses" refused "nothing uses x.c" '`x.c`:\n```c\nint x;\n```\n```sh\necho 1\n```\n'
check "a command that fails" refused "ended with 1; wanted 0" '```sh\nfalse\ntrue\n```\n'
check "one that does not, and is said to" refused "ended with 0; wanted 1" '<!-- ends with 1 -->\n```sh\ntrue\n```\n'
check "an exception that is not shown" refused "raised" '```python\n1 / 0\n```\n'
check "other output" refused "printed was" '```sh\necho 1.5\n```\n```text\n1.50\n```\n'
check "the output of nothing" refused "it is the output of no block" '```text\n1\n```\n'
check "a block that is not closed" refused "is not closed" '```sh\necho 1\n'
check "a block with an indent" refused "wanted a fence" '- so:\n\n  ```sh\n  echo 1\n  ```\n'

for guide in "${guides[@]}"; do
    echo "-- docs/guide/$guide.md"
    mkdir "$work/$guide"
    limit=900 tests /usr/bin/python3 "$here/guide.py" "$root/docs/guide/$guide.md" "$work/$guide" "$work/$guide.count"
    check "no block of $guide.md was left out" counted "$guide"
done

# checksum FILE: that of a model's parameters.
checksum() {
    /usr/bin/python3 - "$1" << 'PYTHON'
import json, sys

with open(sys.argv[1], "rb") as file:
    header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
print(header["__metadata__"]["checksum"])
PYTHON
}

# equal A B: whether two models have the same parameters.
equal() {
    echo "$(checksum "$1"), $(checksum "$2")"
    [ "$(checksum "$1")" = "$(checksum "$2")" ]
}

# of_c MODEL: whether they are the best in the state that c.md's training keeps: the second of its parameters.
of_c() {
    /usr/bin/python3 - "$work/c/whole.state" "$1" << 'PYTHON'
import sys

state, model = (open(path, "rb").read() for path in sys.argv[1:])
parameters = model[8 + int.from_bytes(model[:8], "little") :]
sys.exit(len(parameters) == 0 or state[len(parameters) : 2 * len(parameters)] != parameters)
PYTHON
}

has() {
    [[ " ${guides[*]} " == *" $1 "* ]]
}

echo "-- The same fit"
for guide in python csharp command; do
    has $guide || continue
    check "the model of $guide.md is docs/guide/data/wine.safetensors" \
        equal "$root/docs/guide/data/wine.safetensors" "$work/$guide/wine.safetensors"
done
# Of the table that is split by hand.
if has python && has command; then
    check "what command.md judges is what python.md judges" equal "$work/python/judged.safetensors" "$work/command/judged.safetensors"
fi
if has python && has c; then
    check "so is the training by hand of c.md" of_c "$work/python/judged.safetensors"
fi

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
