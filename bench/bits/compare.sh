#!/usr/bin/env bash
# Whether two checkouts compute the same bits: 40 networks, every optimizer, 1 and 2 threads, dense and sparse inputs, 100
# steps each, at each vector width that this processor has.
# usage: compare.sh OLD [NEW] (folders of checkouts; NEW default: this one)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -ge 1 ] && [ -d "$1/src/AotBackprop" ] || { echo "compare.sh: wanted a checkout's folder, not '${1:-}'" >&2; exit 2; }
old=$(cd "$1" && pwd)
new=$(cd "${2:-$here/../..}" && pwd)

widths=("128 DOTNET_EnableAVX2=0")
! grep -qw avx2 /proc/cpuinfo || widths+=("256 DOTNET_EnableAVX512=0")
! grep -qw avx512f /proc/cpuinfo || widths+=("512 DOTNET_EnableAVX512=1")

# record CHECKOUT: builds the program with its library and generator, and writes a line for each run.
record() {
    local folder=$1/artifacts/bits width
    mkdir -p "$folder"
    cp "$here"/*.cs "$here"/Bits.csproj "$folder"
    dotnet build -c Release -v quiet -nologo "$folder" > "$folder/build.log" 2>&1 || { cat "$folder/build.log" >&2; return 1; }
    for width in "${widths[@]}"; do
        env "${width#* }" dotnet "$folder/bin/Release/net10.0/Bits.dll" > "$folder/${width% *}.txt"
    done
}

record "$old" && record "$new" || exit 1
failed=0
for width in "${widths[@]}"; do
    bits=${width% *}
    runs=$(wc -l < "$new/artifacts/bits/$bits.txt")
    differ=$(diff "$old/artifacts/bits/$bits.txt" "$new/artifacts/bits/$bits.txt" | grep -c '^>' || true)
    echo "Vector$bits: $runs runs, $differ differ"
    [ "$runs" -gt 0 ] && [ "$differ" -eq 0 ] || { failed=1; diff "$old/artifacts/bits/$bits.txt" "$new/artifacts/bits/$bits.txt" | head -4; }
done
exit $failed
