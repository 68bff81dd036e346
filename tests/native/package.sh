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
    grep -F "soname: [$(basename "$1")]" "$work/dynamic" &&
        ! grep NEEDED "$work/dynamic" | grep -v -e '\[libc\.so\.6\]' -e '\[ld-linux' &&
        ! grep -E 'TEXTREL|RPATH|RUNPATH|GNU_STACK.*E ' "$work/dynamic"
}

for tree in "$install" "$shapes" ${arm64:+"$arm64"}; do
    [ -d "$tree" ] || continue
    for library in $(cd "$tree" && find lib -name '*.so.*'); do
        what=${tree##*/}/$library
        check "the exports are the headers' functions: $what" exports_what_is_declared "$tree/$library" "$tree"/include/*.h
        check "a SONAME, no library but the C library, no path to search: $what" names_itself_and_needs_no_other "$tree/$library"
        check "no path of the build in it: $what" try '! strings "$1" | grep -F "$2"' "$tree/$library" "$root"
        check "programs are linked with a relative link to it: $what" \
            test "$(readlink "$tree/${library%.*}")" = "${library##*/}"
    done
    name=$(basename "$tree"/share/licenses/*)
    check "interface.json describes the library and its headers: ${tree##*/}" /usr/bin/python3 "$here/interface.py" "$tree" "$name"
    check "ffi.h declares what the headers do, without a preprocessor: ${tree##*/}" try '
        ! grep -n "^ *#" "$1/share/$2/ffi.h"
        diff <(perl "$3" "$1/share/$2/ffi.h" | sort) <(for header in "$1"/include/*.h; do perl "$3" "$header"; done |
            sed -n "/_FINGERPRINT/d; s/^#define \(.*\) /\1 = /; p" | sort)' "$tree" "$name" "$here/declarations.pl"
    check "its licence and those of what it holds: ${tree##*/}" try '
        cmp "$1/LICENSE" "$2/LICENSE"
        grep -q "\.NET Foundation" "$1/dotnet-LICENSE.txt" && grep -q "License notice for" "$1/dotnet-THIRD-PARTY-NOTICES.txt"' \
        "$tree/share/licenses/$name" "$root"
    for file in "$tree"/lib/pkgconfig/*.pc "$tree"/lib/cmake/*/*.cmake; do
        check "no absolute path: ${file#"$root/"}" try '! grep -nE "(^|[^}.[:alnum:]_])/" "$1"' "$file"
    done
done
for library in $(cd "$install" && find lib -name '*.so.*'); do
    most=300000
    [ "${library%/*}" != lib ] || most=800000
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
changed "a higher version without a snapshot is noticed" aotbackprop.h 's/ABI_VERSION 1$/ABI_VERSION 999/'
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
check "CMake refuses a version that it is not" try '! cmake -S "$1" -B "$2" -DCMAKE_PREFIX_PATH="$3" > /dev/null' \
    <(sed 's/0\.1/99/' "$here/cmake/CMakeLists.txt") "$work/cmake99" "$moved/usr"
