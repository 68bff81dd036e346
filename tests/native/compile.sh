# Part of run.sh: the headers and the tests under two compilers and two languages, without a warning.
warnings=(-Wall -Wextra -Werror -pedantic -O1)
includes=("-I$install/include" "-I$shapes/include")
links=("-L$install/lib" "-L$shapes/lib" -Wl,--enable-new-dtags "-Wl,-rpath,$install/lib:$shapes/lib"
    -laotbackprop -lshapes -lm -pthread)

# Those whose hidden layers have an activation with a limit on both sides.
saturating=" $(printf '%s\n' "${networks[@]}" | sed -nE 's/=.*:(tanh|sigmoid),.*//p' | tr '\n' ' ') "

# How network.h learns which network it is about: network NAME LIBRARY.
network() {
    [[ $saturating != *" $1 "* ]] || echo -DSATURATES
    echo "-DNETWORK=$1 -DNETWORK_CAPITALS=${1^^} -DLIBRARY=$2 -DLIBRARY_CAPITALS=${2^^} -include $1.h"
}

# And outputs.c, what its outputs are: other_network NAME=SIZES:[HIDDEN,]OUTPUT LIBRARY.
other_network() {
    network "${1%%=*}" "$2"
    echo -DOUTPUT_COUNT=OUTPUTS
    [[ $1 != *:tanh,* ]] || echo -DHIDDEN_TANH
    case $1 in
        *linear) echo -DREGRESSOR ;;
        *huber=*) echo "-DREGRESSOR -DHUBER=${1##*=}f" ;;
        *-1:*) echo -DBINARY ;;
        *) echo -DMULTI_LABEL ;;
    esac
}

for variant in "gcc -std=c11" "clang -std=c11" "g++ -x c++ -std=c++17" "clang++ -x c++ -std=c++17"; do
    name=${variant%% *}
    mkdir -p "$work/$name"
    for header in "$install"/include/*.h "$shapes"/include/*.h; do
        echo "#include \"$(basename "$header")\"" > "$work/$name/header.c"
        check "${header##*/} alone: $variant" $variant "${warnings[@]}" "${includes[@]}" -fsyntax-only "$work/$name/header.c"
    done
    for program in bits guard optimizers parts weights team statuses memory hosts unload two first; do
        check "$program.c: $variant" $variant -D_GNU_SOURCE "${warnings[@]}" $(network digits aotbackprop) "${includes[@]}" \
            "$here/$program.c" -o "$work/$name/$program" "${links[@]}"
    done
    for one in "${other_networks[@]}"; do
        check "outputs.c for ${one%%=*}: $variant" $variant -D_GNU_SOURCE "${warnings[@]}" $(other_network $one shapes) \
            "${includes[@]}" "$here/outputs.c" -o "$work/$name/outputs-${one%%=*}" "${links[@]}"
    done
    check "fastmath.c: $variant" $variant "${warnings[@]}" -ffast-math "${includes[@]}" "$here/fastmath.c" \
        -o "$work/$name/fastmath" "${links[@]}"
    check "train_digits.c: $variant" $variant "${warnings[@]}" "${includes[@]}" "$root/samples/c/train_digits.c" \
        -o "$work/$name/train_digits" "${links[@]}"
done
bin=$work/gcc

check "shared.c: gcc" gcc -std=c11 -D_GNU_SOURCE "${warnings[@]}" $(network digits aotbackprop) "${includes[@]}" \
    "$here/shared.c" -o "$bin/shared" "${links[@]}"
for program in bits guard optimizers parts weights shared team; do
    for network in mnist:aotbackprop "${networks[@]/=*/:shapes}"; do
        check "$program.c for ${network%:*}" gcc -std=c11 -D_GNU_SOURCE "${warnings[@]}" $(network ${network%:*} ${network#*:}) \
            "${includes[@]}" "$here/$program.c" -o "$bin/$program-${network%:*}" "${links[@]}"
    done
done
# It holds the choice itself, which is in GNU's C.
check "choice.c: gcc" gcc -std=gnu11 "${warnings[@]}" "$here/choice.c" -o "$bin/choice"
check "level.c: gcc" gcc -std=c11 "${warnings[@]}" "${includes[@]}" "$here/level.c" -o "$bin/level" \
    "-L$install/lib" -laotbackprop
check "first.c for mnist" gcc -std=c11 -D_GNU_SOURCE "${warnings[@]}" $(network mnist aotbackprop) "${includes[@]}" \
    "$here/first.c" -o "$bin/first-mnist" "${links[@]}"
if has_cross_tools; then
    mkdir -p "$work/arm64"
    for program in "${arm64_networks[@]/#/bits:}" {guard,optimizers,parts,weights,team,statuses}:digits; do
        program=${program%=*}
        check "${program%:*}.c for arm64, ${program#*:}" aarch64-linux-gnu-gcc -std=c11 -D_GNU_SOURCE "${warnings[@]}" \
            $(network ${program#*:} aotbackprop) "-I$arm64/include" "$here/${program%:*}.c" -o "$work/arm64/${program/:/-}" \
            "-L$arm64/lib" -laotbackprop -lm -pthread
    done
    for one in "${other_networks[@]}"; do
        check "outputs.c for arm64, ${one%%=*}" aarch64-linux-gnu-gcc -std=c11 -D_GNU_SOURCE "${warnings[@]}" \
            $(other_network $one aotbackprop) "-I$arm64/include" "$here/outputs.c" -o "$work/arm64/outputs-${one%%=*}" \
            "-L$arm64/lib" -laotbackprop -lm -pthread
    done
fi
