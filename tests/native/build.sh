# Part of run.sh: the libraries.
# Two whose classes have the names of what C# and .NET know: event, and AotBackprop.
networks=(
    odd=13-17-7:tanh,softmax aot_backprop=1-2 prime=130-67-3:gelu,softmax seven=7-100-10:softplus,softmax
    event=3-5-37:elu,softmax deep=9-33-20-5:silu,softmax
)
# Those without a softmax, which have tests of their own, outputs.c.
other_networks=(
    price=13-32-1:linear moves=9-24-3:linear number=4-8-1:linear robust=9-7-2:huber=0.35 chance=4-8-1:sigmoid
    spam=57-16-1:tanh,sigmoid tags=20-16-5:sigmoid
)
# On arm64 too: what is made of exponentials has the same bits there.
arm64_networks=(digits=64-32-10 mnist=784-128-10 "${networks[@]}")

[ -e "$install/lib/libaotbackprop.so" ] || check "the default library builds" "$root/build-native.sh"

# What was built from these very sources is built once.
stamp=$(cd "$root" && {
    find native src generator Directory.* build-native.sh -type f \
        -not -path '*/obj/*' -not -path '*/bin/*' -not -path '*/python/*' -print0 | sort -z | xargs -0 sha256sum
    has_cross_tools && echo arm64
    echo "${networks[@]}" "${other_networks[@]}"
} | sha256sum)
if [ "$(cat "$others/stamp" 2> /dev/null)" != "$stamp" ]; then
    rm -rf "$others"
    check "a library of other sizes and another name builds" \
        "$root/build-native.sh" --name shapes --output "$others" "${networks[@]}" "${other_networks[@]}"
    if has_cross_tools; then
        check "the library builds for arm64" \
            "$root/build-native.sh" --output "$others" --arm64 --no-x64 "${arm64_networks[@]}" "${other_networks[@]}"
    fi
    [ "$failed" -gt 0 ] || echo "$stamp" > "$others/stamp"
fi
shapes=$others/linux-x64
arm64=$others/linux-arm64

levels=(x86-64-v2)
grep -qw avx2 /proc/cpuinfo && levels+=(x86-64-v3)
grep -qw avx512bw /proc/cpuinfo && levels+=(x86-64-v4)
best=${levels[-1]}

# Each level's libraries in a folder of their own, where the loader has no choice.
for level in "${levels[@]}"; do
    mkdir -p "$work/$level"
    cp -P "$install/lib/glibc-hwcaps/$level"/* "$shapes/lib/glibc-hwcaps/$level"/* "$work/$level/"
done
# And what a host takes that loads by a path: the library that holds them all.
mkdir -p "$work/all"
cp -P "$install"/lib/lib*.so* "$shapes"/lib/lib*.so* "$work/all/"
