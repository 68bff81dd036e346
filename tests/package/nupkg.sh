# Part of run.sh: the package.
echo "== The package"

# A version of its own, so that no cache can hold another build of it, and sources of its own, because other suites build
# from the repository's at the same time.
version=0.0.0-test.$(date +%s)
mkdir "$work/sources"
tar -C "$root" -c --exclude=bin --exclude=obj global.json .editorconfig Directory.Build.props Directory.Packages.props README.md LICENSE src generator native |
    tar -C "$work/sources" -x
check "dotnet pack" dotnet pack "$work/sources/src/AotBackprop" -c Release -o "$work/feed" -v quiet -nologo -p:Version="$version" \
    -p:RunAnalyzers=false
nupkg=$work/feed/AotBackprop.$version.nupkg
for file in lib/net10.0/AotBackprop.dll lib/net10.0/AotBackprop.xml analyzers/dotnet/cs/AotBackprop.Generator.dll \
    build/net10.0/AotBackprop.props build/net10.0/AotBackprop.targets build/net10.0/AotBackprop.Tools.targets \
    build/net10.0/AotBackprop.WithoutRuntime.targets build/net10.0/AotBackprop.VectorWidths.targets \
    build/net10.0/AotBackprop.Arm64.targets buildTransitive/net10.0/AotBackprop.props buildTransitive/net10.0/AotBackprop.targets \
    tools/AotBackprop.Packaging.dll tools/AotBackprop.Packaging.runtimeconfig.json README.md LICENSE; do
    check "the package holds $file" unzip -l "$nupkg" "$file"
done
check "the package depends on no other" try '! unzip -p "$1" AotBackprop.nuspec | grep "<dependency "' "$nupkg"

# Outside the repository, whose settings reach everything below it.
cp -r "$here"/{App,Basic,FSharp,Library,Older,Planted,Referencing} "$work/"

# Native libraries, in a folder whose name has signs that mean something to a shell, to MSBuild or to both.
odd='$HOME 100% a;b é'
mkdir -p "$work/$odd"
cp -r "$here/Shared" "$here/Behind" "$here/Library" "$work/$odd/"
shared=$work/$odd/Shared/bin/Release/net10.0/linux-x64/publish
behind=$work/$odd/Behind/bin/Release/net10.0/linux-x64/publish
cat > "$work/nuget.config" << XML
<configuration>
  <packageSources>
    <add key="feed" value="$work/feed" />
  </packageSources>
  <fallbackPackageFolders>
    <add key="usual" value="${NUGET_PACKAGES:-$HOME/.nuget/packages}" />
  </fallbackPackageFolders>
</configuration>
XML
mkdir -p "${NUGET_PACKAGES:-$HOME/.nuget/packages}"

# A compiler server would keep the last generator loaded.
project() {
    (cd "$work/$2" && NUGET_PACKAGES=$work/packages dotnet "$1" "${@:3}" -nologo -p:AotBackpropVersion="$version" -p:UseSharedCompilation=false)
}

publish() {
    project publish "$1" -c Release -r linux-x64 -o "$work/$1/out" "${@:2}"
}

# What a publish would say before it compiles.
prepare() {
    project msbuild "$1" -t:PrepareForPublish -p:Configuration=Release -p:RuntimeIdentifier=linux-x64 "${@:2}"
}

silent() {
    "$@" > "$work/output" 2>&1 && cat "$work/output" && ! grep -q ABP100 "$work/output"
}

# run FILE COMMAND ...: its output to a file, its kind (JIT, AOT) to FILE.kind.
run() {
    local file=$1
    shift
    "$@" > "$work/$file" 2> "$work/$file.kind"
}

# As MSBuild counts them: the indent tells 0 from 10.
none="    0 Warning(s)"
check "an app builds against it, without a warning" ends 0 "$none" project build App -c Release -v minimal -clp:Summary
check "it trains under the JIT" run jit dotnet "$work/App/bin/Release/net10.0/App.dll" "$work/jit.safetensors"
check "a publish at a level warns of nothing" silent publish App -p:Level=$level
check "the Native AOT program trains" run aot "$work/App/out/App" "$work/aot.safetensors"
check "they were what they should be" try '[ "$(cat "$1/jit.kind") $(cat "$1/aot.kind")" = "JIT AOT" ]' "$work"
if [ $level = x86-64-v3 ]; then
    check "both print the same numbers" diff "$work/jit" "$work/aot"
    check "both save the same file" cmp "$work/jit.safetensors" "$work/aot.safetensors"
fi

check "without a level a publish warns" ends 0 "warning ABP100" prepare App
check "NoWarn silences it" silent prepare App -p:NoWarn=ABP100
check "so does a level" silent prepare App -p:Level=x86-64-v2
check "a publish for arm64 has no such level" silent prepare App -p:RuntimeIdentifier=linux-arm64
check "a publish without Native AOT has none" silent prepare App -p:PublishAot=false
check "a project for an older framework is told that there is nothing for it" ends 1 "error NU1202" project restore Older
check "so is one for several frameworks" ends 1 "not compatible with net8.0" project restore Library -p:Everywhere=true
check "F# is told to refer to a C# project" ends 1 "error ABP103" project msbuild FSharp -restore -t:PrepareForBuild
check "so is Visual Basic" ends 1 "error ABP103" project msbuild Basic -restore -t:PrepareForBuild
check "an app of a library that uses the package builds, and the library with every analyzer" \
    ends 0 "$none" project build Referencing -c Release -v minimal -clp:Summary
check "it has networks of both" ends 0 "130 8" dotnet "$work/Referencing/bin/Release/net10.0/Referencing.dll"
check "it is warned too" ends 0 "warning ABP100" prepare Referencing

check "a shared library is published, and warned of" ends 0 "warning ABP100" project publish "$odd/Shared" -c Release -r linux-x64
for file in Shared.so points.h shapes.h shapes.json; do
    check "$file lies there" test -s "$shared/$file"
done
cp "$shared"/*.h "$shared/Shared.so" "$work/"
check "a C program compiles against it" ${CC:-cc} -std=c11 -Wall -Wextra -Werror -I"$work" -o "$work/host" \
    "$here/Shared/host.c" "$work/Shared.so" "-Wl,-rpath,$work"
check "and calls it" ends 0 "0 130 0." "$work/host"
tool=$work/packages/aotbackprop/$version/tools/AotBackprop.Packaging.dll
check "a library without exported networks and functions of its own is warned of" try '
    echo "$2" > "$3.list"
    dotnet "$1" interface --each "$3.list" "$3" "$3.exporters" | grep -F "App : warning ABP105: " | grep -F "#abp105)"
    [ ! -e "$3" ] && [ ! -s "$3.exporters" ]' "$tool" "$work/App/bin/Release/net10.0/App.dll" "$work/none"
check "asked for by name, that is an error" ends 1 "exports no network" dotnet "$tool" interface "$work/App/bin/Release/net10.0/App.dll" "$work/none"

check "a library whose networks lie in a project behind it is published, without the runtime" \
    project publish "$odd/Behind" -c Release -r linux-x64
check "and needs the C library alone" try '[ "$(readelf -d "$1" | grep -c NEEDED)" = 1 ] && readelf -d "$1" | grep -F "[libc.so.6]"' "$behind/Behind.so"
check "its headers are those of the networks" try 'diff "$1/points.h" "$2/points.h" && diff "$1/shapes.json" "$2/shapes.json"' "$shared" "$behind"
cp "$behind/Behind.so" "$work/Shared.so"
check "the C program calls it" ends 0 "0 130 0." "$work/host"
check "networks in two projects behind it are refused" ends 1 "error ABP104: Exported networks lie in several projects (" \
    project publish "$odd/Behind" -c Release -r linux-x64 -p:Two=true
check "a library that its networks do not reach is warned of" ends 0 "warning ABP105" project msbuild "$odd/Behind" \
    "-t:Build;AotBackpropFindExports" -p:Configuration=Release -p:RuntimeIdentifier=linux-x64 -p:Apart=true -restore
check "a program that asks for it is warned" ends 0 "warning ABP102" prepare App -p:Level=x86-64-v2 -p:AotBackpropWithoutRuntime=true
check "exports that need the runtime are refused" ends 1 "error ABP101: " project publish Planted -c Release -r linux-x64
for fault in "RhpNewArrayFast allocates on the managed heap, and is reached by planted_allocation →" \
    "RhpThrowEx throws an exception, and is reached by planted_throw →" \
    "initializes a static when it is first used, and is reached by planted_static →" \
    "has a thread static, and is reached by planted_thread_static →" \
    "ThrowOverflowException throws an exception, and is reached by planted_sum →"; do
    check "a planted fault is told with its path: $fault" grep -F -- "$fault" "$work/output"
done

check "AllowUnsafeBlocks set to false is told so" ends 1 "error ABP009" project build App -c Debug -v minimal -p:AllowUnsafeBlocks=false
