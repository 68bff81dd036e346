# What run.sh measures with: the packages of the peers, our library, and the contestants.

c_peers=gcc,gcc-inline,libxsmm,onednn,openblas,fann
python_peers=python,pytorch,pytorch-expert,scikit-learn
dotnet_peers=dotnet,onnxruntime
all_peers=$c_peers,$python_peers,$dotnet_peers,torchsharp
all_shapes=4-8-3,64-32-10,784-128-10,784-128-64-10,784-512-10,10000-64-4
all_operations=step,forward,epoch,sparse,adam,threads,start
objects=$work/objects
missing=$work/missing       # lines of a peer, a tab, and why it is not measured

declare -A network=([4-8-3]=iris [64-32-10]=digits [784-128-10]=mnist [784-128-64-10]=deep [784-512-10]=wide
    [10000-64-4]=bag)
declare -A package=([libxsmm]=libxsmm-dev [onednn]=libdnnl-dev [openblas]=libopenblas-dev
    [fann]=libfann-dev [python]=python3-numpy [pytorch]=python3-torch [pytorch-expert]=python3-torch
    [scikit-learn]=python3-sklearn [onnxruntime]=python3-onnx)
declare -A libraries=([libxsmm]="-lxsmm -lxsmmnoblas" [onednn]=-ldnnl [openblas]=-lopenblas)

has_avx512() {
    grep -qm 1 -w avx512f /proc/cpuinfo
}

has_avx512 && levels=v4,v3 || levels=v3

# lack PEER REASON
lack() {
    printf '%s\t%s\n' "$1" "$2" >> "$missing"
}

# leave_out OPERATION REASON
leave_out() {
    lack "$@"
    operations=,$operations,
    operations=${operations//,$1,/,}
    operations=${operations#,} operations=${operations%,}
}

# wanted LIST: those of the list that were asked for and are not missing.
wanted() {
    local peer
    for peer in ${1//,/ }; do
        if [[ ,$peers, == *,$peer,* ]] && ! grep -q "^$peer"$'\t' "$missing"; then
            echo "$peer"
        fi
    done
}

installed() {
    dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null | grep -qx installed
}

install_packages() {
    local peer packages=()
    for peer in ${peers//,/ }; do
        [ -z "${package[$peer]:-}" ] || installed "${package[$peer]}" || packages+=("${package[$peer]}")
    done
    [ -z "$(wanted "$python_peers")" ] || installed python3-venv || packages+=(python3-venv)
    [[ ,$operations, != *,epoch,* ]] || installed dataset-fashion-mnist || packages+=(dataset-fashion-mnist)
    if [ ${#packages[@]} -gt 0 ] && [ "$(id -u)" = 0 ]; then
        { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q "${packages[@]}"; } >&2 || true
    fi
    for peer in ${peers//,/ }; do
        [ -z "${package[$peer]:-}" ] || installed "${package[$peer]}" \
            || lack "$peer" "the package ${package[$peer]} is not installed"
    done
    [[ ,$peers, != *,torchsharp,* ]] || lack torchsharp "its native part (0.107.0) wants GLIBCXX_3.4.32, newer than Debian 12"
    if [[ ,$operations, == *,epoch,* ]] && ! installed dataset-fashion-mnist; then
        leave_out epoch "the package dataset-fashion-mnist is not installed"
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
    build_checkout library "$root" "$work"
}

build_before() {
    [ -z "$before" ] || build_checkout before "$(realpath "$before")" "$work/before"
}

# build_checkout NAME ROOT OUTPUT: the library of the checkout at ROOT, with all shapes.
build_checkout() {
    local name=$1 root=$2 output=$3 shape sized=()
    changed "$name" src generator native build-native.sh Directory.Build.props Directory.Packages.props || return 0
    for shape in ${all_shapes//,/ }; do
        sized+=("${network[$shape]}=$shape")
    done
    "$root/build-native.sh" --name bench --output "$output" "${sized[@]}" >&2
    built "$name"
    rm -rf "$objects"
}

# A contestant's arithmetic may be fast and loose, the process's may not: -ffast-math is for compiling, and linking
# with it would flush our denormals too.
build_contestants() {
    if changed contestants bench/c bench/prepare.sh; then
        rm -rf "$objects"
    fi
    mkdir -p "$objects"
    [ -f "$objects/reference.so" ] \
        || gcc -std=gnu11 -O2 -fPIC -shared -Wall -Wextra "$here/c/reference.c" -o "$objects/reference.so" -ldl
    [ -f "$objects/race" ] \
        || gcc -std=gnu11 -O2 -Wall -Wextra "$here"/c/{race,limits}.c -o "$objects/race" -pthread -lm -ldl
    local shape name batch
    for shape in ${shapes//,/ }; do
        for batch in ${batches//,/ }; do
            for name in ${levels//,/ } ${before:+before} $(wanted "$c_peers"); do
                [ -f "$(object_of "$shape" "$batch" "$name")" ] || build_contestant "$shape" "$batch" "$name"
            done
        done
    done
    built contestants
}

# object_of SHAPE BATCH NAME: a contestant's shared object; one whose compiler knows the batch has one for each.
object_of() {
    case $3 in
        *-inline) echo "$objects/$1/$3-$2.so" ;;
        *) echo "$objects/$1/$3.so" ;;
    esac
}

build_contestant() {
    local shape=$1 batch=$2 name=$3 directory=$objects/$1 level=${3/before/${levels%%,*}} installed=$work/linux-x64
    local calls=$root
    [ "$name" != before ] || { installed=$work/before/linux-x64 calls=$before; }
    local fast=(gcc -std=gnu11 -O3 -march=native -ffast-math -fPIC -Wall -Wextra
                "-DSIZES=${shape//-/,}" "-DCLASSES=${shape##*-}")
    mkdir -p "$directory"
    case $name in
        v3 | v4 | before)
            # The other checkout's interface may be of another version: what calls it is of that checkout too.
            cp "$calls/bench/c/ours.c" "$directory/$name.c"
            gcc -std=gnu11 -O2 -fPIC -shared -Wall -Wextra -I"$installed/include" -I"$here/c" \
                "-DLIBRARY=\"$installed/lib/glibc-hwcaps/x86-64-$level/libbench.so\"" \
                "-DNETWORK=\"${network[$shape]}\"" "$directory/$name.c" -o "$directory/$name.so" -ldl
            ;;
        gcc | gcc-inline)
            [ "$name" = gcc ] || fast+=("-DBATCH=$batch")
            "${fast[@]}" -c "$here/c/plain.c" -o "$directory/$name.o"
            gcc -shared "$directory/$name.o" -o "$(object_of "$shape" "$batch" "$name")" -lm
            ;;
        fann)
            gcc -std=gnu11 -O2 -fPIC -shared -Wall -Wextra "-DSIZES=${shape//-/,}" "-DCLASSES=${shape##*-}" \
                "$here/c/fann.c" -o "$directory/$name.so" -lfloatfann -lm
            ;;
        *)
            "${fast[@]}" "-DPRODUCTS=\"$name.h\"" -c "$here/c/library.c" -o "$directory/$name.o"
            # shellcheck disable=SC2086
            gcc -shared "$directory/$name.o" -o "$directory/$name.so" ${libraries[$name]} -lm
            ;;
    esac
}

# The distribution's Python and its packages, with our wheel.
build_python() {
    local wheel
    wheel=$(echo "$work"/python/*.whl)
    [ ! "$work/venv" -nt "$wheel" ] || return 0
    rm -rf "$work/venv"
    /usr/bin/python3 -m venv --system-site-packages "$work/venv"
    "$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps "$wheel"
}

# .NET under the JIT. ONNX Runtime comes with it, and takes a model of each shape.
build_dotnet() {
    if changed dotnet src generator bench/dotnet Directory.Build.props Directory.Packages.props; then
        rm -rf "$work/dotnet"
        dotnet build "$here/dotnet" -c Release -o "$work/dotnet" -p:OnnxRuntime=true -v quiet -nologo >&2
        built dotnet
    fi
    [ -n "$(wanted onnxruntime)" ] || return 0
    local shape
    for shape in ${shapes//,/ }; do
        /usr/bin/python3 "$here/python/onnx_model.py" "$shape" "$objects/$shape/model.onnx"
    done
}
