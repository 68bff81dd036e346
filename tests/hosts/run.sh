#!/usr/bin/env bash
# The library inside hosts of several languages, each a short program as a user would write one, in the folder of its name.
# A host learns the digits, has faults of its own while another of its threads (where the language has them: not LuaJIT
# and PHP) trains, learns again, and ends by itself while threads train, each of which has trained once. What it prints is
# the same in every language, to the last bit of the parameters.
# Ends in a line 'N passed, N failed'. A language whose tools are not there is left out, and named.
# usage: run.sh [INSTALLATION]    what build-native.sh made of the default networks; built if it is not there
set -u -o pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
install=$(realpath -m "${1:-$root/artifacts/linux-x64}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$root/tests/checks.sh"

[ -e "$install/lib/libaotbackprop.so" ] || "$root/build-native.sh" || exit 1
# pkg-config's words are split at spaces: its folder has none.
ln -s "$install" "$work/install"
install=$work/install
library=$install/lib/libaotbackprop.so
data=$work/digits.csv
gzip -dc "$root/samples/Digits/data/digits.csv.gz" > "$data"
export PKG_CONFIG_PATH=$install/lib/pkgconfig
links=($(pkg-config --cflags --libs aotbackprop) -Wl,-rpath,"$install/lib" -pthread)
warnings=(-Wall -Wextra -Werror -pedantic -O2)

# has LANGUAGE TOOL ...: whether its tools, commands and files, are there.
has() {
    local tool
    for tool in "${@:2}"; do
        [ -e "$tool" ] || command -v "$tool" > /dev/null || {
            echo "left out $1: no $tool"
            return 1
        }
    done
}

# needs LANGUAGE COMMAND ...: whether a command that wants no more than the language's library succeeds.
needs() {
    "${@:2}" > /dev/null 2>&1 || {
        echo "left out $1: no success of ${*:2}"
        return 1
    }
}

# host LANGUAGE THREADS COMMAND ...: what it prints, and where the language has threads, how it ends while they train.
host() {
    local language=$1 threads=$2 status=0
    shift 2
    timeout 60 "$@" "$data" > "$work/out" 2> "$work/errors" || status=$?
    if [ $status -eq 0 ] && cmp -s "$work/out" "$work/expected"; then
        passed=$((passed + 1))
        echo "ok      $language: learns, has 200 faults, learns the same again"
    else
        failed=$((failed + 1))
        echo "not ok  $language: learns, has 200 faults, learns the same again: status $status"
        diff "$work/expected" "$work/out" | sed 's/^/        /'
        sed 's/^/        /' "$work/errors"
    fi
    [ "$threads" = threads ] || return 0
    status=0
    timeout 60 "$@" "$data" exit > "$work/errors" 2>&1 || status=$?
    if [ $status -eq 7 ]; then
        passed=$((passed + 1))
        echo "ok      $language: ends while threads train"
    else
        failed=$((failed + 1))
        echo "not ok  $language: ends while threads train: wanted status 7, not $status"
        sed 's/^/        /' "$work/errors"
    fi
}

# built LANGUAGE COMMAND ...: counts a failure where the command fails.
built() {
    "${@:2}" > "$work/errors" 2>&1 && return
    failed=$((failed + 1))
    echo "not ok  $1: builds"
    sed 's/^/        /' "$work/errors"
    return 1
}

# C is what the others are compared with, and has the bits of all tests.
mode=unfused
! grep -qw avx2 /proc/cpuinfo || mode=fused
built C gcc -std=c11 -D_GNU_SOURCE "${warnings[@]}" "$here/c/host.c" -o "$work/c" "${links[@]}" || exit 1
"$work/c" "$data" "$work/parameters" > "$work/expected"
sum=$(sha256sum < "$work/parameters")
if grep -qx "$mode ${sum%% *}" "$root/tests/golden/digits-three-epochs.sha256"; then
    host C threads "$work/c"
else
    failed=$((failed + 1))
    echo "not ok  C: the parameters have the bits of every language"
fi

if has C++ g++; then
    built C++ g++ -std=c++17 "${warnings[@]}" "$here/cpp/host.cpp" -o "$work/cpp" "${links[@]}" &&
        host C++ threads "$work/cpp"
fi

if has Go go; then
    # What was compiled of Go itself stays for the next time.
    export GOCACHE=$root/artifacts/obj/go CGO_LDFLAGS="-Wl,-rpath,$install/lib" GOFLAGS=-mod=mod GOTOOLCHAIN=local
    built Go env --chdir="$here/go" go build -o "$work/go" . && host Go threads "$work/go"
fi

jna=/usr/share/java/jna.jar
if has Java javac java $jna; then
    built Java javac -Werror -XDignore.symbol.file -cp $jna -d "$work/java" "$here/java/Host.java" &&
        host Java threads java -Xmx256m -cp "$jna:$work/java" "-Dlibrary=$library" Host
fi

if has Node.js node /usr/include/node/node_api.h; then
    built Node.js gcc -std=c11 "${warnings[@]}" -shared -fPIC -I/usr/include/node "$here/node/binding.c" \
        -o "$work/digits.node" "${links[@]}" && host Node.js threads node "$here/node/host.js" "$work/digits.node"
fi

! has Ruby ruby || ! needs Ruby ruby -r fiddle -e 0 || host Ruby threads ruby "$here/ruby/host.rb" "$install"
! has LuaJIT luajit || host LuaJIT none luajit "$here/luajit/host.lua" "$install"
! has PHP php || ! needs PHP php -r 'exit((int)!extension_loaded("ffi"));' ||
    host PHP none php -d ffi.enable=1 "$here/php/host.php" "$install"

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
