# What run.sh measures with: the packages of the peers, our library, and the contestants in C.

all_peers=gcc,libxsmm,onednn,openblas
all_shapes=4-8-3,64-32-10,784-128-10,784-128-64-10,784-512-10
all_operations=step,forward,epoch
objects=$work/objects
missing=$work/missing       # lines of a peer, a tab, and why it is not measured

declare -A network=([4-8-3]=iris [64-32-10]=digits [784-128-10]=mnist [784-128-64-10]=deep [784-512-10]=wide)
declare -A package=([libxsmm]=libxsmm-dev [onednn]=libdnnl-dev [openblas]=libopenblas-dev)
declare -A libraries=([libxsmm]="-lxsmm -lxsmmnoblas" [onednn]=-ldnnl [openblas]=-lopenblas)

has_avx512() {
    grep -qm 1 -w avx512f /proc/cpuinfo
}

has_avx512 && levels=v4,v3 || levels=v3

# lack PEER REASON
lack() {
    printf '%s\t%s\n' "$1" "$2" >> "$missing"
}

installed() {
    dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null | grep -qx installed
}

install_packages() {
    local peer wanted=()
    for peer in ${peers//,/ }; do
        [ -z "${package[$peer]:-}" ] || installed "${package[$peer]}" || wanted+=("${package[$peer]}")
    done
    [[ ,$operations, != *,epoch,* ]] || installed dataset-fashion-mnist || wanted+=(dataset-fashion-mnist)
    if [ ${#wanted[@]} -gt 0 ] && [ "$(id -u)" = 0 ]; then
        apt-get install -y -q "${wanted[@]}" >&2 || true
    fi
    for peer in ${peers//,/ }; do
        [ -z "${package[$peer]:-}" ] || installed "${package[$peer]}" \
            || lack "$peer" "the package ${package[$peer]} is not installed"
    done
    if [[ ,$operations, == *,epoch,* ]] && ! installed dataset-fashion-mnist; then
        lack epoch "the package dataset-fashion-mnist is not installed"
        operations=$(tr ',' '\n' <<< "$operations" | grep -vx epoch | paste -sd ,)
    fi
}

# changed NAME PATH ...: whether the files differ from those of the last time that built NAME was called.
changed() {
    local name=$1
    shift
    state=$(cd "$root" && find "$@" -type f -not -path '*/bin/*' -not -path '*/obj/*' -print0 | sort -z \
        | xargs -0 sha256sum | sha256sum)
    [ "$state" != "$(cat "$work/$name.state" 2> /dev/null)" ]
}

built() {
    echo "$state" > "$work/$1.state"
}

build_library() {
    changed library src generator native build-native.sh Directory.Build.props Directory.Packages.props || return 0
    local shape sized=()
    for shape in ${all_shapes//,/ }; do
        sized+=("${network[$shape]}=$shape")
    done
    "$root/build-native.sh" --name bench --output "$work" "${sized[@]}" >&2
    built library
    rm -rf "$objects"
}

# A contestant's arithmetic may be fast and loose, the process's may not: -ffast-math is for compiling, and linking
# with it would flush our denormals too.
build_contestants() {
    if changed contestants bench/c bench/prepare.sh; then
        rm -rf "$objects"
    fi
    mkdir -p "$objects"
    [ -f "$objects/race" ] || gcc -std=gnu11 -O2 -Wall -Wextra "$here"/c/{race,limits}.c -o "$objects/race" -lm -ldl
    local shape name
    for shape in ${shapes//,/ }; do
        for name in ${levels//,/ } ${peers//,/ }; do
            [ -f "$objects/$shape/$name.so" ] || build_contestant "$shape" "$name"
        done
    done
    built contestants
}

build_contestant() {
    local shape=$1 name=$2 directory=$objects/$1
    local fast=(gcc -std=gnu11 -O3 -march=native -ffast-math -fPIC -Wall -Wextra
                "-DSIZES=${shape//-/,}" "-DCLASSES=${shape##*-}")
    mkdir -p "$directory"
    case $name in
        v3 | v4)
            gcc -std=gnu11 -O2 -fPIC -shared -Wall -Wextra -I"$work/linux-x64/include" \
                "-DLIBRARY=\"$work/linux-x64/lib/glibc-hwcaps/x86-64-$name/libbench.so\"" \
                "-DNETWORK=\"${network[$shape]}\"" "$here/c/ours.c" -o "$directory/$name.so" -ldl
            ;;
        gcc)
            "${fast[@]}" -c "$here/c/plain.c" -o "$directory/$name.o"
            gcc -shared "$directory/$name.o" -o "$directory/$name.so" -lm
            ;;
        *)
            installed "${package[$name]}" || return 0
            "${fast[@]}" "-DPRODUCTS=\"$name.h\"" -c "$here/c/library.c" -o "$directory/$name.o"
            # shellcheck disable=SC2086
            gcc -shared "$directory/$name.o" -o "$directory/$name.so" ${libraries[$name]} -lm
            ;;
    esac
}
