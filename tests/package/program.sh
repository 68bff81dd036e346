# Part of run.sh: the single executables.
echo "== The single executable"

data=$root/samples/Digits/data/digits.csv.gz
digits=$work/digits/digits
largest=$((25 << 18))

check "dotnet publish samples/Digits" dotnet publish "$root/samples/Digits" -c Release -r linux-x64 -o "$work/digits" -v quiet -nologo
check "it is one file" try '[ "$(ls -A "$1")" = digits ]' "$work/digits"
check "of 6.25 MiB at most" try 'stat -c "%s bytes" "$1"; [ "$(stat -c %s "$1")" -le "$2" ]' "$digits" $largest
check "it is stripped" try '! readelf -SW "$1" | grep -q " \.symtab "' "$digits"
check "without arguments it shows the demo" ends 0 "held-out digits, 9" "$digits"

# says STATUS TEXT ARGUMENT ...: what digits answers; text in single quotes in the check's name is the data.
says() {
    check "digits ${*:3}: $1, '$2'" ends "$1" "$2" "$digits" "${@:3}"
}

cd "$work" || exit 1
cp "$data" digits.csv.gz
zcat digits.csv.gz > digits.csv
cut -d, -f1-64 digits.csv > inputs.csv
cut -d, -f65 digits.csv > classes

says 0 "0.1.0" --version
says 0 "predict <DATA>" --help
says 0 "--batch-size" train --help
says 0 "64-32-10" info
says 0 "$level" info
says 0 "trained on     1438" train digits.csv.gz --save model.safetensors
says 0 "accuracy       0.9" train digits.csv
check "the same with two threads, and from the standard input" try '
    "$1" train digits.csv --quiet > told
    "$1" train digits.csv --quiet --threads 2 | cmp - told
    "$1" train - --quiet < digits.csv | cmp - told' "$digits"
check "progress goes to the standard error, a line for the first and the last epoch" try '
    [ "$("$1" train digits.csv --epochs 3 2>&1 > /dev/null | grep -c "^epoch [13]/3  loss [0-9.]*  held-out accuracy [0-9.]*$")" = 2 ]' "$digits"
says 0 "held out       0" train digits.csv --epochs 1 --holdout 0
says 0 "accuracy       0.97" evaluate digits.csv.gz --model model.safetensors
says 0 "learning_rate  0.1" info --model model.safetensors
check "predict tells the classes that evaluate counts" try '
    "$1" predict inputs.csv --model model.safetensors > said
    right=$(paste -d" " said classes | awk "\$1 == \$2" | wc -l)
    "$1" evaluate digits.csv --model model.safetensors | grep "accuracy       $(awk "BEGIN { printf \"%.4f\", $right / 1797 }")"' "$digits"
check "the probabilities of a line sum to 1, and the largest is the class" try '
    "$1" predict inputs.csv --model model.safetensors --probabilities | awk -F, "{
        sum = 0; best = 1
        for (i = 1; i <= NF; i++) { sum += \$i; if (\$i > \$best) best = i }
        if (NF != 10 || sum < 0.999 || sum > 1.001) exit 1
        print best - 1 }" | cmp - said' "$digits"
check "training goes on from a model" try '
    "$1" train digits.csv --model model.safetensors --epochs 1 2>&1 > /dev/null | grep "loss 0\.1"' "$digits"

echo "-- commands that are not understood"
says 2 "Unrecognized command or argument 'learn'" learn
says 2 "Required argument missing" train
says 2 "Option '--model' is required" evaluate digits.csv
says 2 "--epochs is '0'; wanted a whole number from 1 to 2147483647" train digits.csv --epochs 0
says 2 "--epochs is 'many'" train digits.csv --epochs many
says 2 "--batch-size is '-3'" train digits.csv --batch-size -3
says 2 "--learning-rate is '0,1'" train digits.csv --learning-rate 0,1
says 2 "--learning-rate is 'NaN'" train digits.csv --learning-rate NaN
says 2 "--seed is '1.5'" train digits.csv --seed 1.5
says 2 "--threads is '0'; wanted a whole number from 1 to 1024" train digits.csv --threads 0
says 2 "--holdout is '1'; wanted a number from 0 to 0.9" train digits.csv --holdout 1
says 2 "--scale is '0'; wanted a number from 1.18e-38 to 3.4e38" train digits.csv --scale 0
says 2 "DATA is ''; wanted a file, or - for the standard input" train ''

echo "-- what cannot be done"
says 1 "none.csv" train none.csv
says 1 ".: It is a directory; wanted a file" train .
says 1 "there is no such directory" train digits.csv --save nowhere/model.safetensors
says 1 "Training stopped in epoch 1" train digits.csv --learning-rate 1e30
says 1 "Model file 'digits.csv'" evaluate digits.csv --model digits.csv
says 1 "none.safetensors" evaluate digits.csv --model none.safetensors

# reads STATUS TEXT DATA ...: what digits says to these bytes.
reads() {
    printf "${@:3}" > odd.csv
    check "data $(printf '%.30s' "${3//$row/ROW}"): $1, '$2'" ends "$1" "$2" "$digits" train odd.csv --epochs 1 --holdout 0
}

row=$(head -n 1 digits.csv | cut -d, -f1-64)
reads 0 "trained on     2" "$row,0\n$row,1\n"
reads 0 "trained on     2" "$row,0\r\n\r\n  \n$row,1"
reads 0 "trained on     1" '\xef\xbb\xbf'"$row,0"
reads 0 "trained on     1" "${row//,/ , },9.0 \n"
reads 1 "odd.csv holds no sample" ""
reads 1 "odd.csv holds no sample" "\n\r\n\n"
reads 1 "odd.csv, line 2 has 64 values; wanted 65, as in the first line" "$row,0\n$row\n"
reads 1 "odd.csv, line 1 has 64 columns; wanted 65: 64 inputs and the class" "$row\n"
reads 1 "odd.csv, line 1 has 66 columns; wanted 65: 64 inputs and the class. Column 1 seems to number the rows; leave it out (--leave-out 1)" "$row,0,1\n"
reads 1 "odd.csv, line 1: column 1 is 'x'; wanted a finite number" "x${row#0},0\n"
reads 1 "column 1 is empty; wanted a finite number. It is missing; say what takes its place (--missing)" "${row#0},0\n"
reads 1 "column 1 is 'nan'" "nan${row#0},0\n"
reads 1 "column 1 is 1E+42, which, scaled, is larger than a float32 can hold" "1e42${row#0},0\n"
reads 1 "column 1 is '1e400'" "1e400${row#0},0\n"
reads 1 "column 1 is '1?[31m'" '1\x1b[31m'"${row#0},0\n"
reads 1 "odd.csv: column 65 names 2 classes: '0' (2), '10' (1); wanted 10, as the network has" "$row,0\n$row,0\n$row,10\n"
reads 1 "names 1 class: '-1' (1); wanted 10" "$row,-1\n"
reads 1 "the class, is '1.5'" "$row,1.5\n"
reads 1 "line 1: column 65, the class, is empty; wanted a text or a whole number" "$row,\n"
reads 1 "odd.csv, line 1 has 1 column; wanted 65: 64 inputs and the class" "%s" "$(head -c 100000 /dev/zero | tr '\0' 1)"
head -c 300000000 /dev/zero | gzip -1 > bomb.csv.gz
says 1 "line 1: the line has more than 16777216 bytes" train bomb.csv.gz
(seq -s, 1 65 && cat digits.csv) > header.csv
says 0 "trained on     1438" train header.csv --header --epochs 1
check "predict takes samples with their classes too" try '"$1" predict digits.csv --model model.safetensors | cmp - said' "$digits"
cut -d, -f1-63 digits.csv > narrow.csv
says 1 "narrow.csv, line 1 has 63 columns; wanted 64, the inputs, or 65 with the class" predict narrow.csv --model model.safetensors

echo "-- in a root of its own"
alone=$work/root
mkdir -p "$alone"
cp "$digits" "$data" "$alone/"
ldd "$digits" | grep -o '/[^ ]*' | while read -r library; do
    mkdir -p "$alone$(dirname "$library")"
    cp -L "$library" "$alone$library"
done
enter=(unshare --map-root-user chroot)
[ "$(id -u)" -ne 0 ] || enter=(chroot)
(cd "$alone" && find . -type f | sort)
check "digits train reaches its accuracy" ends 0 "accuracy       0.9" "${enter[@]}" "$alone" /digits train /digits.csv.gz --save /model.safetensors
check "its model is that from outside" cmp "$alone/model.safetensors" model.safetensors
check "the demo runs" ends 0 "held-out digits, 9" "${enter[@]}" "$alone" /digits
if command -v qemu-x86_64 > /dev/null; then
    check "a processor below its level is told so" ends 1 "wanted one built by \`build-native.sh --exe NAME=SIZES --level\`" qemu-x86_64 -cpu Nehalem "$digits" info
fi

echo "-- for sizes of one's own"
iris=$work/own/linux-x64/bin/iris
check "build-native.sh --exe" "$root/build-native.sh" --exe iris=4-8-3 --level x86-64-v2 --output "$work/own"
check "it is all that was built" try '[ "$(cd "$1" && find . -type f)" = ./linux-x64/bin/iris ]' "$work/own"
check "it trains" ends 0 "accuracy       0.9" "$iris" train "$root/tests/golden/iris.csv" --header --epochs 100
check "it is for the level that was asked for" ends 0 "x86-64-v2" "$iris" info
if command -v qemu-x86_64 > /dev/null; then
    check "which an old processor has" ends 0 "accuracy       0.9" qemu-x86_64 -cpu Nehalem "$iris" train "$root/tests/golden/iris.csv" --header --epochs 100
fi
check "a model of other sizes is refused with both" ends 1 "It holds a network of 64-32-10; wanted 4-8-3" "$iris" evaluate digits.csv --model model.safetensors
check "without arguments it shows its help" ends 2 "train <DATA>" "$iris"
check "a level that is none is refused" ends 2 "wanted x86-64-v2, x86-64-v3 or x86-64-v4" "$root/build-native.sh" --exe iris=4-8-3 --level avx2
check "so are sizes that are none" ends 2 "wanted name=sizes" "$root/build-native.sh" --exe iris
check "names that are allowed are told" ends 2 "a lower-case letter, then lower-case letters, digits and underscores" "$root/build-native.sh" --exe Iris=4-8-3
