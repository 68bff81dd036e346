# Part of run.sh: the files of an installation.

# The functions that headers declare.
declared() {
    local header
    for header; do
        perl "$here/declarations.pl" "$header"
    done | sed -n 's/^.*[ *]\([a-z0-9_]*\)(.*/\1/p' | sort
}

# The symbols that a library shows. GNU's linker adds one for their version.
exported() {
    readelf --wide --dyn-syms "$1" | awk '$5 == "GLOBAL" || $5 == "WEAK" { if ($7 != "UND" && $8 != "V1.0") print $8 }' | sort
}

exports_what_is_declared() {
    declared "${@:2}" | sed 's/$/@@V1.0/' | sort > "$work/declared"
    exported "$1" | diff "$work/declared" -
}

names_itself_and_needs_no_other() {
    readelf --wide --dynamic --segments "$1" > "$work/dynamic"
    grep -F "soname: [$(basename "$1")]" "$work/dynamic" && grep NEEDED "$work/dynamic" > "$work/needed" &&
        has_no -v -e '\[libc\.so\.6\]' -e '\[ld-linux' "$work/needed" &&
        has_no -E 'TEXTREL|RPATH|RUNPATH|GNU_STACK.*E ' "$work/dynamic"
}

has_no_text() {
    strings "$1" > "$work/strings" && has_no -F "$2" "$work/strings"
}

declares_what_headers_do() {
    perl "$here/declarations.pl" "$1/share/$2/ffi.h" | sort > "$work/declared"
    for header in "$1"/include/*.h; do
        perl "$here/declarations.pl" "$header"
    done | sed -n '/_FINGERPRINT/d; s/^#define \(.*\) /\1 = /; p' | sort | diff "$work/declared" -
}

for tree in "$install" "$shapes" ${arm64:+"$arm64"}; do
    [ -d "$tree" ] || continue
    for library in $(cd "$tree" && find lib -name '*.so.*'); do
        what=${tree##*/}/$library
        check "the exports are the headers' functions: $what" exports_what_is_declared "$tree/$library" "$tree"/include/*.h
        check "a SONAME, no library but the C library, no path to search: $what" \
            names_itself_and_needs_no_other "$tree/$library"
        check "no path of the build in it: $what" has_no_text "$tree/$library" "$root"
        check "programs are linked with a relative link to it: $what" \
            test "$(readlink "$tree/${library%.*}")" = "${library##*/}"
    done
    name=$(basename "$tree"/share/licenses/*)
    check "interface.json describes the library and its headers: ${tree##*/}" \
        /usr/bin/python3 "$here/interface.py" "$tree" "$name"
    check "ffi.h has no line of the preprocessor: ${tree##*/}" has_no -n '^ *#' "$tree/share/$name/ffi.h"
    check "ffi.h declares what the headers do: ${tree##*/}" declares_what_headers_do "$tree" "$name"
    check "its licence and those of what it holds: ${tree##*/}" try '
        cmp "$1/LICENSE" "$2/LICENSE"
        grep -q "\.NET Foundation" "$1/dotnet-LICENSE.txt" && grep -q "License notice for" "$1/dotnet-THIRD-PARTY-NOTICES.txt"' \
        "$tree/share/licenses/$name" "$root"
    for file in "$tree"/lib/pkgconfig/*.pc "$tree"/lib/cmake/*/*.cmake; do
        check "no absolute path: ${file#"$root/"}" has_no -nE '(^|[^}.[:alnum:]_])/' "$file"
    done
done
for library in $(cd "$install" && find lib -name '*.so.*'); do
    most=320000
    [ "${library%/*}" != lib ] || most=900000
    check "at most ${most%000} kB: $library" test "$(stat -c %s "$install/$library")" -le $most
done

check "the ABI is that of its snapshot" "$here/abi.sh" "$install"
# changed WHAT HEADER CODE [STATUS]: headers changed by sed, judged by the snapshot.
changed() {
    rm -rf "$work/changed"
    mkdir "$work/changed"
    cp -r "$install/include" "$work/changed/"
    sed -i -E "$3" "$work/changed/include/$2"
    check "$1" try '! cmp -s "$1" "$2" && { "$4" "$5" && status=0 || status=$?; } && [ $status -eq $3 ]' \
        "$install/include/$2" "$work/changed/include/$2" "${4:-1}" "$here/abi.sh" "$work/changed"
}
changed "a changed signature is noticed" digits.h 's/(digits_initialize\(.*), uint64_t seed/\1, uint32_t seed/'
changed "an exchange of fields is noticed" aotbackprop.h '/float learning_rate/{h;d}; /int32_t optimizer/{G}'
changed "a changed type in a struct is noticed" aotbackprop.h 's/float learning_rate/double learning_rate/'
changed "a changed status is noticed" aotbackprop.h 's/(NOT_FINITE = )-8/\1-15/'
changed "a function that is gone is noticed" aotbackprop.h '/aotbackprop_self_test/d'
changed "a new function is noticed" aotbackprop.h 's/^(.*)aotbackprop_version(.*)$/&\n\1aotbackprop_other\2/'
changed "a higher version without a snapshot is noticed" aotbackprop.h 's/ABI_VERSION [0-9]+$/ABI_VERSION 999/'
changed "a comment is no part of the ABI" aotbackprop.h 's/fixed for ever/never changed/' 0

# A tree that was moved.
mkdir -p "$work/moved"
cp -r "$install" "$work/moved/usr"
cp -r "$shapes" "$work/moved/opt"
moved=$work/moved

# runs PROGRAM TREE ...: it finds its libraries in these trees, at the best level.
runs() {
    local tree
    ldd "$1" | tee "$work/ldd"
    for tree in "${@:2}"; do
        grep -F "$tree/lib/glibc-hwcaps/$best/lib" "$work/ldd" || return
    done
}

learns() {
    gzip -dc "$root/samples/Digits/data/digits.csv.gz" | "$1" | tee "$work/learned"
    grep -E 'right: 3(4[5-9]|5[0-9]) of 359' "$work/learned"
}

cp -rL "$root/samples/c" "$work/sample"
make -s -C "$work/sample" clean
check "samples/c builds through pkg-config, as C and as C++" make -C "$work/sample" all INSTALL="$moved/usr"
check "samples/c uses the moved tree" runs "$work/sample/train_digits" "$(realpath "$moved/usr/lib/pkgconfig")/../.."
check "samples/c learns" learns "$work/sample/train_digits"
check "samples/c learns as C++" learns "$work/sample/train_digits_cpp"
check "pkg-config gives both packages at once" try '
    cd "$1"
    export PKG_CONFIG_PATH=$1/usr/lib/pkgconfig:$1/opt/lib/pkgconfig
    gcc -std=c11 -Werror "$2/two.c" -o program $(pkg-config --cflags --libs aotbackprop shapes) -pthread \
        -Wl,-rpath,"$1/usr/lib:$1/opt/lib" && ./program' "$moved" "$here"
check "pkg-config knows the version" try 'PKG_CONFIG_PATH=$1 pkg-config --exact-version "$2" aotbackprop' \
    "$moved/usr/lib/pkgconfig" "$(sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' "$root/Directory.Build.props")"

check "CMake finds both packages" cmake -S "$here/cmake" -B "$work/cmake" -DCMAKE_PREFIX_PATH="$moved/usr;$moved/opt"
check "CMake builds" cmake --build "$work/cmake"
check "CMake's programs use the moved trees" runs "$work/cmake/two" "$moved/usr" "$moved/opt"
check "CMake's train_digits learns" learns "$work/cmake/train_digits"
tests "$work/cmake/two" ": CMake"
mkdir "$work/cmake99"
sed 's/0\.1/99/' "$here/cmake/CMakeLists.txt" > "$work/cmake99/CMakeLists.txt"
check "CMake refuses a version that it is not" try '
    status=0
    cmake -S "$1" -B "$1/build" -DCMAKE_PREFIX_PATH="$2" > "$1/told" 2>&1 || status=$?
    cat "$1/told"
    [ $status -ne 0 ]
    grep "compatible with requested version \"99\"" "$1/told"' "$work/cmake99" "$moved/usr;$moved/opt"

# What an earlier build left: it outlives a build that fails, and what is gone of it goes.
mkdir -p "$work/kept/linux-x64/lib"
echo earlier > "$work/kept/linux-x64/lib/libkept.so.1"
check "a build that fails leaves what an earlier one made" try '
    status=0
    "$2" --name kept --output "$1" a=0-1 > "$1/told" 2>&1 || status=$?
    cat "$1/told"
    [ $status -ne 0 ]
    grep "ABP[0-9]*" "$1/told"
    [ "$(cat "$1/linux-x64/lib/libkept.so.1")" = earlier ]' "$work/kept" "$root/build-native.sh"
mkdir -p "$work/stale/share/other"
cp -r "$install/include" "$work/stale/"
cp -r "$install/share/aotbackprop" "$work/stale/share/"
touch "$work/stale/include/gone.h" "$work/stale/include/common.h"
sed 's/"prefix": *"digits"/"prefix":"common"/' "$install/share/aotbackprop/interface.json" \
    > "$work/stale/share/other/interface.json"
sed -i 's/"prefix": *"digits"/"prefix":"gone"/; s/"prefix": *"mnist"/"prefix":"common"/' \
    "$work/stale/share/aotbackprop/interface.json"
mkdir "$work/stale-interface"
cp "$install"/include/*.h "$work/stale-interface/"
cp "$install/share/aotbackprop/interface.json" "$work/stale-interface/aotbackprop.json"
check "headers of networks that are gone go, but for those of another library" try '
    dotnet "$2" install "$1" "$1-interface" aotbackprop 1.0 "$3"
    [ "$(cd "$1/include" && echo *)" = "aotbackprop.h common.h digits.h mnist.h" ]' \
    "$work/stale" "$root/native/AotBackprop.Packaging/bin/Release/net10.0/AotBackprop.Packaging.dll" \
    "$install/share/licenses/aotbackprop"
