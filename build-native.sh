#!/usr/bin/env bash
# From layer sizes to a C library of every instruction-set level, its headers, and a Python wheel.
# Needs the .NET 10 SDK and a C compiler.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# To MSBuild a property: in a project's text some signs of a path would mean something else.
export AOTBACKPROP_ROOT=$root

usage() {
    cat << 'TEXT'
usage: build-native.sh [--name LIBRARY] [--version VERSION] [--output DIRECTORY] [--arm64] [--no-x64] [name=sizes ...]
       build-native.sh --exe name=sizes [--level LEVEL] [--output DIRECTORY] [--arm64] [--no-x64]

  name=sizes   a network: its C prefix, and its layer sizes, as in digits=64-32-10
               (default: digits=64-32-10 mnist=784-128-10). A name is a lower-case letter, then lower-case letters,
               digits and underscores, and its class in Python, Digits, is none that Python or the package has.
               name=sizes:output asks for another output than a softmax, as in price=13-32-1:linear;
               name=sizes:hidden,output for another activation of the hidden layers than the ReLU too, as in
               spam=57-16-1:tanh,sigmoid; huber=1.35 is the output huber with that delta
  --name       the library's name: file, SONAME, C prefix, pkg-config name, Python package (default: aotbackprop); as
               a network's, with single underscores between letters and digits, and no module or word of Python
  --version    of the Python wheel and of what pkg-config and CMake are told, as in 1.2.3; without it the product's, and
               for the wheel a local part that stands for its networks, so that pip replaces one of other sizes
  --output     where the results go (default: artifacts)
  --arm64      for linux-arm64 too; needs clang, lld, gcc-aarch64-linux-gnu and libc6-dev-arm64-cross
  --no-x64     not for linux-x64

It writes linux-x64/ (lib/, include/, share/: an installation that may be moved), python/ (a wheel), and prints the
sizes. A build that fails leaves what an earlier one made.

  --exe        no library, but one program that trains, evaluates and predicts: linux-x64/bin/name, alone
  --level      the program's instruction-set level: x86-64-v2 (any processor, half the speed or less), x86-64-v3
               (AVX2, FMA; the default) or x86-64-v4 (AVX-512). On a processor below it the program says so and ends.
TEXT
}

fail() {
    echo "build-native.sh: $*" >&2
    exit 2
}

# The first is the one that every processor runs.
levels=(x86-64-v2 x86-64-v3 x86-64-v4)

# width_of LEVEL: bits of the vectors that every processor of it has; arm64, which has no levels, has 128.
width_of() {
    case $1 in
        x86-64-v4) echo 512 ;;
        x86-64-v3) echo 256 ;;
        *) echo 128 ;;
    esac
}

library=aotbackprop
output=$root/artifacts
asked_version=
x64=true
arm64=false
networks=()
program=
level=
while [ $# -gt 0 ]; do
    case $1 in
        --name) library=${2:?--name wants a name}; shift ;;
        --version) asked_version=${2:?--version wants a version}; shift ;;
        --output) mkdir -p "${2:?--output wants a directory}"; output=$(cd "$2" && pwd); shift ;;
        --exe) program=${2:?--exe wants name=sizes}; shift ;;
        --level) level=${2:?--level wants an instruction-set level}; shift ;;
        --arm64) arm64=true ;;
        --no-x64) x64=false ;;
        --help | -h) usage; exit 0 ;;
        -*) usage >&2; fail "unknown option '$1'" ;;
        *) networks+=("$1") ;;
    esac
    shift
done
platforms=()
[ $x64 = false ] || platforms+=(linux-x64)
[ $arm64 = false ] || platforms+=(linux-arm64)
[ ${#platforms[@]} -gt 0 ] || fail "--no-x64 without --arm64 leaves nothing to build"
version_form='^[0-9]+(\.[0-9]+)*((a|b|rc)[0-9]+)?(\.post[0-9]+)?(\.dev[0-9]+)?(\+[a-z0-9]+([.][a-z0-9]+)*)?$'
[[ ${asked_version:-1.2.3} =~ $version_form ]] ||
    fail "wanted a version as in 1.2.3, 1.2.3rc1 or 1.2.3+local, not '$asked_version'"
[[ $library =~ ^[a-z][a-z0-9]*(_[a-z0-9]+)*$ ]] ||
    fail "wanted a library name of a lower-case letter, then lower-case letters and digits, with single underscores" \
        "between them, not '$library'"
command -v dotnet > /dev/null || fail "wanted the .NET 10 SDK: 'dotnet' is not on the path"
command -v "${CC:-cc}" > /dev/null || fail "wanted a C compiler: '${CC:-cc}' is not on the path"
if [ $arm64 = true ]; then
    for tool in clang ld.lld aarch64-linux-gnu-gcc aarch64-linux-gnu-objcopy; do
        command -v $tool > /dev/null ||
            fail "wanted '$tool' for --arm64: install clang, lld, gcc-aarch64-linux-gnu and libc6-dev-arm64-cross"
    done
fi
arm64_options=(-p:LinkerFlavor=lld -p:ObjCopyName=aarch64-linux-gnu-objcopy)

# The names of the activations and the outputs, as model files have them.
names_in() {
    sed -n 's/^ *('"$1"'\.[A-Za-z]*, "\([a-z_]*\)").*/\1/p' "$root/src/AotBackprop/$1s.cs"
}
activations=($(names_in Activation))
outputs=($(names_in Output))

# parse name=sizes[:[hidden,]output]: leaves the name in $prefix, what the attribute is given in $sizes.
parse() {
    [[ $1 =~ ^([a-z][a-z0-9_]*)=([0-9]+(-[0-9]+)+)(:(.*))?$ ]] ||
        fail "wanted name=sizes, as in digits=64-32-10, name=sizes:output or name=sizes:hidden,output, not '$1': a name" \
            "is a lower-case letter, then lower-case letters, digits and underscores; sizes are numbers with '-' between" \
            "them"
    prefix=${BASH_REMATCH[1]}
    sizes=${BASH_REMATCH[2]//-/, }
    local functions=${BASH_REMATCH[5]}
    [ -n "${BASH_REMATCH[4]}" ] || functions=softmax
    local output=${functions##*,} hidden=relu delta=
    [[ $functions != *,* ]] || hidden=${functions%,*}
    if [[ $output == huber=* ]]; then
        delta=${output#huber=} output=huber
        [[ $delta =~ ^[0-9]+(\.[0-9]+)?$ ]] || fail "wanted huber=DELTA, as in huber=1.35, for '$1', not 'huber=$delta'"
    fi
    [[ " ${activations[*]} " == *" $hidden "* ]] ||
        fail "wanted an activation of ${activations[*]} for '$1', not '$hidden'"
    if [[ " ${outputs[*]} " != *" $output "* ]]; then
        [[ " ${activations[*]} " != *" $output "* ]] ||
            fail "wanted name=sizes:hidden,output, as in ${1%%:*}:$output,softmax, not '$1': '$output' is an activation" \
                "of the hidden layers, and no output"
        fail "wanted an output of ${outputs[*]} for '$1', not '$output'"
    fi
    sizes+=", Activation = global::AotBackprop.Activation.$(type_of "$hidden")"
    sizes+=", Output = global::AotBackprop.Output.$(type_of "$output")${delta:+, HuberDelta = ${delta}f}"
}

# type_of NAME: as C# and Python write the name of a class.
type_of() {
    sed -E 's/(^|_)([a-z0-9])/\U\2/g' <<< "$1"
}

if [ -n "$program" ]; then
    [ ${#networks[@]} -eq 0 ] ||
        fail "--exe builds one program and no library: give '${networks[0]}' to a call of its own"
    [[ " ${levels[*]} " == *" ${level:-x86-64-v3} "* ]] ||
        fail "wanted x86-64-v2, x86-64-v3 or x86-64-v4 for --level, not '$level'"
    parse "$program"
    work=$root/artifacts/obj/$prefix-program
    mkdir -p "$work"
    printf 'namespace AotBackprop.Executable;\n\n[Network(%s)]\npublic sealed partial class Network;\n' "$sizes" \
        > "$work/Network.cs"
    cat > "$work/program.csproj" << 'XML'
<Project>
  <PropertyGroup>
    <NetworkFile>$([MSBuild]::Escape($(MSBuildThisFileDirectory)))Network.cs</NetworkFile>
  </PropertyGroup>
  <Import Project="$([MSBuild]::Escape($(AOTBACKPROP_ROOT)))/native/AotBackprop.Executable/AotBackprop.Executable.csproj" />
</Project>
XML
    for platform in "${platforms[@]}"; do
        case $platform in
            linux-x64)
                options=(-p:AotBackpropVectorWidths="$(width_of "${level:-x86-64-v3}")" ${level:+-p:IlcInstructionSet=$level})
                ;;
            linux-arm64) options=("${arm64_options[@]}" -p:AotBackpropVectorWidths="$(width_of '')") ;;
        esac
        # What the compiler made for another level would be taken for this one's.
        rm -rf "$work/obj/Release/net10.0/$platform/native" "$work/publish"
        dotnet publish "$work/program.csproj" -c Release -r "$platform" -p:PublishDir=publish/ -v quiet -nologo \
            "${options[@]}"
        mkdir -p "$output/$platform/bin"
        cp "$work/publish/AotBackprop.Executable" "$output/$platform/bin/$prefix"
        (cd "$output" && printf '%10s  %s\n' "$(stat -c %s "$platform/bin/$prefix")" "$platform/bin/$prefix")
    done
    exit 0
fi
[ -z "$level" ] || fail "--level is for --exe: a library is built for every level"
[ ${#networks[@]} -gt 0 ] || networks=(digits=64-32-10 mnist=784-128-10)

# Names and sizes, before what takes minutes.
types=()
for network in "${networks[@]}"; do
    parse "$network"
    types+=("$(type_of "$prefix")")
done
told=$(dotnet build "$root/native/AotBackprop.Packaging" -c Release -v quiet -nologo 2>&1) ||
    fail "native/AotBackprop.Packaging does not build:"$'\n'"$told"
packaging() {
    dotnet "$root/native/AotBackprop.Packaging/bin/Release/net10.0/AotBackprop.Packaging.dll" "$@"
}
told=$(packaging names "$root/native/python" "$library" "${types[@]}" 2>&1) || fail "${told#AotBackprop.Packaging: }"

work=$root/artifacts/obj/$library
mkdir -p "$work"

# The project: the networks as C#, and the settings of native/AotBackprop.Native.
{
    # In a namespace, so that a network may have the name of one of .NET's.
    printf 'using AotBackprop;\n\n[assembly: NetworkLibrary("%s")]\n\nnamespace Networks;\n' "$library"
    for network in "${networks[@]}"; do
        parse "$network"
        printf '\n[Network(%s)]\n[NetworkExport("%s")]\npublic sealed partial class %s;\n' \
            "$sizes" "$prefix" "$(type_of "$prefix")"
    done
} > "$work/Networks.cs"
abi=$(sed -n 's/.*const int Version = \([0-9]*\);.*/\1/p' "$root/src/AotBackprop/Native/NativeAbi.cs")
soname=lib$library.so.$abi
cat > "$work/$library.csproj" << XML
<Project>
  <PropertyGroup>
    <LibraryName>$library</LibraryName>
    <LibrarySoname>$soname</LibrarySoname>
    <NetworksFile>\$([MSBuild]::Escape(\$(MSBuildThisFileDirectory)))Networks.cs</NetworksFile>
  </PropertyGroup>
  <Import Project="\$([MSBuild]::Escape(\$(AOTBACKPROP_ROOT)))/native/AotBackprop.Native/AotBackprop.Native.csproj" />
</Project>
XML

# publish PLATFORM LEVEL [PROPERTY ...]: one library, for one level; what it was linked from stays in $work/$level.
publish() {
    local platform=$1 level=$2 native=$work/obj/Release/net10.0/$1/native
    shift 2
    # What the compiler made for another level would be taken for this one's.
    rm -rf "$native" "$work/publish"
    dotnet publish "$work/$library.csproj" -c Release -r "$platform" -p:PublishDir=publish/ -v quiet -nologo \
        ${level:+-p:IlcInstructionSet=$level} -p:AotBackpropVectorWidths="$(width_of "$level")" "$@"
    [ -n "$level" ] || return 0
    rm -rf "${work:?}/$level"
    mv "$native" "$work/$level"
}

# put_library FILE FOLDER: by its SONAME, and by the name that programs are linked with.
put_library() {
    mkdir -p "$2"
    cp "$1" "$2/$soname"
    ln -s "$soname" "$2/lib$library.so"
}

# join_levels INTERFACE LEVEL ...: one library, $work/joined/$soname, that holds the code of these levels, and takes the
# processor's.
join_levels() {
    local joined=$work/joined interface=$1 level objects=()
    shift
    rm -rf "$joined"
    packaging levels "$interface/$library.json" "$joined" "$@"
    for level; do
        "${CC:-cc}" -nostdlib -r "$work/$level/lib$library.o" "$work/$level/without-runtime.o" -o "$joined/$level.o"
        objcopy --strip-debug --redefine-syms="$joined/$level.renamed" "$joined/$level.o"
        objcopy --keep-global-symbols="$joined/$level.kept" "$joined/$level.o"
        objects+=("$joined/$level.o")
    done
    "${CC:-cc}" -std=gnu11 -O2 -fPIC -fno-stack-protector -c "$joined/levels.c" -o "$joined/levels.o"
    "${CC:-cc}" -shared -o "$joined/$soname" "$joined/levels.o" "${objects[@]}" -Wl,-soname,"$soname" \
        -Wl,--version-script="$work/$1/lib$library.exports" -Wl,--gc-sections -Wl,--as-needed -Wl,--build-id=sha1 \
        -Wl,-z,relro,-z,now,-z,start-stop-visibility=hidden,-z,noexecstack,-z,"$1"
    objcopy --strip-unneeded "$joined/$soname"
}

version=${asked_version:-$(sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' "$root/Directory.Build.props")}

# build PLATFORM: $work/built/PLATFORM with lib (the installation's), wheel-lib, interface, licenses and wheel.
build() {
    local platform=$1 built=$work/built/$1 level folder fingerprint
    mkdir -p "$built/wheel-lib"
    if [ "$platform" = linux-x64 ]; then
        for level in "${levels[@]}"; do
            publish "$platform" $level
            put_library "$work/publish/lib$library.so" "$built/lib/glibc-hwcaps/$level"
            folder=$built/wheel-lib
            [ $level = "${levels[0]}" ] || folder+=/glibc-hwcaps/$level
            mkdir -p "$folder"
            cp "$work/publish/lib$library.so" "$folder"
        done
    else
        publish "$platform" "" "${arm64_options[@]}"
        put_library "$work/publish/lib$library.so" "$built/lib"
        cp "$work/publish/lib$library.so" "$built/wheel-lib"
    fi
    cp -r "$work/publish/licenses" "$built/licenses"
    cp "$root/LICENSE" "$built/licenses/"
    packaging interface "$work/obj/Release/net10.0/$platform/lib$library.dll" "$built/interface"
    if [ "$platform" = linux-x64 ]; then
        join_levels "$built/interface" "${levels[@]}"
        put_library "$work/joined/$soname" "$built/lib"
    fi
    fingerprint=$(packaging fingerprint "$built/interface/$library.json")
    packaging wheel "$built/interface/$library.json" "$root/native/python" "$built/wheel-lib" "$built/licenses" \
        "${asked_version:-$version+$fingerprint}" "$built/wheel" > /dev/null
}

# replace PLATFORM: what was built, in the place of what an earlier build left.
replace() {
    local platform=$1 built=$work/built/$1 install=$output/$1 machine=x86_64
    [ "$platform" != linux-arm64 ] || machine=aarch64
    mkdir -p "$install/lib" "$output/python"
    rm -f "$install/lib/lib$library".so* "$install"/lib/glibc-hwcaps/*/"lib$library".so*
    cp -R "$built/lib/." "$install/lib"
    packaging install "$install" "$built/interface" "$library" "$version" "$built/licenses"
    # One for each processor: another version's would be taken for this one's.
    rm -f "$output/python/$library"-*_"$machine.whl"
    cp "$built/wheel"/*.whl "$output/python/"
}

rm -rf "$work/built"
for platform in "${platforms[@]}"; do
    build "$platform"
done
for platform in "${platforms[@]}"; do
    replace "$platform"
done

echo "Sizes in bytes:"
for platform in "${platforms[@]}"; do
    (cd "$output" && find "$platform" -name "$soname" -printf '%10s  %p\n' | sort -k 2)
done
(cd "$output" && find python -name "$library-*.whl" -printf '%10s  %p\n' | sort -k 2)
