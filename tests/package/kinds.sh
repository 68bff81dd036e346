# Part of run.sh: programs around networks of other outputs, on the digits and on Iris; as assemblies, which take seconds.
echo "== Programs of other outputs"

# program NAME SIZES OPTIONS: builds one; $work/kinds/NAME/NAME runs it.
program() {
    local folder=$work/kinds/$1
    mkdir -p "$folder"
    printf 'namespace AotBackprop.Executable;\n\n[Network(%s, Output = Output.%s)]\npublic sealed partial class Network;\n' \
        "$2" "$3" > "$folder/Network.cs"
    cat > "$folder/$1.csproj" << XML
<Project>
  <PropertyGroup><NetworkFile>$folder/Network.cs</NetworkFile></PropertyGroup>
  <Import Project="$root/native/AotBackprop.Executable/AotBackprop.Executable.csproj" />
</Project>
XML
    dotnet build "$folder/$1.csproj" -c Release -o "$folder/bin" -v quiet -nologo &&
        printf '#!/usr/bin/env bash\nexec dotnet "%s/bin/AotBackprop.Executable.dll" "$@"\n' "$folder" > "$folder/$1" &&
        chmod +x "$folder/$1"
}

cd "$work" || exit 1
[ -f digits.csv ] || zcat "$root/samples/Digits/data/digits.csv.gz" > digits.csv
awk -F, -v OFS=, '{ $65 = $65 >= 5; print }' digits.csv > halves.csv
awk -F, -v OFS=, '{ line = $1; for (i = 2; i <= 64; i++) line = line "," $i; for (c = 0; c < 10; c++) line = line "," ($65 == c); print line }' \
    digits.csv > labels.csv
# The width of the petals from the other three.
tail -n +2 "$root/tests/golden/iris.csv" | cut -d, -f1-4 > petals.csv
cut -d, -f1-3 petals.csv > sepals.csv
cut -d, -f1-64 digits.csv > pixels.csv

check "a program of one sigmoid output is built" program half "64, 32, 1" Sigmoid
half=$work/kinds/half/half
check "it says its output" ends 0 "output         sigmoid" "$half" info
check "it learns which half of the digits an image is of" ends 0 "accuracy       0.9" "$half" train halves.csv --scale 16 --save half.model
check "and tells it again" ends 0 "accuracy       0.9" "$half" evaluate halves.csv --model half.model
check "it tells classes, and the probabilities of both" try '
    "$1" predict pixels.csv --model half.model > said
    "$1" predict pixels.csv --model half.model --probabilities > both
    paste -d, both said | awk -F, "{ if ((\$2 > 0.5) != \$3 || \$1 + \$2 < 0.999 || \$1 + \$2 > 1.001) exit 1; right++ } END { exit right != 1797 }"' "$half"
check "a class that is none is named" ends 1 "column 65 names 1 class: '2' (1); wanted 2, as the network has." \
    try 'head -n 1 halves.csv | sed "s/,[01]\$/,2/" | "$1" train -' "$half"

check "a program of ten sigmoid outputs is built" program tags "64, 32, 10" Sigmoid
tags=$work/kinds/tags/tags
check "it learns ten labels" ends 0 "accuracy       0.98" "$tags" train labels.csv --scale 16 --save tags.model
check "it tells labels as 1 and 0" try '
    "$1" predict pixels.csv --model tags.model | head -n 1 | grep -qx "1,0,0,0,0,0,0,0,0,0"' "$tags"
check "it tells their probabilities" try '
    [ "$("$1" predict pixels.csv --model tags.model --probabilities | head -n 1 | tr , "\n" | wc -l)" = 10 ]' "$tags"
check "a label that is none is named" ends 1 "column 74, a target, is '1.5'; wanted a number from 0 to 1." \
    try 'head -n 1 labels.csv | sed "s/,[01]\$/,1.5/" | "$1" train -' "$tags"
check "columns are counted" ends 1 "wanted 74: 64 inputs and the 10 labels" "$tags" train digits.csv

check "a program of a linear output is built" program petal "3, 8, 1" Linear
petal=$work/kinds/petal/petal
check "it learns a number" ends 0 "R2             0.9" "$petal" train petals.csv --epochs 100 --learning-rate 0.02 --seed 1 --save petal.model
check "it tells the error" ends 0 "mean error     0.1" "$petal" evaluate petals.csv --model petal.model
check "a stream is judged as samples in memory are" try '
    "$1" train petals.csv --epochs 20 --learning-rate 0.02 --block-size 64 --quiet --save stream.model > said
    "$1" evaluate petals.csv --model stream.model > told
    for figure in R2 "mean error" loss; do
        [ "$(sed -n "s/^train $figure  *//p" said)" = "$(sed -n "s/^$figure  *//p" told)" ]
    done
    awk -F, -v OFS=, "{ print NR % 4, \$0 }" petals.csv > weighted.csv
    "$1" train weighted.csv --weights 1 --epochs 20 --learning-rate 0.02 --block-size 64 --quiet --save stream.model > said
    "$1" evaluate weighted.csv --weights 1 --model stream.model > told
    for figure in R2 "mean error" loss; do
        [ "$(sed -n "s/^train $figure  *//p" said)" = "$(sed -n "s/^$figure  *//p" told)" ]
    done' "$petal"
check "it tells numbers" try '
    "$1" predict sepals.csv --model petal.model | paste -d, - petals.csv |
        awk -F, "{ d = \$1 - \$5; sum += d < 0 ? -d : d } END { exit !(NR == 150 && sum / NR < 0.25) }"' "$petal"
check "it has no probabilities" ends 2 "Unrecognized command or argument '--probabilities'" "$petal" predict sepals.csv --model petal.model --probabilities
check "its model file names its figures" ends 0 "R2             0.9" "$petal" info --model petal.model
check "a target that is no number is named" ends 1 "column 4, a target, is 'NaN'; wanted a finite number." \
    try 'printf "1,2,3,NaN\n" | "$1" train -' "$petal"
check "another output's model is refused with both" ends 1 "it holds a network of 3-8-1; wanted 64-32-1" \
    try '"$1" evaluate halves.csv --model petal.model 2>&1 | sed "s/: I/: i/" >&2; exit "${PIPESTATUS[0]}"' "$half"
